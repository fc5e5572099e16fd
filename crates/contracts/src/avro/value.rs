//! A value of Avro's data model, beside a schema: positions instead of names.

use std::sync::Arc;

/// One value. Fields, symbols and branches are known by their position in the schema that the value belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `boolean`
    Boolean(bool),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `string`
    String(Arc<str>),
    /// `fixed`, of the schema's size.
    Fixed(Vec<u8>),
    /// `enum`: the position of the symbol.
    Enum(u32),
    /// `array`
    Array(Vec<Self>),
    /// `map`: entries of distinct keys.
    Map(Vec<(Arc<str>, Self)>),
    /// `record`: the fields in the order of the schema.
    Record(Vec<Self>),
    /// `union`: the position of the branch, and its value.
    Union(u32, Box<Self>),
}

impl Value {
    /// The word by which Avro calls a value of this kind.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "boolean",
            Self::Int(_) => "int",
            Self::Long(_) => "long",
            Self::Float(_) => "float",
            Self::Double(_) => "double",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "string",
            Self::Fixed(_) => "fixed",
            Self::Enum(_) => "enum",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Record(_) => "record",
            Self::Union(..) => "union",
        }
    }
}

/// `entries` with distinct keys: of equal keys the last value stays, in the place of the first.
pub(crate) fn distinct(mut entries: Vec<(Arc<str>, Value)>) -> Vec<(Arc<str>, Value)> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    // Stable: of equal keys the first stands first.
    order.sort_by(|&a, &b| entries[a].0.cmp(&entries[b].0));
    let mut keep = vec![true; entries.len()];
    let mut moves = Vec::new();
    for run in order.chunk_by(|&a, &b| entries[a].0 == entries[b].0) {
        if let [first, .., last] = *run {
            moves.push((first, last));
            run[1..].iter().for_each(|&at| keep[at] = false);
        }
    }
    for (first, last) in moves {
        entries[first].1 = std::mem::replace(&mut entries[last].1, Value::Null);
    }
    let mut kept = keep.into_iter();
    entries.retain(|_| kept.next().unwrap_or(true));
    entries
}
