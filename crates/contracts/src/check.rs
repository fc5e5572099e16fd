//! Checking a value against a contract: all violations, with their paths; no allocation when the value fits.
//!
//! The value is plain JSON as people write it; the mapping is in `docs/reference/contracts.md`. Every scalar rule is in
//! `check/scalar.rs`, every text form of a logical type in `check/logical.rs`, the order of branches in `check/union.rs`.

mod logical;
mod scalar;
#[cfg(test)]
mod tests;
mod union;

use std::sync::Arc;

use asl::Json;
use asl::contract::{Mode, Unknown};

use crate::limits::{DEPTH_MAX, FOUND_CHARS_MAX, UNION_ATTEMPTS_MAX, VIOLATIONS_MAX};
use crate::schema::{FieldNode, Node, NodeId, Nodes, Schema};

/// A schema bound to a point, compiled.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Which schema.
    pub schema: Arc<Schema>,
    /// What an unknown field is.
    pub unknown: Unknown,
    /// What a violation does.
    pub mode: Mode,
}

/// One place where a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// For example `$.lines[2].quantity`.
    pub path: String,
    /// In Avro's words, for example `int`.
    pub expected: String,
    /// For example `string "two"`, cut to a documented length.
    pub found: String,
}

/// Everything about a value that does not fit; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// Up to [`crate::limits::VIOLATIONS_MAX`], in the order of the value.
    pub list: Vec<Violation>,
    /// How many more there are.
    pub more: usize,
}

impl Contract {
    /// Whether `value` fits.
    pub fn check(&self, value: &Json) -> Result<(), Violations> {
        let nodes = &self.schema.nodes;
        let mut quick = Walk::new(nodes, self.unknown, false);
        if quick.fits(value, nodes.root, &Trail::Root) {
            return Ok(());
        }
        // Only a value that does not fit is walked again, to say everything that is wrong with it.
        let mut thorough = Walk::new(nodes, self.unknown, true);
        thorough.fits(value, nodes.root, &Trail::Root);
        if thorough.found.list.is_empty() {
            thorough.report(&Trail::Root, "a value within the limits of checking".to_owned(), value);
        }
        Err(thorough.found)
    }
}

/// Where the walk is, as a chain on the stack: a path is only spelt out for a violation.
enum Trail<'a> {
    Root,
    Member(&'a Trail<'a>, &'a str),
    Item(&'a Trail<'a>, usize),
}

impl Trail<'_> {

    fn write(&self, out: &mut String) {
        match self {
            Self::Root => out.push('$'),
            Self::Item(above, at) => {
                above.write(out);
                out.push_str(&format!("[{at}]"));
            }
            Self::Member(above, key) => {
                above.write(out);
                let is_plain = !key.is_empty() && key.chars().all(|char| char.is_alphanumeric() || char == '_');
                if is_plain {
                    out.push('.');
                    out.push_str(key);
                } else {
                    out.push_str(&format!("['{}']", key.replace('\\', "\\\\").replace('\'', "\\'")));
                }
            }
        }
    }
}

/// One walk over a value.
struct Walk<'s> {
    nodes: &'s Nodes,
    unknown: Unknown,
    /// Whether to gather violations; without, the first one ends the walk.
    gathers: bool,
    found: Violations,
    /// Union branches that may still be tried.
    attempts_left: usize,
    depth: usize,
}

impl<'s> Walk<'s> {
    fn new(nodes: &'s Nodes, unknown: Unknown, gathers: bool) -> Self {
        let found = Violations { list: Vec::new(), more: 0 };
        Self { nodes, unknown, gathers, found, attempts_left: UNION_ATTEMPTS_MAX, depth: 0 }
    }

    fn fits(&mut self, value: &Json, id: NodeId, trail: &Trail<'_>) -> bool {
        let node = self.nodes.node(id);
        match (node, value) {
            (Node::Record { name, fields }, _) => match value.as_object() {
                Some(object) => self.below(value, trail, |walk| walk.record(object, fields, trail, name)),
                None => self.violated(trail, value, || format!("record {name}")),
            },
            (Node::Array(items), _) => match value.as_array() {
                Some(list) => self.below(value, trail, |walk| {
                    walk.all(list.iter().enumerate(), |walk, (at, item)| walk.fits(item, *items, &Trail::Item(trail, at)))
                }),
                None => self.violated(trail, value, || "array".to_owned()),
            },
            (Node::Map(values), _) => match value.as_object() {
                Some(object) => self.below(value, trail, |walk| {
                    walk.all(object.iter(), |walk, (key, member)| walk.fits(member, *values, &Trail::Member(trail, key)))
                }),
                None => self.violated(trail, value, || "map".to_owned()),
            },
            (Node::Union(branches), _) => union::fits(self, value, branches, trail),
            _ => scalar::fits(node, value) || self.violated(trail, value, || scalar::expected(node)),
        }
    }

