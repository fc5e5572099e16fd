//! Numbers: doubles for computing, the exact text for moving.

use std::fmt;
use std::sync::Arc;

/// Significant digits that a double always keeps.
const SAFE_DIGITS: usize = 15;

/// A number. Two numbers are equal when their doubles are.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Double(f64),
    /// The text is not what the double prints as: it has more digits, or another form.
    Exact(Arc<Exact>),
}

#[derive(Debug)]
struct Exact {
    value: f64,
    text: Box<str>,
}

impl Number {
    /// A computed number.
    pub fn from_f64(value: f64) -> Self {
        Self(Repr::Double(value))
    }

    /// A number from JSON text, which it keeps if the double would print differently; `None` if it is no number.
    pub fn from_text(text: &str) -> Option<Self> {
        let value: f64 = text
            .parse()
            .ok()
            .filter(|_| text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']))?;
        if is_canonical(text) || double_text(value) == text {
            return Some(Self(Repr::Double(value)));
        }
        Some(Self(Repr::Exact(Arc::new(Exact { value, text: text.into() }))))
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Double(value) => *value,
            Repr::Exact(exact) => exact.value,
        }
    }

    /// Bytes of its text.
    pub(crate) fn text_len(&self) -> usize {
        match &self.0 {
            Repr::Double(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "integral and below 2^53"
                )]
                let digits = (value.abs() as u64).checked_ilog10().map_or(1, |log| log as usize + 1);
                digits + usize::from(*value < 0.0)
            }
            Repr::Double(value) => double_text(*value).len(),
            Repr::Exact(exact) => exact.text.len(),
        }
    }

    /// The text it arrived with, if that differs from what the double prints as.
    pub fn exact_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Double(_) => None,
            Repr::Exact(exact) => Some(&exact.text),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.as_f64() == other.as_f64()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Double(value) => f.write_str(&double_text(*value)),
            Repr::Exact(exact) => f.write_str(&exact.text),
        }
    }
}

/// Whether a plain decimal is certainly what its double prints as; a cheap look that may say no too often.
fn is_canonical(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.len() > SAFE_DIGITS || digits.iter().any(|it| !it.is_ascii_digit() && *it != b'.') {
        return false;
    }
    match digits.iter().position(|it| *it == b'.') {
        None => text != "-0" && (digits.len() == 1 || digits[0] != b'0'),
        Some(point) => {
            let is_led_by_zero = digits[0] == b'0';
            // Below 1e-6 a double prints with an exponent.
            let is_small = is_led_by_zero && digits.iter().skip(2).take(6).all(|it| *it == b'0');
            point > 0
                && (point == 1 || !is_led_by_zero)
                && !is_small
                && !matches!(digits.last(), Some(b'0' | b'.'))
        }
    }
}

/// A double as JavaScript prints it: the shortest digits that read back the same, an exponent from 1e21 and below 1e-6.
pub(crate) fn double_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "null".to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53")]
        return (value as i64).to_string();
    }
    let shortest = format!("{value:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", place_point(&digits, exponent))
}

fn place_point(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap_or(0));
    match exponent {
        21.. | ..=-8 | -7 => {
            let (first, rest) = split(1);
            let point = if rest.is_empty() { "" } else { "." };
            let sign = if exponent > 0 { "+" } else { "" };
            format!("{first}{point}{rest}e{sign}{exponent}")
        }
        -6..=-1 => format!("0.{}{digits}", zeros(-exponent - 1)),
        _ if exponent >= count - 1 => format!("{digits}{}", zeros(exponent - count + 1)),
        _ => {
            let (whole, fraction) = split(exponent + 1);
            format!("{whole}.{fraction}")
        }
    }
}

/// A fraction with at most 15 significant digits, as `$string` prints it; whole numbers as they are.
pub(crate) fn precise_15(value: f64) -> f64 {
    if value.fract() == 0.0 {
        return value;
    }
    format!("{value:.14e}").parse().unwrap_or(value)
}
