//! Texts: format and split.

use std::fmt::Write as _;

use super::call::{failure, text};
use crate::limits::{JsonLimits, QUERY_RESULT_BYTES_MAX};
use crate::measure::{Excess, measure};
use crate::{Failure, Json};

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Stands as it is.
    Text(String),
    /// `{}`
    Place,
}

/// The pieces of a template: `{}` is a place, a backslash makes `'`, `{`, `}` and `\` literal, all else is text.
pub(super) fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some(&literal @ ('\'' | '{' | '}' | '\\'))) => {
                text.push(literal);
                chars.next();
            }
            ('{', Some('}')) => {
                chars.next();
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Place);
            }
            _ => text.push(char),
        }
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// A literal as every function but `States.Format` sees it.
pub(super) fn unescape(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        // INVARIANT: the parser let no backslash stand at the end.
        text.push(if char == '\\' { chars.next().unwrap_or('\\') } else { char });
    }
    text
}

/// Puts the arguments where a computed template has `{}`.
pub(super) fn format(template: &Json, arguments: &[Json]) -> Result<Json, Failure> {
    fill(&pieces(text(template, "the template")?), arguments)
}

/// Puts the arguments where the template has places: one for each.
pub(super) fn fill(pieces: &[Piece], arguments: &[Json]) -> Result<Json, Failure> {
    let places = pieces.iter().filter(|piece| **piece == Piece::Place).count();
    if places != arguments.len() {
        let found = arguments.len();
        return Err(failure(format!(
            "the template has {places} places `{{}}` and there are {found} arguments"
        )));
    }
    let mut arguments = arguments.iter();
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place => arguments.next().map_or(Ok(()), |value| write_bounded(value, &mut out))?,
        }
    }
    Ok(Json::from(out))
}

fn write_bounded(value: &Json, out: &mut String) -> Result<(), Failure> {
    let bytes_left = QUERY_RESULT_BYTES_MAX.checked_sub(out.len()).ok_or(Excess::Bytes)?;
    measure(value, bytes_left, JsonLimits::PAYLOAD.depth_max)?;
    write_plain(value, out);
    Ok(())
}

/// A value as AWS formats it: Java's `{a=1, b=[x, null]}`, with texts bare at every depth.
fn write_plain(value: &Json, out: &mut String) {
    match value {
        Json::String(text) => out.push_str(text),
        Json::Null => out.push_str("null"),
        Json::Bool(value) => write!(out, "{value}").expect("writing to a string cannot fail"),
        Json::Number(number) => number.write_to(out),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_plain(item, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            out.push('{');
            for (at, (key, member)) in object.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(key);
                out.push('=');
                write_plain(member, out);
            }
            out.push('}');
        }
    }
}

/// Splits at every character of `delimiters`; empty pieces are dropped, as AWS's answers show.
pub(super) fn split(value: &Json, delimiters: &Json) -> Result<Json, Failure> {
    let value = text(value, "the first argument")?;
    let delimiters = text(delimiters, "the second argument")?;
    let pieces = value.split(|char| delimiters.contains(char)).filter(|piece| !piece.is_empty());
    Ok(Json::array(pieces.map(Json::from)))
}
