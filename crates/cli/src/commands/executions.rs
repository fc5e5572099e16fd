//! `baton executions`: a list, newest first.

use asl::Json;
use machine::Status;
use store::{ExecutionFilter, ExecutionRow, Store as _};

use crate::args::{Executions, Output, StatusArg};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::wiring::Setup;

/// Prints the list.
pub(crate) fn run(args: &Executions) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let mut store = setup.read_store()?;
    let filter = ExecutionFilter {
        machine_arn: args.machine.as_deref().map(|name| setup.config.installation.state_machine(name)),
        status: args.status.map(status),
        unsettled: args.open,
        // A Map Run may have a million; whoever wants them names their machine.
        whole_machines: args.machine.is_none(),
    };
    let rows = store.list(&filter, None, args.limit as usize)?;
    match args.common.output {
        Output::Json => render::answer(&Json::array(rows.iter().map(to_json)).to_text())?,
        Output::Text if rows.is_empty() => render::answer("no executions")?,
        Output::Text => render::answer(&table(&rows))?,
    }
    Ok(Exit::Succeeded)
}

fn status(asked: StatusArg) -> Status {
    match asked {
        StatusArg::Running => Status::Running,
        StatusArg::Succeeded => Status::Succeeded,
        StatusArg::Failed => Status::Failed,
        StatusArg::TimedOut => Status::TimedOut,
        StatusArg::Aborted => Status::Aborted,
    }
}

fn table(rows: &[ExecutionRow]) -> String {
    let mut table = render::table::new(&["id", "machine", "name", "status", "started", "took", "by"]);
    for row in rows {
        let took = row.closed_at.map(|it| render::time::duration(it.unix_ms - row.started_at.unix_ms));
        table.add_row([
            row.info.id.to_string(),
            row.machine_arn.rsplit(':').next().unwrap_or_default().to_owned(),
            row.info.name.to_string(),
            shown_status(row),
            row.started_at.to_string(),
            took.unwrap_or_default(),
            row.started_by.to_string(),
        ]);
    }
    render::table::text(&table)
}

/// The status, and what else there is to know.
fn shown_status(row: &ExecutionRow) -> String {
    let status = row.status.as_str();
    match (&row.quarantine, row.status, row.settled) {
        (Some(_), _, _) => format!("{status}, set aside"),
        (None, Status::Running, _) | (None, _, true) => status.to_owned(),
        (None, _, false) => format!("{status}, resolving"),
    }
}

/// A row of the index, for programs.
pub(crate) fn to_json(row: &ExecutionRow) -> Json {
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
    Json::object([
        ("executionId", Json::from(row.info.id.to_string())),
        ("executionArn", Json::from(&*row.info.arn)),
        ("stateMachineArn", Json::from(&*row.machine_arn)),
        ("name", Json::from(&*row.info.name)),
        ("status", Json::from(row.status.as_str())),
        ("settled", Json::from(row.settled)),
        ("startDate", Json::from(row.started_at.to_string())),
        ("stopDate", row.closed_at.map_or(Json::Null, |it| Json::from(it.to_string()))),
        ("startedBy", Json::from(row.started_by.to_string())),
        ("quarantine", text(row.quarantine.as_deref())),
    ])
}
