//! From text to a state machine: everything that is wrong is reported, with its place.
//!
//! One file for each concept. A state that is wrong leaves a hole; the machine exists only if there is no error at all.

mod choice;
mod contract;
mod data;
mod errors;
mod fields;
mod map;
mod scope;
mod side_file;
mod state;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use side_file::{ParsedSideFile, parse_side_file};

use crate::definition::{QueryLanguage, Scope, State, StateId, StateMachine};
use crate::diagnostic::{Diagnostic, Place, Severity, Span};
use crate::limits::{DIAGNOSTICS_MAX, JsonLimits};
use crate::source::{Node, read_json, read_yaml};

/// What reading a definition gave.
#[derive(Debug)]
pub struct Parsed {
    /// The machine; `None` when any diagnostic is an error.
    pub machine: Option<StateMachine>,
    /// Everything noticed, errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a definition from JSON text, or from YAML if it does not start with `{`.
pub fn parse_definition(text: &str) -> Parsed {
    let mut reading = Reading::default();
    let machine = match read(text) {
        Ok(root) => machine(&mut reading, &root),
        Err(diagnostic) => {
            reading.diagnostics.push(*diagnostic);
            None
        }
    };
    reading.diagnostics.sort_by_key(|diagnostic| (diagnostic.place.span.start, diagnostic.place.span.end));
    reading.diagnostics.dedup();
    let has_error = reading.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    reading.diagnostics.truncate(DIAGNOSTICS_MAX);
    Parsed { machine: machine.filter(|_| !has_error), diagnostics: reading.diagnostics }
}

/// The tree of a definition or a side file, or the one thing that keeps it from being one.
fn read(text: &str) -> Result<Node, Box<Diagnostic>> {
    let is_json = text.trim_start().starts_with(['{', '[', '"']) || text.trim().is_empty();
    let (offset, message) = if is_json {
        match read_json(text, JsonLimits::DEFINITION) {
            Ok(root) => return Ok(root),
            Err(error) => (error.offset, error.problem.to_string()),
        }
    } else {
        match read_yaml(text, JsonLimits::DEFINITION) {
            Ok(root) => return Ok(root),
            Err(error) => (error.offset, error.message),
        }
    };
    let start = u32::try_from(offset).unwrap_or(u32::MAX);
    Err(Box::new(Diagnostic {
        code: "INVALID_JSON_DESCRIPTION",
        severity: Severity::Error,
        place: Place { pointer: "".into(), span: Span { start, end: start + 1 } },
        message,
        hint: Some("the text must be one JSON (or YAML) object".to_owned()),
    }))
}

/// What is gathered while a definition is read.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// By number; a hole where a state is wrong.
    states: Vec<Option<State>>,
    scopes: Vec<Option<Scope>>,
    /// Every state's name in the whole definition, with the pointer of the first that has it.
    names: BTreeMap<Arc<str>, Arc<str>>,
    query_language: QueryLanguage,
    depth: usize,
}

impl Reading {
    fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
        hint: Option<String>,
    ) {
        // Ten times what is shown: enough to sort, bounded all the same.
        if self.diagnostics.len() < 10 * DIAGNOSTICS_MAX {
            self.diagnostics.push(Diagnostic { code, severity, place, message, hint });
        }
    }

    /// Something that cannot run.
    pub(crate) fn error(&mut self, code: &'static str, place: Place, message: impl Into<String>) {
        self.report(Severity::Error, code, place, message.into(), None);
    }

    /// Something that cannot run, and what to do about it.
    pub(crate) fn error_with_hint(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.report(Severity::Error, code, place, message.into(), Some(hint.into()));
    }

    /// Something that runs and may surprise.
    pub(crate) fn warning(&mut self, code: &'static str, place: Place, message: impl Into<String>) {
        self.report(Severity::Warning, code, place, message.into(), None);
    }

    fn state_id(&self) -> StateId {
        StateId(u32::try_from(self.states.len()).expect("a definition is bounded far below 2^32 states"))
    }
}

fn machine(reading: &mut Reading, root: &Node) -> Option<StateMachine> {
    let mut fields = fields::Fields::of(reading, root, "", "a state machine")?;
    let comment = fields.text(reading, "Comment");
    fields.text(reading, "Version");
    let timeout_seconds = fields.count(reading, "TimeoutSeconds", 1, crate::limits::SECONDS_MAX);
    reading.query_language = state::query_language(reading, &mut fields).unwrap_or_default();
    let contract = contract::contract(reading, &mut fields, contract::Owner::Machine);
    let scope = scope::scope(reading, &mut fields, None);
    fields.finish(reading, &[]);
    scope?;
    let scopes = std::mem::take(&mut reading.scopes).into_iter().collect::<Option<Vec<_>>>()?;
    let states = std::mem::take(&mut reading.states).into_iter().collect::<Option<Vec<_>>>()?;
    let machine = StateMachine {
        comment,
        timeout_seconds,
        query_language: reading.query_language,
        contract,
        scopes,
        states,
    };
    variables::check(reading, &machine);
    Some(machine)
}
