//! A payload: a JSON value together with its text, made at most once.
//!
//! A text from outside is kept as it came, white space and all, because AWS shows it so. The text of a value that
//! Baton computed is compact, and made when somebody first asks.

use std::sync::{Arc, OnceLock};

use crate::measure::Excess;
use crate::{Json, JsonError, JsonLimits, json};

/// A value and its text. Cloning shares both.
#[derive(Clone, Debug)]
pub struct Payload(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    value: Json,
    text: OnceLock<Arc<str>>,
}

impl Payload {
    /// A payload of a computed value; its text will be compact.
    pub fn new(value: Json) -> Self {
        Self(Arc::new(Inner { value, text: OnceLock::new() }))
    }

    /// The same, if its text is within bounds: bytes, and arrays and objects inside each other. The text is made at once.
    pub fn within(value: Json, bytes_max: usize, depth_max: usize) -> Result<Self, Excess> {
        let text: Arc<str> = value.to_text_within(bytes_max, depth_max)?.into();
        Ok(Self(Arc::new(Inner { value, text: OnceLock::from(text) })))
    }

    /// A payload of a text from outside, kept as it is.
    pub fn parse(text: impl Into<Arc<str>>, limits: JsonLimits) -> Result<Self, JsonError> {
        let text = text.into();
        let value = json::parse(&text, limits)?;
        Ok(Self(Arc::new(Inner { value, text: OnceLock::from(text) })))
    }

    /// The value.
    pub fn value(&self) -> &Json {
        &self.0.value
    }

    /// The text: as it came, or compact.
    pub fn text(&self) -> &Arc<str> {
        self.0.text.get_or_init(|| self.0.value.to_text().into())
    }

    /// Whether both are the same shared payload, which is much cheaper to ask than whether they are equal.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.0.value == other.0.value
    }
}

impl From<Json> for Payload {
    fn from(value: Json) -> Self {
        Self::new(value)
    }
}
