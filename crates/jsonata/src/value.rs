//! Values: immutable, cheap to clone, shared between threads.
//!
//! "Nothing" (JSONata's undefined) is no value: it is `None` of an `Option<Value>` wherever it can occur.
//!
//! Here: the enum and how to look into it. Arrays and their marks (`value/array.rs`), objects (`object.rs`), numbers
//! (`number.rs`), a caller's own documents (`document.rs`), functions (`function.rs`), equality (`compare.rs`).

mod array;
pub(crate) mod compare;
mod document;
mod function;
mod number;
mod object;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use array::Array;
pub(crate) use array::{Flags, Items};
pub use document::{Document, Shape};
pub use function::Function;
pub(crate) use function::{Closure, FunctionKind, PartialCall, TransformClosure};
pub use number::Number;
pub(crate) use number::{double_text, precise_15};
pub use object::Object;
pub(crate) use object::{Entries, ObjectBuilder};

/// One value. Cloning costs at most one reference count.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number: a double, with its own text while it is only moved.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// An array that the evaluation made, or that was read from text.
    Array(Arc<Array>),
    /// An object that the evaluation made, or that was read from text.
    Object(Arc<Object>),
    /// A function; it cannot be written as JSON and cannot be called after its evaluation.
    Function(Arc<Function>),
    /// An array or object of the caller, read in place.
    Foreign(Arc<dyn Document>),
}

/// What a value is, as `$type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
    /// `function`
    Function,
}

impl Kind {
    /// The name that `$type` gives.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Function => "function",
        }
    }
}

impl Value {
    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// A number; an infinity or NaN prints as `null`.
    pub fn number(value: f64) -> Self {
        Self::Number(Number::from_f64(value))
    }

    /// A number from a count.
    pub fn count(value: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        Self::number(value as f64)
    }

    /// An array of `items`.
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(Arc::new(Array::new(items.into_iter().collect(), Flags::PLAIN)))
    }

    /// An object of `entries`; a later entry replaces an earlier one of the same key, in its place.
    pub fn object<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let mut builder = ObjectBuilder::default();
        entries.into_iter().for_each(|(key, value)| builder.insert(key.into(), value));
        builder.finish()
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Boolean,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
            Self::Function(_) => Kind::Function,
            Self::Foreign(document) => match document.shape() {
                Shape::Array => Kind::Array,
                Shape::Object => Kind::Object,
            },
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as a double, if this is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// How many items, if this is an array; how many entries, if it is an object.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Array(array) => Some(array.items().len()),
            Self::Object(object) => Some(object.len()),
            Self::Foreign(document) => Some(document.len()),
            _ => None,
        }
    }

    /// Whether this is an array or object without anything in it.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The item at `index`, if this is an array that has it.
    pub fn item(&self, index: usize) -> Option<Self> {
        self.items()?.get(index)
    }

    /// The member called `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<Self> {
        match self {
            Self::Object(object) => object.get(key).cloned(),
            Self::Foreign(document) if document.shape() == Shape::Object => document.get(key),
            _ => None,
        }
    }

    /// The entry at `index`, if this is an object that has it.
    pub fn entry(&self, index: usize) -> Option<(Arc<str>, Self)> {
        self.entries()?.get(index)
    }

    pub(crate) fn is_array(&self) -> bool {
        match self {
            Self::Array(_) => true,
            Self::Foreign(document) => document.shape() == Shape::Array,
            _ => false,
        }
    }

    pub(crate) fn is_function(&self) -> bool {
        matches!(self, Self::Function(_))
    }

    pub(crate) fn flags(&self) -> Flags {
        match self {
            Self::Array(array) => array.flags(),
            _ => Flags::PLAIN,
        }
    }

    pub(crate) fn items(&self) -> Option<Items<'_>> {
        match self {
            Self::Array(array) => Some(Items::Own(array.items())),
            Self::Foreign(document) if document.shape() == Shape::Array => Some(Items::Foreign(&**document)),
            _ => None,
        }
    }

    pub(crate) fn entries(&self) -> Option<Entries<'_>> {
        match self {
            Self::Object(object) => Some(Entries::Own(object)),
            Self::Foreign(document) if document.shape() == Shape::Object => {
                Some(Entries::Foreign(&**document))
            }
            _ => None,
        }
    }

    /// How many levels of our own arrays, objects and functions are inside each other.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth(),
            Self::Object(object) => object.depth(),
            Self::Function(function) => function.depth(),
            Self::Foreign(_) => 1,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::number(value)
    }
}
