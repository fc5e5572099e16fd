//! A diagnostic as plain text for a terminal or a log: the place first, then the line, then the hint.

// Writing to a string cannot fail, so the results of these are dropped.
use std::fmt::Write as _;

use super::{Diagnostic, Severity, line_and_column};

/// Columns of a source line that are shown; longer lines are cut around the fault.
const WIDTH_MAX: usize = 100;
/// Columns before the fault that a cut line keeps.
const WIDTH_BEFORE: usize = 40;

/// `file:line:column: error[CODE]: message`, the offending line with carets under it, and the hint.
///
/// `source` is the text that the diagnostic speaks of; a span outside of it shows no line.
pub fn render(diagnostic: &Diagnostic, file_name: &str, source: &str) -> String {
    let span = diagnostic.place.span;
    let (line, column) = line_and_column(source, span.start);
    let severity = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut out =
        format!("{file_name}:{line}:{column}: {severity}[{}]: {}\n", diagnostic.code, diagnostic.message);
    let text = source.split('\n').nth(line as usize - 1).unwrap_or("").trim_end_matches('\r');
    if !text.is_empty() {
        let covered = source.get(span.start as usize..span.end as usize).unwrap_or("");
        let covered = covered.lines().next().unwrap_or("").trim_end().chars().count();
        excerpt(&mut out, text, line, column as usize - 1, covered.max(1));
    }
    if !diagnostic.place.pointer.is_empty() {
        let _ = writeln!(out, "      at: {}", diagnostic.place.pointer);
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "    hint: {hint}");
    }
    out
}

/// The line, and carets under the `covered` characters from `column` (counted from 0).
fn excerpt(out: &mut String, line_text: &str, line: u32, column: usize, covered: usize) {
    let length = line_text.chars().count();
    let (from, to) = window(length, column);
    let shown: String = line_text.chars().skip(from).take(to - from).map(visible).collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < length { "…" } else { "" });
    let indent = " ".repeat(column.saturating_sub(from) + before.chars().count());
    let carets = "^".repeat(covered.min(to.saturating_sub(column)).max(1));
    let _ = write!(out, "{line:>5} | {before}{shown}{after}\n      | {indent}{carets}\n");
}

/// The columns of a line of `length` that are shown, so that `column` is among them.
fn window(length: usize, column: usize) -> (usize, usize) {
    if length <= WIDTH_MAX {
        return (0, length);
    }
    let from = column.saturating_sub(WIDTH_BEFORE).min(length - WIDTH_MAX);
    (from, from + WIDTH_MAX)
}

/// One column wide, and harmless to a terminal.
fn visible(char: char) -> char {
    match char {
        '\t' => ' ',
        _ if char.is_control() => '\u{fffd}',
        _ => char,
    }
}
