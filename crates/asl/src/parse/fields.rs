//! The fields of one object: taken by name, and what nobody took is reported.

use std::sync::Arc;

use super::Reading;
use crate::Payload;
use crate::diagnostic::{Place, Severity};
use crate::json::Number;
use crate::source::{Member, Node, NodeValue};

/// An object whose fields are being read.
pub(crate) struct Fields<'n> {
    node: &'n Node,
    pub(crate) pointer: String,
    what: String,
    members: Vec<(&'n Member, bool)>,
    /// Names that were asked for, for hints.
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of `node`, which must be an object; `what` names it in messages.
    pub(crate) fn of(reading: &mut Reading, node: &'n Node, pointer: &str, what: &str) -> Option<Self> {
        let NodeValue::Object(all) = &node.value else {
            let place = place(pointer, node);
            reading.error(
                "SCHEMA_VALIDATION_FAILED",
                place,
                format!("{what} is an object, found {}", node.kind()),
            );
            return None;
        };
        let mut members: Vec<(&Member, bool)> = Vec::with_capacity(all.len());
        for member in all {
            if let Some(earlier) = members.iter_mut().find(|(earlier, _)| earlier.key == member.key) {
                let place = Place { pointer: child(pointer, &member.key).into(), span: member.key_span };
                reading.warning(
                    "DUPLICATE_KEY",
                    place,
                    format!("`{}` is given twice; the last one counts", member.key),
                );
                earlier.0 = member;
            } else {
                members.push((member, false));
            }
        }
        Some(Self { node, pointer: pointer.to_owned(), what: what.to_owned(), members, known: Vec::new() })
    }

    /// The field called `name`, if it is given.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        let (member, taken) = self.members.iter_mut().find(|(member, _)| &*member.key == name)?;
        *taken = true;
        Some(&member.value)
    }

    /// Whether a field is given, without taking it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| &*member.key == name)
    }

    /// The place of a field's value.
    pub(crate) fn place(&self, name: &str, node: &Node) -> Place {
        place(&child(&self.pointer, name), node)
    }

    /// The place of the object itself.
    pub(crate) fn own_place(&self) -> Place {
        place(&self.pointer, self.node)
    }

    /// The pointer of a field.
    pub(crate) fn child(&self, name: &str) -> String {
        child(&self.pointer, name)
    }

    /// Members in order that nobody has taken. For objects whose keys are free.
    pub(crate) fn rest(&self) -> Vec<&'n Member> {
        self.members.iter().filter(|(_, taken)| !taken).map(|(member, _)| *member).collect()
    }

    /// A field that must be there.
    pub(crate) fn required(&mut self, reading: &mut Reading, name: &'static str) -> Option<&'n Node> {
        let node = self.take(name);
        if node.is_none() {
            let message = format!("{} needs the field `{name}`", self.what);
            reading.error("MISSING_FIELD", self.own_place(), message);
        }
        node
    }

    /// A text.
    pub(crate) fn text(&mut self, reading: &mut Reading, name: &'static str) -> Option<Arc<str>> {
        let node = self.take(name)?;
        self.as_text(reading, name, node)
    }

    /// A text that must be there.
    pub(crate) fn required_text(&mut self, reading: &mut Reading, name: &'static str) -> Option<Arc<str>> {
        let node = self.required(reading, name)?;
        self.as_text(reading, name, node)
    }

    fn as_text(&self, reading: &mut Reading, name: &str, node: &Node) -> Option<Arc<str>> {
        match &node.value {
            NodeValue::String(text) => Some(text.clone()),
            _ => self.wrong_type(reading, name, node, "a string"),
        }
    }

    /// A truth value.
    pub(crate) fn boolean(&mut self, reading: &mut Reading, name: &'static str) -> Option<bool> {
        let node = self.take(name)?;
        match &node.value {
            NodeValue::Bool(value) => Some(*value),
            _ => self.wrong_type(reading, name, node, "`true` or `false`"),
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, reading: &mut Reading, name: &'static str) -> Option<(&'n Node, Number)> {
        let node = self.take(name)?;
        match &node.value {
            NodeValue::Number(number) => Some((node, number.clone())),
            _ => self.wrong_type(reading, name, node, "a number"),
        }
    }

    /// A whole number within bounds.
    pub(crate) fn count(
        &mut self,
        reading: &mut Reading,
        name: &'static str,
        min: u32,
        max: u32,
    ) -> Option<u32> {
        let (node, number) = self.number(reading, name)?;
        let value = number.as_i64().and_then(|value| u32::try_from(value).ok());
        let value = value.filter(|value| (min..=max).contains(value));
        if value.is_none() {
            let message = format!("`{name}` is {number}, expected a whole number from {min} to {max}");
            reading.error("OUT_OF_RANGE", self.place(name, node), message);
        }
        value
    }

    /// A list.
    pub(crate) fn list(
        &mut self,
        reading: &mut Reading,
        name: &'static str,
    ) -> Option<(&'n Node, &'n [Node])> {
        let node = self.take(name)?;
        match &node.value {
            NodeValue::Array(items) => Some((node, items)),
            _ => self.wrong_type(reading, name, node, "an array"),
        }
    }

    /// Any value, as a payload.
    pub(crate) fn payload(&mut self, name: &'static str) -> Option<Payload> {
        self.take(name).map(|node| Payload::new(node.to_json()))
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn wrong_type<T>(
        &self,
        reading: &mut Reading,
        name: &str,
        node: &Node,
        expected: &str,
    ) -> Option<T> {
        let message = format!("`{name}` is {expected}, found {}", node.kind());
        reading.error("SCHEMA_VALIDATION_FAILED", self.place(name, node), message);
        None
    }

    /// Reports two fields that exclude each other.
    pub(crate) fn exclusive(&self, reading: &mut Reading, a: &str, b: &str) {
        if self.has(a) && self.has(b) {
            let message = format!("{} has `{a}` and `{b}`, which exclude each other", self.what);
            reading.error("CONFLICTING_FIELDS", self.own_place(), message);
        }
    }

    /// Reports every field that nobody took. Fields in `elsewhere` are known to AWS and mean nothing here.
    pub(crate) fn finish(self, reading: &mut Reading, elsewhere: &[(&str, &str)]) {
        for member in self.rest() {
            let key = &*member.key;
            let place = Place { pointer: self.child(key).into(), span: member.key_span };
            let message = format!("{} has no field `{key}`", self.what);
            let hint = match elsewhere.iter().find(|(name, _)| *name == key) {
                Some((_, why)) => Some((*why).to_owned()),
                None => nearest(key, &self.known).map(|name| format!("did you mean `{name}`?")),
            };
            reading.report(Severity::Error, "UNKNOWN_FIELD", place, message, hint);
        }
    }
}

/// The place of a value.
pub(crate) fn place(pointer: &str, node: &Node) -> Place {
    Place { pointer: pointer.into(), span: node.span }
}

/// The JSON Pointer of a member.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The known name that `found` was probably meant to be.
pub(crate) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |name: &str| edit_distance(&found.to_lowercase(), &name.to_lowercase());
    let best = known.iter().min_by_key(|name| distance(name))?;
    (distance(best) <= 2.max(best.len() / 4)).then_some(*best)
}

/// Insertions, deletions, replacements and swaps of neighbours between two short words.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(80).collect(), b.chars().take(80).collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for at in 0..=a.len() {
        for other in 0..=b.len() {
            rows[at][other] = if at == 0 || other == 0 {
                at + other
            } else {
                let replace = rows[at - 1][other - 1] + usize::from(a[at - 1] != b[other - 1]);
                let step = replace.min(rows[at - 1][other] + 1).min(rows[at][other - 1] + 1);
                let is_swap = at > 1 && other > 1 && a[at - 1] == b[other - 2] && a[at - 2] == b[other - 1];
                if is_swap { step.min(rows[at - 2][other - 2] + 1) } else { step }
            };
        }
    }
    rows[a.len()][b.len()]
}
