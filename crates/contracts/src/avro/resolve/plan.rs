//! What to do for each pair of a writer's and a reader's type: a table, for types may contain themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Pair;
use crate::Schema;
use crate::avro::names::{Kinship, kinship};
use crate::avro::{DatumError, DatumProblem, Value};
use crate::check::{Path, describe};
use crate::limits::{RESOLUTION_PAIRS_MAX, RESOLUTION_STEPS_MAX};
use crate::schema::default;
use crate::schema::logical::Logical;
use crate::schema::node::{Field, Kind, Node, NodeId, Record, Union};
use crate::schema::nodes::Nodes;

/// A step's number in its plan.
pub(crate) type StepId = usize;

/// Every step; the first is that of the two schemas themselves.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

/// What to do with a writer's value.
#[derive(Debug)]
pub(crate) enum Step {
    /// It is the reader's value as it is.
    Same,
    /// Turn it into a wider type.
    Promote(Promotion),
    /// For each of the writer's symbols the reader's, or its name where the reader has none.
    Enum {
        writer: Arc<str>,
        reader: Arc<str>,
        symbols: Box<[Result<u32, Arc<str>>]>,
    },
    Array(StepId),
    Map(StepId),
    /// For each of the reader's fields where it comes from; the names are for messages.
    Record(Box<[(Arc<str>, Source)]>),
    /// For each branch of the writer's union.
    WriterUnion(Box<[StepId]>),
    /// Wrap it as a branch of the reader's union.
    ReaderUnion(u32, StepId),
    /// It cannot be read.
    Fail(Arc<DatumProblem>),
}

/// The promotions of the specification; from the value's own type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promotion {
    /// The types are the same.
    Same,
    Long,
    Float,
    Double,
    String,
    Bytes,
}

/// Where a field of the reader's record comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The writer's field at a position.
    Field { position: usize, step: StepId, read_again: bool },
    /// The writer has none.
    Default(Arc<Value>),
}

impl Plan {
    /// Pairs are taken from a list, never by recursion: a chain of types may be very long.
    pub(crate) fn new(writer: &Schema, reader: &Schema) -> Result<Self, DatumError> {
        let mut planner = Planner {
            writer: writer.table(),
            reader: reader.table(),
            numbers: BTreeMap::new(),
            pairs: Vec::new(),
            defaults: BTreeMap::new(),
            steps_left: RESOLUTION_STEPS_MAX,
        };
        planner.number((writer.root, reader.root));
        let mut steps = Vec::new();
        while let Some(&(writer, reader)) = planner.pairs.get(steps.len()) {
            planner.check_limits()?;
            planner.pay(writer, reader);
            steps.push(planner.step(writer, reader));
        }
        Ok(Self { steps })
    }
}

struct Planner<'a> {
    writer: Nodes<'a>,
    reader: Nodes<'a>,
    numbers: BTreeMap<Pair, StepId>,
    /// In the order of their numbers; each becomes one step.
    pairs: Vec<Pair>,
    /// Values of the reader's defaults, by record and position: one of each, however many pairs need it.
    defaults: BTreeMap<(NodeId, usize), Option<Arc<Value>>>,
    steps_left: usize,
}

