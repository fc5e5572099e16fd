//! `baton test-state`: one state of a machine, or one alone.

#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use expect_test::expect;
use support::World;

const MACHINE: &str = r#"{"StartAt":"Pay","States":{
    "Pay":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"pay","Payload.$":"$"},
        "ResultSelector":{"paid.$":"$.Payload"},"Retry":[{"ErrorEquals":["Busy"],"MaxAttempts":1}],
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"Sorry"}],"Next":"Done"},
    "Done":{"Type":"Succeed"},"Sorry":{"Type":"Fail","Error":"Shop.Closed","Cause":"it is late"}}}"#;

fn world() -> World {
    World::new(&[
        ("shop.asl.json", MACHINE),
        (
            "lone.asl.json",
            r#"{"Type": "Pass",
            "Parameters": {"doubled.$": "States.MathAdd($.n, $.n)", "at.$": "$$.State.EnteredTime"}, "Next": "Anything"}"#,
        ),
        ("input.json", r#"{"n": 4}"#),
    ])
}

/// Without the indentation of all lines, which an expectation has of its own.
fn flush(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

#[test]
fn a_state_of_a_machine_answers_as_its_mock_says() {
    let world = world();
    let test = |more: &[&str]| {
        let args = ["test-state", "shop.asl.json", "--state", "Pay", "--input", "@input.json"];
        world.baton(&[&args, more].concat())
    };
    expect![[r#"
        status      SUCCEEDED
        next state  Done
        output      {"paid":true}

        input                 {"n":4}
        after InputPath       {"n":4}
        after Parameters      {"FunctionName":"pay","Payload":{"n":4}}
        result                {"Payload":true}
        after ResultSelector  {"paid":true}
        after ResultPath      {"paid":true}
    "#]]
    .assert_eq(&flush(&test(&["--mock", r#"{"Payload": true}"#, "--inspection", "debug"]).succeeded()));
    expect![[r"
        status  RETRIABLE
        error   Busy
        cause   a queue
    "]]
    .assert_eq(&flush(&test(&["--mock-error", "Busy", "--mock-cause", "a queue"]).succeeded()));
    expect![[r#"
        status      CAUGHT_ERROR
        next state  Sorry
        output      {"Error":"Busy"}
        error       Busy

        input             {"n":4}
        after InputPath   {"n":4}
        after Parameters  {"FunctionName":"pay","Payload":{"n":4}}
        taken by          Catch[0]
    "#]]
    .assert_eq(&flush(
        &test(&["--mock-error", "Busy", "--retries", "1", "--inspection", "trace"]).succeeded(),
    ));
    let json = test(&["--mock", r#"{"Payload": true}"#, "--output", "json"]).json();
    assert_eq!((&json["status"], &json["nextState"]), (&"SUCCEEDED".into(), &"Done".into()));
    assert_eq!(json["output"], r#"{"paid":true}"#, "AWS gives data as JSON texts");
    assert!(json.get("inspectionData").is_none(), "{json}");
}

#[test]
fn a_state_alone_is_tested_without_a_name() {
    let world = world();
    let ended = world.baton(&["test-state", "lone.asl.json", "--input", r#"{"n": 4}"#]);
    expect![[r#"
        status      SUCCEEDED
        next state  Anything
        output      {"doubled":8,"at":"2026-01-01T00:00:00.000Z"}
    "#]]
    .assert_eq(&flush(&ended.succeeded()));
    assert!(!world.file(".baton").exists(), "nothing is stored");
}

#[test]
fn a_state_that_fails_exits_with_one() {
    let ended = world().baton(&["test-state", "shop.asl.json", "--state", "Sorry"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.stdout.contains("Shop.Closed") && ended.stdout.contains("it is late"), "{ended:#?}");
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let world = world();
    let test = |args: &[&str]| world.baton(&[&["test-state"], args].concat());
    test(&["shop.asl.json"])
        .refused(3, &["error[STATE_NOT_FOUND]", "which of its states", "`Pay`, `Done`, `Sorry`"]);
    test(&["shop.asl.json", "--state", "Pai"])
        .refused(3, &["error[STATE_NOT_FOUND]", "`Pai`", "did you mean `Pay`?"]);
    test(&["lone.asl.json", "--state", "Pay"]).refused(3, &["error[STATE_NOT_FOUND]", "without `--state`"]);
    test(&["shop.asl.json", "--state", "Pay"]).refused(3, &["error[STATE_NOT_TESTED]", "--mock"]);
    test(&["shop.asl.json", "--state", "Done", "--mock", "1"])
        .refused(3, &["error[STATE_NOT_TESTED]", "State type 'Succeed' is not supported"]);
    test(&["shop.asl.json", "--state", "Pay", "--mock", "{"])
        .refused(3, &["error[INPUT_INVALID]", "`--mock`"]);
    test(&["shop.asl.json", "--state", "Pay", "--mock", r#"{"StatusCode":"200"}"#])
        .refused(3, &["error[STATE_NOT_TESTED]", "Field 'StatusCode' must be a number"]);
    test(&["shop.asl.json", "--state", "Pay", "--input", "@no.json"]).refused(3, &["error[FILE_UNREADABLE]"]);
    world.write("wrong.asl.json", r#"{"Type": "Pass"}"#);
    test(&["wrong.asl.json"]).refused(3, &["error[DEFINITION_INVALID]", "MISSING_TRANSITION"]);
    assert_eq!(test(&["shop.asl.json", "--state", "Pay", "--mock", "1", "--mock-error", "E"]).code, Some(2));
    assert!(test(&["--help"]).succeeded().contains("Examples"));
}
