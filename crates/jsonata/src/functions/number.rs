//! `$number`, rounding, roots and powers, `$random`, and numbers as text.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::picture::{integer, number};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("number", "<(nsb)-:n>", 1, to_number),
    ("floor", "<n-:n>", 1, |_, args, _| Ok(args.number(0).map(|it| Value::number(it.floor())))),
    ("ceil", "<n-:n>", 1, |_, args, _| Ok(args.number(0).map(|it| Value::number(it.ceil())))),
    ("abs", "<n-:n>", 1, |_, args, _| Ok(args.number(0).map(|it| Value::number(it.abs())))),
    ("round", "<n-n?:n>", 2, round),
    ("sqrt", "<n-:n>", 1, sqrt),
    ("power", "<n-n:n>", 2, power),
    ("random", "<:n>", 0, random),
    ("formatNumber", "<n-so?:s>", 3, format_number),
    ("formatBase", "<n-n?:s>", 2, format_base),
    ("formatInteger", "<n-s:s>", 2, format_integer),
    ("parseInteger", "<s-s:n>", 2, parse_integer),
];

fn to_number(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.get(0) else { return Ok(None) };
    let number = match value {
        Value::Number(_) => return Ok(Some(value.clone())),
        Value::Bool(value) => Some(f64::from(*value)),
        Value::String(text) => {
            evaluator.charge_steps(text.len() / 64)?;
            parse_number(text)
        }
        _ => None,
    };
    let number = number.ok_or_else(|| Error::new("D3030").value(Some(value)))?;
    Ok(Some(Value::number(number)))
}

/// A decimal number as JSON has it, or `0x…`, `0o…`, `0b…`.
fn parse_number(text: &str) -> Option<f64> {
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return parse_radix(digits, radix);
        }
    }
    if !is_decimal(text) {
        return None;
    }
    text.parse().ok().filter(|it: &f64| it.is_finite())
}

/// Digits, perhaps with a minus sign, a fraction and an exponent.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    [whole, fraction, exponent].iter().all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

fn parse_radix(digits: &str, radix: u32) -> Option<f64> {
    let mut value = 0.0;
    for digit in digits.chars() {
        value = value * f64::from(radix) + f64::from(digit.to_digit(radix)?);
    }
    (!digits.is_empty() && value.is_finite()).then_some(value)
}

fn round(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let precision = args.number(1).unwrap_or(0.0);
    Ok(args.number(0).map(|it| Value::number(number::round(it, precision))))
}

fn sqrt(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    match args.number(0) {
        Some(value) if value < 0.0 => Err(Error::new("D3060").value(args.get(0))),
        value => Ok(value.map(|it| Value::number(it.sqrt()))),
    }
}

fn power(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(base), Some(exponent)) = (args.number(0), args.number(1)) else { return Ok(None) };
    let result = base.powf(exponent);
    if !result.is_finite() {
        return Err(Error::new("D3061").value(args.get(0)).with("exponent", exponent));
    }
    Ok(Some(Value::number(result)))
}

fn random(evaluator: &mut Evaluator<'_, '_>, _: Args, _: Site<'_>) -> Outcome {
    Ok(Some(Value::number(unit(evaluator.draw()))))
}

/// A double in `0.0..1.0` from 64 random bits.
pub(crate) fn unit(bits: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in a double")]
    let numerator = (bits >> 11) as f64;
    numerator / 9_007_199_254_740_992.0
}

fn format_number(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(value), Some(picture)) = (args.number(0), args.text(1)) else { return Ok(None) };
    evaluator.charge_steps(picture.len() / 8)?;
    let text = number::format(value, &picture, args.get(2))?;
    evaluator.text(text)
}

fn format_base(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.number(0) else { return Ok(None) };
    let radix = number::round(args.number(1).unwrap_or(10.0), 0.0);
    if !(2.0..=36.0).contains(&radix) {
        return Err(Error::new("D3100").with("value", radix));
    }
    evaluator.text(number::in_base(number::round(value, 0.0), radix))
}

fn format_integer(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(value), Some(picture)) = (args.number(0), args.text(1)) else { return Ok(None) };
    evaluator.charge_steps(2 + picture.len() / 8)?;
    let picture = integer::Picture::parse(&picture)?;
    evaluator.text(picture.format(value)?)
}

fn parse_integer(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(text), Some(picture)) = (args.text(0), args.text(1)) else { return Ok(None) };
    evaluator.charge_steps((text.len() + picture.len()) / 8)?;
    let picture = integer::Picture::parse(&picture)?;
    Ok(picture.read(&text).map(Value::number))
}
