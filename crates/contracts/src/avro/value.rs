//! A value of Avro's data model, beside a schema: positions instead of names.

use std::collections::BTreeMap;
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
pub(crate) fn distinct(entries: Vec<(Arc<str>, Value)>) -> Vec<(Arc<str>, Value)> {
    let mut places = BTreeMap::new();
    let mut kept: Vec<(Arc<str>, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let place = *places.entry(key.clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(entry) => entry.1 = value,
            None => kept.push((key, value)),
        }
    }
    kept
}
