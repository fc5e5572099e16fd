#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{parse_definition, parse_side_file};
use crate::contract::{Mode, SchemaRef, Unknown};
use crate::definition::{ScopeId, StateId, Transition};
use crate::diagnostic::render;
use crate::state::StateKind;

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
pub(super) fn check(definition: &str, expected: Expect) {
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
        expect![],
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
            m.json:3:25: error[UNKNOWN_FIELD]: a Pass state has no field `Nxet`
                3 |   "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                         ^^^^^^
                  at: /States/A/Nxet
                hint: did you mean `Next`?
            m.json:3:55: error[INVALID_PATH]: `InputPath`: expected a name in quotes, a number, a slice, `*` or `?(`, found the end of the path
                3 |   "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                                                       ^
                  at: /States/A/InputPath
            m.json:3:66: error[MISSING_TRANSITION_TARGET]: `Next` names `Bb`, which is not a state of this machine
                3 |   "A": {"Type": "Pass", "Nxet": "B", "InputPath": "$.[", "Next": "Bb"},
                  |                                                                  ^^^^
                  at: /States/A/Next
                hint: did you mean `B`?
            m.json:4:40: error[CONFLICTING_FIELDS]: `Seconds` and `SecondsPath` exclude each other
                4 |   "B": {"Type": "Wait", "Seconds": -1, "SecondsPath": "$.s", "End": true},
                  |                                        ^^^^^^^^^^^^^
                  at: /States/B/SecondsPath
            m.json:5:17: error[SCHEMA_VALIDATION_FAILED]: `Type` is one of Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map, found `Tsk`
                5 |   "C": {"Type": "Tsk", "End": true}
                  |                 ^^^^^
                  at: /States/C/Type
                hint: did you mean `Task`?
        "#]],
    );
}

