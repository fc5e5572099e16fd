//! From JSON to a value.

use std::sync::Arc;

use asl::{Json, Object};

use crate::Schema;
use crate::avro::{Budget, DatumError, Value};
use crate::check::{Path, describe, found};
use crate::schema::node::{Field, Kind, NodeId, Record, Union};
use crate::schema::nodes::Nodes;

/// What a form of JSON does in its own way.
pub(crate) trait Form {
    /// Reads a scalar that the form writes in a way of its own.
    fn scalar(
        &mut self,
        context: &mut Context<'_>,
        id: NodeId,
        json: &Json,
        at: &Path<'_>,
    ) -> Result<Scalar, DatumError>;

    /// Which branch of a union `json` shows, and the value of it.
    fn branch<'j>(&mut self, nodes: Nodes<'_>, union: &Union, json: &'j Json) -> Option<(u32, &'j Json)>;

    /// The value of a field that is not there.
    fn absent(
        &mut self,
        context: &mut Context<'_>,
        field: &Field,
        at: &Path<'_>,
    ) -> Result<Value, DatumError>;

    /// What was expected instead of a member that is no field; `None` where such members may be.
    fn foreign(&self, record: &Record, key: &str) -> Option<String>;

    /// What was expected of a value that does not fit.
    fn expected(nodes: Nodes<'_>, id: NodeId) -> String {
        describe(nodes.all(), id)
    }
}

/// What a form makes of a value.
pub(crate) enum Scalar {
    /// Its own: what it is, or `None` if it is not of the type.
    Own(Option<Value>),
    /// What is read as everywhere.
    Common,
}

/// What a form may need of the walk.
pub(crate) struct Context<'a> {
    pub(crate) nodes: Nodes<'a>,
    pub(crate) budget: Budget,
}

/// The value that `json` is under `schema`, in the form `F`.
pub(crate) fn decode<F: Form>(schema: &Schema, json: &Json, form: F) -> Result<Value, DatumError> {
    let context = Context { nodes: schema.table(), budget: Budget::new() };
    Decoder { context, form }.value(schema.root, json, &Path::Root, 0)
}

/// A field without which a record is none.
#[cold]
pub(crate) fn missing(nodes: Nodes<'_>, field: &Field, at: &Path<'_>) -> DatumError {
    DatumError::unexpected(at, "nothing", describe(nodes.all(), field.node))
}

struct Decoder<'a, F> {
    context: Context<'a>,
    form: F,
}

impl<F: Form> Decoder<'_, F> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(&mut self, id: NodeId, json: &Json, at: &Path<'_>, depth: usize) -> Result<Value, DatumError> {
        self.context.budget.value(at, depth)?;
        let nodes = self.context.nodes;
        let value = match self.form.scalar(&mut self.context, id, json, at)? {
            Scalar::Own(value) => value,
            Scalar::Common => match (&nodes.get(id).kind, json) {
                (Kind::Null, Json::Null) => Some(Value::Null),
                (Kind::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
                (Kind::Int, Json::Number(number)) => {
                    number.as_i64().and_then(|value| i32::try_from(value).ok()).map(Value::Int)
                }
                (Kind::Long, Json::Number(number)) => number.as_i64().map(Value::Long),
                (Kind::String, Json::String(text)) => Some(Value::String(text.clone())),
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
            },
        };
        value.ok_or_else(|| DatumError::unexpected(at, found::describe(json), F::expected(nodes, id)))
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
            fields.push(match object.get(&field.name) {
                Some(value) => self.value(field.node, value, &path, depth)?,
                None => self.form.absent(&mut self.context, field, &path)?,
            });
        }
        let foreign = object.iter().filter(|(key, _)| record.position(key).is_none());
        for (key, value) in foreign {
            if let Some(expected) = self.form.foreign(record, key) {
                return Err(DatumError::unexpected(&Path::Field(at, key), found::describe(value), expected));
            }
        }
        Ok(Value::Record(fields))
    }

    fn union(
        &mut self,
        union: &Union,
        json: &Json,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Option<Value>, DatumError> {
        let Some((position, inner)) = self.form.branch(self.context.nodes, union, json) else {
            return Ok(None);
        };
        let value = self.value(union.branches[position as usize], inner, at, depth)?;
        Ok(Some(Value::Union(position, Box::new(value))))
    }
}
