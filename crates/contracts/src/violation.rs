//! The cause of a violation: one JSON object that a person and a program can both read.

use asl::Json;

use crate::check::{Contract, Violation, Violations};
use crate::point::Point;

/// What stands in the `Cause`; `state` is `None` for the machine's own contract.
pub fn violation_cause(
    state: Option<&str>,
    point: Point,
    contract: &Contract,
    violations: &Violations,
) -> String {
    let schema = &contract.schema;
    let optional = |text: Option<&str>| text.map_or(Json::Null, Json::from);
    let more = u64::try_from(violations.more).unwrap_or(u64::MAX);
    Json::object([
        ("state", optional(state)),
        ("contract", Json::from(point.as_str())),
        ("subject", optional(schema.subject.as_deref())),
        ("version", schema.version.map_or(Json::Null, Json::from)),
        ("fingerprint", Json::from(schema.fingerprint.to_string())),
        ("violations", Json::array(violations.list.iter().map(violation))),
        ("more", Json::from(more)),
    ])
    .to_text()
}

fn violation(violation: &Violation) -> Json {
    Json::object([
        ("path", Json::from(&*violation.path)),
        ("expected", Json::from(&*violation.expected)),
        ("found", Json::from(&*violation.found)),
    ])
}
