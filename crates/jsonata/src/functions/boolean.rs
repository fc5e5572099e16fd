//! `$boolean`, `$not`, `$exists`.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::eval::{Evaluator, Outcome, Site, is_true};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] =
    &[("boolean", "<x-:b>", 1, boolean), ("not", "<x-:b>", 1, not), ("exists", "<x:b>", 1, exists)];

fn boolean(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    Ok(args.get(0).map(|it| Value::Bool(is_true(it))))
}

fn not(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    Ok(args.get(0).map(|it| Value::Bool(!is_true(it))))
}

fn exists(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    Ok(Some(Value::Bool(args.get(0).is_some())))
}
