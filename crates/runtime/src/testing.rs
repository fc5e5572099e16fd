//! A world for tests: a store whose commits go as a script says, and a hand-driven shard. No sleeping, no real clock.

pub(crate) mod fake_store;
pub(crate) mod hands;

use std::sync::Arc;

use asl::{JsonLimits, Payload, parse_definition};
use contracts::Contracts;
use machine::{Actor, Limits, Revision};
use store::RevisionKey;

use crate::door::StartRequest;

/// A revision of `definition` without contracts.
#[track_caller]
pub(crate) fn revision(definition: &str) -> Arc<Revision> {
    let parsed = parse_definition(definition);
    Arc::new(Revision {
        name: "m".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m".into(),
        role_arn: "arn:aws:iam::000000000000:role/m".into(),
        definition: definition.into(),
        machine: parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
        scope: asl::StateMachine::ROOT,
        contracts: Contracts::default(),
        limits: Limits::default(),
    })
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::parse(text, JsonLimits::PAYLOAD).expect("a test's own JSON")
}

pub(crate) fn request(revision: &Arc<Revision>, name: Option<&str>, input: &str) -> StartRequest {
    StartRequest {
        revision: revision.clone(),
        revision_key: RevisionKey(1),
        name: name.map(Into::into),
        input: payload(input),
        actor: Actor::User("ada".into()),
    }
}

pub(crate) const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
pub(crate) const TASK: &str = r#"{"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"End":true}}}"#;
pub(crate) const MAP: &str = r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"StartAt":"Pay","States":{
    "Pay":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"End":true}}},"End":true}}}"#;
pub(crate) const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":10,"End":true}}}"#;
pub(crate) const LOOP: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"Z":{"Type":"Succeed"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.stop","IsPresent":true,"Next":"Z"}],"Default":"A"}}}"#;
