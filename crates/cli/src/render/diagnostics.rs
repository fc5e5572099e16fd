//! Diagnostics for people, and the one that only the wiring can find: a task that nobody here carries out.

use std::sync::Arc;

use asl::state::StateKind;
use asl::{Diagnostic, Severity, StateMachine};
use runtime::TaskRunner;

use super::{RED, YELLOW, line};
use crate::error::SourceText;

/// Shows one diagnostic with its source line, on standard error.
pub(crate) fn show(diagnostic: &Diagnostic, source_text: &SourceText) {
    let plain = asl::diagnostic::render(diagnostic, &source_text.name, &source_text.text);
    let (style, word) = match diagnostic.severity {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
    };
    let marked = format!("{word}[{}]", diagnostic.code);
    line(plain.replacen(&marked, &format!("{style}{marked}{style:#}"), 1).trim_end());
}

/// A warning for every Task state whose resource no runner accepts.
pub(crate) fn unserved(machine: &StateMachine, runners: &[Arc<dyn TaskRunner>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for state in &machine.states {
        let StateKind::Task(task) = &state.kind else { continue };
        if runners.iter().any(|runner| runner.accepts(&task.resource)) {
            continue;
        }
        found.push(Diagnostic {
            code: "TASK_NOT_SERVED",
            severity: Severity::Warning,
            place: state.place.clone(),
            message: format!("nobody here carries out `{}`; `{}` will fail", task.resource.arn, state.name),
            hint: Some(
                "served: `aws-sdk:rdsdata:executeStatement`, `baton:sql:transaction`, `aws-sdk:s3:…`".into(),
            ),
        });
    }
    found
}
