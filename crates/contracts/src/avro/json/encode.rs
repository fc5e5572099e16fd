//! From a value to Avro's JSON.

use asl::{Json, Number};

use crate::Schema;
use crate::avro::names::{branch_name, mismatch};
use crate::avro::{Budget, DatumError, Value};
use crate::check::Path;
use crate::schema::node::{Kind, NodeId};
use crate::schema::nodes::Nodes;

/// `value`, which is of `schema`, as Avro's JSON.
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
        Ok(match (&nodes.get(id).kind, value) {
            (Kind::Null, Value::Null) => Json::Null,
            (Kind::Boolean, Value::Boolean(value)) => Json::Bool(*value),
            (Kind::Int, Value::Int(value)) => Json::from(i64::from(*value)),
            (Kind::Long, Value::Long(value)) => Json::from(*value),
            (Kind::Float, Value::Float(value)) => {
                Number::from_f32(*value).map_or_else(|| not_a_number(f64::from(*value)), Json::Number)
            }
            (Kind::Double, Value::Double(value)) => {
                Number::from_f64(*value).map_or_else(|| not_a_number(*value), Json::Number)
            }
            (Kind::Bytes, Value::Bytes(bytes)) => latin1(bytes),
            (Kind::String, Value::String(text)) => Json::String(text.clone()),
            (Kind::Fixed { size, .. }, Value::Fixed(bytes)) if bytes.len() as u64 == *size => latin1(bytes),
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
                let id = union.branches[*branch as usize];
                let inner = self.value(id, value, at, depth)?;
                if inner.is_null() { inner } else { Json::object([(branch_name(nodes.get(id)), inner)]) }
            }
            _ => return Err(mismatch(nodes, id, value, at)),
        })
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
