//! Measuring a value without writing it: how long its text would be, and how deep it nests.
//!
//! Values share their parts, so a small template can mean an enormous text (`{"a.$": "$", "b.$": "$"}` in a loop
//! doubles it every time). Whatever a query makes is measured here before anybody writes it or walks down it.

#[cfg(test)]
mod tests;

use crate::failure::ErrorName;
use crate::limits::{JsonLimits, QUERY_RESULT_BYTES_MAX};
use crate::{Failure, Json};

/// Which bound a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Its compact text is longer.
    Bytes,
    /// Its arrays and objects nest deeper.
    Depth,
}

/// The bytes of the compact text of `value`, or the bound it breaks. Stops as soon as one is broken.
pub fn measure(value: &Json, bytes_max: usize, depth_max: usize) -> Result<usize, Excess> {
    let mut bytes = 0;
    add(value, &mut bytes, bytes_max, depth_max)?;
    Ok(bytes)
}

/// The bytes of the compact text of `value`, and how many arrays and objects stand inside each other. No value is deeper than
/// [`crate::limits::JSON_DEPTH_LIMIT`], so neither is this.
pub(crate) fn extent(value: &Json) -> (usize, usize) {
    let inside = |sum: (usize, usize), value: &Json| {
        let (bytes, depth) = extent(value);
        (sum.0 + bytes, sum.1.max(depth + 1))
    };
    let own = own_bytes(value);
    match value {
        Json::Array(items) => items.iter().fold((own, 1), inside),
        Json::Object(object) => object
            .iter()
            .fold((own, 1), |(bytes, depth), (key, member)| inside((bytes + string_len(key), depth), member)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => (own, 0),
    }
}

/// Gives `value` back if it is of a size that can be worked with.
///
/// Fails with `States.DataLimitExceeded` when its text is beyond [`QUERY_RESULT_BYTES_MAX`] (the interpreter then applies
/// its own, lower limit), with `States.Runtime` when it nests deeper than a payload may.
pub(crate) fn bounded(value: Json) -> Result<Json, Failure> {
    match measure(&value, QUERY_RESULT_BYTES_MAX, JsonLimits::PAYLOAD.depth_max) {
        Ok(_) => Ok(value),
        Err(excess) => Err(excess.into()),
    }
}

/// The compact text of `value`, unless it is too long to be written.
pub(crate) fn bounded_text(value: &Json) -> Result<String, Failure> {
    measure(value, QUERY_RESULT_BYTES_MAX, JsonLimits::PAYLOAD.depth_max)?;
    Ok(value.to_text())
}

impl From<Excess> for Failure {
    fn from(excess: Excess) -> Self {
        match excess {
            Excess::Bytes => {
                let cause =
                    "The query gave a value with a size exceeding the maximum number of bytes service limit.";
                Self::new(ErrorName::DATA_LIMIT_EXCEEDED, cause)
            }
            Excess::Depth => {
                let depth_max = JsonLimits::PAYLOAD.depth_max;
                Self::runtime(format!("The query gave a value that nests deeper than {depth_max} levels."))
            }
        }
    }
}

fn add(value: &Json, bytes: &mut usize, bytes_max: usize, depth_left: usize) -> Result<(), Excess> {
    *bytes += own_bytes(value);
    if *bytes > bytes_max {
        return Err(Excess::Bytes);
    }
    if !matches!(value, Json::Array(_) | Json::Object(_)) {
        return Ok(());
    }
    let depth_left = depth_left.checked_sub(1).ok_or(Excess::Depth)?;
    match value {
        Json::Array(items) => items.iter().try_for_each(|item| add(item, bytes, bytes_max, depth_left)),
        Json::Object(object) => object.iter().try_for_each(|(key, member)| {
            *bytes += string_len(key);
            add(member, bytes, bytes_max, depth_left)
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Ok(()),
    }
}

/// Bytes of a scalar; of an array or object its brackets, and a comma (and colon) for each part.
fn own_bytes(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(true) => 4,
        Json::Bool(false) => 5,
        Json::Number(number) => number.text_len(),
        Json::String(text) => string_len(text),
        // Brackets, and a comma before every element but the first.
        Json::Array(items) => 2 + items.len().saturating_sub(1),
        Json::Object(object) => 2 + (2 * object.len()).saturating_sub(1),
    }
}

/// Bytes of a string with its quotes and escapes, as `json/print.rs` writes it.
fn string_len(text: &str) -> usize {
    if !needs_escape(text) {
        return 2 + text.len();
    }
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
        0..=0x1f => 5,
        _ => 0,
    };
    2 + text.len() + text.bytes().map(escaped).sum::<usize>()
}

/// Whether a string has characters that JSON escapes. Most have none, and this asks all bytes at once.
pub(crate) fn needs_escape(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | matches!(byte, 0..=0x1f | b'"' | b'\\'))
}
