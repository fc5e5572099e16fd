//! From a value to plain JSON. A NaN or an infinity has none, and neither has a number that its logical type forbids.

use asl::{Json, Number};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::logical;
use crate::Schema;
use crate::avro::names::mismatch;
use crate::avro::{Budget, DatumError, Value};
use crate::check::{Path, describe};
use crate::schema::node::{Kind, NodeId};
use crate::schema::nodes::Nodes;

/// `value`, which is of `schema`, as plain JSON.
pub fn encode(schema: &Schema, value: &Value) -> Result<Json, DatumError> {
    Encoder { nodes: schema.table(), budget: Budget::new() }.value(schema.root, value, &Path::Root, 0)
}

struct Encoder<'a> {
    nodes: Nodes<'a>,
    budget: Budget,
}

impl Encoder<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(&mut self, id: NodeId, value: &Value, at: &Path<'_>, depth: usize) -> Result<Json, DatumError> {
        self.budget.value(at, depth)?;
        let nodes = self.nodes;
        let node = nodes.get(id);
        if let Some(logical) = node.logical {
            return logical::encode(logical, &node.kind, value).ok_or_else(|| {
                let found = format!("{} that is none", logical::article(value));
                DatumError::unexpected(at, found, describe(nodes.all(), id))
            });
        }
        Ok(match (&node.kind, value) {
            (Kind::Null, Value::Null) => Json::Null,
            (Kind::Boolean, Value::Boolean(value)) => Json::Bool(*value),
            (Kind::Int, Value::Int(value)) => Json::from(i64::from(*value)),
            (Kind::Long, Value::Long(value)) => Json::from(*value),
            (Kind::Float, Value::Float(value)) => number(Number::from_f32(*value), f64::from(*value), at)?,
            (Kind::Double, Value::Double(value)) => number(Number::from_f64(*value), *value, at)?,
            (Kind::Bytes, Value::Bytes(bytes)) => Json::from(BASE64_STANDARD.encode(bytes)),
            (Kind::String, Value::String(text)) => Json::String(text.clone()),
            (Kind::Fixed { size, .. }, Value::Fixed(bytes)) if bytes.len() as u64 == *size => {
                Json::from(BASE64_STANDARD.encode(bytes))
            }
            (Kind::Enum { symbols, .. }, Value::Enum(symbol)) if (*symbol as usize) < symbols.list.len() => {
                Json::String(symbols.list[*symbol as usize].clone())
            }
            (Kind::Array(items), Value::Array(list)) => {
                let item = |(index, item)| self.value(*items, item, &Path::Item(at, index), depth + 1);
                Json::Array(list.iter().enumerate().map(item).collect::<Result<_, _>>()?)
            }
            (Kind::Map(values), Value::Map(entries)) => {
                let mut out = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    out.push((key.clone(), self.value(*values, value, &Path::Field(at, key), depth + 1)?));
                }
                Json::object(out)
            }
            (Kind::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
                let mut out = Vec::with_capacity(values.len());
                for (field, value) in record.fields.iter().zip(values) {
                    let path = Path::Field(at, &field.name);
                    out.push((field.name.clone(), self.value(field.node, value, &path, depth + 1)?));
                }
                Json::object(out)
            }
            (Kind::Union(union), Value::Union(branch, value))
                if (*branch as usize) < union.branches.len() =>
            {
                self.value(union.branches[*branch as usize], value, at, depth)?
            }
            _ => return Err(mismatch(nodes, id, value, at)),
        })
    }
}

fn number(number: Option<Number>, value: f64, at: &Path<'_>) -> Result<Json, DatumError> {
    number
        .map(Json::Number)
        .ok_or_else(|| DatumError::unexpected(at, format!("{value}"), "a number that JSON can write"))
}
