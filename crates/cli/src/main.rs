//! `baton`: the one binary, and the only place where choices are wired.
//!
//! A command looks at its arguments, asks `wiring` for what it needs, and answers with an [`Exit`] or a `CliError`.
//! Standard output carries answers only; everything for people goes to standard error.

mod args;
mod commands;
mod config;
mod error;
mod exit;
mod files;
mod limits;
mod progress;
mod render;
mod schemas;
mod suggest;
mod wiring;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command};
use crate::error::CliError;
use crate::exit::Exit;

/// A workflow is thousands of small values that live for one activation: the system's allocator takes a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(render::bug::report));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Succeeded };
            // Help that nobody reads any more is no error.
            let _ = error.print();
            return exit.into();
        }
    };
    #[cfg(unix)]
    outlive_file_size_limit();
    let outcome = catch_unwind(AssertUnwindSafe(|| run(cli.command)));
    match outcome {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(error)) => {
            render::error::show(&error);
            error.exit().into()
        }
        // The hook has said what there is to say.
        Err(_) => Exit::Bug.into(),
    }
}

/// A limit on the size of files (`ulimit -f`) comes with a signal that ends the process without a word. With a handler, which
/// stays for as long as the process lives, the write fails like any other and is reported.
#[cfg(unix)]
fn outlive_file_size_limit() {
    use tokio::signal::unix::{SignalKind, signal};
    /// The number of `SIGXFSZ` on Linux, macOS and the BSDs.
    const FILE_SIZE_EXCEEDED: i32 = 25;
    // Without it everything works as before, but for that message.
    let Ok(tokio) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let _entered = tokio.enter();
    let _ = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
}

fn run(command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Run(args) => commands::run::run(&args),
        Command::Resume(args) => commands::resume::run(&args),
        Command::Redrive(args) => commands::redrive::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Test(args) => commands::test::run(&args),
        Command::TestState(args) => commands::test_state::run(&args),
        Command::History(args) => commands::history::run(&args),
        Command::Executions(args) => commands::executions::run(&args),
        Command::Show(args) => commands::show::run(&args),
        Command::Db(args) => commands::db::run(&args.command),
        Command::Version(args) => commands::version::run(&args),
    }
}
