use asl::{ErrorName, JsonLimits};
use contracts::Contracts;

use super::*;
use crate::ids::ExecutionId;
use crate::limits::Limits;

const START: Timestamp = Timestamp::from_unix_ms(1_767_225_600_000);

fn rehearsed(
    definition: &str,
    answers: &mut dyn FnMut(&TaskOrder, Timestamp) -> Option<Answer>,
) -> Rehearsed {
    let machine = asl::parse_definition(definition).machine.expect("the definition is right");
    let revision = Revision {
        name: "rehearsed".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:rehearsed".into(),
        role_arn: "role".into(),
        definition: definition.into(),
        machine,
        scope: asl::StateMachine::ROOT,
        contracts: Contracts::default(),
        limits: Limits::default(),
    };
    let info = ExecutionInfo { id: ExecutionId([7; 16]), name: "one".into(), arn: "arn".into() };
    let mut entropy = Entropy::from_seed([1; 32]);
    rehearse(Arc::new(revision), info, payload("{}"), START, &mut entropy, answers)
}

fn payload(text: &str) -> Payload {
    Payload::parse(text, JsonLimits::PAYLOAD).expect("it is JSON")
}

fn seconds(rehearsed: &Rehearsed) -> i64 {
    (rehearsed.ended_at.unix_ms - START.unix_ms) / 1_000
}

const PAY: &str = r#"{"StartAt":"Pay","States":{"Pay":{"Type":"Task","TimeoutSeconds":20,
    "Resource":"arn:aws:lambda:us-east-1:000000000000:function:pay","End":true,
    "Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":5,"MaxAttempts":1}]}}}"#;

#[test]
fn time_jumps_over_retries_and_late_answers() {
    let done = rehearsed(PAY, &mut |order, _| {
        let busy = Failure { error: Some(ErrorName::new("Busy")), cause: None };
        let outcome = if order.attempt == 1 { Err(busy) } else { Ok(payload("7")) };
        Some(Answer { after_seconds: 3, outcome })
    });
    assert_eq!(done.execution.status(), Status::Succeeded);
    assert_eq!(seconds(&done), 3 + 5 + 3);
}

#[test]
fn what_never_answers_runs_over_its_time() {
    let done = rehearsed(PAY, &mut |_, _| None);
    assert_eq!(
        done.execution.failure().and_then(|it| it.error.clone()),
        Some(ErrorName::new("States.Timeout"))
    );
    assert_eq!(seconds(&done), 20);
}

#[test]
fn an_answer_after_the_time_is_up_is_not_heard() {
    let late = |_: &TaskOrder, _| Some(Answer { after_seconds: 21, outcome: Ok(payload("7")) });
    assert_eq!(rehearsed(PAY, &mut { late }).execution.status(), Status::Failed);
}

#[test]
fn a_machine_that_goes_on_for_ever_is_cut() {
    let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
        "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"},"C":{"Type":"Succeed"}}}"#;
    let cut = rehearsed(definition, &mut |_, _| None);
    assert!(cut.is_cut);
    assert_eq!(cut.execution.status(), Status::Running);
}

#[test]
fn one_that_waits_for_nobody_stands_still() {
    let endless = PAY.replace(r#""TimeoutSeconds":20,"#, "");
    let still = rehearsed(&endless, &mut |_, _| None);
    assert!(!still.is_cut);
    assert_eq!(still.execution.status(), Status::Running);
}

#[test]
fn whoever_has_a_token_answers_in_place_of_the_runner() {
    for resource in ["states:::lambda:invoke.waitForTaskToken", "states:us-east-1:000000000000:activity:pay"]
    {
        let definition = PAY.replace("lambda:us-east-1:000000000000:function:pay", resource);
        let done = rehearsed(&definition, &mut |order, _| {
            let busy = Failure { error: Some(ErrorName::new("Busy")), cause: None };
            let outcome = if order.attempt == 1 { Err(busy) } else { Ok(payload("7")) };
            Some(Answer { after_seconds: 3, outcome })
        });
        assert_eq!(
            done.execution.output().map(|it| it.text().to_string()).as_deref(),
            Some("7"),
            "{resource}"
        );
        assert_eq!(seconds(&done), 11, "{resource}");
    }
}
