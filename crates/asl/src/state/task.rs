//! Task: its shape. Spec: `#task-state`.

use crate::catch::Catcher;
use crate::definition::Transition;
use crate::resource::Resource;
use crate::retry::Retrier;
use crate::state::{AnyTemplate, Arguments, Assign, Output, Seconds};

/// A Task state.
#[derive(Clone, Debug)]
pub struct Task {
    /// `Resource`.
    pub resource: Resource,
    /// What is sent.
    pub arguments: Arguments,
    /// `Credentials`, an object template.
    pub credentials: Option<AnyTemplate>,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`.
    pub timeout: Option<Seconds>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub heartbeat: Option<Seconds>,
    /// How the answer becomes the output.
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
