//! One half of a `$formatNumber` picture: for positive or for negative numbers.

use super::number::round;
use super::regular_distance;
use crate::error::Error;
use crate::limits::FRACTION_DIGITS_MAX;
use crate::value::{Kind, Value};

/// The signs that pictures are made of.
#[derive(Debug)]
pub(super) struct Signs {
    decimal: char,
    grouping: char,
    exponent: char,
    minus: String,
    percent: String,
    per_mille: String,
    zero: char,
    digit: char,
    pub(super) pattern_separator: char,
}

impl Signs {
    pub(super) fn of(options: Option<&Value>) -> Self {
        let text = |name: &str, default: &str| {
            let given = options.filter(|it| it.kind() == Kind::Object).and_then(|it| it.get(name));
            let given = given.as_ref().and_then(Value::as_str).filter(|it| !it.is_empty());
            given.unwrap_or(default).to_owned()
        };
        let sign =
            |name: &str, default: char| text(name, &default.to_string()).chars().next().unwrap_or(default);
        Self {
            decimal: sign("decimal-separator", '.'),
            grouping: sign("grouping-separator", ','),
            exponent: sign("exponent-separator", 'e'),
            minus: text("minus-sign", "-"),
            percent: text("percent", "%"),
            per_mille: text("per-mille", "\u{2030}"),
            zero: sign("zero-digit", '0'),
            digit: sign("digit", '#'),
            pattern_separator: sign("pattern-separator", ';'),
        }
    }

    fn is_digit(&self, char: char) -> bool {
        u32::from(char).checked_sub(u32::from(self.zero)).is_some_and(|it| it < 10)
    }

    fn is_active(&self, char: char) -> bool {
        self.is_digit(char) || [self.decimal, self.grouping, self.exponent, self.digit].contains(&char)
    }

    fn is_place(&self, char: char) -> bool {
        self.is_digit(char) || char == self.digit
    }

    fn digits(&self, text: &str) -> String {
        let digit = |it: char| it.to_digit(10).and_then(|it| char::from_u32(u32::from(self.zero) + it));
        text.chars().map(|it| digit(it).unwrap_or(it)).collect()
    }
}

/// A half, read.
#[derive(Clone, Debug)]
pub(super) struct SubPicture {
    prefix: String,
    suffix: String,
    /// 100 for percent, 1000 for per mille.
    factor: f64,
    integer_min: usize,
    fraction_min: usize,
    fraction_max: usize,
    /// Digits of the exponent, if there is one.
    exponent_min: Option<usize>,
    /// Digits before the point in a mantissa.
    scale: usize,
    groups: Vec<usize>,
    fraction_groups: Vec<usize>,
    has_point: bool,
}

/// The pieces of a half.
struct Parts<'a> {
    prefix: &'a str,
    active: &'a str,
    suffix: &'a str,
    integer: &'a str,
    fraction: Option<&'a str>,
    exponent: Option<&'a str>,
}

impl SubPicture {
    pub(super) fn parse(text: &str, signs: &Signs) -> Result<Self, Error> {
        let parts = split(text, signs);
        validate(text, &parts, signs)?;
        Ok(analyse(text, &parts, signs))
    }

    /// The same for negative numbers: with a minus sign.
    pub(super) fn negated(&self, signs: &Signs) -> Self {
        Self { prefix: format!("{}{}", signs.minus, self.prefix), ..self.clone() }
    }

    /// Writes a number that is not negative.
    pub(super) fn format(&self, value: f64, signs: &Signs) -> String {
        let adjusted = value * self.factor;
        let (mantissa, exponent) = match self.exponent_min {
            Some(_) => self.scaled(adjusted),
            None => (adjusted, 0),
        };
        let rounded = round(mantissa, count_as_f64(self.fraction_max));
        let plain = format!("{rounded:.*}", self.fraction_max);
        let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let integer = integer.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let integer = format!("{}{integer}", "0".repeat(self.integer_min.saturating_sub(integer.len())));
        let fraction = format!("{fraction}{}", "0".repeat(self.fraction_min.saturating_sub(fraction.len())));
        let mut out = self.prefix.clone();
        self.push_integer(&signs.digits(&integer), signs, &mut out);
        if self.has_point && !fraction.is_empty() {
            out.push(signs.decimal);
            self.push_fraction(&signs.digits(&fraction), signs, &mut out);
        }
        if let Some(least) = self.exponent_min {
            out.push(signs.exponent);
            out.push_str(if exponent < 0 { &signs.minus } else { "" });
            out.push_str(&signs.digits(&format!("{:0least$}", exponent.unsigned_abs())));
        }
        out.push_str(&self.suffix);
        out
    }

