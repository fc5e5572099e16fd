//! `$sum`, `$count`, `$max`, `$min`, `$average`.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("sum", "<a<n>:n>", 1, sum),
    ("count", "<a:n>", 1, count),
    ("max", "<a<n>:n>", 1, max),
    ("min", "<a<n>:n>", 1, min),
    ("average", "<a<n>:n>", 1, average),
];

fn sum(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(numbers) = numbers(evaluator, &args)? else { return Ok(None) };
    finite(numbers.sum())
}

fn count(_: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let count = args.get(0).and_then(Value::len).unwrap_or(0);
    Ok(Some(Value::count(count)))
}

fn max(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let numbers = numbers(evaluator, &args)?;
    Ok(numbers.and_then(|it| it.reduce(f64::max)).map(Value::number))
}

fn min(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let numbers = numbers(evaluator, &args)?;
    Ok(numbers.and_then(|it| it.reduce(f64::min)).map(Value::number))
}

fn average(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let count = args.get(0).and_then(Value::len).unwrap_or(0);
    let Some(numbers) = numbers(evaluator, &args)?.filter(|_| count > 0) else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    finite(numbers.sum::<f64>() / count as f64)
}

fn numbers<'a>(
    evaluator: &mut Evaluator<'_, '_>,
    args: &'a Args,
) -> Result<Option<impl Iterator<Item = f64> + 'a>, Error> {
    let Some(items) = args.get(0).and_then(Value::items) else { return Ok(None) };
    evaluator.charge_steps(items.len())?;
    Ok(Some(items.iter().filter_map(|it| it.as_f64())))
}

fn finite(value: f64) -> Outcome {
    if value.is_finite() {
        Ok(Some(Value::number(value)))
    } else {
        Err(Error::new("D1001").with("value", value))
    }
}
