//! Errors for people: what, where, what to do. The one place that renders them.

use super::{CYAN, RED, line};
use crate::error::CliError;

/// Shows an error on standard error.
pub(crate) fn show(error: &CliError) {
    if let Some((source_text, diagnostics)) = error.diagnostics() {
        for diagnostic in diagnostics {
            super::diagnostics::show(diagnostic, source_text);
        }
    }
    line(&format!("{RED}error[{}]{RED:#}: {error}", error.code()));
    if let Some(hint) = error.hint() {
        line(&format!("    {CYAN}hint:{CYAN:#} {hint}"));
    }
}

/// The same as a text without colours.
#[cfg(test)]
pub(crate) fn render_plain(error: &CliError) -> String {
    let mut out = String::new();
    if let Some((source_text, diagnostics)) = error.diagnostics() {
        for diagnostic in diagnostics {
            out.push_str(&asl::diagnostic::render(diagnostic, &source_text.name, &source_text.text));
        }
    }
    out = format!("{out}error[{}]: {error}\n", error.code());
    if let Some(hint) = error.hint() {
        out = format!("{out}    hint: {hint}\n");
    }
    out
}
