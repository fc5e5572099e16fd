use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{parse_definition, parse_side_file};
use crate::diagnostic::render;

#[track_caller]
fn check(definition: &str, expected: Expect) {
    let parsed = parse_definition(definition);
    let text: String = parsed.diagnostics.iter().map(|it| render(it, "m.json", definition)).collect();
    assert_eq!(parsed.machine.is_some(), !text.contains(": error["));
    expected.assert_eq(&text);
}

#[test]
fn a_machine_of_every_kind_of_state_is_read() {
    check(
        r#"{"StartAt": "P", "TimeoutSeconds": 9, "Contract": {"Input": "a.A@1", "Output": {"Schema": "a.B", "Unknown": "allow", "Mode": "warn"}},
  "States": {
    "P": {"Type": "Pass", "Parameters": {"a.$": "$.x"}, "Assign": {"v.$": "$.a"}, "Next": "T"},
    "T": {"Type": "Task", "Resource": "arn:aws:states:::baton:sql:transaction", "TimeoutSeconds": 5,
          "Contract": {"Input": "a.A", "Arguments": "string", "Result": {"type": "array", "items": "int"}, "Output": "a.B"},
          "Retry": [{"ErrorEquals": ["SQL.LockTimeout"], "IntervalSeconds": 1, "MaxDelaySeconds": 5, "JitterStrategy": "FULL"}],
          "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F", "Contract": {"Output": "a.E"}}], "Next": "C"},
    "C": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$.n", "NumericLessThan": 3}, {"Not": {"Variable": "$.s", "IsPresent": true}}], "Next": "W"}], "Default": "S"},
    "W": {"Type": "Wait", "TimestampPath": "$.at", "Next": "M"},
    "M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 4, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "Next": "Q"},
    "Q": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}], "End": true},
    "S": {"Type": "Succeed"}, "F": {"Type": "Fail", "ErrorPath": "$.e", "Cause": "c"}}}"#,
        expect![""],
    );
}

