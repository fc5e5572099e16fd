//! JSONata states: what is read of them, and what is refused where.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

use expect_test::{Expect, expect};

use super::super::tests::check;
use crate::definition::QueryLanguage;
use crate::parse_definition;

/// What is said of a JSONata state `A` with these fields.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
fn check_state(fields: &str, expected: Expect) {
    let text = format!(
        r#"{{"QueryLanguage":"JSONata","StartAt":"A","States":{{"A":{{{fields}}},"Z":{{"Type":"Succeed"}}}}}}"#
    );
    let parsed = parse_definition(&text);
    // `Z` is there for those that lead on; that others do not reach it is not the point.
    let own = parsed.diagnostics.iter().filter(|it| !it.message.contains("leads to `Z`"));
    let lines: Vec<String> = own
        .map(|it| {
            let hint = it.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{:?} {} {}: {}{hint}", it.severity, it.code, it.place.pointer, it.message)
        })
        .collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_jsonata_machine_of_every_kind_of_state_is_read() {
    check(
        r#"{"QueryLanguage": "JSONata", "StartAt": "P",
  "States": {
    "P": {"Type": "Pass", "Output": {"a": "{% $states.input.x %}"}, "Assign": {"v": "{% $states.input.y %}", "n": 1}, "Next": "T"},
    "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f", "Payload": "{% $v %}"},
          "TimeoutSeconds": "{% $n + 9 %}", "HeartbeatSeconds": "{% $n %}", "Credentials": {"RoleArn": "{% $v %}"}, "Output": "{% $states.result.Payload %}",
          "Assign": {"r": "{% $states.result %}"},
          "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "IntervalSeconds": 1}],
          "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F", "Output": "{% $states.errorOutput.Error %}", "Assign": {"e": "{% $states.errorOutput %}"}}], "Next": "C"},
    "C": {"Type": "Choice", "Choices": [{"Condition": "{% $n < 3 %}", "Next": "W", "Output": "{% $n %}", "Assign": {"n": "{% $n + 1 %}"}}, {"Condition": true, "Next": "M"}], "Default": "S", "Output": {}},
    "W": {"Type": "Wait", "Seconds": "{% $n %}", "Output": "{% $states.input %}", "Next": "U"},
    "U": {"Type": "Wait", "Timestamp": "{% $now() %}", "Next": "V"},
    "V": {"Type": "Wait", "Timestamp": "2026-11-24T09:30:00Z", "Next": "M"},
    "M": {"Type": "Map", "Items": [1, "{% $n %}"], "ItemSelector": {"i": "{% $states.context.Map.Item.Index %}"}, "MaxConcurrency": "{% $n %}",
          "ToleratedFailureCount": 1,
          "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "Next": "Q"},
    "Q": {"Type": "Parallel", "Arguments": {"x": "{% $r %}"}, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Succeed", "Output": 1}}}], "Output": "{% $states.result[0] %}", "End": true},
    "S": {"Type": "Succeed", "Output": "{% $v %}"}, "F": {"Type": "Fail", "Error": "{% $e.Error %}", "Cause": "literal"}}}"#,
        expect![[r#"
            m.json:14:11: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailureCount` counts in a distributed Map only; an inline one fails with its first item that does
               14 |           "ToleratedFailureCount": 1,
                  |           ^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailureCount
        "#]],
    );
}

#[test]
fn a_jsonpath_machine_holds_states_of_both_languages() {
    let parsed = parse_definition(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","QueryLanguage":"JSONata","Items":"{% [1] %}","End":true,
        "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","InputPath":"$.x","Next":"J"},"J":{"Type":"Pass","QueryLanguage":"JSONata","End":true}}}}}}"#,
    );
    assert_eq!(parsed.diagnostics, []);
    let languages: Vec<_> =
        parsed.machine.expect("it is valid").states.iter().map(|it| it.query_language).collect();
    assert_eq!(languages, [QueryLanguage::Jsonata, QueryLanguage::JsonPath, QueryLanguage::Jsonata]);
}

#[test]
fn expressions_that_cannot_be_read_are_shown_where_they_go_wrong() {
    check(
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output":
  {"total": "{% $states.input.items[1,2) %}", "name": "{% phone %}", "quoted": "{% \"a\" & b %}"}, "End": true}}}"#,
        expect![[r#"
            m.json:2:38: error[INVALID_JSONATA_EXPRESSION]: the expression cannot be read: S0202: Expected "]", got ","
                2 |   {"total": "{% $states.input.items[1,2) %}", "name": "{% phone %}", "quoted": "{% \"a\" & b %}"}, "…
                  |                                      ^^^^^^
                  at: /States/A/Output/total
            m.json:2:59: error[UNSUPPORTED_JSONATA_EXPRESSION]: `phone` refers to a context, which expressions of a state do not have
                2 | …{% $states.input.items[1,2) %}", "name": "{% phone %}", "quoted": "{% \"a\" & b %}"}, "End": true}}}
                  |                                               ^^^^^^^^
                  at: /States/A/Output/name
                hint: a field of the input is `$states.input.phone`, a variable is `$phone`
            m.json:2:92: error[UNSUPPORTED_JSONATA_EXPRESSION]: `b` refers to a context, which expressions of a state do not have
                2 | …{% $states.input.items[1,2) %}", "name": "{% phone %}", "quoted": "{% \"a\" & b %}"}, "End": true}}}
                  |                                                                                ^^^^
                  at: /States/A/Output/quoted
                hint: a field of the input is `$states.input.b`, a variable is `$b`
        "#]],
    );
}

#[test]
fn fields_of_the_other_language_are_named_with_their_twin() {
    check_state(
        r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","InputPath":"$","Parameters":{},"ResultSelector":{},"ResultPath":"$","OutputPath":"$","TimeoutSecondsPath":"$.x","End":true"#,
        expect![[r#"
            Error QUERY_LANGUAGE_MISMATCH /States/A/InputPath: `InputPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Arguments`, of Task and Parallel states, of `ItemReader` and `ResultWriter`)
            Error QUERY_LANGUAGE_MISMATCH /States/A/Parameters: `Parameters` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Arguments`, of Task and Parallel states, of `ItemReader` and `ResultWriter`)
            Error QUERY_LANGUAGE_MISMATCH /States/A/ResultSelector: `ResultSelector` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Output`)
            Error QUERY_LANGUAGE_MISMATCH /States/A/ResultPath: `ResultPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Output`)
            Error QUERY_LANGUAGE_MISMATCH /States/A/OutputPath: `OutputPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Output`)
            Error QUERY_LANGUAGE_MISMATCH /States/A/TimeoutSecondsPath: `TimeoutSecondsPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: an expression in `TimeoutSeconds`)"#]],
    );
    check_state(
        r#""Type":"Wait","SecondsPath":"$.x","Next":"Z""#,
        expect![
            "Error QUERY_LANGUAGE_MISMATCH /States/A/SecondsPath: `SecondsPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: an expression in `Seconds`)"
        ],
    );
    check_state(
        r#""Type":"Choice","Choices":[{"Variable":"$.x","NumericEquals":1,"Next":"Z"},{"Not":{"Variable":"$.x","IsPresent":true},"Next":"Z"},{"Next":"Z"}]"#,
        expect![[r#"
            Error QUERY_LANGUAGE_MISMATCH /States/A/Choices/0/Variable: `Variable` belongs to JSONPath, and the query language here is JSONata
            Error QUERY_LANGUAGE_MISMATCH /States/A/Choices/1/Not: `Not` belongs to JSONPath, and the query language here is JSONata
            Error MISSING_FIELD /States/A/Choices/2: a choice rule needs the field `Condition`"#]],
    );
    check_state(
        r#""Type":"Choice","Choices":[{"Condition":"{% true %}","StringEquals":"x","Next":"Z"}]"#,
        expect![
            "Error QUERY_LANGUAGE_MISMATCH /States/A/Choices/0/StringEquals: `StringEquals` belongs to JSONPath, and the query language here is JSONata"
        ],
    );
    check_state(
        r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Catch":[{"ErrorEquals":["E"],"ResultPath":"$.e","Next":"Z"}],"End":true"#,
        expect![
            "Error QUERY_LANGUAGE_MISMATCH /States/A/Catch/0/ResultPath: `ResultPath` belongs to JSONPath, and the query language here is JSONata (in JSONata: `Output`)"
        ],
    );
}

#[test]
fn members_of_states_that_are_not_there_are_told() {
    check_state(
        r#""Type":"Pass","Output":"{% $states.errorOutput %}","Next":"Z""#,
        expect![
            "Error UNSUPPORTED_JSONATA_EXPRESSION /States/A/Output: `$states.errorOutput` is there in catchers only (put it into `Output` or `Assign` of an element of `Catch`)"
        ],
    );
    check_state(
        r#""Type":"Pass","Output":"{% $states.result %}","Next":"Z""#,
        expect![
            "Warning UNSUPPORTED_JSONATA_EXPRESSION /States/A/Output: `$states.result` is not there, and gives nothing (a result is there in `Output` and `Assign` of Task, Parallel and Map states; elsewhere use `$states.input`)"
        ],
    );
    check_state(
        r#""Type":"Pass","Output":"{% $unknown & $eval('1') %}","Assign":{"states":1,"a.$":2},"Next":"Z""#,
        expect![[r#"
            Error UNSUPPORTED_JSONATA_EXPRESSION /States/A/Output: the function `$eval` is not available in states (`$parse` reads JSON text)
            Error INVALID_VARIABLE /States/A/Assign/states: the variable name `states` is reserved
            Error INVALID_VARIABLE /States/A/Assign/a.$: `a.$` is not a variable name (a name is a letter or `_`, followed by letters, digits and `_`)"#]],
    );
    check_state(
        r#""Type":"Pass","Output":"{% $unknown + $range(1, 2, 1) %}","Next":"Z""#,
        expect![
            "Warning INVALID_VARIABLE /States/A/Output: no state assigns the variable `unknown` that is read here (a field of the input is written `$states.input.unknown`)"
        ],
    );
}

#[test]
fn values_of_the_wrong_type_are_told() {
    check_state(
        r#""Type":"Map","Items":{"a":1},"MaxConcurrency":"4","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}},"Next":"Z""#,
        expect![[r#"
            Error SCHEMA_VALIDATION_FAILED /States/A/Items: `Items` is an array or an expression `{% … %}`, found an object
            Error SCHEMA_VALIDATION_FAILED /States/A/MaxConcurrency: `MaxConcurrency` is a number or an expression `{% … %}`, found a string"#]],
    );
    check_state(
        r#""Type":"Choice","Choices":[{"Condition":"true","Next":"Z"},{"Condition":1,"Next":"Z"}]"#,
        expect![[r#"
            Error SCHEMA_VALIDATION_FAILED /States/A/Choices/0/Condition: `Condition` is a boolean or an expression `{% … %}`, found a string
            Error SCHEMA_VALIDATION_FAILED /States/A/Choices/1/Condition: `Condition` is a boolean or an expression `{% … %}`, found a number"#]],
    );
    check_state(
        r#""Type":"Wait","Seconds":"ten","Next":"Z""#,
        expect![
            "Error SCHEMA_VALIDATION_FAILED /States/A/Seconds: `Seconds` is a number or an expression `{% … %}`, found a string"
        ],
    );
    check_state(
        r#""Type":"Wait","Timestamp":"tomorrow","Next":"Z""#,
        expect![
            "Error SCHEMA_VALIDATION_FAILED /States/A/Timestamp: `Timestamp` is not an RFC 3339 timestamp, found `tomorrow` (for example `2026-11-24T09:30:00Z`)"
        ],
    );
    check_state(
        r#""Type":"Fail","Error":7"#,
        expect!["Error SCHEMA_VALIDATION_FAILED /States/A/Error: `Error` is a string, found a number"],
    );
    check_state(
        r#""Type":"Succeed","Arguments":{},"Items":[]"#,
        expect![[r#"
        Error UNKNOWN_FIELD /States/A/Arguments: a Succeed state has no field `Arguments` (`Arguments` is a field of Task and Parallel states)
        Error UNKNOWN_FIELD /States/A/Items: a Succeed state has no field `Items` (`Items` is a field of Map states)"#]],
    );
}

#[test]
fn texts_that_are_almost_expressions_are_warned_of() {
    check_state(
        r#""Type":"Pass","Output":{"a":" {% 1 %}","b.$":"$.x","c":"{% 1 %} of 2","d":"a {%"},"Next":"Z""#,
        expect![[r#"
            Warning NO_EXPRESSION /States/A/Output/a: this looks like an expression, and is passed on as a text (an expression begins with `{%` and ends with `%}`, and nothing stands outside)
            Warning NO_EXPRESSION /States/A/Output/b.$: `b.$` is a field of that name: JSONata knows no `.$` (an expression is a text `{% … %}`, under a name without `.$`)
            Warning NO_EXPRESSION /States/A/Output/c: this looks like an expression, and is passed on as a text (an expression begins with `{%` and ends with `%}`, and nothing stands outside)"#]],
    );
}

#[test]
fn a_catcher_may_assign_what_the_scope_inside_assigned() {
    let machine = |assign: &str, catch: &str| {
        format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Assign":{{{assign}}},
            "Catch":[{{"ErrorEquals":["States.ALL"],"Next":"Z","Assign":{{{catch}}}}}],
            "Branches":[{{"StartAt":"B","States":{{"B":{{"Type":"Pass","Assign":{{"x":1}},"End":true}}}}}}]}},"Z":{{"Type":"Succeed"}}}}}}"#
        )
    };
    assert_eq!(parse_definition(&machine("", r#""x":2"#)).diagnostics, []);
    let codes: Vec<_> =
        parse_definition(&machine(r#""x":2"#, "")).diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["INVALID_VARIABLE"]);
}
