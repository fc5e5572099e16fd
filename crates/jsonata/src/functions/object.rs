//! `$keys`, `$lookup`, `$spread`, `$merge`.

use std::collections::BTreeSet;

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::stack::grow;
use crate::value::{Flags, ObjectBuilder, Value};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("keys", "<x-:a<s>>", 1, keys),
    ("lookup", "<x-s:x>", 2, lookup),
    ("spread", "<x-:a<o>>", 1, spread),
    ("merge", "<a<o>:o>", 1, merge),
];

fn keys(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.get(0) else { return Ok(None) };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    collect_keys(evaluator, value, &mut seen, &mut found)?;
    evaluator.array_of(found, Flags::SEQUENCE).map(Some)
}

fn collect_keys(
    evaluator: &mut Evaluator<'_, '_>,
    value: &Value,
    seen: &mut BTreeSet<std::sync::Arc<str>>,
    found: &mut Vec<Value>,
) -> Result<(), Error> {
    if let Some(items) = value.items() {
        evaluator.charge_steps(items.len() + 1)?;
        for item in items.iter() {
            grow(|| collect_keys(evaluator, &item, seen, found))?;
        }
    } else if let Some(entries) = value.entries() {
        evaluator.charge_steps(entries.len())?;
        for (key, _) in entries.iter() {
            if seen.insert(key.clone()) {
                evaluator.push(found, Value::String(key))?;
            }
        }
    }
    Ok(())
}

fn lookup(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(key) = args.text(1) else { return Ok(None) };
    evaluator.lookup(args.get(0), &key)
}

fn spread(evaluator: &mut Evaluator<'_, '_>, mut args: Args, _: Site<'_>) -> Outcome {
    let Some(value) = args.take(0) else { return Ok(None) };
    if value.items().is_none() && value.entries().is_none() {
        return Ok(Some(value));
    }
    let mut found = Vec::new();
    spread_into(evaluator, &value, &mut found)?;
    let flags = if value.is_array() && !found.is_empty() { Flags::PLAIN } else { Flags::SEQUENCE };
    evaluator.array_of(found, flags).map(Some)
}

fn spread_into(
    evaluator: &mut Evaluator<'_, '_>,
    value: &Value,
    found: &mut Vec<Value>,
) -> Result<(), Error> {
    if let Some(items) = value.items() {
        evaluator.charge_steps(items.len() + 1)?;
        for item in items.iter() {
            grow(|| spread_into(evaluator, &item, found))?;
        }
    } else if let Some(entries) = value.entries() {
        for (key, member) in entries.iter() {
            evaluator.push(found, Value::object([(key, member)]))?;
        }
    } else {
        evaluator.push(found, value.clone())?;
    }
    Ok(())
}

fn merge(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(items) = args.get(0).and_then(Value::items) else { return Ok(None) };
    let mut out = ObjectBuilder::default();
    for object in items.iter() {
        let Some(entries) = object.entries() else { continue };
        for (key, value) in entries.iter() {
            evaluator.reserve(out.len(), 1)?;
            out.insert(key, value);
        }
    }
    evaluator.checked(out.finish())
}
