//! `$formatNumber`, and rounding.

use super::sub_picture::{Signs, SubPicture};
use crate::error::Error;
use crate::limits::PICTURE_CHARS_MAX;
use crate::value::Value;

/// Writes `value` as the picture says; `options` replace the signs that it is made of.
pub(crate) fn format(value: f64, picture: &str, options: Option<&Value>) -> Result<String, Error> {
    if picture.chars().count() > PICTURE_CHARS_MAX {
        return Err(Error::new("U1009").with("limit", PICTURE_CHARS_MAX));
    }
    let signs = Signs::of(options);
    let parts: Vec<&str> = picture.split(signs.pattern_separator).collect();
    if parts.len() > 2 {
        return Err(Error::new("D3080"));
    }
    let positive = SubPicture::parse(parts[0], &signs)?;
    let negative = match parts.get(1) {
        Some(part) => SubPicture::parse(part, &signs)?,
        None => positive.negated(&signs),
    };
    let chosen = if value < 0.0 { &negative } else { &positive };
    Ok(chosen.format(value.abs(), &signs))
}

/// Rounded to `precision` decimal places (before the point if negative), halves to the even digit.
pub(crate) fn round(value: f64, precision: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let places = precision.trunc().clamp(-400.0, 400.0) as i32;
    if !value.is_finite() || places > 330 {
        return value;
    }
    let shifted = shift(value, places);
    if !shifted.is_finite() {
        return value;
    }
    let rounded = shifted.round_ties_even();
    shift(rounded, -places) + 0.0
}

/// `value` times ten to the `places`, exactly as its decimal text says.
fn shift(value: f64, places: i32) -> f64 {
    if places == 0 {
        return value;
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}", exponent + places).parse().unwrap_or(value)
}

/// A whole number in another base, digits from `0` to `z`.
pub(crate) fn in_base(value: f64, radix: f64) -> String {
    let mut digits = Vec::new();
    let mut rest = value.abs();
    while rest >= 1.0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the radix")]
        let digit = (rest % radix) as u32;
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        rest = (rest / radix).floor();
    }
    if digits.is_empty() {
        digits.push('0');
    } else if value < 0.0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}
