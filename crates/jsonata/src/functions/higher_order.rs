//! `$map`, `$filter`, `$single`, `$reduce`, `$sift`, `$each`.

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::{Flags, Function, ObjectBuilder, Value};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("map", "<af>", 2, map),
    ("filter", "<af>", 2, filter),
    ("single", "<af?>", 2, single),
    ("reduce", "<afj?:j>", 3, reduce),
    ("sift", "<o-f?:o>", 2, sift),
    ("each", "<o-f:a>", 2, each),
];

/// The function argument at `index`.
fn function_of(args: &mut Args, index: usize) -> Result<Value, Error> {
    args.take(index).filter(Value::is_function).ok_or_else(|| Error::new("T1006"))
}

fn arity_of(function: &Value) -> usize {
    match function {
        Value::Function(function) => Function::arity(function),
        _ => 1,
    }
}

/// Calls with as many of the three as the function is made for, at least the first.
fn call(
    evaluator: &mut Evaluator<'_, '_>,
    function: &Value,
    (value, key, whole): (Value, Value, &Value),
    site: Site<'_>,
) -> Outcome {
    let arity = arity_of(function);
    let mut arguments = vec![Some(value)];
    if arity >= 2 {
        arguments.push(Some(key));
    }
    if arity >= 3 {
        arguments.push(Some(whole.clone()));
    }
    evaluator.charge_steps(1)?;
    evaluator.apply_value(function, arguments, site)
}

fn map(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(array) = args.take(0) else { return Ok(None) };
    let function = function_of(&mut args, 1)?;
    let mut results = Vec::new();
    for index in 0..array.len().unwrap_or(0) {
        let Some(item) = array.item(index) else { continue };
        if let Some(result) = call(evaluator, &function, (item, Value::count(index), &array), site)? {
            evaluator.push(&mut results, result)?;
        }
    }
    evaluator.array_of(results, Flags::SEQUENCE).map(Some)
}

fn filter(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(array) = args.take(0) else { return Ok(None) };
    let function = function_of(&mut args, 1)?;
    let mut found = Vec::new();
    for index in 0..array.len().unwrap_or(0) {
        let Some(item) = array.item(index) else { continue };
        let verdict = call(evaluator, &function, (item.clone(), Value::count(index), &array), site)?;
        if evaluator.truth(verdict.as_ref())? {
            evaluator.push(&mut found, item)?;
        }
    }
    evaluator.array_of(found, Flags::SEQUENCE).map(Some)
}

fn single(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(array) = args.take(0) else { return Ok(None) };
    let function = args.take(1);
    let mut found = None;
    for index in 0..array.len().unwrap_or(0) {
        let Some(item) = array.item(index) else { continue };
        let is_match = match &function {
            Some(function) => {
                let verdict = call(evaluator, function, (item.clone(), Value::count(index), &array), site)?;
                evaluator.truth(verdict.as_ref())?
            }
            None => true,
        };
        if is_match && found.replace(item).is_some() {
            return Err(Error::new("D3138"));
        }
    }
    found.map(Some).ok_or_else(|| Error::new("D3139"))
}

fn reduce(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(array) = args.take(0) else { return Ok(None) };
    let function = function_of(&mut args, 1)?;
    let arity = arity_of(&function);
    if arity < 2 {
        return Err(Error::new("D3050"));
    }
    let count = array.len().unwrap_or(0);
    let (mut result, first) = match args.take(2) {
        Some(start) => (Some(start), 0),
        None => (array.item(0), 1),
    };
    for index in first..count {
        let mut arguments = vec![result.take(), array.item(index)];
        if arity >= 3 {
            arguments.push(Some(Value::count(index)));
        }
        if arity >= 4 {
            arguments.push(Some(array.clone()));
        }
        evaluator.charge_steps(1)?;
        result = evaluator.apply_value(&function, arguments, site)?;
    }
    Ok(result)
}

fn sift(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(object) = args.take(0) else { return Ok(None) };
    let function = function_of(&mut args, 1)?;
    let mut out = ObjectBuilder::default();
    for index in 0..object.len().unwrap_or(0) {
        let Some((key, value)) = object.entry(index) else { continue };
        let parts = (value.clone(), Value::String(key.clone()), &object);
        let verdict = call(evaluator, &function, parts, site)?;
        if evaluator.truth(verdict.as_ref())? {
            evaluator.reserve(out.len(), 1)?;
            out.insert(key, value);
        }
    }
    if out.len() == 0 {
        return Ok(None);
    }
    evaluator.checked(out.finish())
}

fn each(evaluator: &mut Evaluator<'_, '_>, mut args: Args, site: Site<'_>) -> Outcome {
    let Some(object) = args.take(0) else { return Ok(None) };
    let function = function_of(&mut args, 1)?;
    let mut results = Vec::new();
    for index in 0..object.len().unwrap_or(0) {
        let Some((key, value)) = object.entry(index) else { continue };
        if let Some(result) = call(evaluator, &function, (value, Value::String(key), &object), site)? {
            evaluator.push(&mut results, result)?;
        }
    }
    evaluator.array_of(results, Flags::SEQUENCE).map(Some)
}
