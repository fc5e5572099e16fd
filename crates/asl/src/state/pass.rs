//! Pass: its shape. Spec: `#pass-state`.

use crate::Payload;
use crate::definition::Transition;
use crate::state::{Assign, ResultPath, Selection};
use crate::template::Template;

/// A Pass state.
#[derive(Clone, Debug)]
pub struct Pass {
    /// `InputPath`.
    pub input_path: Selection,
    /// `Parameters`.
    pub parameters: Option<Template>,
    /// `Result`: a fixed result, which replaces the (reshaped) input as result.
    pub result: Option<Payload>,
    /// `ResultPath`.
    pub result_path: ResultPath,
    /// `OutputPath`.
    pub output_path: Selection,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Next` or `End`.
    pub then: Transition,
}