impl Planner<'_> {
    fn number(&mut self, pair: Pair) -> StepId {
        *self.numbers.entry(pair).or_insert_with(|| {
            self.pairs.push(pair);
            self.pairs.len() - 1
        })
    }

    fn check_limits(&self) -> Result<(), DatumError> {
        let (what, limit) = if self.pairs.len() > RESOLUTION_PAIRS_MAX {
            ("pairs of a writer's and a reader's type", RESOLUTION_PAIRS_MAX)
        } else if self.steps_left == 0 {
            ("fields, symbols and branches to be compared", RESOLUTION_STEPS_MAX)
        } else {
            return Ok(());
        };
        Err(DatumError::new(&Path::Root, DatumProblem::TooMuch { what, limit }))
    }

    /// Counts what a step is going to look at; a schema that asks for too much is refused before the next step.
    fn pay(&mut self, writer: NodeId, reader: NodeId) {
        let size = |node: &Node| match &node.kind {
            Kind::Record(record) => record.fields.len(),
            Kind::Union(union) => union.branches.len(),
            Kind::Enum { symbols, .. } => symbols.list.len(),
            _ => 0,
        };
        let cost = 1 + size(self.writer.get(writer)) + size(self.reader.get(reader));
        self.steps_left = self.steps_left.saturating_sub(cost);
    }

    fn default(&mut self, record: NodeId, at: usize, field: &Field) -> Option<Arc<Value>> {
        let reader = self.reader;
        let read = || {
            let value = default::read(reader.all(), field.node, field.default.as_ref()?)?;
            Some(Arc::new(value))
        };
        self.defaults.entry((record, at)).or_insert_with(read).clone()
    }

    fn step(&mut self, writer: NodeId, reader: NodeId) -> Step {
        let (ours, theirs) = (self.writer.get(writer), self.reader.get(reader));
        match (&ours.kind, &theirs.kind) {
            (Kind::Union(union), _) => {
                let branches = union.branches.iter().map(|branch| self.number((*branch, reader)));
                Step::WriterUnion(branches.collect())
            }
            (_, Kind::Union(union)) => match matching_branch(ours, union, self.reader) {
                Some(at) => {
                    let branch = union.branches[at];
                    let at = u32::try_from(at).expect("a schema text is bounded far below 2^32 branches");
                    Step::ReaderUnion(at, self.number((writer, branch)))
                }
                None => self.fail(writer, reader, ", which has no such branch"),
            },
            _ if decimals_differ(ours, theirs) => self.fail(writer, reader, ""),
            (Kind::Fixed { name, size }, Kind::Fixed { size: wanted, .. }) => match kinship(name, theirs) {
                Kinship::None => self.fail(writer, reader, ""),
                _ if size != wanted => self.fail(writer, reader, ", which has another size"),
                Kinship::Unqualified | Kinship::Full => Step::Same,
            },
            (Kind::Enum { name, symbols, .. }, Kind::Enum { name: reader, symbols: wanted, default })
                if kinship(name, theirs) > Kinship::None =>
            {
                let position =
                    |symbol: &Arc<str>| wanted.position(symbol).or(*default).ok_or_else(|| symbol.clone());
                let symbols = symbols.list.iter().map(position).collect();
                Step::Enum { writer: name.clone(), reader: reader.clone(), symbols }
            }
            (Kind::Array(ours), Kind::Array(theirs)) => Step::Array(self.number((*ours, *theirs))),
            (Kind::Map(ours), Kind::Map(theirs)) => Step::Map(self.number((*ours, *theirs))),
            (Kind::Record(from), Kind::Record(to)) if kinship(&from.name, theirs) > Kinship::None => {
                self.record(writer, reader, from, to)
            }
            _ => match promotion(&ours.kind, &theirs.kind) {
                Some(Promotion::Same) => Step::Same,
                Some(promotion) => Step::Promote(promotion),
                None => self.fail(writer, reader, ""),
            },
        }
    }

    fn record(&mut self, writer: NodeId, reader: NodeId, from: &Record, to: &Record) -> Step {
        let mut sources = Vec::with_capacity(to.fields.len());
        let mut read = BTreeSet::new();
        // From the last field on, so that the last reader of a written field takes it and others copy.
        for (at, field) in to.fields.iter().enumerate().rev() {
            let source = match (field_source(from, to, at), &field.default) {
                (Some(position), _) => Source::Field {
                    position,
                    step: self.number((from.fields[position].node, field.node)),
                    read_again: !read.insert(position),
                },
                (None, Some(_)) => match self.default(reader, at, field) {
                    Some(value) => Source::Default(value),
                    None => return self.fail(writer, reader, ", which has a default that does not fit"),
                },
                (None, None) => {
                    let lack = format!(", whose field `{}` is not written and has no default", field.name);
                    return self.fail(writer, reader, &lack);
                }
            };
            sources.push((field.name.clone(), source));
        }
        sources.reverse();
        Step::Record(sources.into())
    }

    fn fail(&self, writer: NodeId, reader: NodeId, lack: &str) -> Step {
        Step::Fail(Arc::new(DatumProblem::Unreadable {
            writer: describe(self.writer.all(), writer),
            reader: format!("{}{lack}", describe(self.reader.all(), reader)),
        }))
    }
}

/// Whether both are decimals, and the reader's could give the writer's digits another meaning or no room.
pub(crate) fn decimals_differ(writer: &Node, reader: &Node) -> bool {
    match (writer.logical, reader.logical) {
        (
            Some(Logical::Decimal { precision, scale }),
            Some(Logical::Decimal { precision: room, scale: wanted }),
        ) => scale != wanted || precision > room,
        _ => false,
    }
}

/// How a type is read as another; nothing is said of named types, containers and unions.
pub(crate) fn promotion(writer: &Kind, reader: &Kind) -> Option<Promotion> {
    match (writer, reader) {
        (Kind::Null, Kind::Null)
        | (Kind::Boolean, Kind::Boolean)
        | (Kind::Int, Kind::Int)
        | (Kind::Long, Kind::Long)
        | (Kind::Float, Kind::Float)
        | (Kind::Double, Kind::Double)
        | (Kind::Bytes, Kind::Bytes)
        | (Kind::String, Kind::String) => Some(Promotion::Same),
        (Kind::Int, Kind::Long) => Some(Promotion::Long),
        (Kind::Int | Kind::Long, Kind::Float) => Some(Promotion::Float),
        (Kind::Int | Kind::Long | Kind::Float, Kind::Double) => Some(Promotion::Double),
        (Kind::Bytes, Kind::String) => Some(Promotion::String),
        (Kind::String, Kind::Bytes) => Some(Promotion::Bytes),
        _ => None,
    }
}

/// The branch of a reader's union for a writer's type: its own kind by full name or alias, its own kind by name without
/// namespace, else the first that it can be promoted to.
fn matching_branch(writer: &Node, union: &Union, reader: Nodes<'_>) -> Option<usize> {
    let branches = || union.branches.iter().map(|id| reader.get(*id)).enumerate();
    let own = branches()
        .filter(|(_, branch)| same_kind(&writer.kind, &branch.kind))
        .map(|(at, branch)| (at, writer.name().map_or(Kinship::Full, |name| kinship(name, branch))))
        .filter(|(_, kinship)| *kinship > Kinship::None)
        // Of equals the first: `max_by_key` would give the last.
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    own.map(|(at, _)| at)
        .or_else(|| branches().position(|(_, branch)| promotion(&writer.kind, &branch.kind).is_some()))
}

fn same_kind(a: &Kind, b: &Kind) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// The position of the writer's field that field `at` of the reader's record reads: of its name, else of an alias that
/// no other field of the reader has as its name.
pub(crate) fn field_source(writer: &Record, reader: &Record, at: usize) -> Option<usize> {
    let field = &reader.fields[at];
    writer.position(&field.name).or_else(|| {
        let mut free = field.aliases.iter().filter(|alias| reader.position(alias).is_none());
        free.find_map(|alias| writer.position(alias))
    })
}
