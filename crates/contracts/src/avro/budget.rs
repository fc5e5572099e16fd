//! What one datum may cost: memory, depth and items that take no bytes at all.
//!
//! Every value that is made is paid for before it is made, so neither a count in the bytes nor a default in a schema
//! can make a small input large.

use super::Value;
use super::error::{DatumError, DatumProblem};
use crate::check::Path;
use crate::limits::{DATUM_BYTES_MAX, DATUM_DEPTH_MAX, ZERO_WIDTH_ITEMS_MAX};

/// What is left for one datum.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_left: usize,
    zero_width_left: usize,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { bytes_left: DATUM_BYTES_MAX, zero_width_left: ZERO_WIDTH_ITEMS_MAX }
    }

    /// Pays for one value without its content, at a depth.
    pub(crate) fn value(&mut self, at: &Path<'_>, depth: usize) -> Result<(), DatumError> {
        if depth > DATUM_DEPTH_MAX {
            let what = "arrays, maps and records inside each other";
            return Err(DatumError::new(at, DatumProblem::TooMuch { what, limit: DATUM_DEPTH_MAX }));
        }
        self.bytes(size_of::<Value>(), at)
    }

    /// Pays for `bytes` of content.
    pub(crate) fn bytes(&mut self, bytes: usize, at: &Path<'_>) -> Result<(), DatumError> {
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                Ok(())
            }
            None => Err(DatumError::new(
                at,
                DatumProblem::TooMuch { what: "bytes of memory for one datum", limit: DATUM_BYTES_MAX },
            )),
        }
    }

    /// Pays for a copy of `value`.
    pub(crate) fn copy(&mut self, value: &Value, at: &Path<'_>) -> Result<(), DatumError> {
        self.bytes(size_of::<Value>(), at)?;
        match value {
            Value::Null
            | Value::Boolean(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Enum(_) => Ok(()),
            Value::Bytes(bytes) | Value::Fixed(bytes) => self.bytes(bytes.len(), at),
            Value::Array(values) | Value::Record(values) => {
                values.iter().try_for_each(|value| self.copy(value, at))
            }
            Value::Map(entries) => entries.iter().try_for_each(|(_, value)| {
                self.bytes(size_of::<std::sync::Arc<str>>(), at)?;
                self.copy(value, at)
            }),
            Value::Union(_, value) => self.copy(value, at),
        }
    }

    /// Pays for an item that took no bytes of the input.
    pub(crate) fn zero_width_item(&mut self, at: &Path<'_>) -> Result<(), DatumError> {
        match self.zero_width_left.checked_sub(1) {
            Some(left) => {
                self.zero_width_left = left;
                Ok(())
            }
            None => Err(zero_width_error(at)),
        }
    }

    /// Whether a block may announce `count` items where `bytes_left` bytes are left.
    pub(crate) fn block(&self, count: u64, bytes_left: usize, at: &Path<'_>) -> Result<(), DatumError> {
        let most = bytes_left.saturating_add(self.zero_width_left) as u64;
        if count > most { Err(zero_width_error(at)) } else { Ok(()) }
    }
}

fn zero_width_error(at: &Path<'_>) -> DatumError {
    let what = "items beyond the bytes that are there";
    DatumError::new(at, DatumProblem::TooMuch { what, limit: ZERO_WIDTH_ITEMS_MAX })
}
