//! Wait: its shape. Spec: `#wait-state`.

use crate::definition::Transition;
use crate::jsonata::Expression;
use crate::path::Path;
use crate::state::{Arguments, Assign, Output};
use crate::timestamp::Timestamp;

/// A Wait state.
#[derive(Clone, Debug)]
pub struct Wait {
    /// `InputPath`.
    pub arguments: Arguments,
    /// How long.
    pub delay: Delay,
    /// `OutputPath` or `Output`.
    pub output: Output,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Next` or `End`.
    pub then: Transition,
}

/// How long a Wait state waits: exactly one of the source fields.
#[derive(Clone, Debug)]
pub enum Delay {
    /// `Seconds`.
    Seconds(u32),
    /// `SecondsPath`.
    SecondsFrom(Path),
    /// An expression in `Seconds`.
    SecondsBy(Expression),
    /// `Timestamp`.
    Until(Timestamp),
    /// `TimestampPath`.
    UntilFrom(Path),
    /// An expression in `Timestamp`.
    UntilBy(Expression),
}
