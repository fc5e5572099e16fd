//! Why an execution was not started, under AWS's names and with its words.

use asl::{ErrorName, Failure};
use runtime::{ExecutionRow, StartError, TaskRequest};

use super::call::{Call, Pattern};
use crate::arguments::Refused;
use crate::limits::NESTED_DEPTH_MAX;
use crate::request_id::request_id;

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What `StartExecution` would answer with: the exception's name without `Exception`, and words.
    Service { code: &'static str, words: String },
    /// The arguments cannot be meant.
    Arguments(String),
    /// The input is no JSON text.
    Input(String),
    /// Executions have started each other too often.
    TooDeep,
    /// The engine has stopped, or its store cannot be asked.
    Engine(String),
}

impl Fault {
    pub(super) fn no_machine(call: &Call) -> Self {
        let words = format!("State Machine Does Not Exist: '{}'", call.machine_arn);
        Self::Service { code: "StateMachineDoesNotExist", words }
    }

    pub(super) fn name_taken(call: &Call, row: &ExecutionRow) -> Self {
        let words = format!("Execution Already Exists: '{}'", row.info.arn);
        debug_assert_eq!(call.name, row.info.name, "it is the name that is taken");
        Self::Service { code: "ExecutionAlreadyExists", words }
    }

    pub(super) fn engine(message: impl Into<String>) -> Self {
        Self::Engine(message.into())
    }

    pub(super) fn start(error: StartError, call: &Call) -> Self {
        match error {
            StartError::InvalidName { name, problem } => {
                Self::Service { code: "InvalidName", words: format!("Invalid Name: '{name}': {problem}") }
            }
            StartError::InvalidExecutionInput { error, cause } => Self::Service {
                code: "InvalidExecutionInput",
                words: format!("Invalid Execution Input: {error}: {cause}"),
            },
            StartError::ExecutionAlreadyExists { .. } => {
                let arn = call.machine_arn.replacen(":stateMachine:", ":execution:", 1);
                let words = format!("Execution Already Exists: '{arn}:{}'", call.name);
                Self::Service { code: "ExecutionAlreadyExists", words }
            }
            stopped @ (StartError::Busy { .. } | StartError::Refused { .. } | StartError::Stopped { .. }) => {
                Self::Engine(stopped.to_string())
            }
        }
    }

    /// The failure, as Retry and Catch see it.
    pub(super) fn failure(&self, pattern: Pattern, request: &TaskRequest) -> Failure {
        match self {
            Self::Service { code, words } => of_service(code, words, pattern, request),
            Self::Input(problem) => {
                let words = format!("Invalid State Machine Execution Input: '{problem}'");
                of_service("InvalidExecutionInput", &words, pattern, request)
            }
            Self::Arguments(problem) => of_service("Validation", problem, pattern, request),
            Self::TooDeep => {
                let cause = format!("executions have started each other {NESTED_DEPTH_MAX} deep");
                Failure::new(ErrorName::TASK_FAILED, cause)
            }
            Self::Engine(message) => Failure::new(ErrorName::TASK_FAILED, message.as_str()),
        }
    }
}

fn of_service(code: &str, words: &str, pattern: Pattern, request: &TaskRequest) -> Failure {
    let id = request_id(request);
    if pattern == Pattern::Sdk {
        let cause =
            format!("{words} (Service: Sfn, Status Code: 400, Request ID: {id}) (SDK Attempt Count: 1)");
        return Failure::new(format!("Sfn.{code}Exception").as_str(), cause);
    }
    let cause = format!(
        "{words} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request ID: {id}; Proxy: null)"
    );
    Failure::new(format!("StepFunctions.{code}Exception").as_str(), cause)
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Arguments(refused.to_string())
    }
}
