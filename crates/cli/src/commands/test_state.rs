//! `baton test-state`: one state, with an input and a mock. Nothing is stored, called or waited for.

use std::path::Path;
use std::sync::Arc;

use asl::{Entropy, ErrorName, Failure, Json, Payload, StateId, Timestamp};
use machine::test_state::{
    Configuration, LONE_STATE, Level, Mock, Outcome, Request, Tested, Validation, machine_around,
};
use machine::{ExecutionId, ExecutionInfo, Revision};

use crate::args::{InspectionArg, Output, TestState, ValidationArg};
use crate::error::CliError;
use crate::exit::Exit;
use crate::limits::DEFINITION_BYTES_MAX;
use crate::wiring::{self, Checked, Setup};
use crate::{files, render};

/// 2026-01-01T00:00:00Z, as in `baton test`: what is tested must not depend on today.
const NOW: Timestamp = Timestamp::from_unix_ms(1_767_225_600_000);
const SEED: [u8; 32] = [7; 32];

/// Tests the state and prints what came of it.
pub(crate) fn run(args: &TestState) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, Some(&args.file))?;
    let (revision, state) = subject(&setup, args)?;
    let request = request(&setup, args)?;
    let tested = test(revision, state, &request)?;
    let level = match args.inspection {
        InspectionArg::Info => Level::Info,
        InspectionArg::Debug => Level::Debug,
        InspectionArg::Trace => Level::Trace,
    };
    match args.common.output {
        Output::Json => render::answer(&tested.to_json(level).to_text())?,
        Output::Text => render::answer(&shown(&tested, level))?,
    }
    Ok(match tested.outcome {
        Outcome::Failed { .. } => Exit::ExecutionFailed,
        Outcome::Succeeded { .. } | Outcome::CaughtError { .. } | Outcome::Retriable { .. } => {
            Exit::Succeeded
        }
    })
}

fn test(revision: Arc<Revision>, state: StateId, request: &Request) -> Result<Tested, CliError> {
    let name = "test-state";
    let arn = revision.arn.replacen(":stateMachine:", ":execution:", 1);
    let info =
        ExecutionInfo { id: ExecutionId([0; 16]), name: name.into(), arn: format!("{arn}:{name}").into() };
    let tested = machine::test_state(revision, state, info, request, NOW, &mut Entropy::from_seed(SEED));
    tested.map_err(|refusal| CliError::StateNotTested { message: refusal.message })
}

/// The machine and the state of it that is meant: the one that is named, or the one that stands alone.
fn subject(setup: &Setup, args: &TestState) -> Result<(Arc<Revision>, StateId), CliError> {
    let text = files::read_text(&args.file, DEFINITION_BYTES_MAX)?;
    let around = machine_around(&text);
    let is_alone = around.is_some();
    let Checked { source_text, revision, diagnostics } =
        wiring::understand(setup, &args.file, around.unwrap_or(text).into())?;
    let revision = revision.ok_or(CliError::DefinitionInvalid { source_text, diagnostics })?;
    let name = match (&args.state, is_alone) {
        (None, true) => Some(LONE_STATE),
        (Some(_), true) => None,
        (name, false) => name.as_deref(),
    };
    let state = name.and_then(|name| revision.machine.state_named(name)).map(|state| state.id);
    let known = || {
        let names = revision.machine.states.iter().map(|state| state.name.to_string());
        if is_alone { Vec::new() } else { names.collect() }
    };
    let state = state.ok_or_else(|| CliError::StateNotFound {
        file: args.file.clone(),
        asked: args.state.clone(),
        known: known(),
    })?;
    Ok((Arc::new(revision), state))
}

