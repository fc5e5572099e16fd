//! JSONPath as AWS reads it (Jayway's semantics), and Reference Paths, which also say where to write.
//!
//! A *definite* path gives a value or fails; an indefinite one (filter, slice, wildcard, union, `..`) gives a list.
//! Spec: `#path`, `#reference-paths`.

use std::sync::Arc;

use crate::env::Env;
use crate::{Failure, Json};

/// A compiled JSONPath.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    text: Arc<str>,
}

/// Why a path's text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// What is wrong there, lower case, no full stop.
    pub message: String,
}

impl Path {
    /// Compiles `text`: `$…` reads the input, `$$…` the context object, `$name…` a variable.
    pub fn compile(_text: &str) -> Result<Self, PathError> {
        todo!()
    }

    /// The path as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether it always means exactly one place.
    pub fn is_definite(&self) -> bool {
        todo!()
    }

    /// The variable it reads, without `$`, if it reads one.
    pub fn variable(&self) -> Option<&str> {
        todo!()
    }

    /// The value it selects: of a definite path the value, of an indefinite one the list.
    ///
    /// Fails with `States.Runtime` and AWS's text when a definite path finds nothing.
    pub fn select(&self, _env: &Env<'_>) -> Result<Json, Failure> {
        todo!()
    }

    /// The value, or `None` where a definite path finds nothing. For `IsPresent` and the like.
    pub fn find(&self, _env: &Env<'_>) -> Option<Json> {
        todo!()
    }
}

/// A path that means one place, which can also be written: `$`, `$.a.b`, `$.a[0]['c d']`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferencePath {
    text: Arc<str>,
}

impl ReferencePath {
    /// Compiles `text`.
    pub fn compile(_text: &str) -> Result<Self, PathError> {
        todo!()
    }

    /// The path as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// `target` with `value` at this place; missing objects on the way are made.
    ///
    /// Fails with `States.ResultPathMatchFailure` where an array index or a scalar is in the way.
    pub fn insert(&self, _target: &Json, _value: Json) -> Result<Json, Failure> {
        todo!()
    }
}
