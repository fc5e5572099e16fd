//! `baton test` as its users see it: cases that pass, cases that do not, files that are wrong.

#![expect(unreachable_pub, reason = "the support is shared by several tests")]

mod support;

use support::World;

const PAY: &str = r#"{"StartAt":"Charge","States":{"Charge":{"Type":"Task","TimeoutSeconds":60,"End":true,
    "Resource":"arn:aws:lambda:us-east-1:000000000000:function:charge",
    "Retry":[{"ErrorEquals":["Bank.Busy"],"IntervalSeconds":2,"MaxAttempts":3}]}}}"#;

const CASES: &str = "
Cases:
  - Name: a bank that is busy is asked again
    Input: { amount: 5 }
    Tasks:
      Charge:
        - { Error: Bank.Busy, Times: 2 }
        - { When: { amount: 5 }, Result: { receipt: r-1 } }
    Expect: { Output: { receipt: r-1 }, Attempts: { Charge: 3 }, Seconds: 6 }
  - Name: a bank that says nothing is given up after a minute
    Tasks: { Charge: { Silent: true } }
    Expect: { Error: States.Timeout, Seconds: 60 }
";

#[test]
fn the_examples_own_cases_pass() {
    let said = World::orders().baton(&["test"]).succeeded();
    assert!(said.contains("5 cases: 5 passed, 0 failed"), "{said}");
}

#[test]
fn a_minute_on_the_cases_clock_takes_no_time() {
    let world = World::new(&[("pay.asl.json", PAY), ("deep/er/pay.test.yaml", CASES)]);
    let missing = world.baton(&["test"]);
    missing.refused(3, &["deep/er/pay.asl.json", "there is no such file"]);
    let cases = CASES.replace("\nCases", "\nDefinition: ../../pay.asl.json\nCases");
    world.write("deep/er/pay.test.yaml", &cases);
    let told = world.baton(&["test", "deep", "--output", "json"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    let told = told.json();
    assert_eq!((told["passed"].as_u64(), told["failed"].as_u64()), (Some(2), Some(0)));
    assert_eq!(told["files"][0]["cases"][1]["milliseconds"], 60_000);
    assert!(!world.file(".baton").exists(), "nothing is stored");
}

#[test]
fn what_was_expected_stands_beside_what_was_found() {
    let cases = "
Cases:
  - Name: other
    Tasks: { Charge: { Result: 1 } }
    Expect: { Status: FAILED, Output: 2, Path: [Charge, Charge], Attempts: { Charge: 2 }, Seconds: 1 }
  - Name: unanswered
    Tasks: { Charge: { When: { amount: 6 }, Result: 1 } }
";
    let world = World::new(&[("pay.asl.json", PAY), ("pay.test.yaml", cases)]);
    let ended = world.baton(&["test", "--output", "json"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let told = ended.json();
    let findings = |case: usize| {
        let list = told["files"][0]["cases"][case]["findings"].as_array().expect("findings").clone();
        list.iter().map(|it| it["field"].as_str().expect("a field").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(findings(0), ["Status", "Output", "Path", "Attempts", "Seconds"]);
    assert_eq!(findings(1), ["Tasks", "Status"]);
    let shown = world.baton(&["test", "--case", "unanswered"]);
    assert_eq!(shown.code, Some(1));
    assert!(shown.stdout.contains("none left for `Charge`, attempt 1, which is asked with {}"), "{shown:#?}");
    assert!(!shown.stdout.contains("other"), "{shown:#?}");
    world
        .baton(&["test", "--case", "no such"])
        .refused(3, &["CASE_NOT_FOUND", "`no such`", "without it every case runs"]);
}

#[test]
fn an_answer_that_breaks_the_contract_of_the_result_is_found_out() {
    let definition = PAY.replace(
        r#""Type":"Task","#,
        r#""Type":"Task","Contract":{"Result":{"type":"record","name":"R","fields":[{"name":"receipt","type":"string"}]}},"#,
    );
    let cases = "
Cases:
  - Name: the service has changed
    Tasks: { Charge: { Result: { receipt: 7 } } }
    Expect: { Error: Contract.ResultViolation, Violations: [{ State: Charge, Point: Result }] }
";
    let world = World::new(&[("pay.asl.json", &definition), ("pay.test.yaml", cases)]);
    world.baton(&["test"]).succeeded();
}

#[test]
fn a_file_that_is_wrong_is_refused_and_the_others_are_run() {
    let world = World::new(&[
        ("pay.asl.json", PAY),
        ("good.test.yaml", &CASES.replace("\nCases", "\nDefinition: pay.asl.json\nCases")),
        ("pay.test.yaml", "Cases:\n  - Name: a\n    Tasks: { Chrage: { Result: 1 } }\n"),
        ("wrong.test.json", r#"{"Cases": [{"Name": 7}]}"#),
    ]);
    let ended = world.baton(&["test"]);
    ended.refused(
        3,
        &[
            "pay.test.yaml:3:14: error[TEST_UNKNOWN_STATE]: `Chrage` is not a state",
            "did you mean `Charge`?",
            "wrong.test.json:1:21: error[SCHEMA_VALIDATION_FAILED]: `Name` is a string, found a number",
            "error[TEST_FILE_INVALID]",
        ],
    );
    assert!(ended.stdout.contains("2 passed, 0 failed"), "{ended:#?}");
    World::new(&[]).baton(&["test"]).refused(3, &["there is no test file in `.`", "NAME.test.yaml"]);
}