    /// Goes one level deeper, as far as that is allowed.
    fn below(&mut self, value: &Json, trail: &Trail<'_>, walk: impl FnOnce(&mut Self) -> bool) -> bool {
        if self.depth >= DEPTH_MAX {
            return self.violated(trail, value, || format!("a value at most {DEPTH_MAX} levels deep"));
        }
        self.depth += 1;
        let fits = walk(self);
        self.depth -= 1;
        fits
    }

    /// Whether all of them fit; the first that does not ends it, unless everything is gathered.
    fn all<T>(&mut self, parts: impl Iterator<Item = T>, mut fits: impl FnMut(&mut Self, T) -> bool) -> bool {
        let mut all_fit = true;
        for part in parts {
            all_fit &= fits(self, part);
            if !all_fit && !self.gathers {
                return false;
            }
        }
        all_fit
    }

    /// Fields in the schema's order, which is the usual order of the value too: then no key is looked up.
    fn record(&mut self, object: &asl::Object, fields: &[FieldNode], trail: &Trail<'_>, name: &str) -> bool {
        let mut members = object.iter().peekable();
        let mut known = 0;
        let all_fit = self.all(fields.iter(), |walk, field| {
            let next = members.next_if(|(key, _)| **key == field.name).map(|(_, member)| member);
            match next.or_else(|| object.get(&field.name)) {
                Some(member) => {
                    known += 1;
                    walk.fits(member, field.node, &Trail::Member(trail, &field.name))
                }
                None if field.has_default => true,
                None => walk.missing(field, trail),
            }
        });
        if self.unknown == Unknown::Allow || known == object.len() || (!all_fit && !self.gathers) {
            return all_fit;
        }
        let strangers = object.iter().filter(|(key, _)| !fields.iter().any(|field| field.name == **key));
        let none_strange = self.all(strangers, |walk, (key, member)| {
            walk.violated(&Trail::Member(trail, key), member, || format!("no such field in record {name}"))
        });
        all_fit && none_strange
    }

    fn missing(&mut self, field: &FieldNode, trail: &Trail<'_>) -> bool {
        if self.gathers {
            let expected = self.type_name(field.node);
            self.push(&Trail::Member(trail, &field.name), expected, "nothing".to_owned());
        }
        false
    }

    /// A violation at `trail`; always `false`, so that a check can end with it.
    fn violated(&mut self, trail: &Trail<'_>, value: &Json, expected: impl FnOnce() -> String) -> bool {
        if self.gathers {
            self.report(trail, expected(), value);
        }
        false
    }

    fn report(&mut self, trail: &Trail<'_>, expected: String, value: &Json) {
        let found = shown(value);
        self.push(trail, expected, found);
    }

    fn push(&mut self, trail: &Trail<'_>, expected: String, found: String) {
        if self.found.list.len() >= VIOLATIONS_MAX {
            self.found.more += 1;
            return;
        }
        let mut path = String::new();
        trail.write(&mut path);
        self.found.list.push(Violation { path, expected, found });
    }

    /// A type as a message names it.
    fn type_name(&self, id: NodeId) -> String {
        match self.nodes.node(id) {
            Node::Record { name, .. } => format!("record {name}"),
            Node::Array(_) => "array".to_owned(),
            Node::Map(_) => "map".to_owned(),
            Node::Union(branches) => {
                branches.iter().map(|branch| self.type_name(*branch)).collect::<Vec<_>>().join(" or ")
            }
            scalar => scalar::expected(scalar),
        }
    }
}

/// A value as a violation shows it: its kind and the beginning of its text.
fn shown(value: &Json) -> String {
    let text = match value {
        Json::Null => return "null".to_owned(),
        Json::Array(items) => return format!("array of {} items", items.len()),
        Json::Object(object) => return format!("object of {} members", object.len()),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => value.to_text(),
    };
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(FOUND_CHARS_MAX).collect();
    let cut = if chars.next().is_some() { "…" } else { "" };
    format!("{} {start}{cut}", value.kind())
}
