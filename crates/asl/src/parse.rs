//! From text to a state machine: everything that is wrong is reported, with its place.

use crate::definition::StateMachine;
use crate::diagnostic::Diagnostic;

/// What reading a definition gave.
#[derive(Debug)]
pub struct Parsed {
    /// The machine; `None` when any diagnostic is an error.
    pub machine: Option<StateMachine>,
    /// Everything noticed, errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a definition from JSON text.
pub fn parse_definition(_text: &str) -> Parsed {
    todo!()
}
