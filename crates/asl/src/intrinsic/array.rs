//! Arrays: partition, contains, range, item, length, unique.

use std::collections::BTreeSet;

use super::call::{failure, integer, items};
use crate::limits::{ARRAY_RANGE_MAX, JsonLimits, QUERY_RESULT_BYTES_MAX};
use crate::measure::measure;
use crate::{Failure, Json};

pub(super) fn partition(array: &Json, size: &Json) -> Result<Json, Failure> {
    let items = items(array)?;
    let size = usize::try_from(integer(size, "the chunk size")?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| failure("the chunk size must be a positive integer"))?;
    Ok(Json::array(items.chunks(size).map(|chunk| Json::array(chunk.iter().cloned()))))
}

pub(super) fn contains(array: &Json, value: &Json) -> Result<Json, Failure> {
    Ok(Json::from(items(array)?.contains(value)))
}

/// From `first` to `last`, both included if the step hits them; empty when the step leads away.
pub(super) fn range(first: &Json, last: &Json, step: &Json) -> Result<Json, Failure> {
    let first = i128::from(integer(first, "the first value")?);
    let last = i128::from(integer(last, "the last value")?);
    let step = i128::from(integer(step, "the step")?);
    if step == 0 {
        return Err(failure("the step cannot be 0"));
    }
    let leads_there = (last >= first) == (step > 0) || last == first;
    let count = if leads_there { (last - first) / step + 1 } else { 0 };
    if count > ARRAY_RANGE_MAX {
        return Err(failure(format!(
            "the range has {count} elements, at most {ARRAY_RANGE_MAX} are allowed"
        )));
    }
    let value = |at: i128| i64::try_from(first + at * step).expect("between two 64-bit numbers");
    Ok(Json::array((0..count).map(|at| Json::from(value(at)))))
}

pub(super) fn get_item(array: &Json, index: &Json) -> Result<Json, Failure> {
    let items = items(array)?;
    let index = integer(index, "the index")?;
    let item = usize::try_from(index).ok().and_then(|index| items.get(index)).cloned();
    item.ok_or_else(|| failure(format!("index {index} is outside an array of {} elements", items.len())))
}

pub(super) fn length(array: &Json) -> Result<Json, Failure> {
    Ok(Json::from(items(array)?.len() as u64))
}

/// The first of equal elements stays, in its place.
pub(super) fn unique(array: &Json) -> Result<Json, Failure> {
    let items = items(array)?;
    measure(array, QUERY_RESULT_BYTES_MAX, JsonLimits::PAYLOAD.depth_max)?;
    let mut seen = BTreeSet::new();
    Ok(Json::array(items.iter().filter(|item| seen.insert(canonical(item))).cloned()))
}

/// A text that is the same for equal values: keys sorted, numbers by their value.
fn canonical(value: &Json) -> String {
    sorted(value).to_text()
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::array(items.iter().map(sorted)),
        Json::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            Json::object(members.into_iter().map(|(key, member)| (key.clone(), sorted(member))))
        }
        Json::Number(number) => {
            let exact = number.as_i64().map(Json::from);
            let nearest = || crate::Number::from_f64(number.as_f64()).map(Json::Number);
            exact.or_else(nearest).unwrap_or_else(|| value.clone())
        }
        Json::Null | Json::Bool(_) | Json::String(_) => value.clone(),
    }
}
