//! Task: its shape. Spec: `#task-state`.

use crate::catch::Catcher;
use crate::definition::Transition;
use crate::resource::Resource;
use crate::retry::Retrier;
use crate::state::{Assign, ResultPath, Seconds, Selection};
use crate::template::Template;

/// A Task state.
#[derive(Clone, Debug)]
pub struct Task {
    /// `Resource`.
    pub resource: Resource,
    /// `InputPath`.
    pub input_path: Selection,
    /// `Parameters`.
    pub parameters: Option<Template>,
    /// `Credentials`, an object template.
    pub credentials: Option<Template>,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`.
    pub timeout: Option<Seconds>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub heartbeat: Option<Seconds>,
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
