use super::{ErrorName, Failure, Occasion, matches};

#[track_caller]
fn check(pattern: &str, error: &str, expected: bool) {
    let failure = Failure::new(error, "because");
    assert_eq!(
        matches(&[ErrorName::from(pattern)], &failure, Occasion::Other),
        expected,
        "{pattern} on {error}"
    );
}

#[test]
fn all_matches_everything_but_two() {
    for error in [
        "Bank.Busy",
        "States.TaskFailed",
        "States.Timeout",
        "States.NoChoiceMatched",
        "Contract.InputViolation",
    ] {
        check("States.ALL", error, true);
    }
    check("States.ALL", "States.DataLimitExceeded", false);
    check("States.ALL", "States.Runtime", false);
}

#[test]
fn data_limit_exceeded_must_be_named_and_runtime_cannot_be() {
    check("States.DataLimitExceeded", "States.DataLimitExceeded", true);
    check("States.Runtime", "States.Runtime", false);
}

#[test]
fn all_matches_an_answer_that_is_too_large() {
    let failure = Failure::new("States.DataLimitExceeded", "because");
    assert!(matches(&["States.ALL".into()], &failure, Occasion::Answer));
    assert!(!matches(&["States.TaskFailed".into()], &failure, Occasion::Answer));
}

#[test]
fn task_failed_stands_for_the_errors_of_tasks() {
    for error in ["Bank.Busy", "States.TaskFailed", "States.Permissions", "Lambda.Unknown"] {
        check("States.TaskFailed", error, true);
    }
    for error in ["States.Timeout", "States.DataLimitExceeded", "States.Runtime", "Contract.OutputViolation"]
    {
        check("States.TaskFailed", error, false);
    }
}

#[test]
fn a_missed_heartbeat_is_a_timeout_with_a_name_of_its_own() {
    let timeout = Failure { error: Some(ErrorName::from("States.Timeout")), cause: None };
    let heartbeat = [ErrorName::from("States.HeartbeatTimeout")];
    assert!(matches(&heartbeat, &timeout, Occasion::Heartbeat));
    assert!(!matches(&heartbeat, &timeout, Occasion::Other));
    assert!(matches(&[ErrorName::from("States.Timeout")], &timeout, Occasion::Heartbeat));
}

#[test]
fn one_name_stands_for_every_violated_contract() {
    check("Contract.Violation", "Contract.InputViolation", true);
    check("Contract.Violation", "Contract.ResultViolation", true);
    check("Contract.Violation", "Contract.SchemaUnavailable", false);
    check("Contract.InputViolation", "Contract.OutputViolation", false);
}

#[test]
fn an_error_without_a_name_is_caught_by_all() {
    let nameless = Failure { error: None, cause: None };
    assert!(matches(&[ErrorName::from("States.ALL")], &nameless, Occasion::Other));
    assert!(!matches(&[], &nameless, Occasion::Other));
}
