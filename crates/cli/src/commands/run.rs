//! `baton run`: one execution, from its start to its end.

use std::sync::Arc;

use asl::Severity;
use machine::Revision;
use runtime::{Clock as _, StartError, StartRequest, Started, SystemClock, Until};
use store::{Lookup, Store as _};

use crate::args::{Output, Run};
use crate::commands::outcome::Report;
use crate::commands::wait::{self, Waited};
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render;
use crate::wiring::{self, Running, Setup};

/// Runs the machine of a file.
pub(crate) fn run(args: &Run) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, Some(&args.file))?;
    let revision = Arc::new(read_revision(&setup, args)?);
    let input = wiring::read_input(&setup, args.input.as_deref())?;
    let mut store = setup.write_store()?;
    let existing = match &args.name {
        Some(name) => {
            let machine_arn = revision.arn.clone();
            store.find(&Lookup::NameOf { machine_arn, name: name.as_str().into() })?
        }
        None => None,
    };
    // An engine that goes on with one open execution goes on with all of them.
    let is_open = existing.as_ref().is_some_and(|row| !row.settled);
    let running = setup.engine(store, is_open)?;
    let progress = Progress::start(running.engine.handle(), revision.clone(), Vec::new(), args.quiet);
    let started = start(&running, revision.clone(), args, input, existing.as_ref())?;
    progress.follow(started.key, &started.info, started.existed);
    let waited = match &started.end {
        Some(end) => Waited::Ended(end.clone()),
        None => wait::wait(&running, started.key, Until::Ended)?,
    };
    progress.finish();
    conclude(&setup, running, &revision, &started, &waited, args)
}

fn read_revision(setup: &Setup, args: &Run) -> Result<Revision, CliError> {
    let checked = wiring::read_machine(setup, &args.file)?;
    let Some(revision) = checked.revision else {
        return Err(CliError::DefinitionInvalid {
            source_text: checked.source_text,
            diagnostics: checked.diagnostics,
        });
    };
    if !args.quiet {
        let warnings = checked.diagnostics.iter().filter(|it| it.severity == Severity::Warning);
        warnings.for_each(|it| render::diagnostics::show(it, &checked.source_text));
    }
    Ok(revision)
}

fn start(
    running: &Running,
    revision: Arc<Revision>,
    args: &Run,
    input: asl::Payload,
    existing: Option<&store::ExecutionRow>,
) -> Result<Started, CliError> {
    let handle = running.engine.handle();
    let actor = wiring::actor();
    let revision_key = handle.save_revision(&revision, SystemClock.now(), actor.clone())?;
    let name = args.name.as_deref().map(Into::into);
    let request = StartRequest { revision, revision_key, name, input, actor };
    let started = running.tokio.block_on(async {
        tokio::select! {
            started = handle.start_async(request) => Ok(started),
            // A store without room may keep the start waiting for long.
            () = wait::interrupted() => Err(CliError::StartInterrupted),
        }
    })?;
    started.map_err(|error| match error {
        StartError::InvalidName { name, problem } => CliError::ExecutionNameInvalid { name, problem },
        StartError::InvalidExecutionInput { error, cause } => {
            CliError::InputRefused { cause: format!("{error}: {cause}") }
        }
        StartError::ExecutionAlreadyExists { name, .. } => CliError::ExecutionNameTaken {
            name: name.to_string(),
            id: existing.map(|row| row.info.id.to_string()).unwrap_or_default(),
        },
        stopped @ (StartError::Busy { .. } | StartError::Refused { .. } | StartError::Stopped { .. }) => {
            CliError::EngineStopped { message: stopped.to_string() }
        }
    })
}

fn conclude(
    setup: &Setup,
    running: Running,
    revision: &Revision,
    started: &Started,
    waited: &Waited,
    args: &Run,
) -> Result<Exit, CliError> {
    let Waited::Ended(end) = waited else {
        running.close();
        render::interrupted::show(&started.info.id.to_string(), &setup.options());
        return Ok(Exit::Interrupted);
    };
    let loaded = running.engine.handle().load(started.key)?;
    let counters = running.engine.handle().counters();
    running.close();
    let report = Report::new(revision, &loaded, end, started.existed, counters);
    report.print(args.common.output == Output::Json, args.quiet)
}
