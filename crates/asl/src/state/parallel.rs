//! Parallel: its shape. Spec: `#parallel-state`.

use crate::catch::Catcher;
use crate::definition::{ScopeId, Transition};
use crate::retry::Retrier;
use crate::state::{Arguments, Assign, Output};

/// A Parallel state.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `Branches`, in order; at least one.
    pub branches: Vec<ScopeId>,
    /// What every branch gets.
    pub arguments: Arguments,
    /// How the array of results becomes the output.
    pub output: Output,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub then: Transition,
}