#[test]
fn texts_that_are_no_definition_say_so() {
    check(
        "",
        expect![[r#"
            m.json:1:1: error[MISSING_DESCRIPTION]: the text ends where a value was expected
        "#]],
    );
    check(
        "{\"StartAt\": }",
        expect![[r#"
            m.json:1:13: error[INVALID_JSON_DESCRIPTION]: found `}`, expected a value after the colon
                1 | {"StartAt": }
                  |             ^
        "#]],
    );
    check(
        "[]",
        expect![[r#"
            m.json:1:1: error[SCHEMA_VALIDATION_FAILED]: a state machine is an object, found an array
                1 | []
                  | ^^
        "#]],
    );
    check(
        "{}",
        expect![[r#"
            m.json:1:1: error[MISSING_FIELD]: a state machine needs the field `States`
                1 | {}
                  | ^^
            m.json:1:1: error[MISSING_FIELD]: a state machine needs the field `StartAt`
                1 | {}
                  | ^^
        "#]],
    );
    check(
        &format!("{}1", "{\"a\":".repeat(100_000)),
        expect![[r#"
            m.json:1:641: error[INVALID_JSON_DESCRIPTION]: more than 128 arrays and objects inside each other
                1 | …{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":…
                  |                                          ^
        "#]],
    );
}

#[test]
fn yaml_is_another_spelling() {
    check(
        "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: {n: 1, s: \"1\"}\n    End: true\n",
        expect![],
    );
    check(
        "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n",
        expect![[r#"
            m.json:5:11: error[MISSING_TRANSITION_TARGET]: `Next` names `B`, which is not a state of this machine
                5 |     Next: B
                  |           ^
                  at: /States/A/Next
                hint: did you mean `A`?
        "#]],
    );
}

#[test]
fn a_side_file_names_states_of_the_machine() {
    let machine = parse_definition(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#)
        .machine
        .expect("valid");
    let text = "Contract:\n  Input: a.A@2\nStates:\n  A:\n    Output: a.B\n  Bb:\n    Input: a.C\n";
    let parsed = parse_side_file(text, &machine);
    let shown: String = parsed.diagnostics.iter().map(|it| render(it, "m.contracts.yaml", text)).collect();
    expect![[r#"
        m.contracts.yaml:6:3: error[CONTRACT_UNKNOWN_STATE]: `Bb` is not a state of the definition
            6 |   Bb:
              |   ^^
              at: /States/Bb
    "#]]
    .assert_eq(&shown);
    let fine = parse_side_file("States:\n  A:\n    Output: a.B\n", &machine);
    assert_eq!(fine.side_file.expect("it is fine").states.len(), 1);
}

/// One state called `A` between `{` and `}`, in a machine that is right otherwise.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
fn check_state(state: &str, expected: Expect) {
    let definition = format!(
        r#"{{"StartAt":"Y","States":{{
            "Y":{{"Type":"Choice","Choices":[{{"Variable":"$.y","IsPresent":true,"Next":"A"}}],"Default":"Z"}},
            "A":{{{state}}},
            "Z":{{"Type":"Succeed"}}}}}}"#
    );
    let parsed = parse_definition(&definition);
    let lines: Vec<String> = parsed.diagnostics.iter().map(line).collect();
    expected.assert_eq(&lines.join("\n"));
}

fn line(diagnostic: &crate::Diagnostic) -> String {
    let severity = if diagnostic.severity == crate::Severity::Warning { "warning " } else { "" };
    let hint = diagnostic.hint.as_deref().map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("{severity}{} {}: {}{hint}", diagnostic.code, diagnostic.place.pointer, diagnostic.message)
}

#[test]
fn a_state_leads_on_or_ends_never_both() {
    check_state(
        r#""Type":"Pass""#,
        expect![[
            r#"MISSING_TRANSITION /States/A: a Pass state needs either `Next` or `"End": true` (name the next state, or write `"End": true` where the scope ends)"#
        ]],
    );
    check_state(
        r#""Type":"Pass","Next":"Z","End":true"#,
        expect!["CONFLICTING_FIELDS /States/A/End: `Next` and `End` exclude each other"],
    );
    check_state(
        r#""Type":"Pass","End":false"#,
        expect![[
            r#"MISSING_TRANSITION /States/A: a Pass state needs either `Next` or `"End": true` (name the next state, or write `"End": true` where the scope ends)"#
        ]],
    );
    check_state(
        r#""Type":"Pass","Next":"Z","End":false"#,
        expect![[
            r#"warning SCHEMA_VALIDATION_FAILED /States/A/End: `"End": false` says nothing beside `Next`"#
        ]],
    );
    check_state(
        r#""Type":"Pass","Next":7"#,
        expect!["SCHEMA_VALIDATION_FAILED /States/A/Next: `Next` is a string, found a number"],
    );
    check_state(
        r#""Type":"Succeed","End":true"#,
        expect![
            "UNKNOWN_FIELD /States/A/End: a Succeed state has no field `End` (`End` is a field of states that lead on; Choice, Succeed and Fail do not)"
        ],
    );
    check_state(
        r#""Type":"Choice","Choices":[],"End":true"#,
        expect![[r#"
        OUT_OF_RANGE /States/A/Choices: `Choices` may not be empty
        UNKNOWN_FIELD /States/A/End: a Choice state has no field `End` (`End` is a field of states that lead on; Choice, Succeed and Fail do not)"#]],
    );
}

#[test]
fn transitions_stay_inside_their_scope() {
    let inner = |next: &str| {
        format!(
            r#""Type":"Parallel","End":true,"Branches":[{{"StartAt":"I","States":{{"I":{{"Type":"Pass",{next}}}}}}}]"#
        )
    };
    check_state(
        &inner(r#""Next":"Z""#),
        expect![
            "MISSING_TRANSITION_TARGET /States/A/Branches/0/States/I/Next: `Next` names `Z`, which is not a state of this branch or processor (`Z` stands in another scope; a transition stays inside its own)"
        ],
    );
    check_state(
        &inner(r#""Next":"I""#),
        expect![[
            r#"MISSING_END_STATE /States/A/Branches/0: no state here ends it (give one state `"End": true`, or add a Succeed or Fail state)"#
        ]],
    );
    check_state(&inner(r#""End":true,"Comment":"fine""#), expect![]);
    let twice = r#""Type":"Map","End":true,"Iterator":{"StartAt":"Z","States":{"Z":{"Type":"Succeed"},"Lost":{"Type":"Fail"}}}"#;
    check_state(
        twice,
        expect![[r#"
            DUPLICATE_STATE_NAME /States/A/Iterator/States/Z: another state is called `Z` too (names are unique in the whole definition; the other one is `/States/Z`)
            MISSING_TRANSITION_TARGET /States/A/Iterator/States/Lost: no state leads to `Lost` (name it in a `Next`, or take it out)"#]],
    );
}

#[test]
fn waits_and_timeouts_are_in_range() {
    check_state(
        r#""Type":"Wait","End":true"#,
        expect![
            "MISSING_FIELD /States/A: a Wait state needs one of Seconds, SecondsPath, Timestamp, TimestampPath"
        ],
    );
    check_state(
        r#""Type":"Wait","Seconds":1.5,"End":true"#,
        expect![
            "OUT_OF_RANGE /States/A/Seconds: `Seconds` is a whole number from 0 to 99999999, found `1.5`"
        ],
    );
    check_state(
        r#""Type":"Wait","Seconds":"1","End":true"#,
        expect!["SCHEMA_VALIDATION_FAILED /States/A/Seconds: `Seconds` is a number, found a string"],
    );
    check_state(
        r#""Type":"Wait","Timestamp":"2026-11-24","End":true"#,
        expect![
            "SCHEMA_VALIDATION_FAILED /States/A/Timestamp: `Timestamp` is not an RFC 3339 timestamp, found `2026-11-24` (for example `2026-11-24T09:30:00Z`)"
        ],
    );
    check_state(
        r#""Type":"Wait","SecondsPath":"$.a[*]","End":true"#,
        expect![
            "INVALID_PATH /States/A/SecondsPath: `SecondsPath` needs a path that means one place, found `$.a[*]` (no `..`, `*`, filters, slices or lists of names)"
        ],
    );
    let task = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true,"#;
    check_state(
        &format!(r#"{task}"TimeoutSeconds":5,"HeartbeatSeconds":5"#),
        expect![
            "OUT_OF_RANGE /States/A/HeartbeatSeconds: `HeartbeatSeconds` (5) must be less than `TimeoutSeconds` (5)"
        ],
    );
    check_state(
        &format!(r#"{task}"TimeoutSeconds":0,"TimeoutSecondsPath":"$.t""#),
        expect![
            "CONFLICTING_FIELDS /States/A/TimeoutSecondsPath: `TimeoutSeconds` and `TimeoutSecondsPath` exclude each other"
        ],
    );
    check_state(
        &format!(r#"{task}"Credentials":{{"Role":"x"}}"#),
        expect!["MISSING_FIELD /States/A/Credentials: `Credentials` needs the field `RoleArn`"],
    );
    check_state(
        r#""Type":"Task","Resource":"${Charge}","End":true"#,
        expect![
            "INVALID_RESOURCE /States/A/Resource: `Resource` names nothing that a Task state can run, found `${Charge}` (put in what `${…}` stands for before the definition is deployed)"
        ],
    );
    check_state(
        r#""Type":"Task","Resource":"arn:aws:lambda:eu-west-1:1:function:f:","End":true"#,
        expect![
            "INVALID_RESOURCE /States/A/Resource: `Resource` names nothing that a Task state can run, found `arn:aws:lambda:eu-west-1:1:function:f:` (for example `arn:aws:states:::lambda:invoke`, an activity's ARN or a function's ARN)"
        ],
    );
}

#[test]
fn retriers_and_catchers_are_checked() {
    let task = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true,"#;
    let retry = |it: &str| format!(r#"{task}"Retry":[{it}]"#);
    check_state(
        &retry(r#"{"ErrorEquals":[]},{"ErrorEquals":["States.ALL","X"],"MaxAttempt":2}"#),
        expect![[r#"
        OUT_OF_RANGE /States/A/Retry/0/ErrorEquals: `ErrorEquals` may not be empty
        SCHEMA_VALIDATION_FAILED /States/A/Retry/1/ErrorEquals/0: `States.ALL` stands alone in its `ErrorEquals`
        UNKNOWN_FIELD /States/A/Retry/1/MaxAttempt: a retrier has no field `MaxAttempt` (did you mean `MaxAttempts`?)"#]],
    );
    check_state(
        &retry(
            r#"{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["X"],"BackoffRate":0.5,"MaxDelaySeconds":0}"#,
        ),
        expect![[r#"
            SCHEMA_VALIDATION_FAILED /States/A/Retry/0/ErrorEquals/0: a retrier of `States.ALL` must be the last (it takes every error, so what follows it would never be asked)
            OUT_OF_RANGE /States/A/Retry/1/BackoffRate: `BackoffRate` is at least 1.0, found `0.5`
            OUT_OF_RANGE /States/A/Retry/1/MaxDelaySeconds: `MaxDelaySeconds` is a whole number from 1 to 31622400, found `0`"#]],
    );
    check_state(
        &retry(r#"{"ErrorEquals":["X"],"IntervalSeconds":0,"MaxAttempts":-1,"JitterStrategy":"Full"}"#),
        expect![[r#"
            OUT_OF_RANGE /States/A/Retry/0/IntervalSeconds: `IntervalSeconds` is a whole number from 1 to 99999999, found `0`
            OUT_OF_RANGE /States/A/Retry/0/MaxAttempts: `MaxAttempts` is a whole number from 0 to 99999999, found `-1`
            SCHEMA_VALIDATION_FAILED /States/A/Retry/0/JitterStrategy: `JitterStrategy` is one of FULL, NONE, found `Full` (did you mean `FULL`?)"#]],
    );
    check_state(
        &retry(r#"{"ErrorEquals":["X"],"IntervalSeconds":5,"MaxDelaySeconds":5}"#),
        expect![
            "OUT_OF_RANGE /States/A/Retry/0/MaxDelaySeconds: `MaxDelaySeconds` (5) must be greater than `IntervalSeconds` (5)"
        ],
    );
    check_state(
        &format!(r#"{task}"Catch":[{{"ErrorEquals":[7],"Next":"Zz","ResultPath":"$..x"}},{{"Next":"Z"}}]"#),
        expect![[r#"
            SCHEMA_VALIDATION_FAILED /States/A/Catch/0/ErrorEquals/0: `ErrorEquals` is a string, found a number
            MISSING_TRANSITION_TARGET /States/A/Catch/0/Next: `Next` names `Zz`, which is not a state of this machine (did you mean `Z`?)
            INVALID_PATH /States/A/Catch/0/ResultPath: `ResultPath`: a reference path names exactly one place: no `@`, `..`, `,`, `:`, `?` or `*`
            MISSING_FIELD /States/A/Catch/1: a catcher needs the field `ErrorEquals`"#]],
    );
}

#[test]
fn choice_rules_are_checked() {
    let rule = |it: &str| format!(r#""Type":"Choice","Choices":[{{{it}}}]"#);
    check_state(
        &rule(r#""Variable":"$.a","StringEquals":1,"Next":"Z""#),
        expect![
            "SCHEMA_VALIDATION_FAILED /States/A/Choices/0/StringEquals: `StringEquals` is a string, found a number"
        ],
    );
    check_state(
        &rule(r#""Variable":"$.a","StringEqual":"a","Next":"Z""#),
        expect![
            "UNKNOWN_FIELD /States/A/Choices/0/StringEqual: `StringEqual` is not a comparison operator (did you mean `StringEquals`?)"
        ],
    );
    check_state(
        &rule(r#""Variable":"$.a","IsNull":true,"IsString":true"#),
        expect![[r#"
        MISSING_FIELD /States/A/Choices/0: a choice rule needs the field `Next`
        CONFLICTING_FIELDS /States/A/Choices/0/IsString: a rule has one operator, found `IsNull` and `IsString` (join two rules by `And` or `Or`)"#]],
    );
    check_state(
        &rule(r#""Variable":"$.a[*]","IsNull":true,"Next":"Z""#),
        expect![
            "INVALID_PATH /States/A/Choices/0/Variable: `Variable` needs a path that means one place, found `$.a[*]` (no `..`, `*`, filters, slices or lists of names)"
        ],
    );
    check_state(
        &rule(r#""Not":{"Variable":"$.a","TimestampEquals":"now","Next":"Z"},"Next":"Z""#),
        expect![[r#"
            SCHEMA_VALIDATION_FAILED /States/A/Choices/0/Not/TimestampEquals: `TimestampEquals` is not an RFC 3339 timestamp, found `now` (for example `2026-11-24T09:30:00Z`)
            UNKNOWN_FIELD /States/A/Choices/0/Not/Next: `Next` belongs to the outermost rule, not to a rule inside another"#]],
    );
    check_state(
        &rule(r#""And":[],"Next":"Z""#),
        expect!["OUT_OF_RANGE /States/A/Choices/0/And: `And` may not be empty"],
    );
    check_state(
        &rule(r#""And":[{"Variable":"$.a","IsNull":true}],"Or":[],"Next":"Z""#),
        expect!["CONFLICTING_FIELDS /States/A/Choices/0/Or: `And` and `Or` exclude each other"],
    );
    check_state(
        &rule(r#""Condition":"{% true %}","Next":"Z""#),
        expect![[
            r#"QUERY_LANGUAGE_MISMATCH /States/A/Choices/0/Condition: `Condition` belongs to JSONata, and the query language here is JSONPath (give the state `"QueryLanguage": "JSONata"`)"#
        ]],
    );
}

#[test]
fn data_fields_are_checked() {
    check_state(
        r#""Type":"Pass","End":true,"InputPath":7,"OutputPath":null,"ResultPath":"$.a[*]""#,
        expect![[r#"
            SCHEMA_VALIDATION_FAILED /States/A/InputPath: `InputPath` is a string, found a number
            INVALID_PATH /States/A/ResultPath: `ResultPath`: a reference path names exactly one place: no `@`, `..`, `,`, `:`, `?` or `*`"#]],
    );
    check_state(
        r#""Type":"Pass","End":true,"Parameters":{"a":{"é\u0041.$":"$.x[","b.$":7,"c":1,"c.$":"$.c"}}"#,
        expect![[r#"
            INVALID_PATH /States/A/Parameters/a/éA.$: `éA.$` in `Parameters`: expected a name in quotes, a number, a slice, `*` or `?(`, found the end of the path
            INVALID_PATH /States/A/Parameters/a/b.$: `b.$` in `Parameters`: a field whose name ends in `.$` holds a text, found number
            CONFLICTING_FIELDS /States/A/Parameters/a/c.$: `c.$` and `c` give the same field twice"#]],
    );
    check_state(
        r#""Type":"Pass","End":true,"Parameters":{"a.$":"States.Fromat('{}', $.x)"}"#,
        expect![
            "INVALID_PATH /States/A/Parameters/a.$: `a.$` in `Parameters`: `States.Fromat` is not an intrinsic function"
        ],
    );
    check_state(
        r#""Type":"Fail","Error":"e","ErrorPath":"$.e","CausePath":"States.UUId()""#,
        expect![[r#"
        CONFLICTING_FIELDS /States/A/ErrorPath: `Error` and `ErrorPath` exclude each other
        INVALID_PATH /States/A/CausePath: `CausePath`: `States.UUId` is not an intrinsic function"#]],
    );
    check_state(
        r#""Type":"Fail","CausePath":"States.ArrayLength($.a)""#,
        expect![
            "INVALID_PATH /States/A/CausePath: `CausePath` needs a function that gives a string, `States.ArrayLength` does not (one of States.Format, States.JsonToString, States.ArrayGetItem, States.Base64Encode, States.Base64Decode, States.Hash, States.UUID)"
        ],
    );
    check_state(
        r#""Type":"Pass","End":true,"Output":"{% 1 %}","Retry":[],"InputPath.$":"$.x""#,
        expect![[r#"
            QUERY_LANGUAGE_MISMATCH /States/A/Output: `Output` belongs to JSONata, and the query language here is JSONPath (give the state `"QueryLanguage": "JSONata"`)
            UNKNOWN_FIELD /States/A/Retry: a Pass state has no field `Retry` (`Retry` is a field of Task, Parallel and Map states)
            UNKNOWN_FIELD /States/A/InputPath.$: a Pass state has no field `InputPath.$` (did you mean `InputPath`?)"#]],
    );
}

#[test]
fn texts_that_look_like_paths_are_a_warning() {
    check_state(
        r#""Type":"Pass","End":true,"Parameters":{"a":"$.x","b":"$5","c":"States.UUID()","d.$":"$.y"}"#,
        expect![[r#"
            warning NO_DOLLAR /States/A/Parameters/a: `a` looks like a path, and is passed on as a text (to read what it means, call the field `a.$`)
            warning NO_DOLLAR /States/A/Parameters/c: `c` looks like a path, and is passed on as a text (to read what it means, call the field `c.$`)"#]],
    );
    check_state(
        r#""Type":"Pass","End":true,"Result":{"a":["$.x"]}"#,
        expect![
            "warning PASS_RESULT_IS_STATIC /States/A/Result: `Result` looks as if it held paths, and is passed on as it is (`Parameters` reads paths, in fields whose names end in `.$`)"
        ],
    );
    check_state(r#""Type":"Pass","End":true,"Result":{"price":"$5","s":"States of matter"}"#, expect![]);
}

#[test]
fn variables_are_named_and_assigned_once() {
    check_state(
        r#""Type":"Pass","End":true,"Assign":{"states":1,"1a":2,"a-b.$":"$.x","fine.$":"$.y"}"#,
        expect![[r#"
            INVALID_VARIABLE /States/A/Assign/states: the variable name `states` is reserved
            INVALID_VARIABLE /States/A/Assign/1a: `1a` is not a variable name (a name is a letter or `_`, followed by letters, digits and `_`)
            INVALID_VARIABLE /States/A/Assign/a-b.$: `a-b` is not a variable name (a name is a letter or `_`, followed by letters, digits and `_`)"#]],
    );
    check_state(
        r#""Type":"Pass","End":true,"Parameters":{"a.$":"$lost.x"},"InputPath":"$found""#,
        expect![[r#"
        warning INVALID_VARIABLE /States/A/Parameters: no state assigns the variable `lost` that is read here (a field of the input is written `$.lost`)
        warning INVALID_VARIABLE /States/A/InputPath: no state assigns the variable `found` that is read here (a field of the input is written `$.found`)"#]],
    );
    check_state(
        r#""Type":"Map","Assign":{"v":1},"End":true,"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","Assign":{"v":2,"w.$":"$v"},"End":true}}}"#,
        expect![
            "INVALID_VARIABLE /States/A/ItemProcessor/States/I/Assign/v: the variable `v` is already assigned in an outer scope (give it another name; an inner scope cannot change outer variables)"
        ],
    );
}

#[test]
fn contracts_stand_only_where_they_mean_something() {
    check_state(
        r#""Type":"Pass","End":true,"Contract":{"Result":"a.A","Outptu":"a.A","Input":"a.A@0"}"#,
        expect![[r#"
            INVALID_CONTRACT /States/A/Contract/Result: a Pass state has no point `Result` for a contract (it has Input, Output)
            INVALID_CONTRACT /States/A/Contract/Outptu: a contract has no point `Outptu` (did you mean `Output`?)
            INVALID_CONTRACT /States/A/Contract/Input: `0` is not a version (versions count from 1; without `@` the latest is meant)"#]],
    );
    check_state(
        r#""Type":"Succeed","Contract":{"Input":"a A@1","Output":{"Schema":"a.A@x","Mode":"warm","More":1}}"#,
        expect![[r#"
            INVALID_CONTRACT /States/A/Contract/Input: `a A@1` is not `subject@version` (for example `orders.Order@3`, or `orders.Order` for the latest version)
            INVALID_CONTRACT /States/A/Contract/Output/Schema: `x` is not a version (versions count from 1; without `@` the latest is meant)
            SCHEMA_VALIDATION_FAILED /States/A/Contract/Output/Mode: `Mode` is one of enforce, warn, found `warm` (did you mean `warn`?)
            UNKNOWN_FIELD /States/A/Contract/Output/More: the long form of a contract has no field `More` (did you mean `Mode`?)"#]],
    );
    check_state(
        r#""Type":"Succeed","Contract":{"Input":{"Subject":"a.A"},"Output":7}"#,
        expect![[r#"
        INVALID_CONTRACT /States/A/Contract/Input: an object here is an Avro schema with `type`, or the long form with `Schema` (for example `{ "Schema": "orders.Order@3", "Unknown": "allow" }`)
        INVALID_CONTRACT /States/A/Contract/Output: a schema is `subject@version` or an Avro schema, found a number"#]],
    );
    check_state(
        r#""Type":"Fail","Contract":{"Output":"a.A"}"#,
        expect![
            "INVALID_CONTRACT /States/A/Contract/Output: a Fail state has no point `Output` for a contract (it has Input)"
        ],
    );
    check_state(
        r#""Type":"Succeed","Contract":["a.A"]"#,
        expect![[
            r#"INVALID_CONTRACT /States/A/Contract: a contract is an object of points, found an array (for example `{ "Input": "orders.Order@3" }`)"#
        ]],
    );
}

#[test]
fn a_contract_keeps_its_reference_and_its_options() {
    let text = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed","Contract":{"Input":"a.b-C@12","Output":{"Schema":{"type":"array","items":"int"},"Unknown":"allow","Mode":"warn"}}}}}"#;
    let machine = parse_definition(text).machine.expect("it is valid");
    let contract = machine.states[0].contract.clone().expect("it has one");
    let input = contract.input.expect("it has one");
    assert_eq!(input.schema, SchemaRef::Named { subject: "a.b-C".into(), version: Some(12) });
    assert_eq!(&*input.place.pointer, "/States/A/Contract/Input");
    let output = contract.output.expect("it has one");
    assert_eq!((output.unknown, output.mode), (Unknown::Allow, Mode::Warn));
    assert!(
        matches!(output.schema, SchemaRef::Inline(schema) if schema.to_text() == r#"{"type":"array","items":"int"}"#)
    );
}

#[test]
fn numbers_of_states_follow_the_text_and_transitions_their_targets() {
    let text = r#"{"StartAt":"B","States":{
        "A":{"Type":"Succeed"},
        "B":{"Type":"Map","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"Next":"A"}}}"#;
    let machine = parse_definition(text).machine.expect("it is valid");
    let names: Vec<&str> = machine.states.iter().map(|state| &*state.name).collect();
    assert_eq!(names, ["A", "B", "I"]);
    assert_eq!(machine.scopes.len(), 2);
    assert_eq!(machine.scopes[0].start_at, StateId(1));
    assert_eq!(machine.scopes[1].owner, Some(StateId(1)));
    assert_eq!(machine.states[2].scope, ScopeId(1));
    assert!(
        matches!(&machine.states[1].kind, StateKind::Map(map) if map.then == Transition::Next(StateId(0)))
    );
}

#[test]
fn keys_that_stand_twice_are_a_warning() {
    let text =
        r#"{"StartAt":"A","StartAt":"B","States":{"B":{"Type":"Pass","Result":{"x":1,"x":2},"End":true}}}"#;
    let parsed = parse_definition(text);
    let lines: Vec<String> = parsed.diagnostics.iter().map(line).collect();
    expect![[r#"
        warning DUPLICATE_KEY : the key `StartAt` stands in this object twice; the last one counts (take one of them out)
        warning DUPLICATE_KEY /States/B/Result: the key `x` stands in this object twice; the last one counts (take one of them out)"#]].assert_eq(&lines.join("\n"));
    assert!(parsed.machine.is_some());
}

#[test]
fn a_machine_without_an_end_is_refused() {
    let parsed = parse_definition(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"},"B":{"Type":"Pass","Next":"A"}}}"#,
    );
    let lines: Vec<String> = parsed.diagnostics.iter().map(line).collect();
    expect![[r#"MISSING_END_STATE : no state here ends it (give one state `"End": true`, or add a Succeed or Fail state)"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn a_jsonata_machine_holds_no_jsonpath_states() {
    let parsed = parse_definition(
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Output":"{% 1 %}","Next":"B"},"B":{"Type":"Succeed","QueryLanguage":"JSONPath"}}}"#,
    );
    let lines: Vec<String> = parsed.diagnostics.iter().map(line).collect();
    expect!["QUERY_LANGUAGE_MISMATCH /States/B/QueryLanguage: a JSONata machine cannot hold JSONPath states (a JSONPath machine can hold states of both languages)"].assert_eq(&lines.join("\n"));
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let states: Vec<String> = (0..3_000).map(|at| format!(r#""S{at}":{{"Type":"Tsk"}}"#)).collect();
    let parsed = parse_definition(&format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.join(",")));
    assert_eq!(parsed.diagnostics.len(), 101);
    expect!["TOO_MANY_DIAGNOSTICS : 5899 more problems are not shown"]
        .assert_eq(&line(&parsed.diagnostics[100]));
}

#[test]
fn machines_inside_each_other_are_bounded() {
    let mut text = r#"{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}"#.to_owned();
    for depth in 0..34 {
        text = format!(
            r#"{{"StartAt":"P{depth}","States":{{"P{depth}":{{"Type":"Parallel","End":true,"Branches":[{text}]}}}}}}"#
        );
    }
    let lines: Vec<String> = parse_definition(&text).diagnostics.iter().map(line).collect();
    expect!["INVALID_JSON_DESCRIPTION : more than 128 arrays and objects inside each other"]
        .assert_eq(&lines.join("\n"));
}

#[test]
fn a_side_file_has_the_points_of_each_state() {
    let machine = parse_definition(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"a/b","States":{"a/b":{"Type":"Pass","End":true}}}}}}"#,
    )
    .machine
    .expect("it is valid");
    let text = "Contract: {Items: x}\nStates:\n  M: {Items: o.Item@2}\n  M/a/b: {Result: int}\n  a/b: {Output: int}\n";
    let lines: Vec<String> = parse_side_file(text, &machine).diagnostics.iter().map(line).collect();
    expect![[r#"
        INVALID_CONTRACT /Contract/Items: a file of contracts has no point `Items` for a contract (it has Input, Output)
        CONTRACT_UNKNOWN_STATE /States/M~1a~1b: `M/a/b` is not a state of the definition (did you mean `M`?)"#]].assert_eq(&lines.join("\n"));
    let text = "States:\n  M:\n    Items: {Schema: o.Item@2, Unknown: allow}\n  a/b: {Output: int}\n";
    let parsed = parse_side_file(text, &machine);
    assert_eq!(parsed.diagnostics, []);
    let names: Vec<String> =
        parsed.side_file.expect("it is fine").states.iter().map(|it| it.0.to_string()).collect();
    assert_eq!(names, ["M", "a/b"]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_reported(text in "[\\PC\n\t{}\\[\\]:,\"'|>&*!?#%@`-]{0,60}") {
        let parsed = parse_definition(&text);
        prop_assert!(parsed.machine.is_some() || !parsed.diagnostics.is_empty());
        parsed.diagnostics.iter().for_each(|it| drop(render(it, "m", &text)));
    }

    #[test]
    fn any_mutilated_yaml_is_read_or_reported(at in 0_usize..120, with in "[\\PC\n {}\\[\\]:,\"'|>&*!?#%@`-]{0,4}") {
        let text = "StartAt: A # é\nStates:\n  A:\n    Type: Pass\n    Result: {n: 1, s: \"1\", l: [a, 'b']}\n    Comment: |\n      more\n    End: true\n";
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) { at -= 1; }
        let text = format!("{}{with}{}", &text[..at], &text[at..]);
        let parsed = parse_definition(&text);
        prop_assert!(parsed.machine.is_some() || !parsed.diagnostics.is_empty());
        parsed.diagnostics.iter().for_each(|it| drop(render(it, "m", &text)));
    }
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
