//! Why a schema text is not acceptable: what, where in the text, what was expected.

use std::sync::Arc;

/// One fault of a schema; the first that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The subject whose text is at fault, when it is one that the schema refers to.
    pub subject: Option<Arc<str>>,
    /// JSON Pointer into that text; empty for the text as a whole.
    pub pointer: String,
    /// What is wrong there.
    pub problem: SchemaProblem,
}

/// What can be wrong with a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaProblem {
    /// The text is not acceptable JSON.
    #[error("the text is not JSON: {0}")]
    NotJson(String),
    /// Something else than what must stand here.
    #[error("{found}, expected {expected}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A limit of this room.
    #[error("{what}, at most {limit} are accepted")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A name that nobody defines.
    #[error("no type `{name}` is defined here, and no subject of that name exists")]
    UnknownType {
        /// The full name.
        name: Arc<str>,
    },
    /// A subject that is there, and does not define what its name promises.
    #[error("subject `{name}` does not define a type `{name}`")]
    SubjectWithoutType {
        /// The subject.
        name: Arc<str>,
    },
    /// Subjects that refer to each other in a circle.
    #[error("subject `{name}` refers back to this schema; references must not form a circle")]
    Circle {
        /// The subject.
        name: Arc<str>,
    },
    /// The source could not answer for a subject.
    #[error("subject `{name}` could not be read: {message}")]
    Source {
        /// The subject.
        name: Arc<str>,
        /// The source's own words.
        message: String,
    },
}

impl SchemaError {
    /// Whether the fault lies in a reference to another subject rather than in the text itself.
    pub fn is_reference(&self) -> bool {
        self.subject.is_some()
            || match self.problem {
                SchemaProblem::NotJson(_)
                | SchemaProblem::Unexpected { .. }
                | SchemaProblem::TooMuch { .. }
                | SchemaProblem::UnknownType { .. } => false,
                SchemaProblem::SubjectWithoutType { .. }
                | SchemaProblem::Circle { .. }
                | SchemaProblem::Source { .. } => true,
            }
    }
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(subject) = &self.subject {
            write!(f, "subject `{subject}`: ")?;
        }
        if !self.pointer.is_empty() {
            write!(f, "`{}`: ", self.pointer)?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for SchemaError {}
