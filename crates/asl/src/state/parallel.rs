//! Parallel: its shape. Spec: `#parallel-state`.

use crate::catch::Catcher;
use crate::definition::{ScopeId, Transition};
use crate::retry::Retrier;
use crate::state::{Assign, ResultPath, Selection};
use crate::template::Template;

/// A Parallel state.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `Branches`, in order; at least one.
    pub branches: Vec<ScopeId>,
    /// `InputPath`.
    pub input_path: Selection,
    /// `Parameters`.
    pub parameters: Option<Template>,
    /// `ResultSelector`.
    pub result_selector: Option<Template>,
    /// `ResultPath`.
    pub result_path: ResultPath,
    /// `OutputPath`.
    pub output_path: Selection,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub then: Transition,
}
