//! From a value to Avro's JSON.

use asl::{Json, Number};

use crate::Schema;
use crate::avro::names::branch_name;
use crate::avro::tree::encode::{self, Form};
use crate::avro::{DatumError, Value};
use crate::check::Path;
use crate::schema::node::{Kind, Node, NodeId};
use crate::schema::nodes::Nodes;

/// `value`, which is of `schema`, as Avro's JSON.
pub fn encode(schema: &Schema, value: &Value) -> Result<Json, DatumError> {
    encode::encode::<AvroJson>(schema, value)
}

struct AvroJson;

impl Form for AvroJson {
    fn scalar(nodes: Nodes<'_>, id: NodeId, value: &Value, _: &Path<'_>) -> Result<Option<Json>, DatumError> {
        Ok(match (&nodes.get(id).kind, value) {
            (Kind::Float, Value::Float(value)) => {
                Some(Number::from_f32(*value).map_or_else(|| not_a_number(f64::from(*value)), Json::Number))
            }
            (Kind::Double, Value::Double(value)) => {
                Some(Number::from_f64(*value).map_or_else(|| not_a_number(*value), Json::Number))
            }
            (Kind::Bytes, Value::Bytes(bytes)) => Some(latin1(bytes)),
            (Kind::Fixed { size, .. }, Value::Fixed(bytes)) if bytes.len() as u64 == *size => {
                Some(latin1(bytes))
            }
            _ => None,
        })
    }

    fn branch(branch: &Node, inner: Json) -> Json {
        if inner.is_null() { inner } else { Json::object([(branch_name(branch), inner)]) }
    }
}

fn not_a_number(value: f64) -> Json {
    Json::from(if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    })
}

/// Text of one character for each byte.
fn latin1(bytes: &[u8]) -> Json {
    Json::from(bytes.iter().map(|&byte| char::from(byte)).collect::<String>())
}
