//! The door: what is asked of a start before there is an execution. Pure; runs on the caller's thread.
//!
//! Names: AWS, `StartExecution`. Input: the machine's `Input` contract and the payload limit of the revision.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::Payload;
use asl::contract::Mode;
use contracts::point::Point;
use machine::{Actor, Revision};
use store::{ExecutionKey, RevisionKey};

use crate::limits::EXECUTION_NAME_CHARS_MAX;

/// What somebody wants started.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// What it runs.
    pub revision: Arc<Revision>,
    /// The same revision's key in the store.
    pub revision_key: RevisionKey,
    /// Its name; `None` for one that is made up.
    pub name: Option<Arc<str>>,
    /// Its input.
    pub input: Payload,
    /// Who starts it.
    pub actor: Actor,
}

/// Proof that a request may be started. Only [`admit`] makes one.
#[derive(Clone, Debug)]
pub struct Admitted(StartRequest);

impl Admitted {
    /// What was asked.
    pub fn request(&self) -> &StartRequest {
        &self.0
    }
}

/// Why an execution was not started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The name breaks AWS's rules.
    #[error("the name `{name}` cannot be used: {problem}")]
    InvalidName {
        /// The name, cut if it is very long.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The input violates the machine's contract, or is too large. No execution was created.
    #[error("the input cannot be accepted: {cause}")]
    InvalidExecutionInput {
        /// The name of the error that the input is: `Contract.InputViolation`, `States.DataLimitExceeded`.
        error: Arc<str>,
        /// A sentence, or the violations as a JSON text.
        cause: Arc<str>,
    },
    /// An execution of this name exists, with another input.
    #[error("an execution `{name}` exists already, with another input; choose another name")]
    ExecutionAlreadyExists {
        /// The name.
        name: Arc<str>,
        /// Where the existing one lives.
        existing: ExecutionKey,
    },
    /// Too many requests wait for their commit.
    #[error("the engine is busy: {waiting} requests wait already; try again later")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The start could not be remembered, and never can.
    #[error("the start could not be remembered: {message}")]
    Refused {
        /// What the store, or our own assertion, said.
        message: String,
    },
    /// The engine has stopped. Whether the execution exists shows when it runs again.
    #[error("the engine has stopped{}", why(message.as_ref()))]
    Stopped {
        /// Why, if it was not asked to.
        message: Option<Arc<str>>,
    },
}

/// What a request must fulfil before there is an execution.
pub fn admit(request: StartRequest) -> Result<Admitted, StartError> {
    if let Some(name) = &request.name {
        check_name(name)?;
    }
    check_size(&request)?;
    check_contract(&request)?;
    Ok(Admitted(request))
}

fn check_name(name: &str) -> Result<(), StartError> {
    let count = name.chars().count();
    let refuse = |problem: String| {
        let name = name.chars().take(EXECUTION_NAME_CHARS_MAX).collect();
        Err(StartError::InvalidName { name, problem })
    };
    if count == 0 {
        return refuse("it is empty".to_owned());
    }
    if count > EXECUTION_NAME_CHARS_MAX {
        return refuse(format!("it has {count} characters, at most {EXECUTION_NAME_CHARS_MAX} are allowed"));
    }
    match name.chars().find(|&char| is_forbidden(char)) {
        Some(char) if char.is_control() => {
            refuse(format!("it has the control character `{}`", char.escape_unicode()))
        }
        Some(char) => refuse(format!("it has the character `{char}`")),
        None => Ok(()),
    }
}

/// Blanks, `? *`, brackets, `" # % \ ^ | ~ $ & , ; : /`, the backtick, control characters. AWS: "Names".
fn is_forbidden(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '\u{fffe}' | '\u{ffff}')
        || "?*<>{}[]\"#%\\^|~`$&,;:/".contains(char)
}

fn check_size(request: &StartRequest) -> Result<(), StartError> {
    let (bytes, limit) = (request.input.text().len(), request.revision.limits.payload_bytes_max);
    if bytes <= limit {
        return Ok(());
    }
    let cause = format!("the input has {bytes} bytes, at most {limit} are allowed").into();
    Err(StartError::InvalidExecutionInput { error: asl::ErrorName::DATA_LIMIT_EXCEEDED.into(), cause })
}

/// A contract that only warns is recorded by the interpreter; one that enforces keeps the execution from existing.
fn check_contract(request: &StartRequest) -> Result<(), StartError> {
    let contracts = &request.revision.contracts;
    let Some(contract) = request.revision.own_contracts().input.map(|id| contracts.get(id)) else {
        return Ok(());
    };
    if contract.mode == Mode::Warn {
        return Ok(());
    }
    let Err(violations) = contract.check(request.input.value()) else { return Ok(()) };
    let cause = contracts::violation_cause(None, Point::Input, contract, &violations).into();
    Err(StartError::InvalidExecutionInput { error: Point::Input.error_name().into(), cause })
}

fn why(message: Option<&Arc<str>>) -> String {
    message.map(|message| format!(": {message}")).unwrap_or_default()
}
