//! Diagnostics for people, and the one that only the wiring can find: a task that nobody here carries out.

use std::sync::Arc;

use anstyle::Style;
use asl::resource::ResourceKind;
use asl::state::StateKind;
use asl::{Diagnostic, Severity, StateMachine};
use runtime::TaskRunner;

use super::{BOLD, CYAN, DIM, RED, YELLOW, line};
use crate::error::SourceText;

/// Shows one diagnostic with its source line, on standard error.
pub(crate) fn show(diagnostic: &Diagnostic, source_text: &SourceText) {
    let plain = asl::diagnostic::render(diagnostic, &source_text.name, &source_text.text);
    let (style, word) = match diagnostic.severity {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
    };
    let marked = format!("{word}[{}]", diagnostic.code);
    let mut lines = plain.lines();
    // A message may hold anything, so that only what stands before it is looked at.
    if let Some((place, message)) = lines.next().and_then(|first| first.split_once(&marked)) {
        line(&format!("{BOLD}{place}{BOLD:#}{style}{marked}{style:#}{message}"));
    }
    lines.for_each(|it| line(&coloured(it, style)));
    line("");
}

/// A line below the message: the gutter and labels step back, carets stand out.
fn coloured(text: &str, style: Style) -> String {
    let is_gutter = |it: &str| it.chars().all(|it| it == ' ' || it.is_ascii_digit());
    match text.split_once(" | ") {
        Some((gutter, source)) if is_gutter(gutter) => {
            let is_carets = !source.is_empty() && source.chars().all(|it| it == ' ' || it == '^');
            let style = if is_carets { style } else { Style::new() };
            return format!("{DIM}{gutter} |{DIM:#} {style}{source}{style:#}");
        }
        _ => {}
    }
    match text.trim_start().split_once(": ") {
        Some(("hint", hint)) => format!("    {CYAN}hint:{CYAN:#} {hint}"),
        Some(("at", _)) => format!("{DIM}{text}{DIM:#}"),
        _ => text.to_owned(),
    }
}

/// A warning for every Task state whose resource no runner accepts.
pub(crate) fn unserved(machine: &StateMachine, runners: &[Arc<dyn TaskRunner>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for state in &machine.states {
        let StateKind::Task(task) = &state.kind else { continue };
        let name = &state.name;
        let is_served = runners.iter().any(|runner| runner.accepts(&task.resource));
        let is_activity = task.resource.kind == ResourceKind::Activity;
        let (message, hint) = if is_activity || is_served && task.resource.waits_for_token() {
            let message =
                format!("nobody here can answer with a task token; `{name}` will wait until it times out");
            (message, "give it `TimeoutSeconds`")
        } else if is_served {
            continue;
        } else {
            let message = format!("nobody here carries out `{}`; `{name}` will fail", task.resource.arn);
            let served = "use one that is served, or give it a `Catch`: `baton:sql:transaction`, `aws-sdk:rdsdata:executeStatement` and \
                          `batchExecuteStatement`, `aws-sdk:s3:…`, `lambda:invoke` or a function's ARN, `states:startExecution`";
            (message, served)
        };
        found.push(Diagnostic {
            code: "TASK_NOT_SERVED",
            severity: Severity::Warning,
            place: state.place.clone(),
            message,
            hint: Some(hint.into()),
        });
    }
    found
}
