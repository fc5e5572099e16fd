//! The mock: what the work of a state answers, and whether it could answer so.

use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::state::map::MapMode;
use asl::state::{Map, StateKind};
use asl::{Failure, Json, JsonLimits, Payload, StateId, StateMachine, json};

use super::Request;
use super::refusal::Refusal;
use super::shapes;

/// What the work of a state answers: a result, an error, or nothing.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    /// The text of its result, JSON.
    pub result: Option<Arc<str>>,
    /// Its error.
    pub error: Option<Failure>,
    /// How much a result must look like the service's own.
    pub validation: Validation,
}

/// How much a mocked result must look like the service's own. What is known here of a service's answers: `shapes.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validation {
    /// `STRICT`: what is there has the right type, and what the service always sends is there.
    #[default]
    Strict,
    /// `PRESENT`: what is there has the right type.
    Present,
    /// `NONE`: nothing is looked at.
    None,
}

/// AWS's words where a Map or Parallel is to be run by itself.
const NO_BRANCHES: &str = "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]";
const NO_ROLE: &str = "RoleArn must be specified when testing a Task state";
/// Ours: AWS would call the service.
const NO_SERVICE: &str =
    "TestState calls no service here: a mock must be specified when testing a Task state.";

/// A mocked result that was checked, as a payload.
pub(super) fn payload(text: &Arc<str>) -> Payload {
    Payload::parse(text.clone(), JsonLimits::PAYLOAD).expect("a result is checked before it is used")
}

/// What AWS demands of mock, configuration and context.
pub(super) fn check(machine: &StateMachine, state: StateId, request: &Request) -> Result<(), Refusal> {
    let kind = &machine.state(state).kind;
    let Request { mock, configuration, context, .. } = request;
    let is_mocked = mock.result.is_some() || mock.error.is_some();
    if mock.result.is_some() && mock.error.is_some() {
        return refuse("A test mock should have only one of the following fields: [result, errorOutput].");
    }
    if request.reveals_secrets && is_mocked {
        return refuse("TestState does not support RevealSecrets when a mock is specified.");
    }
    if configuration.map_iteration_failure_count.is_some() && !is_mocked {
        return refuse("TestState does not support MapIterationFailureCount when a mock is not specified.");
    }
    match kind {
        StateKind::Map(_) | StateKind::Parallel(_) if !is_mocked => {
            return Err(Refusal::definition(NO_BRANCHES));
        }
        StateKind::Task(_) if !is_mocked && !request.has_role => return refuse(NO_ROLE),
        StateKind::Task(_) if !is_mocked => return refuse(NO_SERVICE),
        StateKind::Map(_) | StateKind::Parallel(_) | StateKind::Task(_) => {}
        other if is_mocked => {
            let name = other.type_name();
            return refuse(format!("State type '{name}' is not supported when a mock is specified"));
        }
        _ => {}
    }
    check_context(context.as_ref(), kind)?;
    check_cause(machine, state, configuration.error_caused_by_state.as_deref())?;
    match mock.result.as_ref() {
        Some(text) => check_result(text, kind, request),
        None => Ok(()),
    }
}

fn check_context(context: Option<&Json>, kind: &StateKind) -> Result<(), Refusal> {
    let Some(context) = context else { return Ok(()) };
    if context.as_object().is_none() {
        return refuse("Invalid Context object provided: Context must be a JSON object");
    }
    let waits = matches!(kind, StateKind::Task(task) if is_waiting(&task.resource));
    if context.get("Task").is_some() && !waits {
        return refuse(
            "Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a \
             '.sync' or '.waitForTaskToken' service integration pattern",
        );
    }
    Ok(())
}

fn is_waiting(resource: &Resource) -> bool {
    let is_sync = matches!(&resource.kind, ResourceKind::Service { action, .. } if action.contains(".sync"));
    is_sync || resource.waits_for_token() || resource.kind == ResourceKind::Activity
}

/// The state that an error is said to come from stands inside the one that is tested.
fn check_cause(machine: &StateMachine, state: StateId, name: Option<&str>) -> Result<(), Refusal> {
    let Some(name) = name else { return Ok(()) };
    let mut at = machine.state_named(name);
    while let Some(owner) = at.and_then(|inner| machine.scope(inner.scope).owner) {
        if owner == state {
            return Ok(());
        }
        at = Some(machine.state(owner));
    }
    refuse(format!("The state '{name}' of errorCausedByState is not inside the state that is tested."))
}

fn check_result(text: &str, kind: &StateKind, request: &Request) -> Result<(), Refusal> {
    let result = json::parse(text, JsonLimits::PAYLOAD)
        .map_err(|error| Refusal::validation(format!("Mocked result must be valid JSON: {error}")))?;
    match kind {
        StateKind::Map(it) => check_map_result(it, &result, request),
        StateKind::Parallel(it) => {
            let count = items(&result)?.len();
            if count == it.branches.len() {
                return Ok(());
            }
            refuse("Mocked result must contain the same number of items as number of Parallel branches.")
        }
        StateKind::Task(it) => shapes::check(&it.resource, &result, request.mock.validation),
        _ => Ok(()),
    }
}

fn check_map_result(it: &Map, result: &Json, request: &Request) -> Result<(), Refusal> {
    let is_written = matches!(&it.mode, MapMode::Distributed(it) if it.result_writer.is_some());
    if is_written {
        let is_object = result.as_object().is_some();
        return if is_object { Ok(()) } else { refuse("Mocked result must be a JSON object.") };
    }
    let count = items(result)?.len();
    let failures = request.configuration.map_iteration_failure_count.unwrap_or(0);
    if failures as usize > count {
        return refuse(
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        );
    }
    Ok(())
}

fn items(result: &Json) -> Result<&[Json], Refusal> {
    result.as_array().ok_or_else(|| Refusal::validation("Mocked result must be an array."))
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::validation(message))
}
