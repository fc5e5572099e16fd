//! JSON texts and objects.

use super::call::{failure, text};
use crate::limits::JsonLimits;
use crate::{Failure, Json, json};

/// Reads a JSON text. Its size is bounded by the payload that it came in.
pub(super) fn string_to_json(value: &Json) -> Result<Json, Failure> {
    let text = text(value, "the argument")?;
    json::parse(text, JsonLimits::PAYLOAD.with_bytes_max(usize::MAX))
        .map_err(|error| failure(format!("the argument is not JSON: {error}")))
}

/// Shallow: keys of the second win. AWS refuses a deep merge.
pub(super) fn merge(first: &Json, second: &Json, deep: &Json) -> Result<Json, Failure> {
    let (Some(first), Some(second)) = (first.as_object(), second.as_object()) else {
        return Err(failure("the first two arguments must be objects"));
    };
    if deep.as_bool() != Some(false) {
        return Err(failure("only shallow merging is supported, the third argument must be false"));
    }
    let entries = first.iter().chain(second.iter()).map(|(key, value)| (key.clone(), value.clone()));
    Ok(Json::object(entries))
}
