//! From a value to JSON.

use asl::Json;

use crate::Schema;
use crate::avro::names::mismatch;
use crate::avro::{Budget, DatumError, Value};
use crate::check::Path;
use crate::schema::node::{Kind, Node, NodeId};
use crate::schema::nodes::Nodes;

/// What a form of JSON does in its own way.
pub(crate) trait Form {
    /// A scalar that is written in a way of the form's own; `None` for what is written as everywhere.
    fn scalar(nodes: Nodes<'_>, id: NodeId, value: &Value, at: &Path<'_>)
    -> Result<Option<Json>, DatumError>;

    /// How a value of a union's branch is shown.
    fn branch(branch: &Node, inner: Json) -> Json;
}

/// `value`, which is of `schema`, in the form `F`.
pub(crate) fn encode<F: Form>(schema: &Schema, value: &Value) -> Result<Json, DatumError> {
    let mut encoder = Encoder { nodes: schema.table(), budget: Budget::new() };
    encoder.value::<F>(schema.root, value, &Path::Root, 0)
}

struct Encoder<'a> {
    nodes: Nodes<'a>,
    budget: Budget,
}

impl Encoder<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value<F: Form>(
        &mut self,
        id: NodeId,
        value: &Value,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Json, DatumError> {
        self.budget.value(at, depth)?;
        let nodes = self.nodes;
        if let Some(json) = F::scalar(nodes, id, value, at)? {
            return Ok(json);
        }
        Ok(match (&nodes.get(id).kind, value) {
            (Kind::Null, Value::Null) => Json::Null,
            (Kind::Boolean, Value::Boolean(value)) => Json::Bool(*value),
            (Kind::Int, Value::Int(value)) => Json::from(i64::from(*value)),
            (Kind::Long, Value::Long(value)) => Json::from(*value),
            (Kind::String, Value::String(text)) => Json::String(text.clone()),
            (Kind::Enum { symbols, .. }, Value::Enum(symbol)) if (*symbol as usize) < symbols.list.len() => {
                Json::String(symbols.list[*symbol as usize].clone())
            }
            (Kind::Array(items), Value::Array(list)) => {
                let item = |(index, item)| self.value::<F>(*items, item, &Path::Item(at, index), depth + 1);
                Json::Array(list.iter().enumerate().map(item).collect::<Result<_, _>>()?)
            }
            (Kind::Map(values), Value::Map(entries)) => {
                let mut out = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let path = Path::Field(at, key);
                    out.push((key.clone(), self.value::<F>(*values, value, &path, depth + 1)?));
                }
                Json::object(out)
            }
            (Kind::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
                let mut out = Vec::with_capacity(values.len());
                for (field, value) in record.fields.iter().zip(values) {
                    let path = Path::Field(at, &field.name);
                    out.push((field.name.clone(), self.value::<F>(field.node, value, &path, depth + 1)?));
                }
                Json::object(out)
            }
            (Kind::Union(union), Value::Union(branch, value))
                if (*branch as usize) < union.branches.len() =>
            {
                let id = union.branches[*branch as usize];
                F::branch(nodes.get(id), self.value::<F>(id, value, at, depth)?)
            }
            _ => return Err(mismatch(nodes, id, value, at)),
        })
    }
}
