//! Payloads as documents of JSONata, read where they lie; results back to payloads.
//!
//! What an expression only moves comes back as it was: the same shared value, every number with its digits.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use ::jsonata::{Document, Shape, Value};

use super::env::States;
use crate::Json;
use crate::json::{Held, Number, Object};
use crate::limits::{JsonLimits, QUERY_RESULT_BYTES_MAX};
use crate::measure::{Excess, extent};

/// Integers up to this are doubles.
const DOUBLE_INTEGER_MAX: u64 = 1 << 53;

/// An array or object of a payload.
#[derive(Debug)]
struct Shared {
    json: Json,
    /// Bytes of its text, and how deep it is: the bound on results asks for them, then whoever makes a payload of the result.
    extent: OnceLock<(usize, usize)>,
}

impl Shared {
    fn extent(&self) -> (usize, usize) {
        *self.extent.get_or_init(|| extent(&self.json))
    }
}

/// Why a result is no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// There is a function in it.
    #[error("returned an unsupported result type: a function.")]
    Function,
    /// It is too long.
    #[error("returned a value of more than {QUERY_RESULT_BYTES_MAX} bytes.")]
    Bytes,
    /// It nests too deeply.
    #[error("returned a value that nests deeper than {} levels.", JsonLimits::PAYLOAD.depth_max)]
    Depth,
}

impl From<Excess> for Unfit {
    fn from(excess: Excess) -> Self {
        match excess {
            Excess::Bytes => Self::Bytes,
            Excess::Depth => Self::Depth,
        }
    }
}

/// The value as JSONata sees it: scalars are made, the rest is shared.
pub(super) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(to_number(number)),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(_) | Json::Object(_) => {
            Value::Foreign(Arc::new(Shared { json: json.clone(), extent: OnceLock::new() }))
        }
    }
}

fn to_number(number: &Number) -> ::jsonata::Number {
    let from_text = |text: &str| {
        // INVARIANT: the text is a JSON number, which JSONata's always reads.
        ::jsonata::Number::from_text(text).unwrap_or_else(|| ::jsonata::Number::from_f64(number.as_f64()))
    };
    match number.held() {
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
        Held::Integer(value) if value.unsigned_abs() <= DOUBLE_INTEGER_MAX => {
            ::jsonata::Number::from_f64(value as f64)
        }
        Held::Integer(value) => from_text(&value.to_string()),
        Held::Text(text) => from_text(text),
    }
}

impl Document for Shared {
    fn shape(&self) -> Shape {
        if matches!(self.json, Json::Array(_)) { Shape::Array } else { Shape::Object }
    }

    fn len(&self) -> usize {
        match &self.json {
            Json::Array(items) => items.len(),
            Json::Object(object) => object.len(),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Value> {
        self.json.as_array()?.get(index).map(to_value)
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.json.get(key).map(to_value)
    }

    fn entry(&self, index: usize) -> Option<(Arc<str>, Value)> {
        self.json.as_object()?.entries().get(index).map(|(key, value)| (key.clone(), to_value(value)))
    }

    fn text_bytes(&self) -> Option<usize> {
        Some(self.extent().0)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The payload that a result is, bounded in bytes and depth while it is made: values share their parts. A part of what the
/// expression was given comes back as it is; it has been bounded before.
pub(super) fn to_json(value: &Value) -> Result<(Json, Origin), Unfit> {
    if let Value::Foreign(document) = value
        && let Some(Shared { json, .. }) = document.as_any().downcast_ref()
    {
        return Ok((json.clone(), Origin::Given));
    }
    let mut left = QUERY_RESULT_BYTES_MAX;
    let json = convert(value, &mut left, JsonLimits::PAYLOAD.depth_max)?;
    Ok((json, Origin::Made { bytes: QUERY_RESULT_BYTES_MAX - left }))
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is a part of what the expression was given.
    Given,
    /// The expression made it.
    Made {
        /// Of its text, as counted while it was made.
        bytes: usize,
    },
}

fn convert(value: &Value, left: &mut usize, depth_left: usize) -> Result<Json, Unfit> {
    let (made, bytes) = match value {
        Value::Null => (Json::Null, 4),
        Value::Bool(value) => (Json::Bool(*value), 5),
        Value::Number(number) => {
            let number = from_number(number);
            let bytes = number.text_len();
            (Json::Number(number), bytes)
        }
        Value::String(text) => (Json::String(text.clone()), text.len() + 2),
        Value::Array(array) => {
            let depth_left = depth_left.checked_sub(1).ok_or(Unfit::Depth)?;
            take(left, 2 + array.items().len())?;
            let items = array.items().iter().map(|item| convert(item, left, depth_left));
            (items.collect::<Result<Vec<_>, _>>().map(Json::array)?, 0)
        }
        Value::Object(object) => {
            let depth_left = depth_left.checked_sub(1).ok_or(Unfit::Depth)?;
            let mut entries = Vec::with_capacity(object.len());
            for (key, member) in object.entries() {
                take(left, key.len() + 4)?;
                entries.push((key.clone(), convert(member, left, depth_left)?));
            }
            (Json::Object(Arc::new(Object::from(entries))), 2)
        }
        Value::Foreign(document) => {
            let (json, (bytes, depth)) = from_document(&**document)?;
            if depth > depth_left {
                return Err(Unfit::Depth);
            }
            (json, bytes)
        }
        Value::Function(_) => return Err(Unfit::Function),
    };
    take(left, bytes)?;
    Ok(made)
}

fn take(left: &mut usize, bytes: usize) -> Result<(), Unfit> {
    *left = left.checked_sub(bytes).ok_or(Unfit::Bytes)?;
    Ok(())
}

/// The value and its extent. INVARIANT: every document that an expression of ours can meet is one of these two.
fn from_document(document: &dyn Document) -> Result<(Json, (usize, usize)), Unfit> {
    let any = document.as_any();
    if let Some(shared) = any.downcast_ref::<Shared>() {
        return Ok((shared.json.clone(), shared.extent()));
    }
    let states = any.downcast_ref::<States>().map(States::to_json).ok_or(Unfit::Function)?;
    let extent = extent(&states);
    Ok((states, extent))
}

fn from_number(number: &::jsonata::Number) -> Number {
    let value = number.as_f64();
    if let Some(text) = number.exact_text() {
        return Number::from_valid_text(text);
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53")]
        return Number::from(value as i64);
    }
    Number::from_valid_text(&number.to_string())
}
