//! The text forms of logical types: ISO 8601 for times, plain digits for decimals, the usual form of UUIDs.

use asl::Json;

use crate::schema::Logical;

/// A logical type's name.
pub(super) fn name(logical: Logical) -> String {
    match logical {
        Logical::Decimal { precision, scale } => return format!("decimal {precision},{scale}"),
        Logical::Uuid => "uuid",
        Logical::Date => "date",
        Logical::TimeMillis => "time-millis",
        Logical::TimeMicros => "time-micros",
        Logical::TimestampMillis => "timestamp-millis",
        Logical::TimestampMicros => "timestamp-micros",
        Logical::TimestampNanos => "timestamp-nanos",
        Logical::LocalTimestampMillis => "local-timestamp-millis",
        Logical::LocalTimestampMicros => "local-timestamp-micros",
        Logical::LocalTimestampNanos => "local-timestamp-nanos",
        Logical::Duration => "duration",
    }
    .to_owned()
}

/// Whether a text is an ISO 8601 form of a date or time type.
pub(super) fn is_text_of(logical: Logical, text: &str) -> bool {
    match logical {
        Logical::Date => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        Logical::TimeMillis | Logical::TimeMicros => is_time(text),
        Logical::TimestampMillis | Logical::TimestampMicros | Logical::TimestampNanos => is_timestamp(text),
        Logical::LocalTimestampMillis | Logical::LocalTimestampMicros | Logical::LocalTimestampNanos => {
            text.split_once('T').is_some_and(|(date, time)| is_text_of(Logical::Date, date) && is_time(time))
        }
        Logical::Decimal { .. } | Logical::Uuid | Logical::Duration => false,
    }
}

fn is_time(text: &str) -> bool {
    let is_shape = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'.');
    is_shape && text.parse::<jiff::civil::Time>().is_ok()
}

/// RFC 3339: an offset or `Z` is required.
fn is_timestamp(text: &str) -> bool {
    asl::Timestamp::parse(text).is_some()
}

/// A number or a numeric text within precision and scale. Trailing zeros of the fraction do not count.
pub(super) fn is_decimal(value: &Json, precision: u32, scale: u32) -> bool {
    match value {
        Json::Number(number) => match number.as_i64() {
            Some(integer) => digits_of(integer) + scale <= precision.max(scale),
            None => {
                let mut text = String::new();
                number.write_to(&mut text);
                is_decimal_text(&text, precision, scale)
            }
        },
        Json::String(text) => is_decimal_text(text, precision, scale),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => false,
    }
}

fn digits_of(integer: i64) -> u32 {
    integer.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1)
}

fn is_decimal_text(text: &str, precision: u32, scale: u32) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()),
        None => (text, Some(0)),
    };
    let Some(exponent) = exponent.filter(|exponent| exponent.abs() <= 1_000_000) else { return false };
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) || (fraction.is_empty() && unsigned.ends_with('.')) {
        return false;
    }
    let significant = fraction.trim_end_matches('0');
    if significant.is_empty() && whole.trim_start_matches('0').is_empty() {
        return true;
    }
    let fraction_digits = i64::try_from(significant.len()).unwrap_or(i64::MAX) - exponent;
    let whole_digits = i64::try_from(whole.trim_start_matches('0').len()).unwrap_or(i64::MAX) + exponent;
    fraction_digits <= i64::from(scale) && whole_digits <= i64::from(precision) - i64::from(scale)
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// ISO 8601 of months, days and milliseconds: `P1Y2M3DT4H5M6.789S`. Every part is bounded by 32 bits.
pub(super) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    !rest.is_empty() && are_parts(date, "YMWD") && are_parts(time, "HMS")
}

/// Numbers, each with one of `units`, in their order, at most once each.
fn are_parts(mut text: &str, mut units: &str) -> bool {
    while !text.is_empty() {
        let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, rest) = text.split_at(length);
        let Some(unit) = rest.chars().next() else { return false };
        let Some(at) = units.find(unit) else { return false };
        let is_number = match number.split_once('.') {
            Some((whole, fraction)) => unit == 'S' && whole.parse::<u32>().is_ok() && fraction.len() <= 3 && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()),
            None => number.parse::<u32>().is_ok(),
        };
        if !is_number {
            return false;
        }
        units = &units[at + unit.len_utf8()..];
        text = &rest[unit.len_utf8()..];
    }
    true
}
