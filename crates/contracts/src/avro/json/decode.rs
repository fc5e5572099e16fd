//! From Avro's JSON to a value.

use std::sync::Arc;

use asl::{Json, Number, Object};

use crate::Schema;
use crate::avro::names::branch_name;
use crate::avro::{Budget, DatumError, Value};
use crate::check::{Path, describe, found};
use crate::schema::default::latin1;
use crate::schema::node::{Kind, NodeId, Record, Union};
use crate::schema::nodes::Nodes;

/// The value that `json` is under `schema`.
pub fn decode(schema: &Schema, json: &Json) -> Result<Value, DatumError> {
    let mut decoder = Decoder { nodes: schema.table(), budget: Budget::new() };
    decoder.value(schema.root, json, &Path::Root, 0)
}

struct Decoder<'a> {
    nodes: Nodes<'a>,
    budget: Budget,
}

impl Decoder<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(&mut self, id: NodeId, json: &Json, at: &Path<'_>, depth: usize) -> Result<Value, DatumError> {
        self.budget.value(at, depth)?;
        let nodes = self.nodes;
        let value = match (&nodes.get(id).kind, json) {
            (Kind::Null, Json::Null) => Some(Value::Null),
            (Kind::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
            (Kind::Int, Json::Number(number)) => {
                number.as_i64().and_then(|value| i32::try_from(value).ok()).map(Value::Int)
            }
            (Kind::Long, Json::Number(number)) => number.as_i64().map(Value::Long),
            (Kind::Float, _) => float(json, Number::as_f32, |value| value.is_finite()).map(Value::Float),
            (Kind::Double, _) => float(json, Number::as_f64, |value| value.is_finite()).map(Value::Double),
            (Kind::Bytes, Json::String(text)) => {
                self.budget.bytes(text.len(), at)?;
                latin1(text).map(Value::Bytes)
            }
            (Kind::String, Json::String(text)) => Some(Value::String(text.clone())),
            (Kind::Fixed { size, .. }, Json::String(text)) => {
                self.budget.bytes(text.len(), at)?;
                latin1(text).filter(|bytes| bytes.len() as u64 == *size).map(Value::Fixed)
            }
            (Kind::Enum { symbols, .. }, Json::String(text)) => symbols.position(text).map(Value::Enum),
            (Kind::Array(items), Json::Array(list)) => Some(self.array(*items, list, at, depth + 1)?),
            (Kind::Map(values), Json::Object(object)) => Some(self.map(*values, object, at, depth + 1)?),
            (Kind::Record(record), Json::Object(object)) => {
                Some(self.record(record, object, at, depth + 1)?)
            }
            (Kind::Union(union), _) => self.union(union, json, at, depth)?,
            _ => None,
        };
        value.ok_or_else(|| self.mismatch(id, json, at))
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
            let Some(value) = object.get(&field.name) else {
                return Err(DatumError::unexpected(&path, "nothing", describe(self.nodes.all(), field.node)));
            };
            fields.push(self.value(field.node, value, &path, depth)?);
        }
        match object.iter().find(|(key, _)| record.position(key).is_none()) {
            None => Ok(Value::Record(fields)),
            Some((key, value)) => {
                let expected = format!("no such field in record {}", record.name);
                Err(DatumError::unexpected(&Path::Field(at, key), found::describe(value), expected))
            }
        }
    }

    fn union(
        &mut self,
        union: &Union,
        json: &Json,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Option<Value>, DatumError> {
        let named =
            json.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
        let (name, inner) = match (json, named) {
            (Json::Null, _) => ("null", json),
            (_, Some((name, inner))) => (&**name, inner),
            _ => return Ok(None),
        };
        let mut branches = (0_u32..).zip(&union.branches);
        let Some((position, branch)) = branches.find(|(_, id)| branch_name(self.nodes.get(**id)) == name)
        else {
            return Ok(None);
        };
        if name == "null" && !json.is_null() {
            return Ok(None);
        }
        let value = self.value(*branch, inner, at, depth)?;
        Ok(Some(Value::Union(position, Box::new(value))))
    }

    #[cold]
    fn mismatch(&self, id: NodeId, json: &Json, at: &Path<'_>) -> DatumError {
        let expected = match &self.nodes.get(id).kind {
            Kind::Union(_) => {
                format!("{}, in an object with the branch's name as its key", describe(self.nodes.all(), id))
            }
            Kind::Bytes => "bytes (text of the characters U+0000 to U+00FF)".to_owned(),
            Kind::Fixed { name, size } => {
                format!("fixed {name} (text of {size} characters U+0000 to U+00FF)")
            }
            _ => describe(self.nodes.all(), id),
        };
        DatumError::unexpected(at, found::describe(json), expected)
    }
}

/// A number that does not overflow, or the name of a value that JSON has no number for.
fn float<F: From<f32>>(
    json: &Json,
    read: impl Fn(&Number) -> F,
    is_finite: impl Fn(&F) -> bool,
) -> Option<F> {
    match json {
        Json::Number(number) => Some(read(number)).filter(is_finite),
        Json::String(text) => match &**text {
            "NaN" => Some(f32::NAN.into()),
            "Infinity" => Some(f32::INFINITY.into()),
            "-Infinity" => Some(f32::NEG_INFINITY.into()),
            _ => None,
        },
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}
