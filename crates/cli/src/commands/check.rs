//! `baton check`: everything that is wrong with definitions, before anything runs.

use asl::diagnostic::line_and_column;
use asl::{Diagnostic, Json, Severity};

use crate::args::{Check, Output};
use crate::error::{CliError, SourceText};
use crate::exit::Exit;
use crate::render;
use crate::wiring::{self, Checked, Setup};

/// Checks every file; one that is wrong does not keep the others from being checked.
pub(crate) fn run(args: &Check) -> Result<Exit, CliError> {
    let mut results = Vec::new();
    let mut broken = None;
    for file in &args.files {
        let checked =
            Setup::new(&args.common.place, Some(file)).and_then(|setup| wiring::read_machine(&setup, file));
        match checked {
            Ok(checked) => results.push(checked),
            Err(CliError::DefinitionInvalid { source_text, diagnostics }) => {
                results.push(Checked { source_text, revision: None, diagnostics });
            }
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) => {
                render::error::show(&error);
                broken = Some(error.exit());
            }
        }
    }
    match args.common.output {
        Output::Json => render::answer(&Json::array(results.iter().map(to_json)).to_text())?,
        Output::Text => results.iter().try_for_each(print)?,
    }
    let is_refused = results.iter().any(|it| it.revision.is_none());
    Ok(if is_refused { Exit::Refused } else { broken.unwrap_or(Exit::Succeeded) })
}

fn print(checked: &Checked) -> Result<(), CliError> {
    checked.diagnostics.iter().for_each(|it| render::diagnostics::show(it, &checked.source_text));
    let count = |severity| checked.diagnostics.iter().filter(|it| it.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let name = &checked.source_text.name;
    if let Some(revision) = &checked.revision {
        render::answer(&format!(
            "{name}: ok, {}, {}, {}",
            render::plural(revision.machine.states.len(), "state"),
            render::plural(revision.contracts.iter().count(), "contract"),
            render::plural(warnings, "warning"),
        ))
    } else {
        let found = format!("{}, {}", render::plural(errors, "error"), render::plural(warnings, "warning"));
        render::answer(&format!("{name}: refused, {found}"))
    }
}

fn to_json(checked: &Checked) -> Json {
    let diagnostics = checked.diagnostics.iter().map(|it| diagnostic_json(it, &checked.source_text));
    let mut fields = vec![
        ("file", Json::from(checked.source_text.name.as_str())),
        ("result", Json::from(if checked.revision.is_some() { "OK" } else { "FAIL" })),
        ("diagnostics", Json::array(diagnostics)),
    ];
    if let Some(revision) = &checked.revision {
        fields.push(("states", Json::from(revision.machine.states.len() as u64)));
        fields.push(("contracts", Json::array(render::contracts::to_json(&revision.contracts))));
    }
    Json::object(fields)
}

fn diagnostic_json(it: &Diagnostic, source_text: &SourceText) -> Json {
    let (line, column) = line_and_column(&source_text.text, it.place.span.start);
    Json::object([
        ("severity", Json::from(if it.severity == Severity::Error { "ERROR" } else { "WARNING" })),
        ("code", Json::from(it.code)),
        ("message", Json::from(it.message.as_str())),
        ("location", Json::from(&*it.place.pointer)),
        ("line", Json::from(line)),
        ("column", Json::from(column)),
        ("hint", it.hint.as_deref().map_or(Json::Null, Json::from)),
    ])
}
