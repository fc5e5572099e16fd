//! Errors for people: what, where, what to do. The one place that renders them.

use asl::diagnostic::render as render_diagnostic;

use crate::error::CliError;

/// The error as text without colours: what is at fault line by line, then one sentence, then what to do.
pub(crate) fn render_plain(error: &CliError) -> String {
    let mut out = String::new();
    if let CliError::DefinitionInvalid { source_text, diagnostics }
    | CliError::ConfigInvalid { source_text, diagnostics } = error
    {
        for diagnostic in diagnostics {
            out.push_str(&render_diagnostic(diagnostic, &source_text.name, &source_text.text));
        }
    }
    out.push_str(&format!("error[{}]: {error}\n", error.code()));
    if let Some(hint) = error.hint() {
        out.push_str(&format!("    hint: {hint}\n"));
    }
    out
}