fn request(setup: &Setup, args: &TestState) -> Result<Request, CliError> {
    let read = |option: &'static str, given: &Option<String>| {
        given.as_deref().map(|given| payload(setup, option, given)).transpose()
    };
    let value = |payload: Option<Payload>| payload.map(|payload| payload.value().clone());
    let error = args.mock_error.as_deref().map(|error| Failure {
        error: Some(ErrorName::new(error)),
        cause: args.mock_cause.as_deref().map(Into::into),
    });
    Ok(Request {
        input: read("--input", &args.input)?.unwrap_or_else(|| Payload::new(Json::empty_object())),
        variables: value(read("--variables", &args.variables)?),
        context: value(read("--context", &args.context)?),
        mock: Mock {
            result: read("--mock", &args.mock)?.map(|result| result.text().clone()),
            error,
            validation: match args.validation {
                ValidationArg::Strict => Validation::Strict,
                ValidationArg::Present => Validation::Present,
                ValidationArg::None => Validation::None,
            },
        },
        configuration: Configuration {
            retrier_retry_count: args.retries,
            error_caused_by_state: args.error_from.as_deref().map(Into::into),
            map_iteration_failure_count: args.failed_items,
            map_item_reader_data: value(read("--items", &args.items)?),
        },
        has_role: true,
        reveals_secrets: false,
    })
}

/// JSON in place, `@FILE`, or `-` for standard input.
fn payload(setup: &Setup, option: &str, given: &str) -> Result<Payload, CliError> {
    let bytes_max = setup.config.limits.payload_bytes;
    let (name, text) = match given.strip_prefix('@') {
        Some(path) => {
            let path = Path::new(path);
            (files::shown(path), files::read_text(path, bytes_max)?)
        }
        None if given == "-" => ("standard input".to_owned(), files::read_stdin(bytes_max)?),
        None => (option.to_owned(), given.to_owned()),
    };
    let limits = asl::JsonLimits::PAYLOAD.with_bytes_max(usize::try_from(bytes_max).unwrap_or(usize::MAX));
    Payload::parse(text, limits).map_err(|problem| CliError::InputInvalid { name, problem })
}

/// How it ended, and below it what was seen on the way.
fn shown(tested: &Tested, level: Level) -> String {
    let outcome = &tested.outcome;
    let mut rows = vec![("status", outcome.status().to_owned())];
    rows.extend(outcome.next().map(|next| ("next state", next.to_string())));
    rows.extend(outcome.output().map(|output| ("output", output.text().to_string())));
    if let Some(failure) = outcome.failure() {
        rows.push(("error", failure.error_str().to_owned()));
        rows.extend(failure.cause.as_ref().map(|cause| ("cause", cause.to_string())));
    }
    let mut text = render::table::pairs(&rows);
    if level != Level::Info {
        text.push_str("\n\n");
        text.push_str(&render::table::pairs(&seen(tested)));
    }
    text
}

fn seen(tested: &Tested) -> Vec<(&'static str, String)> {
    let inspection = &tested.inspection;
    let mut rows: Vec<_> =
        inspection.data.iter().map(|(name, value)| (words(name), value.to_text())).collect();
    if let Some(details) = &inspection.error_details {
        rows.extend(details.retry_index.map(|index| ("taken by", format!("Retry[{index}]"))));
        let delay = details.retry_backoff_interval_seconds;
        rows.extend(delay.map(|seconds| ("tried again after", format!("{seconds} s"))));
        rows.extend(details.catch_index.map(|index| ("taken by", format!("Catch[{index}]"))));
    }
    rows.extend(inspection.max_concurrency.map(|count| ("MaxConcurrency", count.to_string())));
    rows.extend(inspection.tolerated_failure_count.map(|count| ("ToleratedFailureCount", count.to_string())));
    let percentage = inspection.tolerated_failure_percentage;
    rows.extend(percentage.map(|share| ("ToleratedFailurePercentage", share.to_string())));
    rows
}

/// AWS's name of a step, in words.
fn words(name: &'static str) -> &'static str {
    match name {
        "afterInputPath" => "after InputPath",
        "afterParameters" => "after Parameters",
        "afterArguments" => "after Arguments",
        "afterItemsPath" => "after ItemsPath",
        "afterItemSelector" => "after ItemSelector",
        "afterResultSelector" => "after ResultSelector",
        "afterResultPath" => "after ResultPath",
        other => other,
    }
}
