//! `$now`, `$millis`, `$fromMillis`, `$toMillis`. The time is an argument of the evaluation and does not move during it.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::datetime;
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("now", "<s?s?:s>", 2, now),
    ("millis", "<:n>", 0, millis),
    ("fromMillis", "<n-s?s?:s>", 3, from_millis),
    ("toMillis", "<s-s?:n>", 2, to_millis),
];

#[expect(clippy::cast_precision_loss, reason = "milliseconds of our time are exact in a double")]
fn now_unix_ms(evaluator: &Evaluator<'_, '_>) -> f64 {
    evaluator.now() as f64
}

fn now(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    charge_picture(evaluator, &args)?;
    let now = now_unix_ms(evaluator);
    let text = datetime::format(now, args.text(0).as_deref(), args.text(1).as_deref())?;
    evaluator.text(text)
}

/// Reading a picture and writing by it takes time in proportion to its length.
fn charge_picture(evaluator: &mut Evaluator<'_, '_>, args: &Args) -> Result<(), Error> {
    let pictures = [args.get(0), args.get(1)];
    let length = pictures.into_iter().flatten().filter_map(Value::as_str).map(str::len).max().unwrap_or(0);
    evaluator.charge_steps(4 + length / 4)
}

fn millis(evaluator: &mut Evaluator<'_, '_>, _: Args, _: Site<'_>) -> Outcome {
    Ok(Some(Value::number(now_unix_ms(evaluator))))
}

fn from_millis(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(unix_ms) = args.number(0) else { return Ok(None) };
    charge_picture(evaluator, &args)?;
    let text = datetime::format(unix_ms, args.text(1).as_deref(), args.text(2).as_deref())?;
    evaluator.text(text)
}

fn to_millis(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    charge_picture(evaluator, &args)?;
    let now = now_unix_ms(evaluator);
    Ok(datetime::parse(&text, args.text(1).as_deref(), now)?.map(Value::number))
}
