//! A failed execution, for people: error and cause, violations one a line.

use asl::{Failure, Json, JsonLimits, Payload};
use machine::Status;

use super::{DIM, RED, line, short};

/// Violations shown; the rest is counted.
const SHOWN_MAX: usize = 10;
/// Characters of a cause in words.
const CAUSE_CHARS: usize = 2_000;

/// Shows why an execution did not end well.
pub(crate) fn show(status: Status, failure: &Failure) {
    let name = if failure.error_str().is_empty() { "no error name" } else { failure.error_str() };
    line(&format!("{RED}{}{RED:#}: {name}", status.as_str()));
    let cause = failure.cause.as_deref().unwrap_or_default();
    match violations(cause) {
        Some(lines) => lines.iter().for_each(|it| line(&format!("    {it}"))),
        None if cause.is_empty() => {}
        None => line(&format!("    {DIM}cause:{DIM:#} {}", short(cause, CAUSE_CHARS))),
    }
}

/// The lines that a contract's cause amounts to; `None` for any other cause.
fn violations(cause: &str) -> Option<Vec<String>> {
    let payload = Payload::parse(cause, JsonLimits::PAYLOAD).ok()?;
    let value = payload.value();
    let list = value.get("violations")?.as_array()?;
    let text = |from: &Json, key: &str| from.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let subject = match (text(value, "subject"), value.get("version")) {
        (subject, Some(Json::Number(version))) => format!("`{subject}@{version}`"),
        _ => "the schema in place".to_owned(),
    };
    let state = match text(value, "state") {
        state if state.is_empty() => "the machine".to_owned(),
        state => format!("`{state}`"),
    };
    let mut lines = vec![format!("the {} of {state} does not fit {subject}", text(value, "contract"))];
    for it in list.iter().take(SHOWN_MAX) {
        let (path, expected, found) = (text(it, "path"), text(it, "expected"), text(it, "found"));
        lines.push(format!("{path}: expected {expected}, found {found}"));
    }
    let more = value.get("more").and_then(Json::as_number).and_then(asl::Number::as_i64).unwrap_or(0);
    let hidden = list.len().saturating_sub(SHOWN_MAX) + usize::try_from(more).unwrap_or(0);
    if hidden > 0 {
        lines.push(format!("… and {hidden} more"));
    }
    Some(lines)
}
