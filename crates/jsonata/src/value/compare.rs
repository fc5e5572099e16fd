//! When values are equal, and which string comes first.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Value;

impl PartialEq for Value {
    /// Deep equality, as `=` has it: objects regardless of the order of their keys, functions by identity.
    fn eq(&self, other: &Self) -> bool {
        equal(self, other, &mut |_| true)
    }
}

/// Bytes of two strings that are compared in one step.
const BYTES_PER_STEP: usize = 1_024;

/// Whether both are equal. `step` is asked before each comparison how many steps it may take, and its `false` ends the
/// walk with `false`.
pub(crate) fn equal(this: &Value, other: &Value, step: &mut dyn FnMut(u64) -> bool) -> bool {
    if !step(steps_of(this, other)) {
        return false;
    }
    match (this, other) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(this), Value::Bool(other)) => this == other,
        (Value::Number(this), Value::Number(other)) => this == other,
        (Value::String(this), Value::String(other)) => this == other,
        (Value::Function(this), Value::Function(other)) => Arc::ptr_eq(this, other),
        (Value::Array(this), Value::Array(other)) if Arc::ptr_eq(this, other) => true,
        (Value::Object(this), Value::Object(other)) if Arc::ptr_eq(this, other) => true,
        _ => arrays_equal(this, other, step) || objects_equal(this, other, step),
    }
}

/// The steps that comparing two values themselves takes, without what is inside them.
pub(crate) fn steps_of(this: &Value, other: &Value) -> u64 {
    match (this, other) {
        (Value::String(this), Value::String(other)) => {
            1 + (this.len().min(other.len()) / BYTES_PER_STEP) as u64
        }
        _ => 1,
    }
}

fn arrays_equal(this: &Value, other: &Value, step: &mut dyn FnMut(u64) -> bool) -> bool {
    let (Some(this), Some(other)) = (this.items(), other.items()) else { return false };
    this.len() == other.len() && this.iter().zip(other.iter()).all(|(this, other)| equal(&this, &other, step))
}

fn objects_equal(this: &Value, other: &Value, step: &mut dyn FnMut(u64) -> bool) -> bool {
    let (Some(entries), Some(others)) = (this.entries(), other.entries()) else { return false };
    entries.len() == others.len()
        && entries.iter().all(|(key, value)| other.get(&key).is_some_and(|it| equal(&value, &it, step)))
}

/// The order of two strings: by UTF-16 units, as in JavaScript and Java.
pub(crate) fn text_order(this: &str, other: &str) -> Ordering {
    if this.is_ascii() || other.is_ascii() {
        return this.cmp(other);
    }
    this.encode_utf16().cmp(other.encode_utf16())
}
