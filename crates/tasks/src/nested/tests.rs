use asl::{JsonLimits, Timestamp};
use machine::{ExecutionId, ExecutionInfo};
use runtime::RevisionKey;

use super::*;

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:ship";

fn request(resource: &str, arguments: &str, attempt: u32) -> TaskRequest {
    TaskRequest {
        key: [7; 32],
        attempt,
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:pay:one".into(),
        state: "Ship".into(),
        ..TaskRequest::alone(Resource::parse(resource).expect("it is a resource"), payload(arguments))
    }
}

fn payload(text: &str) -> asl::Payload {
    asl::Payload::parse(text, JsonLimits::PAYLOAD).expect("it is JSON")
}

fn call(arguments: &str, attempt: u32) -> Result<Call, Fault> {
    Call::of(&request("arn:aws:states:::states:startExecution", arguments, attempt))
}

fn row() -> ExecutionRow {
    ExecutionRow {
        key: ExecutionKey(2),
        info: ExecutionInfo {
            id: ExecutionId([1; 16]),
            name: "two".into(),
            arn: "arn:aws:states:us-east-1:000000000000:execution:ship:two".into(),
        },
        revision: RevisionKey(1),
        machine_arn: MACHINE.into(),
        status: Status::Succeeded,
        settled: true,
        started_at: Timestamp::from_unix_ms(1_000),
        started_by: Actor::Engine,
        closed_at: Some(Timestamp::from_unix_ms(2_000)),
        quarantine: None,
    }
}

#[test]
fn without_a_name_each_attempt_has_one_of_its_own_and_every_delivery_the_same() {
    let arguments = format!(r#"{{"StateMachineArn":"{MACHINE}"}}"#);
    let name = |attempt| call(&arguments, attempt).expect("it can be meant").name;
    assert_eq!(name(1), name(1));
    assert_ne!(name(1), name(2));
    assert_eq!(name(1).len(), 36);
}

#[test]
fn an_input_is_a_value_or_the_text_of_one() {
    let input = |input: &str| {
        let arguments = format!(r#"{{"StateMachineArn":"{MACHINE}","Input":{input}}}"#);
        call(&arguments, 1).map(|it| it.input.text().to_string())
    };
    assert_eq!(input("null"), Ok("{}".into()));
    assert_eq!(input(r#"{"a":1}"#), Ok(r#"{"a":1}"#.into()));
    assert_eq!(input(r#""[1, 2]""#), Ok("[1, 2]".into()));
    assert!(matches!(input(r#""{""#), Err(Fault::Input(_))));
    assert!(matches!(call(r#"{"Input":{}}"#, 1), Err(Fault::Arguments(_))));
    assert!(matches!(call(r#"{"StateMachineArn":"a","Imput":{}}"#, 1), Err(Fault::Arguments(_))));
}

#[test]
fn an_end_is_told_as_awss_description_of_it() {
    let call = call(&format!(r#"{{"StateMachineArn":"{MACHINE}"}}"#), 1).expect("it can be meant");
    let succeeded = ExecutionEnd {
        status: Status::Succeeded,
        output: Some(payload(r#"{"ok":true}"#)),
        failure: None,
        settled: true,
        started_at: Timestamp::from_unix_ms(1_000),
        ended_at: Timestamp::from_unix_ms(2_000),
        redrives: 0,
    };
    let shown = |pattern, end: &ExecutionEnd| match answer::ended(pattern, &call, &row(), end) {
        TaskOutcome::Succeeded { output } => output.text().to_string(),
        TaskOutcome::Failed { failure } => {
            assert_eq!(failure.error.as_ref().map(asl::ErrorName::as_str), Some("States.TaskFailed"));
            failure.cause.expect("a cause").to_string()
        }
        TaskOutcome::Barred => unreachable!("an end is an answer"),
    };
    let rest =
        r#""StartDate":1000,"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:ship""#;
    let arn = r#""ExecutionArn":"arn:aws:states:us-east-1:000000000000:execution:ship:two""#;
    let details = r#"{"Included":true}"#;
    assert_eq!(
        shown(Pattern::Sync, &succeeded),
        format!(
            r#"{{{arn},"Input":"{{}}","InputDetails":{details},"Name":"two","Output":"{{\"ok\":true}}","OutputDetails":{details},{rest},"Status":"SUCCEEDED","StopDate":2000}}"#
        )
    );
    assert!(shown(Pattern::Sync2, &succeeded).contains(r#""Input":{},"#));
    assert!(shown(Pattern::Sync2, &succeeded).contains(r#""Output":{"ok":true},"#));
    let failed = ExecutionEnd {
        status: Status::Failed,
        output: None,
        failure: Some(Failure::new("Some", "why")),
        ..succeeded.clone()
    };
    assert_eq!(
        shown(Pattern::Sync2, &failed),
        format!(
            r#"{{"Cause":"why","Error":"Some",{arn},"Input":"{{}}","InputDetails":{details},"Name":"two",{rest},"Status":"FAILED","StopDate":2000}}"#
        )
    );
}

#[test]
fn what_is_not_there_is_told_in_awss_words() {
    let call = call(&format!(r#"{{"StateMachineArn":"{MACHINE}"}}"#), 1).expect("it can be meant");
    let failure = |resource: &str, pattern| {
        let failure = Fault::no_machine(&call).failure(pattern, &request(resource, "{}", 1));
        (failure.error.expect("an error").to_string(), failure.cause.expect("a cause").to_string())
    };
    let (error, cause) = failure("arn:aws:states:::states:startExecution", Pattern::RequestResponse);
    assert_eq!(error, "StepFunctions.StateMachineDoesNotExistException");
    assert!(cause.starts_with(&format!(
        "State Machine Does Not Exist: '{MACHINE}' (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Request ID: "
    )));
    let (error, _) = failure("arn:aws:states:::aws-sdk:sfn:startExecution", Pattern::Sdk);
    assert_eq!(error, "Sfn.StateMachineDoesNotExistException");
}

#[test]
fn a_cause_inside_a_cause_does_not_grow_for_ever() {
    let call = call(&format!(r#"{{"StateMachineArn":"{MACHINE}"}}"#), 1).expect("it can be meant");
    let mut failure = Failure::new("Some", "\"why\"");
    for _ in 0..40 {
        let end = ExecutionEnd {
            status: Status::Failed,
            output: None,
            failure: Some(failure),
            settled: true,
            started_at: Timestamp::default(),
            ended_at: Timestamp::default(),
            redrives: 0,
        };
        let TaskOutcome::Failed { failure: next } = answer::ended(Pattern::Sync, &call, &row(), &end) else {
            panic!("a failure stays one");
        };
        failure = next;
    }
    let cause = failure.cause.expect("a cause");
    assert!(cause.len() <= crate::limits::CAUSE_CHARS_MAX && cause.starts_with(r#"{"Cause":"{\"Cause\":"#));
}
