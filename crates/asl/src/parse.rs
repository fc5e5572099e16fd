//! From text to a state machine: everything that is wrong is reported, with its place.
//!
//! Two passes over each scope: first its names get numbers, then its states are read; so a `Next` may point forward.
//! Every field is read before anything is given up, so that one mistake does not hide the next.
//! Spec: the whole States Language. Not here: the text itself (`source.rs`), what paths and templates mean.

mod catch;
mod choice;
mod code;
mod contract;
mod data;
mod fields;
mod graph;
mod jsonata;
mod map;
mod report;
mod retry;
mod rule;
mod scope;
mod side_file;
mod spelling;
mod state;
mod task;
mod test_file;
#[cfg(test)]
mod tests;
mod variables;
mod wait;

use std::sync::Arc;

use crate::contract::SideFile;
use crate::definition::StateMachine;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::aws::AwsDiagnostic;
use crate::source;
use crate::test_file::TestFile;

use fields::Fields;
use report::{Findings, NO_OBJECT, Report};
use scope::Builder;

pub(crate) use code::TEST_UNKNOWN_STATE;
pub(crate) use spelling::closest;

/// What reading a definition gave.
#[derive(Debug)]
pub struct Parsed {
    /// The machine; `None` when any diagnostic is an error.
    pub machine: Option<StateMachine>,
    /// Everything noticed, errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The same as AWS's `ValidateStateMachineDefinition` gives it.
    pub aws: Vec<AwsDiagnostic>,
}

/// What reading a side file gave.
#[derive(Debug)]
pub struct ParsedSideFile {
    /// The contracts; `None` when any diagnostic is an error.
    pub side_file: Option<SideFile>,
    /// Everything noticed, errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// What reading a test file gave.
#[derive(Debug)]
pub struct ParsedTestFile {
    /// The cases; `None` when any diagnostic is an error.
    pub test_file: Option<TestFile>,
    /// Everything noticed, errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a definition from JSON text, or from YAML where the text does not start like JSON.
pub fn parse_definition(text: &str) -> Parsed {
    let (machine, Findings { diagnostics, aws, .. }) = read(text, machine);
    Parsed { machine, diagnostics, aws }
}

/// Reads the contracts that stand beside `machine`'s definition, in YAML or JSON: `Contract` for the machine, and
/// `States` with the points of each by state name (`Outer/Inner` for a nested state says the same as `Inner`).
pub fn parse_side_file(text: &str, machine: &StateMachine) -> ParsedSideFile {
    let (side_file, found) = read(text, |root, report| side_file::read(root, machine, report));
    ParsedSideFile { side_file, diagnostics: found.diagnostics }
}

/// Reads test cases, in YAML or JSON. Whether the states that they name exist is [`TestFile::unknown_states`]'s question.
pub fn parse_test_file(text: &str) -> ParsedTestFile {
    let (test_file, found) = read(text, test_file::read);
    ParsedTestFile { test_file, diagnostics: found.diagnostics }
}

/// Reads a text; there is nothing whole where any diagnostic is an error.
fn read<T>(
    text: &str,
    whole: impl FnOnce(&source::Node, &mut Report<'_>) -> Option<T>,
) -> (Option<T>, Findings) {
    let source = match source::read(text) {
        Ok(source) => source,
        Err(unreadable) => return (None, report::unreadable(unreadable)),
    };
    let mut report = Report::new(text, &source);
    let found = whole(&source.root, &mut report);
    let findings = report.finish();
    (found.filter(|_| !findings.failed), findings)
}

/// The top level.
fn machine(root: &source::Node, report: &mut Report<'_>) -> Option<StateMachine> {
    let Some(mut fields) = Fields::new(root, root.span, "a state machine", report) else {
        report.in_aws_words(NO_OBJECT);
        return None;
    };
    let comment = fields.comment(report);
    fields.version(report);
    let timeout_seconds = fields.seconds("TimeoutSeconds", 1, report);
    let query_language = fields.query_language(report).unwrap_or_default();
    let contract = contract::read(&mut fields, contract::MACHINE, report);
    let mut builder = Builder::new(query_language);
    let whole = builder.scope(&mut fields, None, report);
    fields.finish(report);
    whole?;
    graph::check(&builder, report);
    variables::check(&builder, report);
    let (scopes, states) = builder.into_tables()?;
    Some(StateMachine { comment, timeout_seconds, query_language, contract, scopes, states })
}

/// The text of a name that is kept.
fn shared(text: &str) -> Arc<str> {
    text.into()
}
