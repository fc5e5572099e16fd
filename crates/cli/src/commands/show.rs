//! `baton show`: one execution, as it stands.

use asl::Json;
use machine::{Effect, Execution};
use runtime::{Clock as _, SystemClock};
use store::{ExecutionRow, MapRunRecord, Store as _};

use crate::args::{Output, Show};
use crate::commands::executions;
use crate::commands::find::{self, Found};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::counts::Counts;
use crate::render;
use crate::wiring::Setup;

/// Prints one execution.
pub(crate) fn run(args: &Show) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let mut store = setup.read_store()?;
    let row = find::find(&mut store, &args.id, &setup.data_folder)?;
    let found = match Found::load(&mut store, &row) {
        Ok(found) => found,
        Err(error) => return unreadable(&row, error, args.common.output),
    };
    let execution = found.execution();
    let map_runs = store.map_runs(row.key)?;
    match args.common.output {
        Output::Json => render::answer(&to_json(&row, &found, &execution, &map_runs).to_text())?,
        Output::Text => print(&row, &found, &execution, &map_runs)?,
    }
    Ok(Exit::Succeeded)
}

/// What the index knows of an execution that cannot be read, and then why it cannot.
fn unreadable(row: &ExecutionRow, error: CliError, output: Output) -> Result<Exit, CliError> {
    match output {
        Output::Json => render::answer(&executions::to_json(row).to_text())?,
        Output::Text => {
            let mut rows = index_rows(row);
            rows.push(("status", row.status.as_str().to_owned()));
            rows.extend(row.quarantine.as_ref().map(|reason| ("set aside", reason.to_string())));
            render::answer(&render::table::pairs(&rows))?;
        }
    }
    Err(error)
}

fn index_rows(row: &ExecutionRow) -> Vec<(&'static str, String)> {
    vec![
        ("id", row.info.id.to_string()),
        ("name", row.info.name.to_string()),
        ("arn", row.info.arn.to_string()),
        ("started", format!("{} by {}", row.started_at, row.started_by)),
    ]
}

fn print(
    row: &ExecutionRow,
    found: &Found,
    execution: &Execution,
    map_runs: &[MapRunRecord],
) -> Result<(), CliError> {
    let mut counts = Counts::default();
    counts.take(&found.loaded.events);
    let bytes = |payload: Option<&asl::Payload>| match payload {
        Some(payload) => format!("{} bytes", render::number(payload.text().len() as u64)),
        None => "none".to_owned(),
    };
    let mut rows = vec![
        ("id", row.info.id.to_string()),
        ("name", row.info.name.to_string()),
        ("arn", row.info.arn.to_string()),
        ("machine", found.record.name.to_string()),
        ("status", execution.status().as_str().to_owned()),
        ("started", format!("{} by {}", row.started_at, row.started_by)),
    ];
    if let Some(closed) = row.closed_at {
        let took = render::time::duration(closed.unix_ms - row.started_at.unix_ms);
        rows.push(("ended", format!("{closed}, after {took}")));
    }
    if let Some(at) = execution.redriven_at() {
        let times = render::plural(execution.redrive_count() as usize, "time");
        rows.push(("redriven", format!("{times}, last at {at}")));
    }
    rows.push(("input", bytes(execution.input())));
    rows.push(("output", bytes(execution.output())));
    if let Some(failure) = execution.failure() {
        rows.push(("error", failure.error_str().to_owned()));
        rows.push(("cause", failure.cause.as_deref().unwrap_or("").to_owned()));
    }
    if let Some(reason) = &row.quarantine {
        rows.push(("set aside", reason.to_string()));
    }
    rows.push(("events", render::number(found.loaded.events.iter().filter(|it| it.id > 0).count() as u64)));
    rows.push(("tasks", render::number(counts.tasks)));
    rows.push(("contract violations", render::number(counts.violations)));
    let mut text = render::table::pairs(&rows);
    if !found.revision.contracts.is_empty() {
        text.push_str("\n\n");
        text.push_str(&render::contracts::table(&found.revision.contracts));
    }
    if !map_runs.is_empty() {
        text.push_str("\n\n");
        text.push_str(&render::map_runs::table(map_runs));
    }
    let owed = owed(found, execution);
    if !owed.is_empty() {
        text.push_str("\n\nstill owed:\n  ");
        text.push_str(&owed.join("\n  "));
    }
    render::answer(&text)
}

/// What nobody has carried out yet, as far as the store knows.
fn owed(found: &Found, execution: &Execution) -> Vec<String> {
    let state = |id| found.revision.machine.state(id).name.clone();
    let mut owed = Vec::new();
    for effect in execution.pending() {
        match effect {
            Effect::RunTask(order) => {
                owed.push(format!("run attempt {} of `{}`", order.attempt, state(order.state)));
            }
            Effect::AbandonTask(order) => {
                owed.push(format!(
                    "settle attempt {} of `{}`, which was abandoned",
                    order.attempt,
                    state(order.state)
                ));
            }
            Effect::SetTimer { at, .. } => owed.push(format!("a timer at {at}")),
            Effect::ClearTimer { .. } => {}
        }
    }
    if execution.is_interrupted() {
        owed.push("go on: a long activation was cut in two".to_owned());
    }
    owed
}

fn to_json(row: &ExecutionRow, found: &Found, execution: &Execution, map_runs: &[MapRunRecord]) -> Json {
    let failure = execution.failure();
    let redrivable = execution.redrivable(SystemClock.now());
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
    let value = |payload: Option<&asl::Payload>| payload.map_or(Json::Null, |it| it.value().clone());
    Json::object([
        ("executionId", Json::from(row.info.id.to_string())),
        ("executionArn", Json::from(&*row.info.arn)),
        ("stateMachineArn", Json::from(&*row.machine_arn)),
        ("name", Json::from(&*row.info.name)),
        ("status", Json::from(execution.status().as_str())),
        ("settled", Json::from(row.settled)),
        ("startDate", Json::from(row.started_at.to_string())),
        ("stopDate", row.closed_at.map_or(Json::Null, |it| Json::from(it.to_string()))),
        ("startedBy", Json::from(row.started_by.to_string())),
        ("input", value(execution.input())),
        ("output", value(execution.output())),
        ("error", text(failure.and_then(|it| it.error.as_ref()).map(asl::ErrorName::as_str))),
        ("cause", text(failure.and_then(|it| it.cause.as_deref()))),
        ("redriveCount", Json::from(execution.redrive_count())),
        ("redriveDate", execution.redriven_at().map_or(Json::Null, |it| Json::from(it.to_string()))),
        ("redriveStatus", Json::from(if redrivable.is_ok() { "REDRIVABLE" } else { "NOT_REDRIVABLE" })),
        ("redriveStatusReason", redrivable.err().map_or(Json::Null, |why| Json::from(why.to_string()))),
        ("quarantine", text(row.quarantine.as_deref())),
        ("contracts", Json::array(render::contracts::to_json(&found.revision.contracts))),
        ("mapRuns", Json::array(map_runs.iter().map(render::map_runs::to_json))),
        ("owed", Json::array(owed(found, execution).into_iter().map(Json::from))),
    ])
}
