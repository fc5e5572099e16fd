//! `$append`, `$reverse`, `$shuffle`, `$distinct`, `$zip`, `$sort`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::compare::text_order;
use crate::value::{Flags, Value};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("append", "<xx:a>", 2, append),
    ("reverse", "<a:a>", 1, reverse),
    ("shuffle", "<a:a>", 1, shuffle),
    ("distinct", "<x:x>", 1, distinct),
    ("zip", "<a+>", 0, zip),
    ("sort", "<af?:a>", 2, sort),
];

fn append(evaluator: &mut Evaluator<'_, '_>, mut args: Args, _: Site<'_>) -> Outcome {
    match (args.take(0), args.take(1)) {
        (None, other) | (other, None) => Ok(other),
        (Some(first), Some(second)) => {
            let mut items = Vec::new();
            evaluator.extend(&mut items, &first)?;
            evaluator.extend(&mut items, &second)?;
            evaluator.array_of(items, Flags::PLAIN).map(Some)
        }
    }
}

fn reverse(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(array) = args.get(0) else { return Ok(None) };
    let mut items = Vec::new();
    evaluator.extend(&mut items, array)?;
    items.reverse();
    evaluator.array_of(items, Flags::PLAIN).map(Some)
}

fn shuffle(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(array) = args.get(0) else { return Ok(None) };
    let mut items = Vec::new();
    evaluator.extend(&mut items, array)?;
    for last in (1..items.len()).rev() {
        // The bias of a remainder of 64 bits is far below what anybody could see.
        let other = usize::try_from(evaluator.draw() % (last as u64 + 1)).unwrap_or(0);
        items.swap(last, other);
    }
    evaluator.array_of(items, Flags::PLAIN).map(Some)
}

/// Equal items once. Scalars are found by their texts; only arrays and objects are compared one by one.
fn distinct(evaluator: &mut Evaluator<'_, '_>, mut args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.take(0) else { return Ok(None) };
    let Some(items) = value.items().filter(|it| it.len() > 1) else { return Ok(Some(value)) };
    let mut seen = BTreeSet::new();
    let mut others: Vec<Value> = Vec::new();
    let mut found = Vec::new();
    for item in items.iter() {
        evaluator.charge_steps(1 + item.as_str().map_or(0, |it| it.len() / 64))?;
        let is_new = match scalar_key(&item) {
            Some(key) => seen.insert(key),
            None => is_new(evaluator, &mut others, &item)?,
        };
        if is_new {
            evaluator.push(&mut found, item)?;
        }
    }
    let flags = if value.flags().is_sequence() { Flags::SEQUENCE } else { Flags::PLAIN };
    evaluator.array_of(found, flags).map(Some)
}

fn scalar_key(value: &Value) -> Option<(u8, Arc<str>)> {
    match value {
        Value::Null => Some((0, Arc::from(""))),
        Value::Bool(value) => Some((1, Arc::from(if *value { "t" } else { "f" }))),
        Value::Number(number) => Some((2, (number.as_f64() + 0.0).to_bits().to_string().into())),
        Value::String(text) => Some((3, Arc::clone(text))),
        _ => None,
    }
}

fn is_new(evaluator: &mut Evaluator<'_, '_>, others: &mut Vec<Value>, item: &Value) -> Result<bool, Error> {
    for other in others.iter() {
        if evaluator.equal(other, item)? {
            return Ok(false);
        }
    }
    others.push(item.clone());
    Ok(true)
}

fn zip(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let arrays = args.all();
    let length = arrays.iter().map(|it| it.as_ref().and_then(Value::len).unwrap_or(0)).min().unwrap_or(0);
    let mut rows = Vec::new();
    for index in 0..length {
        let mut row = Vec::with_capacity(arrays.len());
        for array in arrays.iter().flatten() {
            if let Some(item) = array.item(index) {
                evaluator.push(&mut row, item)?;
            }
        }
        let row = evaluator.array_of(row, Flags::PLAIN)?;
        evaluator.push(&mut rows, row)?;
    }
    evaluator.array_of(rows, Flags::PLAIN).map(Some)
}

fn sort(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(array) = args.take(0) else { return Ok(None) };
    if array.len().is_none_or(|it| it <= 1) {
        return Ok(Some(array));
    }
    let mut items = Vec::new();
    evaluator.extend(&mut items, &array)?;
    let sorted = match args.take(1) {
        Some(comparator) => evaluator.merge_sort(items, |evaluator, left, right| {
            let pair = vec![Some(left.clone()), Some(right.clone())];
            let verdict = evaluator.apply_value(&comparator, pair, site)?;
            evaluator.truth(verdict.as_ref())
        })?,
        None => sort_plain(evaluator, items)?,
    };
    evaluator.array_of(sorted, Flags::PLAIN).map(Some)
}

fn sort_plain(evaluator: &mut Evaluator<'_, '_>, items: Vec<Value>) -> Result<Vec<Value>, Error> {
    let are_numbers = items.iter().all(|it| matches!(it, Value::Number(_)));
    let are_strings = items.iter().all(|it| matches!(it, Value::String(_)));
    if !are_numbers && !are_strings {
        return Err(Error::new("D3070"));
    }
    evaluator.merge_sort(items, |evaluator, left, right| {
        evaluator.charge_comparison(left, right)?;
        Ok(match (left, right) {
            (Value::String(left), Value::String(right)) => text_order(left, right).is_gt(),
            _ => left.as_f64() > right.as_f64(),
        })
    })
}
