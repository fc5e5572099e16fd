//! `baton version`.

use asl::Json;

use crate::args::{Output, Version};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;

/// Prints the version.
pub(crate) fn run(args: &Version) -> Result<Exit, CliError> {
    let version = env!("CARGO_PKG_VERSION");
    match args.output {
        Output::Text => render::answer(&format!("baton {version}"))?,
        Output::Json => render::answer(&Json::object([("version", Json::from(version))]).to_text())?,
    }
    Ok(Exit::Succeeded)
}
