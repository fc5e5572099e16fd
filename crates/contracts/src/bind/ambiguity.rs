//! Unions whose records overlap: a value may fit two of them, and the order written decides. Worth a warning.
//!
//! What is said is certain, for the example is held against both records. What is not found is not proved absent:
//! only a few plain values of each type are tried, a bounded number of pairs is looked at, and all of a schema's unions
//! together may take a bounded number of steps.

use std::sync::Arc;

use asl::Json;
use asl::contract::Unknown;

use crate::check::Attempts;
use crate::limits::{AMBIGUITY_PAIRS_MAX, AMBIGUITY_STEPS_MAX, FOUND_CHARS_MAX};
use crate::schema::logical::Logical;
use crate::schema::node::{Field, Kind, NodeId, Record, Union};
use crate::schema::{Schema, quoted};

/// How deep an example is built; deeper records have none.
const EXAMPLE_DEPTH_MAX: usize = 4;
/// Values tried for one field.
const EXAMPLES_MAX: usize = 50;
/// Fields of a record that is looked at; wider ones are passed over.
const FIELDS_MAX: usize = 200;

/// A sentence for each union that has two overlapping records, with a value that fits both.
pub(super) fn unions(schema: &Schema, unknown: Unknown) -> Vec<String> {
    let mut search = Search {
        schema,
        unknown,
        attempts: Attempts::new(&schema.nodes, unknown),
        pairs_left: AMBIGUITY_PAIRS_MAX,
        steps_left: AMBIGUITY_STEPS_MAX,
    };
    let unions = schema.nodes.iter().filter_map(|node| match &node.kind {
        Kind::Union(union) => Some(union),
        _ => None,
    });
    unions.filter_map(|union| search.overlap_in(union)).collect()
}

struct Search<'a> {
    schema: &'a Schema,
    unknown: Unknown,
    attempts: Attempts<'a>,
    pairs_left: usize,
    /// Values that may still be made up.
    steps_left: usize,
}

impl Search<'_> {
    fn overlap_in(&mut self, union: &Union) -> Option<String> {
        let schema = self.schema;
        let records: Vec<&Record> = union.branches.iter().filter_map(|id| record(schema, *id)).collect();
        for (at, first) in records.iter().enumerate() {
            for second in &records[at + 1..] {
                self.pairs_left = self.pairs_left.checked_sub(1)?;
                if let Some(example) = self.overlap(first, second) {
                    let (a, b) = (quoted(&first.name), quoted(&second.name));
                    let example = crate::check::found::cut(&example.to_text(), 2 * FOUND_CHARS_MAX);
                    return Some(format!(
                        "the records {a} and {b} of a union overlap: `{example}` fits both"
                    ));
                }
            }
        }
        None
    }

    /// An object of all fields that either record requires, if each of them has a value that fits both.
    fn overlap(&mut self, a: &Record, b: &Record) -> Option<Json> {
        if a.fields.len() > FIELDS_MAX || b.fields.len() > FIELDS_MAX {
            return None;
        }
        let mut entries: Vec<(Arc<str>, Json)> = Vec::new();
        for (ours, theirs) in [(a, b), (b, a)] {
            for field in required(ours) {
                let other = theirs.position(&field.name).map(|at| &theirs.fields[at]);
                if other.is_none() && self.unknown == Unknown::Reject {
                    return None;
                }
                if entries.iter().all(|(name, _)| *name != field.name) {
                    entries.push((field.name.clone(), self.shared_value(field, other)?));
                }
            }
        }
        Some(Json::object(entries))
    }

    /// A value that fits a field, and the field of the same name in the other record.
    fn shared_value(&mut self, field: &Field, other: Option<&Field>) -> Option<Json> {
        let mut examples = Vec::new();
        self.push_examples(field.node, 0, EXAMPLES_MAX, &mut examples);
        if let Some(other) = other {
            self.push_examples(other.node, 0, EXAMPLES_MAX, &mut examples);
        }
        examples.into_iter().find(|value| {
            self.attempts.fits(field.node, value)
                && other.is_none_or(|other| self.attempts.fits(other.node, value))
        })
    }

    /// Adds examples until there are `most`.
    fn push_examples(&mut self, id: NodeId, depth: usize, most: usize, out: &mut Vec<Json>) {
        if depth > EXAMPLE_DEPTH_MAX || out.len() >= most || self.steps_left == 0 {
            return;
        }
        self.steps_left -= 1;
        let node = &self.schema.nodes[id.0 as usize];
        if let Some(logical) = node.logical {
            out.push(logical_example(logical));
            return;
        }
        match &node.kind {
            Kind::Null => out.push(Json::Null),
            Kind::Boolean => out.push(Json::from(true)),
            Kind::Int | Kind::Long | Kind::Float | Kind::Double => out.push(Json::from(1_i64)),
            Kind::Bytes => out.push(Json::from("")),
            Kind::String => out.push(Json::from("text")),
            Kind::Enum { symbols, .. } => {
                out.extend(symbols.list.iter().take(most).map(|symbol| Json::String(symbol.clone())));
            }
            Kind::Array(_) => out.push(Json::array([])),
            Kind::Map(_) => out.push(Json::empty_object()),
            Kind::Union(union) => {
                union.branches.iter().for_each(|branch| self.push_examples(*branch, depth + 1, most, out));
            }
            Kind::Record(record) => out.extend(self.record_example(record, depth)),
            // A fixed would need text of its very length; two records rarely hang on one.
            Kind::Fixed { .. } => {}
        }
    }

    fn record_example(&mut self, record: &Record, depth: usize) -> Option<Json> {
        let mut entries = Vec::new();
        for field in required(record).take(FIELDS_MAX) {
            let mut examples = Vec::new();
            self.push_examples(field.node, depth + 1, 1, &mut examples);
            entries.push((field.name.clone(), examples.into_iter().next()?));
        }
        Some(Json::object(entries))
    }
}

fn logical_example(logical: Logical) -> Json {
    match logical {
        Logical::Uuid => Json::from("00000000-0000-0000-0000-000000000000"),
        Logical::Duration => Json::from("P1D"),
        Logical::Decimal { .. }
        | Logical::BigDecimal
        | Logical::Date
        | Logical::Time(_)
        | Logical::Timestamp(_)
        | Logical::LocalTimestamp(_) => Json::from(0_i64),
    }
}

fn required(record: &Record) -> impl Iterator<Item = &Field> {
    record.fields.iter().filter(|field| field.default.is_none())
}

fn record(schema: &Schema, id: NodeId) -> Option<&Record> {
    match &schema.nodes[id.0 as usize].kind {
        Kind::Record(record) => Some(record),
        _ => None,
    }
}
