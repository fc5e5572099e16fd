//! The parameters of AWS's `TestState`, read.

use std::sync::Arc;

use asl::diagnostic::aws::invalid_definition;
use asl::{ErrorName, Failure, Json, JsonLimits, Payload, StateId, StateMachine, json, parse_definition};

use super::refusal::{Refusal, RefusalKind};
use super::{Configuration, LONE_STATE, Level, Mock, Request, Validation, machine_around, state_named};

/// A call of `TestState`.
#[derive(Debug)]
pub struct Call {
    /// The definition as it was given; of a state that stands alone, the machine around it.
    pub definition: Arc<str>,
    /// The definition, understood.
    pub machine: StateMachine,
    /// The state that is tested.
    pub state: StateId,
    /// What is asked of it.
    pub request: Request,
    /// How much is to be shown.
    pub level: Level,
}

impl Call {
    /// Reads the members of a call: `definition`, `stateName`, `input`, `mock` … Refuses as AWS does.
    pub fn read(parameters: &Json) -> Result<Self, Refusal> {
        let text =
            text(parameters, "definition")?.ok_or_else(|| Refusal::validation("definition is missing"))?;
        let name = self::text(parameters, "stateName")?;
        let (definition, name) = match (machine_around(&text), name) {
            (Some(around), None) => (around.into(), LONE_STATE.into()),
            (Some(_), Some(_)) => return Err(Refusal::validation("State not found in definition")),
            (None, Some(name)) => (text, name),
            (None, None) => return Err(Refusal::validation(NO_NAME)),
        };
        let machine = understood(&definition)?;
        let state = state_named(&machine, &name)?;
        let request = request(parameters)?;
        Ok(Self { definition, machine, state, request, level: level(parameters)? })
    }
}

/// Ours: AWS's words are not known.
const NO_NAME: &str = "stateName must be specified when the definition is a state machine";

fn understood(definition: &str) -> Result<StateMachine, Refusal> {
    let parsed = parse_definition(definition);
    parsed.machine.ok_or_else(|| Refusal::definition(invalid_definition(&parsed.aws)))
}

fn request(parameters: &Json) -> Result<Request, Refusal> {
    let input = text(parameters, "input")?.unwrap_or_else(|| "{}".into());
    let input = Payload::parse(input, JsonLimits::PAYLOAD).map_err(|error| Refusal {
        kind: RefusalKind::InvalidExecutionInput,
        message: format!("Invalid State Machine Execution Input: '{error}'"),
    })?;
    Ok(Request {
        input,
        variables: document(parameters, "variables")?,
        context: document(parameters, "context")?,
        mock: mock(parameters)?,
        configuration: configuration(parameters.get("stateConfiguration"))?,
        has_role: text(parameters, "roleArn")?.is_some(),
        reveals_secrets: parameters.get("revealSecrets").and_then(Json::as_bool).unwrap_or(false),
    })
}

fn mock(parameters: &Json) -> Result<Mock, Refusal> {
    let Some(mock) = parameters.get("mock") else { return Ok(Mock::default()) };
    let error = match mock.get("errorOutput") {
        Some(error) => {
            Some(Failure { error: text(error, "error")?.map(ErrorName::new), cause: text(error, "cause")? })
        }
        None => None,
    };
    let validation = match text(mock, "fieldValidationMode")?.as_deref() {
        None | Some("STRICT") => Validation::Strict,
        Some("PRESENT") => Validation::Present,
        Some("NONE") => Validation::None,
        Some(other) => return Err(unknown("fieldValidationMode", other, "STRICT, PRESENT, NONE")),
    };
    Ok(Mock { result: text(mock, "result")?, error, validation })
}

fn configuration(given: Option<&Json>) -> Result<Configuration, Refusal> {
    let Some(given) = given else { return Ok(Configuration::default()) };
    Ok(Configuration {
        retrier_retry_count: whole(given, "retrierRetryCount")?,
        error_caused_by_state: text(given, "errorCausedByState")?,
        map_iteration_failure_count: whole(given, "mapIterationFailureCount")?,
        map_item_reader_data: document(given, "mapItemReaderData")?,
    })
}

fn level(parameters: &Json) -> Result<Level, Refusal> {
    match text(parameters, "inspectionLevel")?.as_deref() {
        None | Some("INFO") => Ok(Level::Info),
        Some("DEBUG") => Ok(Level::Debug),
        Some("TRACE") => Ok(Level::Trace),
        Some(other) => Err(unknown("inspectionLevel", other, "INFO, DEBUG, TRACE")),
    }
}

fn text(object: &Json, name: &str) -> Result<Option<Arc<str>>, Refusal> {
    match object.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::validation(format!("{name} must be a string"))),
    }
}

fn whole(object: &Json, name: &str) -> Result<Option<u32>, Refusal> {
    let Some(value) = object.get(name) else { return Ok(None) };
    let number = value.as_number().and_then(asl::Number::as_i64).and_then(|it| u32::try_from(it).ok());
    number
        .map(Some)
        .ok_or_else(|| Refusal::validation(format!("{name} must be a number that is not negative")))
}

/// JSON in a text.
fn document(object: &Json, name: &str) -> Result<Option<Json>, Refusal> {
    let Some(text) = text(object, name)? else { return Ok(None) };
    let read = json::parse(&text, JsonLimits::PAYLOAD);
    read.map(Some).map_err(|error| Refusal::validation(format!("{name} is not valid JSON: {error}")))
}

fn unknown(name: &str, value: &str, known: &str) -> Refusal {
    Refusal::validation(format!("{name} `{value}` is none of {known}"))
}
