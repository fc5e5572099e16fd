//! Why a Map Run does not go on.

use asl::Failure;
use runtime::{AccessError, StartError, StoreError};

/// Why.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// The run has failed.
    Work(Failure),
    /// The engine has stopped, or its store cannot be asked.
    Engine(String),
    /// Nobody wants it any more.
    CalledOff,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Work(failure)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<AccessError> for Fault {
    fn from(error: AccessError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<StartError> for Fault {
    fn from(error: StartError) -> Self {
        Self::Engine(error.to_string())
    }
}
