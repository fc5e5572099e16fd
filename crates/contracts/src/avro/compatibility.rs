//! Whether a reader's schema can read everything that a writer's schema can write; if not, each reason with its place.
//!
//! Spec (Avro 1.12): "Schema Resolution". The rules, the names of the reasons and the places are those of Java's
//! `SchemaCompatibility`, which registries speak; the reader's aliases count, as they do there.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::names::{Kinship, kinship};
use super::resolve::{Pair, decimals_differ, field_source, promotion};
use crate::Schema;
use crate::limits::{DEPTH_MAX, INCOMPATIBILITIES_MAX, RESOLUTION_STEPS_MAX};
use crate::schema::node::{Kind, Node, NodeId, Record, Symbols, Union};
use crate::schema::nodes::Nodes;

/// One reason why a reader cannot read what a writer writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    /// The rule.
    pub kind: IncompatibilityKind,
    /// JSON Pointer into the reader's schema, or into the writer's where it is a branch of its union; `/` for the top.
    pub location: String,
    /// What is there and what was needed.
    pub message: String,
}

/// The rules that can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncompatibilityKind {
    /// Types that cannot be read as each other.
    TypeMismatch,
    /// The reader's union has no branch for a type of the writer.
    MissingUnionBranch,
    /// Named types that are called otherwise.
    NameMismatch,
    /// A field that is not written and has no default.
    ReaderFieldMissingDefaultValue,
    /// Fixed types of different sizes.
    FixedSizeMismatch,
    /// Symbols that the reader does not know, and it has no default.
    MissingEnumSymbols,
}

impl IncompatibilityKind {
    /// The name that registries use, for example `TYPE_MISMATCH`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::MissingUnionBranch => "MISSING_UNION_BRANCH",
            Self::NameMismatch => "NAME_MISMATCH",
            Self::ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
            Self::FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
            Self::MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
        }
    }
}

/// The reasons why `reader` cannot read what `writer` writes, the first of them; empty where it can. `None` where the schemas are too
/// deep or have too many pairs of types to say so.
pub fn compatibility(writer: &Schema, reader: &Schema) -> Option<Vec<Incompatibility>> {
    let mut comparison = Comparison {
        writer: writer.table(),
        reader: reader.table(),
        compatible: BTreeSet::new(),
        trail: Vec::new(),
        steps: 0,
    };
    comparison.pair((writer.root, reader.root), "", 0)
}

struct Comparison<'a> {
    writer: Nodes<'a>,
    reader: Nodes<'a>,
    /// Pairs of records that are compatible; a pair that is being compared counts as such.
    compatible: BTreeSet<Pair>,
    /// The same in the order found: what a branch that failed took for granted is forgotten with it.
    trail: Vec<Pair>,
    /// Pairs, fields and symbols looked at.
    steps: usize,
}

type Reasons = Option<Vec<Incompatibility>>;

