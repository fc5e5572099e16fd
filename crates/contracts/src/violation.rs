//! What a violation says: one JSON object that a person and a program can both read.

use asl::Json;

use crate::check::{Contract, Violation, Violations};
use crate::point::Point;

/// The cause of a violation: state, point, schema, and every place that does not fit.
pub fn violation_cause(
    state: Option<&str>,
    point: Point,
    contract: &Contract,
    violations: &Violations,
) -> String {
    let schema = &contract.schema;
    let state = state.map(|name| ("state", Json::from(name)));
    let subject = schema.subject.iter().map(|subject| ("subject", Json::String(subject.clone())));
    let version = schema.version.iter().map(|version| ("version", Json::from(*version)));
    let head =
        state.into_iter().chain([("contract", Json::from(point.as_str()))]).chain(subject).chain(version);
    let tail = [
        ("fingerprint", Json::from(schema.fingerprint.to_string())),
        ("violations", Json::array(violations.list.iter().map(violation))),
        ("more", Json::from(violations.more as u64)),
    ];
    Json::object(head.chain(tail)).to_text()
}

fn violation(violation: &Violation) -> Json {
    Json::object([
        ("path", Json::from(violation.path.as_str())),
        ("expected", Json::from(violation.expected.as_str())),
        ("found", Json::from(violation.found.as_str())),
    ])
}
