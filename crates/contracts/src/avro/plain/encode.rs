//! From a value to plain JSON. A NaN or an infinity has none, and neither has a number that its logical type forbids.

use asl::{Json, Number};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::logical;
use crate::Schema;
use crate::avro::tree::encode::{self, Form};
use crate::avro::{DatumError, Value};
use crate::check::{Path, describe};
use crate::schema::node::{Kind, Node, NodeId};
use crate::schema::nodes::Nodes;

/// `value`, which is of `schema`, as plain JSON.
pub fn encode(schema: &Schema, value: &Value) -> Result<Json, DatumError> {
    encode::encode::<Plain>(schema, value)
}

struct Plain;

impl Form for Plain {
    fn scalar(
        nodes: Nodes<'_>,
        id: NodeId,
        value: &Value,
        at: &Path<'_>,
    ) -> Result<Option<Json>, DatumError> {
        let node = nodes.get(id);
        if let Some(logical) = node.logical {
            let json = logical::encode(logical, &node.kind, value).ok_or_else(|| {
                let found = format!("{} that is none", logical::article(value));
                DatumError::unexpected(at, found, describe(nodes.all(), id))
            });
            return json.map(Some);
        }
        Ok(match (&node.kind, value) {
            (Kind::Float, Value::Float(value)) => {
                Some(number(Number::from_f32(*value), f64::from(*value), at)?)
            }
            (Kind::Double, Value::Double(value)) => Some(number(Number::from_f64(*value), *value, at)?),
            (Kind::Bytes, Value::Bytes(bytes)) => Some(Json::from(BASE64_STANDARD.encode(bytes))),
            (Kind::Fixed { size, .. }, Value::Fixed(bytes)) if bytes.len() as u64 == *size => {
                Some(Json::from(BASE64_STANDARD.encode(bytes)))
            }
            _ => None,
        })
    }

    fn branch(_: &Node, inner: Json) -> Json {
        inner
    }
}

fn number(number: Option<Number>, value: f64, at: &Path<'_>) -> Result<Json, DatumError> {
    number
        .map(Json::Number)
        .ok_or_else(|| DatumError::unexpected(at, format!("{value}"), "a number that JSON can write"))
}
