//! Arrays: partition, contains, range, item, length, unique.

use super::call::{failure, integer, items};
use crate::{Failure, Json};

/// Elements that `States.ArrayRange` makes at most. AWS: 1,000.
const RANGE_MAX: i128 = 1_000;

pub(super) fn partition(array: &Json, size: &Json) -> Result<Json, Failure> {
    let items = items(array, "ArrayPartition")?;
    let size = integer(size, "ArrayPartition", "the chunk size")?;
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| {
        failure("Invalid arguments in States.ArrayPartition: the chunk size must be a positive integer")
    })?;
    Ok(Json::array(items.chunks(size).map(|chunk| Json::array(chunk.iter().cloned()))))
}

pub(super) fn contains(array: &Json, value: &Json) -> Result<Json, Failure> {
    Ok(Json::from(items(array, "ArrayContains")?.contains(value)))
}

pub(super) fn range(first: &Json, last: &Json, step: &Json) -> Result<Json, Failure> {
    let first = i128::from(integer(first, "ArrayRange", "the first value")?);
    let last = i128::from(integer(last, "ArrayRange", "the last value")?);
    let step = i128::from(integer(step, "ArrayRange", "the step")?);
    if step == 0 {
        return Err(failure("Invalid arguments in States.ArrayRange: the step cannot be 0"));
    }
    let count = ((last - first) / step + 1).max(0) * i128::from((last - first) * step >= 0);
    if count > RANGE_MAX {
        return Err(failure(format!(
            "Invalid arguments in States.ArrayRange: the range has {count} elements, at most {RANGE_MAX} are allowed"
        )));
    }
    let values = (0..count).map(|at| i64::try_from(first + at * step).expect("between two 64-bit numbers"));
    Ok(Json::array(values.map(Json::from)))
}

pub(super) fn get_item(array: &Json, index: &Json) -> Result<Json, Failure> {
    let items = items(array, "ArrayGetItem")?;
    let index = integer(index, "ArrayGetItem", "the index")?;
    let item = usize::try_from(index).ok().and_then(|index| items.get(index)).cloned();
    item.ok_or_else(|| {
        failure(format!(
            "Invalid arguments in States.ArrayGetItem: index {index} is outside an array of {} elements",
            items.len()
        ))
    })
}

pub(super) fn length(array: &Json) -> Result<Json, Failure> {
    Ok(Json::from(items(array, "ArrayLength")?.len() as u64))
}

/// The first of equal elements stays, in its place. Sorted by text first, so that long arrays stay fast.
pub(super) fn unique(array: &Json) -> Result<Json, Failure> {
    let items = items(array, "ArrayUnique")?;
    let mut seen: std::collections::BTreeMap<&'static str, Vec<&Json>> = std::collections::BTreeMap::new();
    let mut texts = std::collections::BTreeSet::new();
    let mut kept = Vec::new();
    for item in items {
        let is_new = match item {
            Json::Number(_) | Json::Object(_) | Json::Array(_) if items.len() <= 1_000 => {
                let same_kind = seen.entry(item.kind()).or_default();
                let is_new = !same_kind.contains(&item);
                if is_new {
                    same_kind.push(item);
                }
                is_new
            }
            _ => texts.insert(item.to_text()),
        };
        if is_new {
            kept.push(item.clone());
        }
    }
    Ok(Json::array(kept))
}
