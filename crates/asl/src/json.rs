//! JSON as the States Language sees it: immutable, cheap to clone, exact.
//!
//! A clone shares; nothing is ever changed in place. Objects keep the order of their keys. A number keeps the
//! exact text it arrived with until somebody computes with it, so an integer beyond 2^53 survives being moved.
//! Duplicate keys: the last one wins, in the place of the first, as on AWS.
//!
//! Not here: reading (`json/parse.rs`), writing (`json/print.rs`), the text of a payload (`payload.rs`).

mod key;
pub(crate) mod lex;
mod number;
mod object;
mod parse;
mod print;

use std::sync::Arc;

pub use key::{KeyTable, same_text};
pub(crate) use number::Held;
pub use number::Number;
pub use object::Object;
pub use parse::{JsonError, JsonProblem, parse, parse_with_keys};

/// One JSON value. Cloning costs at most one reference count.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, with its text.
    Number(Number),
    /// A string, unescaped.
    String(Arc<str>),
    /// An array.
    Array(Arc<[Json]>),
    /// An object; keys in the order of their first appearance.
    Object(Arc<Object>),
}

impl Json {
    /// The empty object, which is also the input of an execution that was given none.
    pub fn empty_object() -> Self {
        Self::Object(Arc::new(Object::default()))
    }

    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// An array of `items`.
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(items.into_iter().collect())
    }

    /// An object of `entries`; a later entry replaces an earlier one of the same key.
    pub fn object<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }

    /// Whether both are the same shared value, which is much cheaper to ask than whether they are equal. Scalars never are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(this), Self::Array(other)) => Arc::ptr_eq(this, other),
            (Self::Object(this), Self::Object(other)) => Arc::ptr_eq(this, other),
            _ => false,
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

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The member called `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What kind of value this is, as JSON names it: `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::from(i64::from(value))
    }
}
