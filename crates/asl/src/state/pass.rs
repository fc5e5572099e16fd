//! Pass: its shape. Spec: `#pass-state`.

use crate::Payload;
use crate::definition::Transition;
use crate::state::{Arguments, Assign, Output};

/// A Pass state.
#[derive(Clone, Debug)]
pub struct Pass {
    /// `InputPath` and `Parameters`.
    pub arguments: Arguments,
    /// `Result`: a fixed result, which replaces the (reshaped) input as result. JSONPath only.
    pub result: Option<Payload>,
    /// How the result becomes the output.
    pub output: Output,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Next` or `End`.
    pub then: Transition,
}
