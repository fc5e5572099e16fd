//! The compiled form: a flat table of nodes that refer to each other by number, so a type may contain itself.

use std::sync::Arc;

use asl::Json;

use super::logical::Logical;

/// A node's number in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// One schema of the table.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// What it is on Avro's wire.
    pub(crate) kind: Kind,
    /// What it means, where that is more.
    pub(crate) logical: Option<Logical>,
    /// Full names by which a named type was known before; a reader answers to them.
    pub(crate) aliases: Box<[Arc<str>]>,
}

/// The fourteen types of Avro.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed {
        name: Arc<str>,
        size: u64,
    },
    /// `default` is the position of the symbol that a reader takes for symbols it does not know.
    Enum {
        name: Arc<str>,
        symbols: Symbols,
        default: Option<u32>,
    },
    Array(NodeId),
    Map(NodeId),
    Record(Record),
    Union(Union),
}

/// The symbols of an enum.
#[derive(Clone, Debug, Default)]
pub(crate) struct Symbols {
    /// In the order written.
    pub(crate) list: Box<[Arc<str>]>,
    /// Positions in `list`, sorted by symbol.
    sorted: Box<[u32]>,
}

/// The fields of a record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The full name.
    pub(crate) name: Arc<str>,
    /// In the order written.
    pub(crate) fields: Box<[Field]>,
    /// Positions in `fields`, sorted by name.
    sorted: Box<[u32]>,
    /// How many fields have no default.
    pub(crate) required: usize,
}

/// One field of a record.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Its type.
    pub(crate) node: NodeId,
    /// Its default, which is what makes its absence acceptable.
    pub(crate) default: Option<Json>,
    /// Names by which it was known before.
    pub(crate) aliases: Box<[Arc<str>]>,
}

/// The branches of a union.
#[derive(Clone, Debug, Default)]
pub(crate) struct Union {
    /// In the order written.
    pub(crate) branches: Box<[NodeId]>,
    /// For each [`Shape`], the branches that could take such a value, in the order in which they are tried.
    pub(crate) candidates: [Box<[NodeId]>; Shape::COUNT],
}

/// The six kinds of JSON value, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Shape {
    pub(crate) const COUNT: usize = 6;
    const ALL: [Self; Self::COUNT] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(crate) fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(_) => Self::Boolean,
            Json::Number(_) => Self::Number,
            Json::String(_) => Self::String,
            Json::Array(_) => Self::Array,
            Json::Object(_) => Self::Object,
        }
    }
}

impl Node {
    /// A node without a logical type.
    pub(crate) fn plain(kind: Kind) -> Self {
        Self { kind, logical: None, aliases: Box::default() }
    }

    /// The same node, known by further names.
    pub(crate) fn known_as(self, aliases: Vec<Arc<str>>) -> Self {
        Self { aliases: aliases.into(), ..self }
    }

    /// The full name, if the type has one.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Fixed { name, .. } | Kind::Enum { name, .. } => Some(name),
            Kind::Record(record) => Some(&record.name),
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Array(_)
            | Kind::Map(_)
            | Kind::Union(_) => None,
        }
    }

    /// The word by which Avro calls the type.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Bytes => "bytes",
            Kind::String => "string",
            Kind::Fixed { .. } => "fixed",
            Kind::Enum { .. } => "enum",
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Record(_) => "record",
            Kind::Union(_) => "union",
        }
    }

    /// Whether a JSON value of this shape could fit at all.
    pub(crate) fn takes(&self, shape: Shape) -> bool {
        if let Some(logical) = &self.logical {
            return match shape {
                Shape::String => true,
                Shape::Number => logical.takes_numbers(),
                Shape::Null | Shape::Boolean | Shape::Array | Shape::Object => false,
            };
        }
        match &self.kind {
            Kind::Null => shape == Shape::Null,
            Kind::Boolean => shape == Shape::Boolean,
            Kind::Int | Kind::Long | Kind::Float | Kind::Double => shape == Shape::Number,
            Kind::Bytes | Kind::String | Kind::Fixed { .. } | Kind::Enum { .. } => shape == Shape::String,
            Kind::Array(_) => shape == Shape::Array,
            Kind::Map(_) | Kind::Record(_) => shape == Shape::Object,
            Kind::Union(union) => !union.candidates[shape as usize].is_empty(),
        }
    }

    /// The place of the type in the order in which a union's branches are tried.
    fn rank(&self) -> u8 {
        if self.logical.is_some() {
            return 7;
        }
        match &self.kind {
            Kind::Null => 0,
            Kind::Boolean => 1,
            Kind::Int => 2,
            Kind::Long => 3,
            Kind::Float => 4,
            Kind::Double => 5,
            Kind::Enum { .. } => 6,
            Kind::String => 8,
            Kind::Fixed { .. } => 9,
            Kind::Bytes => 10,
            Kind::Array(_) => 11,
            Kind::Map(_) => 12,
            Kind::Record(_) | Kind::Union(_) => 13,
        }
    }
}