#[test]
fn every_problem_is_reported_with_its_place() {
    check(
        r#"{"StartAt": "A",
 "States": {
  "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
  "B": {"Type": "Wait", "Seconds": -1, "SecondsPath": "$.s", "End": true},
  "C": {"Type": "Tsk", "End": true}
 }
}"#,
        expect![[r#"
            m.json:3:25: error[UNKNOWN_FIELD]: the state `A` has no field `Nxet`
                3 |   "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                         ^^^^^^
                  at: /States/A/Nxet
                hint: did you mean `Next`?
            m.json:3:55: error[INVALID_PATH]: `$.[` cannot be read: expected a name in quotes, a number, a slice, `*` or `?(`, found the end of the path
                3 |   "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                                                       ^
                  at: /States/A/InputPath
            m.json:3:66: error[MISSING_TRANSITION_TARGET]: `Bb` is not a state of this level
                3 | : {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                                                             ^^^^
                  at: /States/A/Next
                hint: did you mean `B`?
            m.json:4:8: error[CONFLICTING_FIELDS]: a Wait state has exactly one of `Seconds`, `SecondsPath`, `Timestamp`, `TimestampPath`, found 2
                4 |   "B": {"Type": "Wait", "Seconds": -1, "SecondsPath": "$.s", "End":
                  |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/B
            m.json:4:36: error[OUT_OF_RANGE]: `Seconds` is -1, expected a whole number from 0 to 99999999
                4 |   "B": {"Type": "Wait", "Seconds": -1, "SecondsPath": "$.s", "End": true},
                  |                                    ^^
                  at: /States/B/Seconds
            m.json:5:17: error[SCHEMA_VALIDATION_FAILED]: `Tsk` is not a type of state
                5 |   "C": {"Type": "Tsk", "End": true}
                  |                 ^^^^^
                  at: /States/C/Type
                hint: did you mean `Task`?
        "#]],
    );
}

#[test]
fn what_cannot_be_run_yet_is_refused_where_it_stands() {
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "x", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
"StartAt": "I", "States": {"I": {"Type": "Pass", "QueryLanguage": "JSONata", "End": true}}}, "End": true}}}"#,
        expect![[r#"
            m.json:1:59: error[UNSUPPORTED_MAP_MODE]: `Label` belongs to a distributed Map, which cannot be run yet
                1 | {"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "x", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBU
                  |                                                           ^^^
                  at: /States/M/Label
            m.json:1:110: error[UNSUPPORTED_MAP_MODE]: a distributed Map cannot be run yet
                1 | "Label": "x", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                  |                                                             ^^^^^^^^^^^^^
                  at: /States/M/ItemProcessor/ProcessorConfig/Mode
                hint: run it inline (`"Mode": "INLINE"`), in parts if the items are many
            m.json:2:67: error[UNSUPPORTED_QUERY_LANGUAGE]: JSONata states cannot be run yet
                2 | At": "I", "States": {"I": {"Type": "Pass", "QueryLanguage": "JSONata", "End": true}}}, "End": true}}}
                  |                                                             ^^^^^^^^^
                  at: /States/M/ItemProcessor/States/I/QueryLanguage
                hint: write the state in JSONPath
        "#]],
    );
}

#[test]
fn texts_that_are_no_definition_say_so() {
    check("", expect![[r#"
        m.json:1:1: error[INVALID_JSON_DESCRIPTION]: the text ends where a value was expected
            1 | 
              | ^
            hint: the text must be one JSON (or YAML) object
    "#]]);
    check("{\"StartAt\": }", expect![[r#"
        m.json:1:13: error[INVALID_JSON_DESCRIPTION]: found `}`, expected a value after the colon
            1 | {"StartAt": }
              |             ^
            hint: the text must be one JSON (or YAML) object
    "#]]);
    check("[]", expect![[r#"
        m.json:1:1: error[SCHEMA_VALIDATION_FAILED]: a state machine is an object, found array
            1 | []
              | ^^
    "#]]);
    check("{}", expect![[r#"
        m.json:1:1: error[MISSING_FIELD]: a state machine needs the field `StartAt`
            1 | {}
              | ^^
        m.json:1:1: error[MISSING_FIELD]: a state machine needs the field `States`
            1 | {}
              | ^^
    "#]]);
    check(&format!("{}1", "{\"a\":".repeat(100_000)), expect![[r#"
        m.json:1:641: error[INVALID_JSON_DESCRIPTION]: more than 128 arrays and objects inside each other
            1 | {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":
              |                                                             ^
            hint: the text must be one JSON (or YAML) object
    "#]]);
}

#[test]
fn yaml_is_another_spelling() {
    check("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: {n: 1, s: \"1\"}\n    End: true\n", expect![""]);
    check("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n", expect![[r#"
        m.json:5:11: error[MISSING_TRANSITION_TARGET]: `B` is not a state of this level
            5 |     Next: B
              |           ^
              at: /States/A/Next
            hint: did you mean `A`?
    "#]]);
}

#[test]
fn a_side_file_names_states_of_the_machine() {
    let machine = parse_definition(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#).machine.expect("valid");
    let text = "Contract:\n  Input: a.A@2\nStates:\n  A:\n    Output: a.B\n  Bb:\n    Input: a.C\n";
    let parsed = parse_side_file(text, &machine);
    let shown: String = parsed.diagnostics.iter().map(|it| render(it, "m.contracts.yaml", text)).collect();
    expect![[r#"
        m.contracts.yaml:6:3: error[CONTRACT_UNKNOWN_STATE]: `Bb` is not a state of the definition
            6 |   Bb:
              |   ^^
              at: /States/Bb
            hint: did you mean `A`?
    "#]].assert_eq(&shown);
    let fine = parse_side_file("States:\n  A:\n    Output: a.B\n", &machine);
    assert_eq!(fine.side_file.expect("it is fine").states.len(), 1);
}

proptest! {
    #[test]
    fn any_mutilated_definition_is_read_or_reported(at in 0_usize..600, with in "[\\PC\"{}\\[\\]:,0-9]{0,3}") {
        let text = include_str!("tests/whole.json");
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) { at -= 1; }
        let _ = parse_definition(&format!("{}{with}{}", &text[..at], &text[at..]));
    }
}
