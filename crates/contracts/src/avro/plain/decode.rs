//! From plain JSON to a value.
//!
//! A union takes the branch that a check takes: the first candidate, in the fixed order, that fits. Fractions of a
//! second that are finer than the type's unit are cut off, as Java's conversions do. Unknown fields, where they are
//! allowed, have no place in a value and are left out; absent fields have their default.

use asl::Json;
use asl::contract::Unknown;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::logical;
use crate::Schema;
use crate::avro::tree::decode::{self, Context, Form, Scalar, missing};
use crate::avro::{DatumError, Value};
use crate::check::{Attempts, Path, expected};
use crate::schema::default;
use crate::schema::node::{Field, Kind, NodeId, Record, Shape, Union};
use crate::schema::nodes::Nodes;

/// The value that `json` is under `schema`.
pub fn decode(schema: &Schema, json: &Json, unknown: Unknown) -> Result<Value, DatumError> {
    let attempts = Attempts::new(schema.table().all(), unknown);
    decode::decode(schema, json, Plain { unknown, attempts })
}

struct Plain<'a> {
    unknown: Unknown,
    /// Tries the branches of unions; what one may cost is bounded for the whole value.
    attempts: Attempts<'a>,
}

impl Form for Plain<'_> {
    fn scalar(
        &mut self,
        context: &mut Context<'_>,
        id: NodeId,
        json: &Json,
        at: &Path<'_>,
    ) -> Result<Scalar, DatumError> {
        let node = context.nodes.get(id);
        if let Some(logical) = node.logical {
            // Pays for what a text will become.
            context.budget.bytes(json.as_str().map_or(0, str::len), at)?;
            return Ok(Scalar::Own(logical::decode(logical, &node.kind, json)));
        }
        Ok(match (&node.kind, json) {
            (Kind::Float, Json::Number(number)) => {
                Scalar::Own(Some(number.as_f32()).filter(|value| value.is_finite()).map(Value::Float))
            }
            (Kind::Double, Json::Number(number)) => {
                Scalar::Own(Some(number.as_f64()).filter(|value| value.is_finite()).map(Value::Double))
            }
            (Kind::Bytes, Json::String(text)) => Scalar::Own(base64(context, text, at)?.map(Value::Bytes)),
            (Kind::Fixed { size, .. }, Json::String(text)) => {
                let bytes = base64(context, text, at)?;
                Scalar::Own(bytes.filter(|bytes| bytes.len() as u64 == *size).map(Value::Fixed))
            }
            _ => Scalar::Common,
        })
    }

    fn branch<'j>(&mut self, _: Nodes<'_>, union: &Union, json: &'j Json) -> Option<(u32, &'j Json)> {
        let chosen = match &*union.candidates[Shape::of(json) as usize] {
            [] => return None,
            [only] => only,
            candidates => candidates.iter().find(|id| self.attempts.fits(**id, json))?,
        };
        let mut branches = (0_u32..).zip(&union.branches);
        branches.find(|(_, id)| *id == chosen).map(|(position, _)| (position, json))
    }

    fn absent(
        &mut self,
        context: &mut Context<'_>,
        field: &Field,
        at: &Path<'_>,
    ) -> Result<Value, DatumError> {
        let Some(default) = &field.default else { return Err(missing(context.nodes, field, at)) };
        let value = default::read(context.nodes.all(), field.node, default)
            .ok_or_else(|| DatumError::unexpected(at, "a default that does not fit", "one that does"))?;
        context.budget.copy(&value, at)?;
        Ok(value)
    }

    fn foreign(&self, record: &Record, key: &str) -> Option<String> {
        (self.unknown == Unknown::Reject).then(|| expected::no_field(record, key))
    }
}

fn base64(context: &mut Context<'_>, text: &str, at: &Path<'_>) -> Result<Option<Vec<u8>>, DatumError> {
    context.budget.bytes(text.len(), at)?;
    Ok(BASE64_STANDARD.decode(text).ok())
}
