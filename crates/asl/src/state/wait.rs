//! Wait: its shape. Spec: `#wait-state`.

use crate::definition::Transition;
use crate::path::Path;
use crate::state::{Assign, Selection};
use crate::timestamp::Timestamp;

/// A Wait state.
#[derive(Clone, Debug)]
pub struct Wait {
    /// `InputPath`.
    pub input_path: Selection,
    /// How long.
    pub delay: Delay,
    /// `OutputPath`.
    pub output_path: Selection,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Next` or `End`.
    pub then: Transition,
}

/// How long a Wait state waits: exactly one of the four source fields.
#[derive(Clone, Debug)]
pub enum Delay {
    /// `Seconds`.
    Seconds(u32),
    /// `SecondsPath`.
    SecondsFrom(Path),
    /// `Timestamp`.
    Until(Timestamp),
    /// `TimestampPath`.
    UntilFrom(Path),
}