impl Comparison<'_> {
    fn pair(&mut self, pair: Pair, at: &str, depth: usize) -> Reasons {
        self.steps += 1;
        if depth > DEPTH_MAX || self.steps > RESOLUTION_STEPS_MAX {
            return None;
        }
        let (ours, theirs) = (self.writer.get(pair.0), self.reader.get(pair.1));
        if matches!((&ours.kind, &theirs.kind), (Kind::Record(_), Kind::Record(_))) {
            if !self.compatible.insert(pair) {
                return Some(Vec::new());
            }
            self.trail.push(pair);
        }
        let reasons = self.compare(pair, ours, theirs, at, depth)?;
        if !reasons.is_empty() {
            self.compatible.remove(&pair);
        }
        Some(reasons)
    }

    fn compare(&mut self, pair: Pair, ours: &Node, theirs: &Node, at: &str, depth: usize) -> Reasons {
        match (&ours.kind, &theirs.kind) {
            (Kind::Union(union), _) => self.writer_union(union, pair.1, at, depth),
            (_, Kind::Union(union)) => self.reader_union(pair.0, ours, union, at, depth),
            _ if decimals_differ(ours, theirs) => {
                let message =
                    format!("reader decimal does not take writer decimal: {}", differing(ours, theirs));
                Some(vec![reason(IncompatibilityKind::TypeMismatch, at, message)])
            }
            (Kind::Array(ours), Kind::Array(theirs)) => {
                self.pair((*ours, *theirs), &format!("{at}/items"), depth + 1)
            }
            (Kind::Map(ours), Kind::Map(theirs)) => {
                self.pair((*ours, *theirs), &format!("{at}/values"), depth + 1)
            }
            (Kind::Record(from), Kind::Record(to)) => self.record(from, to, theirs, at, depth),
            (Kind::Fixed { name, size }, Kind::Fixed { size: wanted, .. }) => {
                let mut reasons = name_mismatch(name, theirs, at);
                if size != wanted {
                    let message = format!("expected: {size}, found: {wanted}");
                    let at = format!("{at}/size");
                    reasons.push(reason(IncompatibilityKind::FixedSizeMismatch, &at, message));
                }
                Some(reasons)
            }
            (Kind::Enum { name, symbols, .. }, Kind::Enum { symbols: known, default, .. }) => {
                self.steps += symbols.list.len();
                let mut reasons = name_mismatch(name, theirs, at);
                if default.is_none() {
                    reasons.extend(missing_symbols(symbols, known, at));
                }
                Some(reasons)
            }
            _ if promotion(&ours.kind, &theirs.kind).is_some() => Some(Vec::new()),
            _ => {
                let (reader, writer) = (upper(theirs), upper(ours));
                let message = format!("reader type: {reader} not compatible with writer type: {writer}");
                Some(vec![reason(IncompatibilityKind::TypeMismatch, at, message)])
            }
        }
    }

    /// Every branch that may be written must be readable.
    fn writer_union(&mut self, union: &Union, reader: NodeId, at: &str, depth: usize) -> Reasons {
        let mut reasons = Vec::new();
        for (index, branch) in union.branches.iter().enumerate() {
            reasons.extend(self.pair((*branch, reader), &format!("{at}/{index}"), depth + 1)?);
            reasons.truncate(INCOMPATIBILITIES_MAX);
        }
        Some(reasons)
    }

    /// One branch that reads it is enough.
    fn reader_union(
        &mut self,
        writer: NodeId,
        ours: &Node,
        union: &Union,
        at: &str,
        depth: usize,
    ) -> Reasons {
        self.steps += union.branches.len();
        for branch in &union.branches {
            // Most branches are of another kind or name: they need no reasons.
            if !may_read(ours, self.reader.get(*branch)) {
                continue;
            }
            let before = self.trail.len();
            if self.pair((writer, *branch), at, depth + 1)?.is_empty() {
                return Some(Vec::new());
            }
            for pair in self.trail.drain(before..) {
                self.compatible.remove(&pair);
            }
        }
        let message = format!("reader union lacking writer type: {}", upper(ours));
        Some(vec![reason(IncompatibilityKind::MissingUnionBranch, at, message)])
    }

    fn record(&mut self, from: &Record, to: &Record, theirs: &Node, at: &str, depth: usize) -> Reasons {
        self.steps += to.fields.len();
        let mut reasons = name_mismatch(&from.name, theirs, at);
        for (index, field) in to.fields.iter().enumerate() {
            let place = format!("{at}/fields/{index}");
            match field_source(from, to, index) {
                Some(position) => {
                    let pair = (from.fields[position].node, field.node);
                    reasons.extend(self.pair(pair, &format!("{place}/type"), depth + 1)?);
                }
                None if field.default.is_none() => {
                    let kind = IncompatibilityKind::ReaderFieldMissingDefaultValue;
                    reasons.push(reason(kind, &place, field.name.to_string()));
                }
                None => {}
            }
            reasons.truncate(INCOMPATIBILITIES_MAX);
        }
        Some(reasons)
    }
}

/// Whether a reader's type could read a writer's, by kind and name.
fn may_read(writer: &Node, reader: &Node) -> bool {
    match writer.name() {
        Some(name) => kinship(name, reader) > Kinship::None,
        None => writer.type_name() == reader.type_name() || promotion(&writer.kind, &reader.kind).is_some(),
    }
}

fn reason(kind: IncompatibilityKind, at: &str, message: String) -> Incompatibility {
    Incompatibility { kind, location: if at.is_empty() { "/".to_owned() } else { at.to_owned() }, message }
}

fn name_mismatch(writer: &std::sync::Arc<str>, reader: &Node, at: &str) -> Vec<Incompatibility> {
    if kinship(writer, reader) > Kinship::None {
        return Vec::new();
    }
    let at = format!("{at}/name");
    vec![reason(IncompatibilityKind::NameMismatch, &at, format!("expected: {writer}"))]
}

fn missing_symbols(written: &Symbols, known: &Symbols, at: &str) -> Option<Incompatibility> {
    let missing: Vec<&str> =
        written.list.iter().map(|symbol| &**symbol).filter(|symbol| !known.contains(symbol)).collect();
    let message = format!("[{}]", missing.join(", "));
    let at = format!("{at}/symbols");
    (!missing.is_empty()).then(|| reason(IncompatibilityKind::MissingEnumSymbols, &at, message))
}

fn differing(writer: &Node, reader: &Node) -> String {
    let words = |node: &Node| node.logical.map_or_else(String::new, |logical| logical.to_string());
    format!("{}, {}", words(reader), words(writer))
}

fn upper(node: &Node) -> String {
    node.type_name().to_uppercase()
}