impl Symbols {
    pub(crate) fn new(list: Vec<Arc<str>>) -> Self {
        let sorted = sorted_positions(&list, |symbol| symbol);
        Self { list: list.into(), sorted }
    }

    /// Whether `text` is one of them.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.position(text).is_some()
    }

    /// The position of `text` in the order written.
    pub(crate) fn position(&self, text: &str) -> Option<u32> {
        let found = self.sorted.binary_search_by(|&at| (*self.list[at as usize]).cmp(text));
        found.ok().map(|at| self.sorted[at])
    }

    /// A symbol that is written twice.
    pub(crate) fn duplicate(&self) -> Option<usize> {
        duplicate(&self.list, &self.sorted, |symbol| symbol)
    }
}

impl Record {
    pub(crate) fn new(name: Arc<str>, fields: Vec<Field>) -> Self {
        let sorted = sorted_positions(&fields, |field| &field.name);
        let required = fields.iter().filter(|field| field.default.is_none()).count();
        Self { name, fields: fields.into(), sorted, required }
    }

    /// The position of the field of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let found = self.sorted.binary_search_by(|&at| (*self.fields[at as usize].name).cmp(name));
        found.ok().map(|at| self.sorted[at] as usize)
    }

    /// A field whose name is written twice.
    pub(crate) fn duplicate(&self) -> Option<usize> {
        duplicate(&self.fields, &self.sorted, |field| &field.name)
    }
}

impl Union {
    /// Sorts `branches` into the order in which they are tried; every branch must be defined by now.
    pub(crate) fn sealed(branches: Box<[NodeId]>, nodes: &[Node]) -> Self {
        let mut ordered = branches.to_vec();
        // Stable: records are tried in the order written.
        ordered.sort_by_key(|id| nodes[id.0 as usize].rank());
        let candidates = Shape::ALL.map(|shape| {
            ordered.iter().copied().filter(|id| nodes[id.0 as usize].takes(shape)).collect::<Box<[_]>>()
        });
        Self { branches, candidates }
    }
}

fn sorted_positions<T>(items: &[T], name: impl Fn(&T) -> &Arc<str>) -> Box<[u32]> {
    let count = u32::try_from(items.len()).expect("a schema text is bounded far below 2^32 names");
    let mut sorted: Box<[u32]> = (0..count).collect();
    // Stable: of equal names the first stands first.
    sorted.sort_by(|&a, &b| name(&items[a as usize]).cmp(name(&items[b as usize])));
    sorted
}

fn duplicate<T>(items: &[T], sorted: &[u32], name: impl Fn(&T) -> &Arc<str>) -> Option<usize> {
    let pairs = sorted.windows(2);
    let doubled = pairs.filter(|pair| name(&items[pair[0] as usize]) == name(&items[pair[1] as usize]));
    doubled.map(|pair| pair[1] as usize).min()
}
