//! `baton test`: cases of test files, each rehearsed on a clock of its own. Nothing is stored, called or waited for.

mod files;
mod performance;
mod show;
mod verdict;

use std::path::PathBuf;
use std::sync::Arc;

use asl::{Severity, TestFile};
use machine::Revision;

use self::verdict::Verdict;
use crate::args::{Output, Test};
use crate::error::{CliError, SourceText};
use crate::exit::Exit;
use crate::limits::DEFINITION_BYTES_MAX;
use crate::render;
use crate::wiring::{self, Setup};

/// A test file with the machine that it is about.
struct Script {
    path: PathBuf,
    shown: String,
    setup: Setup,
    revision: Arc<Revision>,
    file: TestFile,
}

/// Runs every case of every file; one that cannot be read does not keep the others from being run.
pub(crate) fn run(args: &Test) -> Result<Exit, CliError> {
    let mut broken = None;
    let mut results = Vec::new();
    for path in files::find(&args.paths)? {
        match script(args, path).and_then(|script| cases(args, &script)) {
            Ok(result) => results.push(result),
            Err(error) => {
                render::error::show(&error);
                broken = Some(error.exit());
            }
        }
    }
    if let Some(wanted) = &args.case
        && broken.is_none()
        && results.iter().all(|(_, verdicts)| verdicts.is_empty())
    {
        return Err(CliError::CaseNotFound { wanted: wanted.clone() });
    }
    match args.common.output {
        Output::Json => render::answer(&show::to_json(&results).to_text())?,
        Output::Text => show::text(&results)?,
    }
    let has_failed = results.iter().flat_map(|(_, verdicts)| verdicts).any(|it| !it.findings.is_empty());
    Ok(match broken {
        Some(exit) => exit,
        None if has_failed => Exit::ExecutionFailed,
        None => Exit::Succeeded,
    })
}

fn cases(args: &Test, script: &Script) -> Result<(String, Vec<Verdict>), CliError> {
    let is_wanted = |name: &str| args.case.as_ref().is_none_or(|wanted| name.contains(wanted.as_str()));
    let wanted = script.file.cases.iter().filter(|it| is_wanted(&it.name));
    let verdicts = wanted.map(|case| performance::perform(script, case)).collect::<Result<_, _>>()?;
    Ok((script.shown.clone(), verdicts))
}

/// Reads a test file and the definition that it is about.
fn script(args: &Test, path: PathBuf) -> Result<Script, CliError> {
    let shown = crate::files::shown(&path);
    let text: Arc<str> = crate::files::read_text(&path, DEFINITION_BYTES_MAX)?.into();
    let source_text = SourceText { name: shown.clone(), text: text.clone() };
    let parsed = asl::parse_test_file(&text);
    let Some(file) = parsed.test_file else {
        return Err(CliError::TestFileInvalid { source_text, diagnostics: parsed.diagnostics });
    };
    let warnings = parsed.diagnostics.iter().filter(|it| it.severity == Severity::Warning);
    warnings.for_each(|it| render::diagnostics::show(it, &source_text));
    let definition = files::definition_of(&path, file.definition.as_deref());
    let setup = Setup::new(&args.common.place, Some(&definition))?;
    let checked = wiring::read_machine(&setup, &definition)?;
    let Some(revision) = checked.revision else {
        let (source_text, diagnostics) = (checked.source_text, checked.diagnostics);
        return Err(CliError::DefinitionInvalid { source_text, diagnostics });
    };
    let diagnostics = file.unknown_states(&revision.machine);
    if !diagnostics.is_empty() {
        return Err(CliError::TestFileInvalid { source_text, diagnostics });
    }
    Ok(Script { path, shown, setup, revision: Arc::new(revision), file })
}
