//! From Avro's JSON to a value.

use asl::{Json, Number};

use crate::Schema;
use crate::avro::names::branch_name;
use crate::avro::tree::decode::{self, Context, Form, Scalar, missing};
use crate::avro::{DatumError, Value};
use crate::check::{Path, describe};
use crate::schema::default::latin1;
use crate::schema::node::{Field, Kind, NodeId, Record, Union};
use crate::schema::nodes::Nodes;

/// The value that `json` is under `schema`.
pub fn decode(schema: &Schema, json: &Json) -> Result<Value, DatumError> {
    decode::decode(schema, json, AvroJson)
}

struct AvroJson;

impl Form for AvroJson {
    fn scalar(
        &mut self,
        context: &mut Context<'_>,
        id: NodeId,
        json: &Json,
        at: &Path<'_>,
    ) -> Result<Scalar, DatumError> {
        Ok(match (&context.nodes.get(id).kind, json) {
            (Kind::Float, _) => {
                Scalar::Own(float(json, Number::as_f32, |value| value.is_finite()).map(Value::Float))
            }
            (Kind::Double, _) => {
                Scalar::Own(float(json, Number::as_f64, |value| value.is_finite()).map(Value::Double))
            }
            (Kind::Bytes, Json::String(text)) => {
                context.budget.bytes(text.len(), at)?;
                Scalar::Own(latin1(text).map(Value::Bytes))
            }
            (Kind::Fixed { size, .. }, Json::String(text)) => {
                context.budget.bytes(text.len(), at)?;
                Scalar::Own(latin1(text).filter(|bytes| bytes.len() as u64 == *size).map(Value::Fixed))
            }
            _ => Scalar::Common,
        })
    }

    fn branch<'j>(&mut self, nodes: Nodes<'_>, union: &Union, json: &'j Json) -> Option<(u32, &'j Json)> {
        let (name, inner) = match json {
            Json::Null => ("null", json),
            Json::Object(object) if object.len() == 1 => {
                let (name, inner) = object.iter().next()?;
                (&**name, inner)
            }
            _ => return None,
        };
        let mut branches = (0_u32..).zip(&union.branches);
        let (position, _) = branches.find(|(_, id)| branch_name(nodes.get(**id)) == name)?;
        // `{"null": …}` is no way to write a null.
        (name != "null" || json.is_null()).then_some((position, inner))
    }

    fn absent(
        &mut self,
        context: &mut Context<'_>,
        field: &Field,
        at: &Path<'_>,
    ) -> Result<Value, DatumError> {
        Err(missing(context.nodes, field, at))
    }

    fn foreign(&self, record: &Record, _: &str) -> Option<String> {
        Some(format!("no such field in record {}", record.name))
    }

    fn expected(nodes: Nodes<'_>, id: NodeId) -> String {
        match &nodes.get(id).kind {
            Kind::Union(_) => {
                format!("{}, in an object with the branch's name as its key", describe(nodes.all(), id))
            }
            Kind::Bytes => "bytes (text of the characters U+0000 to U+00FF)".to_owned(),
            Kind::Fixed { name, size } => {
                format!("fixed {name} (text of {size} characters U+0000 to U+00FF)")
            }
            _ => describe(nodes.all(), id),
        }
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
