//! A JSON number: its exact text, and what it means when somebody computes with it.

use std::sync::Arc;

/// A number. Two numbers are equal when they mean the same value, whatever their texts.
#[derive(Clone, Debug)]
pub struct Number(Repr);

/// INVARIANT: an integer whose canonical text fits `i64` is always `Integer`, so that equal texts have equal forms.
#[derive(Clone, Debug)]
enum Repr {
    /// The text is the canonical decimal form of this integer.
    Integer(i64),
    /// Any other text: fractions, exponents, `-0`, more digits than 64 bits hold.
    Text(Arc<str>),
}

/// How a number is held.
pub(crate) enum Held<'a> {
    /// As an integer.
    Integer(i64),
    /// As its text.
    Text(&'a str),
}

impl Number {
    /// A number from text that is already known to be a JSON number.
    ///
    /// The parser and the printers of doubles are the callers; nothing is validated here.
    pub(crate) fn from_valid_text(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(value) if text != "-0" => Self(Repr::Integer(value)),
            _ => Self(Repr::Text(text.into())),
        }
    }

    /// A double, written as the shortest text that reads back the same; `None` for NaN and the infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        if value.fract() == 0.0 && value.abs() < 1e15 && (value != 0.0 || value.is_sign_positive()) {
            #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53")]
            return Some(Self(Repr::Integer(value as i64)));
        }
        Some(Self(Repr::Text(real_text(value, value.abs()).into())))
    }

    /// A float, written as the shortest text that reads back the same; `None` for NaN and the infinities.
    pub fn from_f32(value: f32) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        if value.fract() == 0.0 && value.abs() < 1e7 && (value != 0.0 || value.is_sign_positive()) {
            #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^24")]
            return Some(Self(Repr::Integer(value as i64)));
        }
        Some(Self(Repr::Text(real_text(value, f64::from(value.abs())).into())))
    }

    /// The exact integer, if the value is integral and fits: `5`, `5.0` and `5e0` all do.
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer(value) => Some(*value),
            Repr::Text(text) => integral(text),
        }
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "the nearest double is what was asked for")]
            Repr::Integer(value) => *value as f64,
            // INVARIANT: the text is a JSON number, which Rust always reads; too large a one reads as infinity.
            Repr::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// The nearest float, rounded once.
    pub fn as_f32(&self) -> f32 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "the nearest float is what was asked for")]
            Repr::Integer(value) => *value as f32,
            Repr::Text(text) => text.parse().unwrap_or(f32::NAN),
        }
    }

    /// Whether the nearest double is finite.
    #[inline]
    pub fn fits_f64(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            // 10^308 is finite, and a text without an exponent has a digit for each power of ten.
            Repr::Text(text) => {
                (text.len() <= 300 && !text.contains(['e', 'E'])) || self.as_f64().is_finite()
            }
        }
    }

    /// Whether the nearest float is finite.
    #[inline]
    pub fn fits_f32(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Text(text) => (text.len() <= 38 && !text.contains(['e', 'E'])) || self.as_f32().is_finite(),
        }
    }

    /// Whether the text has no fraction and no exponent.
    pub fn is_integer_text(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Text(text) => !text.contains(['.', 'e', 'E']),
        }
    }

    /// Bytes of the exact text.
    pub fn text_len(&self) -> usize {
        match &self.0 {
            Repr::Integer(value) => {
                let digits = value.unsigned_abs().checked_ilog10().map_or(1, |log| log as usize + 1);
                digits + usize::from(*value < 0)
            }
            Repr::Text(text) => text.len(),
        }
    }

    /// How it is held: an integer, or a text. For whoever turns it into another kind of number.
    pub(crate) fn held(&self) -> Held<'_> {
        match &self.0 {
            Repr::Integer(value) => Held::Integer(*value),
            Repr::Text(text) => Held::Text(text),
        }
    }

    /// Appends the exact text.
    pub fn write_to(&self, out: &mut String) {
        match &self.0 {
            Repr::Integer(value) => write_integer(*value, out),
            Repr::Text(text) => out.push_str(text),
        }
    }
}

/// The digits of an integer. Most of what a payload's numbers cost when it is written, and thrice as fast as `fmt`.
fn write_integer(value: i64, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let (mut digits, mut at, mut left) = ([0; 20], 20, value.unsigned_abs());
    while at == 20 || left > 0 {
        at -= 1;
        digits[at] = b'0' + u8::try_from(left % 10).expect("a digit");
        left /= 10;
    }
    out.push_str(str::from_utf8(&digits[at..]).expect("digits are text"));
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Integer(a), Repr::Integer(b)) => a == b,
            (Repr::Text(a), Repr::Text(b)) if a == b => true,
            _ => match (self.as_i64(), other.as_i64()) {
                (Some(a), Some(b)) => a == b,
                (None, None) => self.as_f64() == other.as_f64(),
                _ => false,
            },
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Integer(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Repr::Integer(value)),
            Err(_) => Self(Repr::Text(value.to_string().into())),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Repr::Integer(value) => write!(f, "{value}"),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

/// The shortest text of a double or a float, in JSON's grammar and with Java's habits of exponent (`1.0E16` is how AWS prints).
fn real_text(value: impl std::fmt::Debug + std::fmt::UpperExp, magnitude: f64) -> String {
    if (1e-3..1e7).contains(&magnitude) || magnitude == 0.0 {
        format!("{value:?}")
    } else {
        format!("{value:E}")
    }
}

/// The integer that a decimal text means exactly, if it means one that fits.
fn integral(text: &str) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    scaled(value, shift).and_then(|value| i64::try_from(if negative { -value } else { value }).ok())
}

/// `value * 10^shift`, if that is an integer that fits.
fn scaled(mut value: i128, shift: i32) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    for _ in 0..shift.unsigned_abs() {
        if shift < 0 {
            if value % 10 != 0 {
                return None;
            }
            value /= 10;
        } else {
            value = value.checked_mul(10)?;
        }
    }
    Some(value)
}
