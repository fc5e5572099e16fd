//! `baton resume`: go on with what was interrupted.

use machine::Status;
use runtime::Until;
use store::limits::LIST_ROWS_MAX;
use store::{ExecutionFilter, ExecutionRow, Store, StoreError};

use crate::args::Resume;
use crate::commands::find::{self, Found};
use crate::commands::follow;
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render;
use crate::wiring::Setup;

/// Resumes one execution, or everything that is open.
pub(crate) fn run(args: &Resume) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    setup.was_used()?;
    let mut store = setup.write_store()?;
    let rows = match &args.id {
        Some(id) => vec![find::find(&mut store, id, &setup.data_folder)?],
        None => open_rows(&mut store)?,
    };
    let (rows, aside): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| args.id.is_some() || args.retry_quarantined || row.quarantine.is_none());
    if rows.is_empty() {
        render::line(&match aside.len() {
            0 => "nothing is open; nothing to resume".to_owned(),
            count => format!(
                "{} set aside, and nothing else open; `baton resume --retry-quarantined` tries again",
                render::plural(count, "execution")
            ),
        });
        return Ok(Exit::Succeeded);
    }
    let mut worst = Exit::Succeeded;
    let mut founds = Vec::new();
    for row in rows {
        match take_up(&mut store, &row, args.retry_quarantined) {
            Ok(found) => founds.push((row, found)),
            Err(error) if args.id.is_none() && is_about_one(&error) => {
                render::error::show(&error);
                worst = worst.max(error.exit());
            }
            Err(error) => return Err(error),
        }
    }
    let running = setup.engine(store, true)?;
    for (row, mut found) in founds {
        let past = std::mem::take(&mut found.loaded.events);
        let progress = Progress::start(running.engine.handle(), found.revision.clone(), past, args.quiet);
        // What has ended is only open because an attempt of it is not settled.
        let until = if row.status == Status::Running { Until::Ended } else { Until::Settled };
        match follow::to_its_end(&running, &row, found, until, progress, &args.common, args.quiet) {
            Ok(Some(exit)) => worst = worst.max(exit),
            Ok(None) => {
                running.close();
                render::interrupted::show(&row.info.id.to_string(), &setup.options());
                return Ok(Exit::Interrupted);
            }
            Err(error) if args.id.is_none() && is_about_one(&error) => {
                render::error::show(&error);
                worst = worst.max(error.exit());
            }
            Err(error) => return Err(error),
        }
    }
    running.close();
    Ok(worst)
}

/// Whether an error concerns one execution, so that the others go on.
fn is_about_one(error: &CliError) -> bool {
    matches!(error, CliError::ExecutionQuarantined { .. } | CliError::RevisionUnreadable { .. })
}

/// What there is of an execution. One that was set aside is taken up again if that is wished and if it can be read.
fn take_up(store: &mut dyn Store, row: &ExecutionRow, retries_quarantined: bool) -> Result<Found, CliError> {
    let id = row.info.id.to_string();
    if let (Some(reason), false) = (&row.quarantine, retries_quarantined) {
        return Err(CliError::ExecutionQuarantined { id, reason: reason.to_string() });
    }
    let found = Found::load(store, row).map_err(|error| match error {
        CliError::Store(StoreError::Corrupt { message }) => {
            CliError::ExecutionQuarantined { id: id.clone(), reason: message }
        }
        other => other,
    })?;
    if let Some(reason) = &row.quarantine {
        store.reinstate(row.key)?;
        render::line(&format!("execution {id} is taken up again; it was set aside: {reason}"));
    }
    Ok(found)
}

/// Everything that is open, oldest first, set aside or not.
fn open_rows(store: &mut dyn Store) -> Result<Vec<ExecutionRow>, CliError> {
    let filter = ExecutionFilter { unsettled: true, whole_machines: true, ..ExecutionFilter::default() };
    let mut rows = Vec::new();
    loop {
        let before = rows.last().map(|row: &ExecutionRow| row.key);
        let page = store.list(&filter, before, LIST_ROWS_MAX)?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    rows.reverse();
    Ok(rows)
}
