//! A value of Parquet as plain JSON, as the contracts room maps Avro's: instants, dates and times in ISO 8601, decimals as
//! exact texts, bytes in base64. A float that is no number is `null`, which is what most writers mean by it.

use asl::{Json, Number};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use parquet::data_type::Decimal;
use parquet::record::{Field, Row};

/// The value of a field. Recursion is bounded by the depth of the schema.
pub(super) fn json(field: &Field) -> Result<Json, String> {
    Ok(match field {
        Field::Null => Json::Null,
        Field::Bool(value) => Json::Bool(*value),
        Field::Byte(value) => Json::from(i64::from(*value)),
        Field::Short(value) => Json::from(i64::from(*value)),
        Field::Int(value) => Json::from(i64::from(*value)),
        Field::Long(value) => Json::from(*value),
        Field::UByte(value) => Json::from(u64::from(*value)),
        Field::UShort(value) => Json::from(u64::from(*value)),
        Field::UInt(value) => Json::from(u64::from(*value)),
        Field::ULong(value) => Json::from(*value),
        Field::Float16(value) => Number::from_f32(value.to_f32()).map_or(Json::Null, Json::Number),
        Field::Float(value) => Number::from_f32(*value).map_or(Json::Null, Json::Number),
        Field::Double(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Field::Decimal(value) => Json::from(decimal(value)?),
        Field::Str(value) => Json::from(value.as_str()),
        Field::Bytes(value) => Json::from(BASE64_STANDARD.encode(value.data())),
        Field::Date(days) => {
            Json::from(instant(i128::from(*days) * 86_400_000_000_000)?.strftime("%F").to_string())
        }
        Field::TimeMillis(millis) => Json::from(time(i128::from(*millis) * 1_000_000)?),
        Field::TimeMicros(micros) => Json::from(time(i128::from(*micros) * 1_000)?),
        Field::TimestampMillis(millis) => Json::from(instant(i128::from(*millis) * 1_000_000)?.to_string()),
        Field::TimestampMicros(micros) => Json::from(instant(i128::from(*micros) * 1_000)?.to_string()),
        Field::Group(row) => object(row)?,
        Field::ListInternal(list) => {
            Json::array(list.elements().iter().map(json).collect::<Result<Vec<_>, _>>()?)
        }
        Field::MapInternal(map) => entries(map.entries())?,
    })
}

fn object(row: &Row) -> Result<Json, String> {
    let columns = row.get_column_iter().map(|(name, field)| Ok((name.as_str(), json(field)?)));
    columns.collect::<Result<Vec<_>, String>>().map(Json::object)
}

/// An object, or where the keys are no strings an array of `key` and `value`.
fn entries(entries: &[(Field, Field)]) -> Result<Json, String> {
    if entries.iter().all(|(key, _)| matches!(key, Field::Str(_))) {
        let named = entries.iter().map(|(key, value)| match key {
            Field::Str(name) => Ok((name.as_str(), json(value)?)),
            _ => Err("a key that is no string".to_owned()),
        });
        return named.collect::<Result<Vec<_>, String>>().map(Json::object);
    }
    let pairs =
        entries.iter().map(|(key, value)| Ok(Json::object([("key", json(key)?), ("value", json(value)?)])));
    pairs.collect::<Result<Vec<_>, String>>().map(Json::array)
}

fn instant(nanoseconds: i128) -> Result<jiff::Timestamp, String> {
    jiff::Timestamp::from_nanosecond(nanoseconds).map_err(|_| "an instant beyond the year 9999".to_owned())
}

/// A time of day.
fn time(nanoseconds: i128) -> Result<String, String> {
    let day = 0..86_400_000_000_000;
    if !day.contains(&nanoseconds) {
        return Err("a time of day beyond its day".to_owned());
    }
    Ok(jiff::tz::TimeZone::UTC.to_datetime(instant(nanoseconds)?).time().to_string())
}

/// The exact text of a decimal: two's complement, big-endian, with a scale.
fn decimal(value: &Decimal) -> Result<String, String> {
    /// Beyond it no writer goes, and a text would only take memory.
    const SCALE_MAX: usize = 100;
    let too_long = || "a decimal of more than 38 digits".to_owned();
    let bytes = value.data();
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let filler = if is_negative { 0xff } else { 0 };
    let (extension, bytes) = bytes.split_at(bytes.len().saturating_sub(16));
    let is_extension = extension.iter().all(|byte| *byte == filler)
        && (extension.is_empty() || bytes.first().is_some_and(|byte| (*byte >= 0x80) == is_negative));
    if !is_extension {
        return Err(too_long());
    }
    let mut wide = [filler; 16];
    wide[16 - bytes.len()..].copy_from_slice(bytes);
    let unscaled = i128::from_be_bytes(wide);
    let scale =
        usize::try_from(value.scale()).ok().filter(|scale| *scale <= SCALE_MAX).ok_or_else(too_long)?;
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    Ok(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}
