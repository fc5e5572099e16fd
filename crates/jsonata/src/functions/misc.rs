//! `$string`, `$type`, `$error`, `$assert`, `$clone`, `$eval`.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site, unwrap};
use crate::json::Style;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("string", "<x-b?:s>", 1, string),
    ("type", "<x:s>", 1, type_of),
    ("error", "<s?:x>", 1, error),
    ("assert", "<bs?:x>", 2, assert),
    ("clone", "<(oa)-:o>", 1, clone),
    ("eval", "<sx?:x>", 2, eval),
];

fn string(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.get(0).map(unwrap) else { return Ok(None) };
    let is_pretty = args.get(1).and_then(Value::as_bool).unwrap_or(false);
    if value.as_f64().is_some_and(|it| !it.is_finite()) {
        return Err(Error::new("D3001"));
    }
    let text = evaluator.text_of(&value, if is_pretty { Style::PRETTY } else { Style::STRING })?;
    Ok(Some(Value::String(text)))
}

fn type_of(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    Ok(args.get(0).map(|it| Value::string(it.kind().name())))
}

fn error(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let message = args.text(0);
    Err(Error::new("D3137").saying(message.as_deref().unwrap_or("$error() function evaluated")))
}

fn assert(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    if args.get(0).and_then(Value::as_bool) == Some(true) {
        return Ok(None);
    }
    let message = args.text(1);
    Err(Error::new("D3141").saying(message.as_deref().unwrap_or("$assert() statement failed")))
}

/// Values are immutable: a copy is the value itself.
fn clone(_: &mut Evaluator<'_, '_>, mut args: Args, _: Site<'_>) -> Outcome {
    Ok(args.take(0))
}

fn eval(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    let focus = args.take(1);
    evaluator.eval_text(&text, focus, site)
}
