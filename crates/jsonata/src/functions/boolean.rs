//! `$boolean`, `$not`, `$exists`.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] =
    &[("boolean", "<x-:b>", 1, boolean), ("not", "<x-:b>", 1, not), ("exists", "<x:b>", 1, exists)];

fn boolean(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.get(0) else { return Ok(None) };
    Ok(Some(Value::Bool(evaluator.truth(Some(value))?)))
}

fn not(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.get(0) else { return Ok(None) };
    Ok(Some(Value::Bool(!evaluator.truth(Some(value))?)))
}

fn exists(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    Ok(Some(Value::Bool(args.get(0).is_some())))
}
