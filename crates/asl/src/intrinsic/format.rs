//! Texts: format and split.

use super::Call;
use super::call::{failure, text};
use crate::{Failure, Json};

/// Puts the arguments where the template has `{}`; a backslash makes a brace (or any character) literal.
pub(super) fn format(template: &Json, arguments: &[Json], call: &Call) -> Result<Json, Failure> {
    let template = text(template, "Format", "the template")?;
    let mut arguments_left = arguments.iter();
    let mut out = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => out.push(chars.next().unwrap_or('\\')),
            '{' if chars.peek() == Some(&'}') => {
                chars.next();
                let Some(argument) = arguments_left.next() else { return Err(mismatch(call)) };
                match argument {
                    Json::String(text) => out.push_str(text),
                    other => other.write_to(&mut out),
                }
            }
            _ => out.push(char),
        }
    }
    if arguments_left.next().is_some() {
        return Err(mismatch(call));
    }
    Ok(Json::from(out))
}

fn mismatch(call: &Call) -> Failure {
    failure(format!(
        "Invalid arguments in States.Format: number of arguments ({}) does not match the occurrences of {{}} in the template",
        call.arguments.len() - 1
    ))
}

/// A literal as every function but `States.Format` sees it.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, chars.clone().next()) {
            ('\\', Some(next @ ('{' | '}' | '\\'))) => {
                chars.next();
                out.push(next);
            }
            ('\\', Some('n')) => {
                chars.next();
                out.push('\n');
            }
            ('\\', Some('t')) => {
                chars.next();
                out.push('\t');
            }
            _ => out.push(char),
        }
    }
    out
}

/// Splits at every character of `delimiters`; empty pieces are dropped, as on AWS.
pub(super) fn split(value: &Json, delimiters: &Json) -> Result<Json, Failure> {
    let value = text(value, "StringSplit", "the first argument")?;
    let delimiters = text(delimiters, "StringSplit", "the second argument")?;
    if delimiters.is_empty() {
        return Ok(Json::array([Json::from(value)]));
    }
    let pieces = value.split(|char| delimiters.contains(char)).filter(|piece| !piece.is_empty());
    Ok(Json::array(pieces.map(Json::from)))
}
