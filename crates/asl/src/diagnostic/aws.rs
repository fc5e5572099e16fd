//! A diagnostic as AWS's `ValidateStateMachineDefinition` gives it: its code, its words, its location.
//!
//! AWS has fewer codes than we, and says `SCHEMA_VALIDATION_FAILED` to most. Its words are used where a recorded answer or
//! a public report shows them; everything else is said in ours. AWS itself promises nothing about either: callers of the
//! API must only trust the verdict.

#[cfg(test)]
mod tests;

use super::{Diagnostic, Severity, line_and_column};
use crate::json::{JsonError, parse};
use crate::limits::JsonLimits;
use crate::parse_definition;

/// One element of `diagnostics` in AWS's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsDiagnostic {
    /// `ERROR` or `WARNING` on the wire.
    pub severity: Severity,
    /// One of AWS's codes.
    pub code: &'static str,
    /// In AWS's words where they are known.
    pub message: String,
    /// A JSON Pointer, `/` for the whole; `None` where the text could not be read at all.
    pub location: Option<String>,
}

/// What AWS says in place of a diagnostic.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Its message.
    pub(crate) text: String,
    /// Whether it names the object around what the diagnostic names.
    pub(crate) is_of_parent: bool,
}

/// Characters of a text that AWS quotes before it says how many there are more.
const SOURCE_CHARS_MAX: usize = 500;

/// What `ValidateStateMachineDefinition` says to a text. AWS reads JSON only, so YAML is none here.
pub fn validate(text: &str) -> Vec<AwsDiagnostic> {
    match parse(text, JsonLimits::DEFINITION) {
        Err(error) if !text.trim().is_empty() => vec![unreadable(text, &error)],
        Ok(_) | Err(_) => parse_definition(text).aws,
    }
}

/// How AWS begins where fields of a scope are missing; it names them together.
const REQUIRED: &str = "These fields are required: [";

/// The diagnostics as AWS gives them; `words` are AWS's own for a diagnostic, where they are known.
pub(crate) fn translate<'a>(
    found: impl IntoIterator<Item = (&'a Diagnostic, Option<&'a Words>)>,
) -> Vec<AwsDiagnostic> {
    let mut out: Vec<AwsDiagnostic> = Vec::new();
    for (diagnostic, words) in found {
        let it = AwsDiagnostic {
            severity: diagnostic.severity,
            code: code(diagnostic.code),
            message: words.map_or(&diagnostic.message, |words| &words.text).to_owned(),
            location: location(diagnostic, words.is_some_and(|words| words.is_of_parent)),
        };
        match out.last_mut() {
            Some(last) if last.location == it.location && is_required(last) && is_required(&it) => {
                last.message.pop();
                last.message += ", ";
                last.message += &it.message[REQUIRED.len()..];
            }
            _ => out.push(it),
        }
    }
    out
}

/// What `CreateStateMachine` and `UpdateStateMachine` say with `InvalidDefinition`; warnings are no reason.
pub fn invalid_definition(diagnostics: &[AwsDiagnostic]) -> String {
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let shown = errors.map(|it| match &it.location {
        Some(location) => format!("{}: {} at {location}", it.code, it.message),
        None => format!("{}: {}", it.code, it.message),
    });
    format!("Invalid State Machine Definition: '{}'", shown.collect::<Vec<_>>().join(", "))
}

/// What AWS's JSON reader says: a word that means nothing in its words, anything else in ours; and where, in its form.
fn unreadable(text: &str, error: &JsonError) -> AwsDiagnostic {
    let rest = text.get(error.offset..).unwrap_or_default();
    let is_word = |char: char| char.is_alphanumeric() || "_$".contains(char);
    let word = &rest[..rest.find(|char| !is_word(char)).unwrap_or(rest.len())];
    let is_token = word.starts_with(|char: char| char.is_alphabetic() || "_$".contains(char));
    // The reader has read on to the end of the word.
    let offset = error.offset + if is_token { word.len() } else { 0 };
    let (line, column) = line_and_column(text, u32::try_from(offset).unwrap_or(u32::MAX));
    let location = format!("[Source: (String){}; line: {line}, column: {column}]", quoted(text));
    let problem = if is_token {
        let values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
        format!("Unrecognized token '{word}': was expecting {values}")
    } else {
        error.problem.to_string()
    };
    AwsDiagnostic {
        severity: Severity::Error,
        code: "INVALID_JSON_DESCRIPTION",
        message: format!("{problem}\n at {location}"),
        location: Some(location),
    }
}

fn quoted(text: &str) -> String {
    let count = text.chars().count();
    match count.checked_sub(SOURCE_CHARS_MAX) {
        None | Some(0) => format!("\"{text}\""),
        Some(more) => {
            let start: String = text.chars().take(SOURCE_CHARS_MAX).collect();
            format!("\"{start}\"[truncated {more} chars]")
        }
    }
}

fn is_required(it: &AwsDiagnostic) -> bool {
    it.message.starts_with(REQUIRED) && it.message.ends_with(']')
}

fn location(diagnostic: &Diagnostic, is_of_parent: bool) -> Option<String> {
    let pointer = &*diagnostic.place.pointer;
    let pointer =
        if is_of_parent { pointer.rsplit_once('/').map_or("", |(parent, _)| parent) } else { pointer };
    match (diagnostic.code, pointer) {
        ("MISSING_DESCRIPTION" | "INVALID_JSON_DESCRIPTION" | "INVALID_YAML_DESCRIPTION", _) => None,
        (_, "") => Some("/".to_owned()),
        (_, pointer) => Some(pointer.to_owned()),
    }
}

/// AWS's own codes stay; what we tell apart, it does not.
fn code(ours: &'static str) -> &'static str {
    match ours {
        "MISSING_TRANSITION_TARGET"
        | "DUPLICATE_STATE_NAME"
        | "MISSING_END_STATE"
        | "INVALID_JSON_DESCRIPTION"
        | "INVALID_JSONATA_EXPRESSION"
        | "UNSUPPORTED_JSONATA_EXPRESSION"
        | "NO_DOLLAR"
        | "PASS_RESULT_IS_STATIC" => ours,
        _ => "SCHEMA_VALIDATION_FAILED",
    }
}
