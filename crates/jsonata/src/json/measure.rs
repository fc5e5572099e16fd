//! How long the JSON text of a value would be, without writing it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Stop;
use crate::error::Error;
use crate::limits::{JSON_DEPTH_MAX, VALUE_DEPTH_MAX};
use crate::stack::grow;
use crate::value::Value;

/// Bytes of the JSON text of `value`, unless they are more than `bytes_max`.
///
/// A document of the caller that occurs often is measured once. Characters that JSON escapes count once.
pub(crate) fn measure(value: &Value, bytes_max: usize) -> Result<usize, Stop> {
    let mut measure = Measure { left: bytes_max, known: BTreeMap::new() };
    measure.value(value, 0)?;
    Ok(bytes_max - measure.left)
}

/// Fails with U1006 below the deepest level that a document may have.
pub(crate) fn check_walk(depth: usize) -> Result<(), Error> {
    let limit = JSON_DEPTH_MAX + VALUE_DEPTH_MAX as usize;
    if depth > limit { Err(Error::new("U1006").with("limit", JSON_DEPTH_MAX)) } else { Ok(()) }
}

struct Measure {
    left: usize,
    known: BTreeMap<usize, usize>,
}

impl Measure {
    fn take(&mut self, bytes: usize) -> Result<(), Stop> {
        self.left = self.left.checked_sub(bytes).ok_or(Stop::TooLong)?;
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Stop> {
        match value {
            Value::Null | Value::Bool(true) => self.take(4),
            Value::Bool(false) => self.take(5),
            Value::Function(_) => self.take(2),
            Value::Number(number) => self.take(number.text_len()),
            Value::String(text) => self.take(text.len() + 2),
            Value::Array(_) | Value::Object(_) => self.inside(value, depth),
            Value::Foreign(document) => {
                if let Some(bytes) = document.text_bytes() {
                    check_walk(depth).map_err(|_| Stop::TooDeep)?;
                    return self.take(bytes);
                }
                let place = Arc::as_ptr(document).cast::<()>() as usize;
                if let Some(bytes) = self.known.get(&place) {
                    return self.take(*bytes);
                }
                let before = self.left;
                self.inside(value, depth)?;
                if depth < 64 {
                    self.known.insert(place, before - self.left);
                }
                Ok(())
            }
        }
    }

    fn inside(&mut self, value: &Value, depth: usize) -> Result<(), Stop> {
        check_walk(depth).map_err(|_| Stop::TooDeep)?;
        let count = value.len().unwrap_or(0);
        self.take(1 + count.max(1))?;
        if let Some(items) = value.items() {
            for item in items.iter() {
                grow(|| self.value(&item, depth + 1))?;
            }
        } else if let Some(entries) = value.entries() {
            for (key, member) in entries.iter() {
                self.take(key.len() + 3)?;
                grow(|| self.value(&member, depth + 1))?;
            }
        }
        Ok(())
    }
}
