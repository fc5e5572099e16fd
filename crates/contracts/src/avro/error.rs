//! Why a datum cannot be read or written: where in the value, where in the bytes, what was expected, what was found.

use crate::check::Path;

/// The first fault of a datum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatumError {
    /// Where in the value, for example `$.lines[2].quantity`.
    pub path: String,
    /// Bytes from the start of the datum, where it is read from bytes.
    pub offset: Option<usize>,
    /// What is wrong there.
    pub problem: DatumProblem,
}

/// What can be wrong with a datum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatumProblem {
    /// Something else than the schema asks for.
    #[error("{found}, expected {expected}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// The bytes end too early.
    #[error("the bytes end where {expected} was expected")]
    UnexpectedEnd {
        /// What should have followed.
        expected: &'static str,
    },
    /// A limit of this room.
    #[error("more than {limit} {what}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The reader's schema asks for something that the writer's schema does not have.
    #[error("the writer's {writer} cannot be read as the reader's {reader}")]
    Unreadable {
        /// The writer's type.
        writer: String,
        /// The reader's type, and what it lacks.
        reader: String,
    },
}

impl DatumError {
    pub(crate) fn new(at: &Path<'_>, problem: DatumProblem) -> Self {
        Self { path: at.text(), offset: None, problem }
    }

    pub(crate) fn unexpected(at: &Path<'_>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(at, DatumProblem::Unexpected { found: found.into(), expected: expected.into() })
    }

    pub(crate) fn at_offset(self, offset: usize) -> Self {
        Self { offset: Some(offset), ..self }
    }
}

impl std::fmt::Display for DatumError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.path)?;
        if let Some(offset) = self.offset {
            write!(f, " (byte {offset})")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for DatumError {}
