//! Logical types between plain JSON and the types that they stand on.
//!
//! Spec (Avro 1.12): "Logical Types". Bytes of a decimal are its unscaled integer, two's complement, big-endian;
//! `big-decimal` (as in Java) puts those bytes, with their length, before the scale.

use asl::{Json, Number};

use super::{decimal, duration, iso};
use crate::avro::Value;
use crate::avro::binary::varint;
use crate::check::{decimal as decimal_check, uuid};
use crate::schema::logical::{Logical, Unit};
use crate::schema::node::Kind;

/// The value on the type `kind`, if the JSON is one.
pub(crate) fn decode(logical: Logical, kind: &Kind, json: &Json) -> Option<Value> {
    match logical {
        Logical::Decimal { precision, scale } => decimal_value(kind, json, precision, scale),
        Logical::BigDecimal => big_decimal_value(json),
        Logical::Uuid => uuid_value(kind, json.as_str()?),
        Logical::Duration => duration::read(json.as_str()?).map(|parts| Value::Fixed(parts.to_vec())),
        Logical::Date | Logical::Time(_) | Logical::Timestamp(_) | Logical::LocalTimestamp(_) => {
            let number = match json {
                Json::Number(number) => number.as_i64()?,
                Json::String(text) => iso::read(logical, text)?,
                Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
            };
            on_kind(logical, kind, number)
        }
    }
}

/// The plain JSON of a value; `None` where the value is not of the type, or out of its range.
pub(crate) fn encode(logical: Logical, kind: &Kind, value: &Value) -> Option<Json> {
    match (logical, value) {
        (Logical::Decimal { precision, scale }, Value::Bytes(bytes)) => decimal_json(bytes, precision, scale),
        (Logical::Decimal { precision, scale }, Value::Fixed(bytes)) if is_size(kind, bytes) => {
            decimal_json(bytes, precision, scale)
        }
        (Logical::BigDecimal, Value::Bytes(bytes)) => big_decimal_json(bytes),
        (Logical::Uuid, Value::String(text)) => uuid::is_uuid(text).then(|| Json::String(text.clone())),
        (Logical::Uuid, Value::Fixed(bytes)) => uuid::text(bytes).map(Json::from),
        (Logical::Duration, Value::Fixed(bytes)) => duration::text(bytes).map(Json::from),
        (Logical::Date | Logical::Time(_), Value::Int(number)) => {
            on_kind(logical, kind, i64::from(*number)).map(|_| iso::json(logical, i64::from(*number)))
        }
        (Logical::Time(_) | Logical::Timestamp(_) | Logical::LocalTimestamp(_), Value::Long(number)) => {
            on_kind(logical, kind, *number).map(|_| iso::json(logical, *number))
        }
        _ => None,
    }
}

/// For a message: what kind of value has no plain form.
pub(crate) fn article(value: &Value) -> String {
    match value {
        Value::Int(number) => format!("number {number}"),
        Value::Long(number) => format!("number {number}"),
        _ => format!("a value of type {}", value.type_name()),
    }
}

fn on_kind(logical: Logical, kind: &Kind, number: i64) -> Option<Value> {
    if let Logical::Time(unit) = logical
        && !(0..unit.per_day()).contains(&number)
    {
        return None;
    }
    match kind {
        Kind::Int => i32::try_from(number).ok().map(Value::Int),
        _ => Some(Value::Long(number)),
    }
}

fn is_size(kind: &Kind, bytes: &[u8]) -> bool {
    matches!(kind, Kind::Fixed { size, .. } if bytes.len() as u64 == *size)
}

/// The text of a number, or a text that is one.
fn numeric_text(json: &Json) -> Option<std::borrow::Cow<'_, str>> {
    match json {
        Json::Number(number) => Some(number.to_string().into()),
        Json::String(text) if decimal_check::is_number(text) => Some((&**text).into()),
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn decimal_value(kind: &Kind, json: &Json, precision: u32, scale: u32) -> Option<Value> {
    let text = numeric_text(json)?;
    if !decimal_check::text_fits(&text, precision, scale) {
        return None;
    }
    let bytes = decimal::unscaled(&text, i64::from(scale))?;
    match kind {
        Kind::Fixed { size, .. } => decimal::widened(bytes, usize::try_from(*size).ok()?).map(Value::Fixed),
        _ => Some(Value::Bytes(bytes)),
    }
}

fn decimal_json(bytes: &[u8], precision: u32, scale: u32) -> Option<Json> {
    let text = decimal::text(bytes, i64::from(scale))?;
    decimal_check::text_fits(&text, precision, scale).then(|| Json::from(text))
}

fn big_decimal_value(json: &Json) -> Option<Value> {
    let text = numeric_text(json)?;
    let scale = decimal::scale_of(&text)?;
    let unscaled = decimal::unscaled(&text, scale)?;
    let mut bytes = Vec::with_capacity(unscaled.len() + 4);
    varint::push(i64::try_from(unscaled.len()).ok()?, &mut bytes);
    bytes.extend(unscaled);
    varint::push(scale, &mut bytes);
    Some(Value::Bytes(bytes))
}

fn big_decimal_json(bytes: &[u8]) -> Option<Json> {
    let (length, at) = varint::read(bytes).ok()?;
    let (unscaled, rest) = bytes[at..].split_at_checked(usize::try_from(length).ok()?)?;
    let (scale, length) = varint::read(rest).ok()?;
    (length == rest.len()).then(|| decimal::text(unscaled, scale)).flatten().map(Json::from)
}

fn uuid_value(kind: &Kind, text: &str) -> Option<Value> {
    if !uuid::is_uuid(text) {
        return None;
    }
    match kind {
        Kind::Fixed { .. } => uuid::bytes(text).map(|bytes| Value::Fixed(bytes.to_vec())),
        _ => Some(Value::String(text.into())),
    }
}

/// The plain JSON of a number that is only a number.
pub(crate) fn number(value: i64) -> Json {
    Json::Number(Number::from(value))
}

/// How many of the unit a second has.
pub(crate) fn per_second(unit: Unit) -> i64 {
    unit.per_day() / 86_400
}
