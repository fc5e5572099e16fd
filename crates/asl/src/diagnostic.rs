//! A diagnostic: one thing wrong with a definition, where, and what to do about it.
//!
//! A definition is never refused at the first fault: everything that is wrong is reported.

pub mod aws;
mod render;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use render::render;

/// A range of bytes of a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Whether all of `other` lies in this span.
    pub const fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// Where something stands in a definition: as a JSON Pointer, and as bytes of the text it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// For example `/States/Pay/Next`.
    pub pointer: Arc<str>,
    /// The bytes of the value (or of the key, where the key is at fault).
    pub span: Span,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It runs, and may not do what its author thinks.
    Warning,
    /// It cannot run.
    Error,
}

/// One thing wrong with a definition. Every code has a page in `docs/reference/errors/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable, in AWS's capitals where AWS has the code: `MISSING_TRANSITION_TARGET`.
    pub code: &'static str,
    /// Whether it can run nevertheless.
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// What is wrong: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// What was expected, or what to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Says what was expected, or what to do.
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

/// Line and column of a byte of `text`, both from 1; the column counts characters.
pub fn line_and_column(text: &str, offset: u32) -> (u32, u32) {
    let mut end = (offset as usize).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
