//! Following an execution that was there before to its end: progress, waiting, the report.

use runtime::Until;
use store::ExecutionRow;

use crate::args::{Common, Output};
use crate::commands::find::Found;
use crate::commands::outcome::Report;
use crate::commands::wait::{self, Waited};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::wiring::Running;

/// Waits for one execution and reports it; `None` when somebody interrupted.
pub(crate) fn to_its_end(
    running: &Running,
    row: &ExecutionRow,
    found: Found,
    until: Until,
    progress: Progress,
    common: &Common,
    quiet: bool,
) -> Result<Option<Exit>, CliError> {
    progress.follow(row.key, &row.info, true);
    let revision = found.revision.clone();
    drop(found);
    let waited = wait::wait(running, row.key, until).map_err(|error| named(error, row))?;
    let Waited::Ended(end) = waited else {
        progress.finish();
        return Ok(None);
    };
    progress.finish();
    let loaded = running.engine.handle().load(row.key)?;
    let report = Report::new(&revision, &loaded, &end, true, running.engine.handle().counters());
    report.print(common.output == Output::Json, quiet).map(Some)
}

/// The engine knows an execution by its number, people by its id.
pub(crate) fn named(error: CliError, row: &ExecutionRow) -> CliError {
    match error {
        CliError::ExecutionQuarantined { reason, .. } => {
            CliError::ExecutionQuarantined { id: row.info.id.to_string(), reason }
        }
        other => other,
    }
}
