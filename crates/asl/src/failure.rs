//! A failure: an error that a workflow can see, retry and catch. Data, not a Rust error.
//!
//! Spec: `#errors`, `#appendix-a`. The names that start with `States.` are reserved for the language.

#[cfg(test)]
mod tests;

use std::sync::Arc;

/// The name of an error, as `Retry` and `Catch` match it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ErrorName(Arc<str>);

impl ErrorName {
    /// Matches every error but `States.Runtime` and, of a state's own data, `States.DataLimitExceeded`.
    pub const ALL: &'static str = "States.ALL";
    /// A task, a state machine or a missed heartbeat ran over its time.
    pub const TIMEOUT: &'static str = "States.Timeout";
    /// A heartbeat was missed; matches where `States.Timeout` is reported for one.
    pub const HEARTBEAT_TIMEOUT: &'static str = "States.HeartbeatTimeout";
    /// A task failed; as a matcher: every error of a task but `States.Timeout`.
    pub const TASK_FAILED: &'static str = "States.TaskFailed";
    /// The task's role lacks a right.
    pub const PERMISSIONS: &'static str = "States.Permissions";
    /// `ResultPath` cannot be applied to the input.
    pub const RESULT_PATH_MATCH_FAILURE: &'static str = "States.ResultPathMatchFailure";
    /// A Reference Path that is read leads nowhere. Not in the specification; AWS reports it for `ItemsPath`.
    pub const REFERENCE_PATH_CONFLICT: &'static str = "States.ReferencePathConflict";
    /// A path in `Parameters` or `ResultSelector` finds nothing. AWS reports `States.Runtime` instead, and so do we.
    pub const PARAMETER_PATH_FAILURE: &'static str = "States.ParameterPathFailure";
    /// A branch of a Parallel state failed.
    pub const BRANCH_FAILED: &'static str = "States.BranchFailed";
    /// No choice rule held and there is no `Default`. AWS reports `States.Runtime` instead, and so do we.
    pub const NO_CHOICE_MATCHED: &'static str = "States.NoChoiceMatched";
    /// An intrinsic function failed.
    pub const INTRINSIC_FAILURE: &'static str = "States.IntrinsicFailure";
    /// A JSONata expression failed, gave nothing, or gave a value of the wrong type.
    pub const QUERY_EVALUATION_ERROR: &'static str = "States.QueryEvaluationError";
    /// A payload is larger than its limit.
    pub const DATA_LIMIT_EXCEEDED: &'static str = "States.DataLimitExceeded";
    /// The interpreter cannot go on; never retried, never caught.
    pub const RUNTIME: &'static str = "States.Runtime";

    /// Any value violates its contract: the family name of the five `Contract.*Violation` errors.
    pub const CONTRACT_VIOLATION: &'static str = "Contract.Violation";

    /// An error of this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ErrorName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ErrorName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// An error a workflow can see: a name, and a cause if there is one (AWS leaves a missing cause out).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What Retry and Catch match; `None` only for a `Fail` state that names no error.
    pub error: Option<ErrorName>,
    /// What happened, in words or as a JSON text.
    pub cause: Option<Arc<str>>,
}

impl Failure {
    /// A failure with a cause.
    pub fn new(error: impl Into<ErrorName>, cause: impl Into<Arc<str>>) -> Self {
        Self { error: Some(error.into()), cause: Some(cause.into()) }
    }

    /// `States.Runtime`: the interpreter cannot process the definition with this data.
    pub fn runtime(cause: impl Into<Arc<str>>) -> Self {
        Self::new(ErrorName::RUNTIME, cause)
    }

    /// The name, or the empty text where a `Fail` state gave none.
    pub fn error_str(&self) -> &str {
        self.error.as_ref().map_or("", ErrorName::as_str)
    }
}

/// A failure of evaluation: what AWS reports of it, and where in the state it happened, for which AWS has an event of its
/// own (`EvaluationFailed`) in JSONata states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Error and cause.
    pub failure: Failure,
    /// For example `Output/total`; `None` where AWS tells no place.
    pub location: Option<Arc<str>>,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self { failure, location: None }
    }
}

/// On what occasion a state failed, where its error's name does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A worker missed a heartbeat: `States.HeartbeatTimeout` matches too.
    Heartbeat,
    /// A task's answer could not be taken: `States.ALL` matches `States.DataLimitExceeded` too.
    Answer,
    /// Any other.
    Other,
}

/// Whether one of `patterns` (an `ErrorEquals`) matches a failure.
///
/// `States.ALL` matches everything but `States.Runtime`, which nothing matches, and `States.DataLimitExceeded`, which it
/// matches only of a task's answer: AWS's guide says that it never does, a recorded history that a function's answer is
/// caught. `States.TaskFailed` stands for every error of a task but
/// `States.Timeout`; a violated contract is not an error of the task. Source: AWS, "Handling errors".
pub fn matches(patterns: &[ErrorName], failure: &Failure, occasion: Occasion) -> bool {
    let error = failure.error_str();
    if error == ErrorName::RUNTIME {
        return false;
    }
    patterns.iter().any(|pattern| match pattern.as_str() {
        ErrorName::ALL => error != ErrorName::DATA_LIMIT_EXCEEDED || occasion == Occasion::Answer,
        ErrorName::TASK_FAILED => {
            error == ErrorName::TASK_FAILED || !(is_of_language(error) || is_violation(error))
        }
        ErrorName::HEARTBEAT_TIMEOUT => {
            occasion == Occasion::Heartbeat || error == ErrorName::HEARTBEAT_TIMEOUT
        }
        ErrorName::CONTRACT_VIOLATION => is_violation(error),
        name => name == error,
    })
}

fn is_violation(error: &str) -> bool {
    error.strip_prefix("Contract.").is_some_and(|rest| rest.ends_with("Violation"))
}

/// Errors that the interpreter itself reports, and that say nothing of the task's own work.
fn is_of_language(error: &str) -> bool {
    matches!(error, ErrorName::TIMEOUT | ErrorName::DATA_LIMIT_EXCEEDED | ErrorName::RUNTIME)
}
