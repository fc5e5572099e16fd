//! `baton redrive`: go on with an execution that ended badly, from the states that did not succeed.

use runtime::{Clock as _, RedriveError, SystemClock, Until};
use store::ExecutionRow;

use crate::args::Redrive;
use crate::commands::find::{self, Found};
use crate::commands::{follow, wait};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render;
use crate::wiring::{self, Running, Setup};

/// Redrives one execution and follows it to its end.
pub(crate) fn run(args: &Redrive) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    setup.was_used()?;
    let mut store = setup.write_store()?;
    let row = find::find(&mut store, &args.id, &setup.data_folder)?;
    if let Some(reason) = &row.quarantine {
        let (id, reason) = (row.info.id.to_string(), reason.to_string());
        return Err(CliError::ExecutionQuarantined { id, reason });
    }
    let mut found = Found::load(&mut store, &row)?;
    // Asked here already, so that nothing is started in vain: no database, no function.
    found.execution().redrivable(SystemClock.now()).map_err(|why| not_redrivable(&row, &why))?;
    let running = setup.engine(store, false)?;
    let past = std::mem::take(&mut found.loaded.events);
    let progress = Progress::start(running.engine.handle(), found.revision.clone(), past, args.quiet);
    redrive(&running, &row)?;
    let exit = follow::to_its_end(&running, &row, found, Until::Ended, progress, &args.common, args.quiet)?;
    running.close();
    if exit.is_none() {
        render::interrupted::show(&row.info.id.to_string(), &setup.options());
    }
    Ok(exit.unwrap_or(Exit::Interrupted))
}

fn redrive(running: &Running, row: &ExecutionRow) -> Result<(), CliError> {
    let handle = running.engine.handle();
    let redriven = running.tokio.block_on(async {
        tokio::select! {
            redriven = handle.redrive_async(row.key, wiring::actor()) => Ok(redriven),
            // A store without room may keep it waiting for long.
            () = wait::interrupted() => Err(CliError::RedriveInterrupted),
        }
    })?;
    match redriven {
        Ok(_) => Ok(()),
        Err(RedriveError::NotRedrivable(why)) => Err(not_redrivable(row, &why)),
        Err(RedriveError::Access(error)) => Err(follow::named(wait::of_access(error), row)),
    }
}

fn not_redrivable(row: &ExecutionRow, why: &machine::NotRedrivable) -> CliError {
    CliError::ExecutionNotRedrivable { id: row.info.id.to_string(), reason: why.to_string() }
}
