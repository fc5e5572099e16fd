//! `baton resume`: go on with what was interrupted.

use std::sync::Arc;

use store::limits::LIST_ROWS_MAX;
use store::{ExecutionFilter, ExecutionRow, Store, StoreError};

use crate::args::{Output, Resume};
use crate::commands::find::{self, Found};
use crate::commands::outcome::Report;
use crate::commands::wait::{self, Waited};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render;
use crate::wiring::{Running, Setup};

/// Resumes one execution, or everything that is open.
pub(crate) fn run(args: &Resume) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.place, None)?;
    if !setup.data_folder.is_dir() {
        let message =
            format!("there is no data folder `{}`; nothing was ever run here", setup.data_folder.display());
        return Err(CliError::Store(StoreError::Missing { message }));
    }
    let mut store = setup.write_store()?;
    let rows = match &args.id {
        Some(id) => vec![find::find(&mut store, id, &setup.data_folder)?],
        None => open_rows(&mut store)?,
    };
    if rows.is_empty() {
        render::line("nothing is open; nothing to resume");
        return Ok(Exit::Succeeded);
    }
    let founds = rows.iter().map(|row| Found::load(&mut store, row)).collect::<Result<Vec<_>, _>>()?;
    let running = setup.engine(store, true)?;
    let mut worst = Exit::Succeeded;
    for (row, found) in rows.iter().zip(founds) {
        let progress = Progress::start(running.engine.handle(), found.revision.clone(), args.quiet);
        match one(&running, row, found, progress, args)? {
            Some(Exit::Succeeded) => {}
            Some(other) => worst = other,
            None => {
                running.close();
                render::interrupted::show(&row.info.id.to_string(), &setup.options());
                return Ok(Exit::Interrupted);
            }
        }
    }
    running.close();
    Ok(worst)
}

/// Waits for one execution and reports it; `None` when somebody interrupted.
fn one(
    running: &Running,
    row: &ExecutionRow,
    found: Found,
    progress: Progress,
    args: &Resume,
) -> Result<Option<Exit>, CliError> {
    if let Some(reason) = &row.quarantine {
        let (id, reason) = (row.info.id.to_string(), reason.to_string());
        return Err(CliError::ExecutionQuarantined { id, reason });
    }
    progress.follow(row.key, &row.info, true);
    let revision = Arc::clone(&found.revision);
    drop(found);
    let Waited::Ended(end) = wait::until_ended(running, row.key)? else {
        progress.finish();
        return Ok(None);
    };
    progress.finish();
    let loaded = running.engine.handle().load(row.key)?;
    let report = Report::new(&revision, &loaded, &end, true, running.engine.handle().counters());
    report.print(args.output == Output::Json, args.quiet).map(Some)
}

/// Everything that is open and not set aside, oldest first.
fn open_rows(store: &mut dyn Store) -> Result<Vec<ExecutionRow>, CliError> {
    let filter = ExecutionFilter { unsettled: true, ..ExecutionFilter::default() };
    let mut rows = Vec::new();
    loop {
        let before = rows.last().map(|row: &ExecutionRow| row.key);
        let page = store.list(&filter, before, LIST_ROWS_MAX)?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    rows.retain(|row| row.quarantine.is_none());
    rows.reverse();
    Ok(rows)
}
