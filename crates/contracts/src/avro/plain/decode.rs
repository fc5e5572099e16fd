//! From plain JSON to a value.
//!
//! A union takes the branch that a check takes: the first candidate, in the fixed order, that fits. Fractions of a
//! second that are finer than the type's unit are cut off, as Java's conversions do. Unknown fields, where they are
//! allowed, have no place in a value and are left out; absent fields have their default.

use std::sync::Arc;

use asl::contract::Unknown;
use asl::{Json, Object};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::logical;
use crate::Schema;
use crate::avro::{Budget, DatumError, Value};
use crate::check::{Attempts, Path, describe, expected, found};
use crate::schema::default;
use crate::schema::node::{Kind, NodeId, Record, Shape, Union};
use crate::schema::nodes::Nodes;

/// The value that `json` is under `schema`.
pub fn decode(schema: &Schema, json: &Json, unknown: Unknown) -> Result<Value, DatumError> {
    let nodes = schema.table();
    let attempts = Attempts::new(nodes.all(), unknown);
    let mut decoder = Decoder { nodes, unknown, attempts, budget: Budget::new() };
    decoder.value(schema.root, json, &Path::Root, 0)
}

struct Decoder<'a> {
    nodes: Nodes<'a>,
    unknown: Unknown,
    /// Tries the branches of unions; what one may cost is bounded for the whole value.
    attempts: Attempts<'a>,
    budget: Budget,
}

impl Decoder<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(&mut self, id: NodeId, json: &Json, at: &Path<'_>, depth: usize) -> Result<Value, DatumError> {
        self.budget.value(at, depth)?;
        let node = self.nodes.get(id);
        let value = if let Some(logical) = node.logical {
            self.text(json, at)?;
            logical::decode(logical, &node.kind, json)
        } else {
            match (&node.kind, json) {
                (Kind::Null, Json::Null) => Some(Value::Null),
                (Kind::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
                (Kind::Int, Json::Number(number)) => {
                    number.as_i64().and_then(|value| i32::try_from(value).ok()).map(Value::Int)
                }
                (Kind::Long, Json::Number(number)) => number.as_i64().map(Value::Long),
                (Kind::Float, Json::Number(number)) => {
                    Some(number.as_f32()).filter(|value| value.is_finite()).map(Value::Float)
                }
                (Kind::Double, Json::Number(number)) => {
                    Some(number.as_f64()).filter(|value| value.is_finite()).map(Value::Double)
                }
                (Kind::Bytes, Json::String(text)) => self.base64(text, at)?.map(Value::Bytes),
                (Kind::String, Json::String(text)) => Some(Value::String(text.clone())),
                (Kind::Fixed { size, .. }, Json::String(text)) => {
                    self.base64(text, at)?.filter(|bytes| bytes.len() as u64 == *size).map(Value::Fixed)
                }
                (Kind::Enum { symbols, .. }, Json::String(text)) => symbols.position(text).map(Value::Enum),
                (Kind::Array(items), Json::Array(list)) => Some(self.array(*items, list, at, depth + 1)?),
                (Kind::Map(values), Json::Object(object)) => {
                    Some(self.map(*values, object, at, depth + 1)?)
                }
                (Kind::Record(record), Json::Object(object)) => {
                    Some(self.record(record, object, at, depth + 1)?)
                }
                (Kind::Union(union), _) => self.union(union, json, at, depth)?,
                _ => None,
            }
        };
        value.ok_or_else(|| DatumError::unexpected(at, found::describe(json), describe(self.nodes.all(), id)))
    }

    /// Pays for what a text will become.
    fn text(&mut self, json: &Json, at: &Path<'_>) -> Result<(), DatumError> {
        self.budget.bytes(json.as_str().map_or(0, str::len), at)
    }

    fn base64(&mut self, text: &str, at: &Path<'_>) -> Result<Option<Vec<u8>>, DatumError> {
        self.budget.bytes(text.len(), at)?;
        Ok(BASE64_STANDARD.decode(text).ok())
    }

    fn array(
        &mut self,
        items: NodeId,
        list: &[Json],
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Value, DatumError> {
        let item = |(index, item)| self.value(items, item, &Path::Item(at, index), depth);
        list.iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
    }

    fn map(
        &mut self,
        values: NodeId,
        object: &Object,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Value, DatumError> {
        let entry = |(key, value): (&Arc<str>, &Json)| {
            Ok((key.clone(), self.value(values, value, &Path::Field(at, key), depth)?))
        };
        object.iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
    }

    fn record(
        &mut self,
        record: &Record,
        object: &Object,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Value, DatumError> {
        let mut fields = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let path = Path::Field(at, &field.name);
            fields.push(match (object.get(&field.name), &field.default) {
                (Some(value), _) => self.value(field.node, value, &path, depth)?,
                (None, Some(default)) => self.default(field.node, default, &path)?,
                (None, None) => {
                    let expected = describe(self.nodes.all(), field.node);
                    return Err(DatumError::unexpected(&path, "nothing", expected));
                }
            });
        }
        let is_foreign = |key: &str| self.unknown == Unknown::Reject && record.position(key).is_none();
        match object.iter().find(|(key, _)| is_foreign(key)) {
            None => Ok(Value::Record(fields)),
            Some((key, value)) => {
                let expected = expected::no_field(record, key);
                Err(DatumError::unexpected(&Path::Field(at, key), found::describe(value), expected))
            }
        }
    }

    fn default(&mut self, id: NodeId, default: &Json, at: &Path<'_>) -> Result<Value, DatumError> {
        let value = default::read(self.nodes.all(), id, default)
            .ok_or_else(|| DatumError::unexpected(at, "a default that does not fit", "one that does"))?;
        self.budget.copy(&value, at)?;
        Ok(value)
    }

    fn union(
        &mut self,
        union: &Union,
        json: &Json,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Option<Value>, DatumError> {
        let chosen = match &*union.candidates[Shape::of(json) as usize] {
            [] => return Ok(None),
            [only] => *only,
            candidates => match candidates.iter().find(|id| self.attempts.fits(**id, json)) {
                Some(fitting) => *fitting,
                None => return Ok(None),
            },
        };
        let mut branches = (0_u32..).zip(&union.branches);
        let Some((position, _)) = branches.find(|(_, id)| **id == chosen) else { return Ok(None) };
        let value = self.value(chosen, json, at, depth)?;
        Ok(Some(Value::Union(position, Box::new(value))))
    }
}
