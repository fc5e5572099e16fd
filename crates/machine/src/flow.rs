//! Data on its way through a state: either a payload that already has a number, or a value just made.
//!
//! What no field changes keeps its number, and so is neither copied nor stored again.

use asl::Json;

use crate::event::Numbered;

/// Data on its way through a state.
#[derive(Clone, Debug)]
pub(crate) enum Flow {
    /// A payload as it was remembered.
    Kept(Numbered),
    /// A value that is not remembered yet.
    Made(Json),
}

impl Flow {
    /// The value.
    pub(crate) fn value(&self) -> &Json {
        match self {
            Self::Kept(payload) => payload.payload.value(),
            Self::Made(value) => value,
        }
    }
}
