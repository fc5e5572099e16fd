//! Reading JSON: strict RFC 8259, bounded, with the place of the first fault.

use super::Json;
use crate::limits::JsonLimits;

/// Why a text is not acceptable JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong there.
    pub problem: JsonProblem,
}

/// What can be wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// More bytes than the limit.
    #[error("the text has {found} bytes, at most {limit} are accepted")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes accepted.
        limit: usize,
    },
}

/// Reads one JSON value; nothing but white space may follow it.
pub fn parse(_text: &str, _limits: JsonLimits) -> Result<Json, JsonError> {
    todo!()
}
