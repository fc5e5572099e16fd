//! `baton history`: what happened, event by event.

use crate::args::{History, Output};
use crate::commands::find::{self, Found};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::render::events::{self, Shown};
use crate::wiring::Setup;

/// Prints the history of one execution.
pub(crate) fn run(args: &History) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let mut store = setup.read_store()?;
    let row = find::find(&mut store, &args.id, &setup.data_folder)?;
    let found = Found::load(&mut store, &row)?;
    let region = &setup.config.installation.region;
    let shown = events::shown(&found.revision, region, &found.loaded.events, args.all);
    match args.common.output {
        Output::Json => print_json(&row.info.arn, shown)?,
        Output::Text => render::answer(&events::table(shown))?,
    }
    Ok(Exit::Succeeded)
}

/// One event a line, so that a long history can be read as it comes.
fn print_json<'a>(arn: &str, shown: impl Iterator<Item = Shown<'a>>) -> Result<(), CliError> {
    let mut out = render::Answer::new();
    out.line(&format!("{{\"executionArn\":{},\"events\":[", asl::Json::from(arn)))?;
    let mut separator = "";
    for event in shown {
        out.text(&format!("{separator}{}", event.to_json()))?;
        separator = ",\n";
    }
    out.line("]}")
}
