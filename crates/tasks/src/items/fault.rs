//! Why items cannot be read, in the words that a workflow sees.

use asl::Failure;

/// Why items cannot be read: which object, where in it, what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct ItemsFault {
    cause: String,
}

impl ItemsFault {
    pub(super) fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }

    /// The same fault, of the object at `source`.
    pub(super) fn of(source: &str, problem: &Problem) -> Self {
        match problem {
            Problem::Whole(cause) => Self::new(cause.clone()),
            Problem::At(place) => Self::new(format!("{source}: {place}")),
        }
    }

    /// The object at `source` could not be had.
    pub(super) fn failed(source: &str, failure: &Failure) -> Self {
        Self::new(format!("{source}: {}", failure.cause.as_deref().unwrap_or_else(|| failure.error_str())))
    }

    /// What a workflow sees of it: `States.ItemReaderFailed`.
    pub fn failure(&self) -> Failure {
        Failure::new("States.ItemReaderFailed", self.cause.clone())
    }
}

/// What is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Something in it, with its place.
    At(String),
    /// Something that AWS says in just these words.
    Whole(String),
}

impl Problem {
    /// Reading failed.
    pub(super) fn io(place: impl std::fmt::Display, error: &std::io::Error) -> Self {
        Self::At(format!("{place}: {error}"))
    }
}

impl From<String> for Problem {
    fn from(place: String) -> Self {
        Self::At(place)
    }
}
