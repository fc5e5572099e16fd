//! Why a Map Run does not go on.

use asl::{ErrorName, Failure};
use runtime::{AccessError, StartError, StoreError};

/// Why.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// The run has failed.
    Work(Failure),
    /// The engine has stopped, or its store cannot be asked now: no failure of the work. The run goes on from its checkpoint.
    Engine(String),
    /// Nobody wants it any more.
    CalledOff,
}

impl Fault {
    /// Something that will not be otherwise when it is tried again.
    pub(super) fn for_good(message: impl std::fmt::Display) -> Self {
        Self::Work(Failure::new(ErrorName::TASK_FAILED, format!("the Map Run cannot go on: {message}")))
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Work(failure)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Rejected { .. } | StoreError::Corrupt { .. } | StoreError::Missing { .. } => {
                Self::for_good(error)
            }
            StoreError::Full { .. }
            | StoreError::Unknown { .. }
            | StoreError::InUse { .. }
            | StoreError::Unusable { .. } => Self::Engine(error.to_string()),
        }
    }
}

impl From<AccessError> for Fault {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Missing { .. } | AccessError::Quarantined { .. } => Self::for_good(error),
            AccessError::Store { .. } | AccessError::Busy { .. } | AccessError::Stopped => {
                Self::Engine(error.to_string())
            }
        }
    }
}

impl From<StartError> for Fault {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Busy { .. } | StartError::Stopped { .. } => Self::Engine(error.to_string()),
            StartError::InvalidName { .. }
            | StartError::InvalidExecutionInput { .. }
            | StartError::ExecutionAlreadyExists { .. }
            | StartError::Refused { .. } => Self::for_good(error),
        }
    }
}
