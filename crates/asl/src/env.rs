//! What a query can read: the data at hand, the context object, the variables; and the entropy it may draw.

#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::measure::measure;
use crate::{Entropy, Json};

/// What a path, a template or an intrinsic function is evaluated on.
pub struct Env<'a> {
    /// What `$` means.
    pub input: &'a Json,
    /// What `$$` means.
    pub context: &'a Context<'a>,
    /// What `$name` means.
    pub variables: &'a Variables,
    /// What `States.UUID` and `States.MathRandom` draw from.
    pub entropy: &'a mut Entropy,
}

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("input", self.input).finish_non_exhaustive()
    }
}

/// The context object, made only if somebody asks for it.
pub struct Context<'a> {
    make: &'a dyn Fn() -> Json,
    made: OnceCell<Json>,
}

impl<'a> Context<'a> {
    /// A context object that `make` builds when it is first read.
    pub fn new(make: &'a dyn Fn() -> Json) -> Self {
        Self { make, made: OnceCell::new() }
    }

    /// The object.
    pub fn value(&self) -> &Json {
        self.made.get_or_init(self.make)
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Context").field(&self.made).finish()
    }
}

/// The variables that a state can read. A clone shares; an inner scope starts from a clone of the outer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables {
    values: Arc<BTreeMap<Arc<str>, Json>>,
    /// INVARIANT: the bytes of the texts of all `values`.
    bytes: usize,
}

impl Variables {
    /// The value of `name`, written without its `$`.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.values.get(name)
    }

    /// Sets `name`.
    pub fn set(&mut self, name: Arc<str>, value: Json) {
        self.bytes += text_bytes(&value);
        if let Some(before) = Arc::make_mut(&mut self.values).insert(name, value) {
            self.bytes -= text_bytes(&before);
        }
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Json)> {
        self.values.iter()
    }

    /// The bytes of the texts of all values.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The bytes of all values, were those of `assigned` set.
    pub fn bytes_with<'a>(&self, assigned: impl IntoIterator<Item = (&'a str, &'a Json)>) -> usize {
        assigned.into_iter().fold(self.bytes, |bytes, (name, value)| {
            bytes + text_bytes(value) - self.get(name).map_or(0, text_bytes)
        })
    }
}

/// The bytes of a value's text. Values nest no deeper than a payload may.
fn text_bytes(value: &Json) -> usize {
    measure(value, usize::MAX, usize::MAX).unwrap_or(usize::MAX)
}
