use std::sync::Arc;

use asl::{Entropy, JsonLimits, Payload, StateMachine, Timestamp};
use contracts::Contracts;

use crate::actor::Actor;
use crate::execution::{Execution, ExecutionInfo};
use crate::history::history;
use crate::ids::ExecutionId;
use crate::input::Input;
use crate::limits::Limits;
use crate::revision::Revision;

/// What history says of the role that a task of `resource` names: the event's type, and its `taskCredentials`.
fn told(resource: &str, credentials: &str) -> (&'static str, Option<String>) {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{resource}",{credentials}"End":true}}}}}}"#
    );
    let revision = Arc::new(Revision {
        name: "m".into(),
        arn: "arn:m".into(),
        role_arn: "arn:role".into(),
        machine: asl::parse_definition(&definition).machine.expect("it is right"),
        scope: StateMachine::ROOT,
        definition: definition.into(),
        contracts: Contracts::default(),
        limits: Limits::default(),
    });
    let info = ExecutionInfo { id: ExecutionId([1; 16]), name: "e".into(), arn: "arn:e".into() };
    let mut execution = Execution::new(revision.clone(), info);
    let input = Payload::parse(r#"{"role":"arn:ship"}"#, JsonLimits::PAYLOAD).expect("JSON");
    let mut entropy = Entropy::from_seed([1; 32]);
    let started = Input::Started { input };
    let events = execution.advance(Timestamp::default(), Actor::Engine, started, &mut entropy).events;
    let last = history(&revision, "us-east-1", &events).last().expect("it is scheduled");
    let (_, details) = last.details.expect("it has details");
    (last.event_type, details.get("taskCredentials").map(asl::Json::to_text))
}

#[test]
fn history_tells_the_role_of_a_service_and_of_a_function() {
    let role = r#""Credentials":{"RoleArn.$":"$.role"},"#;
    let shown = Some(r#"{"roleArn":"arn:ship"}"#.to_owned());
    assert_eq!(told("arn:aws:states:::lambda:invoke", role), ("TaskScheduled", shown.clone()));
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!(told(function, role), ("LambdaFunctionScheduled", shown));
    assert_eq!(told(function, ""), ("LambdaFunctionScheduled", None));
    let activity = "arn:aws:states:us-east-1:000000000000:activity:a";
    assert_eq!(told(activity, role), ("ActivityScheduled", None));
}
