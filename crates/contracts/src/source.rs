//! Where schemas come from: a folder today, a registry tomorrow.

use std::sync::Arc;

/// One version of a subject, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaText {
    /// The subject, for example `orders.Order`.
    pub subject: Arc<str>,
    /// Versions count from 1.
    pub version: u32,
    /// The schema as JSON text.
    pub text: Arc<str>,
    /// Where it came from, for people: a file's path, a registry's id.
    pub origin: Arc<str>,
    /// The commit of the repository it came from, where there is one.
    pub commit: Option<Arc<str>>,
}

/// Why a source could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SourceError {
    /// What happened, where, and what to do.
    pub message: String,
}

/// Somebody who has schemas.
pub trait SchemaSource {
    /// Version `version` of `subject`, or the latest; `Ok(None)` when there is no such thing.
    fn schema(&self, subject: &str, version: Option<u32>) -> Result<Option<SchemaText>, SourceError>;

    /// The subjects it has, for hints; may be cut short.
    fn subjects(&self) -> Vec<Arc<str>>;
}