    /// A mantissa with as many digits before the point as the picture has, and its exponent.
    fn scaled(&self, value: f64) -> (f64, i32) {
        if value == 0.0 || !value.is_finite() {
            return (value, 0);
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let scale = i32::try_from(self.scale).unwrap_or(0) - 1;
        let scaled = format!("{mantissa}e{scale}").parse().unwrap_or(value);
        (scaled, exponent - scale)
    }

    fn push_integer(&self, digits: &str, signs: &Signs, out: &mut String) {
        let regular = regular_distance(&self.groups);
        let count = digits.chars().count();
        for (at, digit) in digits.chars().enumerate() {
            let left = count - at;
            let is_group = match regular {
                Some(distance) => left.is_multiple_of(distance),
                None => self.groups.contains(&left),
            };
            if at > 0 && is_group {
                out.push(signs.grouping);
            }
            out.push(digit);
        }
    }

    fn push_fraction(&self, digits: &str, signs: &Signs, out: &mut String) {
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && self.fraction_groups.contains(&at) {
                out.push(signs.grouping);
            }
            out.push(digit);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn count_as_f64(count: usize) -> f64 {
    count as f64
}

fn split<'a>(text: &'a str, signs: &Signs) -> Parts<'a> {
    let is_core = |it: char| signs.is_active(it) && it != signs.exponent;
    let start = text.find(is_core).unwrap_or(text.len());
    let end =
        text.rfind(is_core).map_or(start, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let (prefix, active, suffix) = (&text[..start], &text[start..end], &text[end..]);
    let (mantissa, exponent) = match active.split_once(signs.exponent) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (active, None),
    };
    let (integer, fraction) = match mantissa.split_once(signs.decimal) {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    Parts { prefix, active, suffix, integer, fraction, exponent }
}

fn validate(text: &str, parts: &Parts<'_>, signs: &Signs) -> Result<(), Error> {
    let count = |sign: &str| text.matches(sign).count();
    let (percents, per_milles) = (count(&signs.percent), count(&signs.per_mille));
    let mantissa = [parts.integer, parts.fraction.unwrap_or("")].concat();
    let adjacent: String = [signs.grouping, signs.decimal].iter().collect();
    let adjacent_too: String = [signs.decimal, signs.grouping].iter().collect();
    let twice: String = [signs.grouping; 2].iter().collect();
    let is_optional_after_digit = || {
        let digit = parts.integer.find(|it| signs.is_digit(it));
        digit.is_some_and(|at| parts.integer[at..].contains(signs.digit))
    };
    let is_digit_after_optional = || {
        let fraction = parts.fraction.unwrap_or("");
        let optional = fraction.find(signs.digit);
        optional.is_some_and(|at| fraction[at..].contains(|it| signs.is_digit(it)))
    };
    let exponent_is_wrong =
        || parts.exponent.is_some_and(|it| it.is_empty() || !it.chars().all(|it| signs.is_digit(it)));
    let code = if parts.active.is_empty() {
        "D3086"
    } else if text.matches(signs.decimal).count() > 1 {
        "D3081"
    } else if percents > 1 {
        "D3082"
    } else if per_milles > 1 {
        "D3083"
    } else if percents > 0 && per_milles > 0 {
        "D3084"
    } else if !mantissa.chars().any(|it| signs.is_place(it)) {
        "D3085"
    } else if !parts.active.chars().all(|it| signs.is_active(it)) {
        "D3086"
    } else if text.contains(&adjacent) || text.contains(&adjacent_too) {
        "D3087"
    } else if parts.fraction.is_none() && parts.integer.ends_with(signs.grouping) {
        "D3088"
    } else if text.contains(&twice) {
        "D3089"
    } else if is_optional_after_digit() {
        "D3090"
    } else if is_digit_after_optional() {
        "D3091"
    } else if parts.exponent.is_some_and(|it| !it.is_empty()) && percents + per_milles > 0 {
        "D3092"
    } else if exponent_is_wrong() {
        "D3093"
    } else {
        return Ok(());
    };
    Err(Error::new(code))
}

fn analyse(text: &str, parts: &Parts<'_>, signs: &Signs) -> SubPicture {
    let digits = |text: &str| text.chars().filter(|it| signs.is_digit(*it)).count();
    let places = |text: &str| text.chars().filter(|it| signs.is_place(*it)).count();
    let fraction = parts.fraction.unwrap_or("");
    let scale = digits(parts.integer);
    let mut integer_min = scale;
    let mut fraction_min = digits(fraction).min(FRACTION_DIGITS_MAX);
    let mut fraction_max = places(fraction).min(FRACTION_DIGITS_MAX);
    if integer_min == 0 && fraction_max == 0 {
        if parts.exponent.is_some() {
            (fraction_min, fraction_max) = (1, 1);
        } else {
            integer_min = 1;
        }
    }
    if parts.exponent.is_some() && integer_min == 0 && parts.integer.contains(signs.digit) {
        integer_min = 1;
    }
    if integer_min == 0 && fraction_min == 0 {
        fraction_min = 1;
    }
    let factor = if text.contains(&signs.percent) {
        100.0
    } else if text.contains(&signs.per_mille) {
        1_000.0
    } else {
        1.0
    };
    SubPicture {
        prefix: parts.prefix.to_owned(),
        suffix: parts.suffix.to_owned(),
        factor,
        integer_min,
        fraction_min,
        fraction_max: fraction_max.max(fraction_min),
        exponent_min: parts.exponent.map(digits),
        scale,
        groups: parts
            .integer
            .match_indices(signs.grouping)
            .map(|(at, it)| places(&parts.integer[at + it.len()..]))
            .collect(),
        fraction_groups: fraction
            .match_indices(signs.grouping)
            .map(|(at, _)| places(&fraction[..at]))
            .collect(),
        has_point: parts.fraction.is_some() || fraction_max.max(fraction_min) > 0,
    }
}
