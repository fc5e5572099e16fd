//! The expected texts are AWS's recorded answers, or public reports of them.

use super::{invalid_definition, validate};
use crate::parse_definition;

#[track_caller]
fn check(definition: &str, expected: &str) {
    let parsed = parse_definition(definition);
    assert!(parsed.machine.is_none());
    assert_eq!(invalid_definition(&parsed.aws), format!("Invalid State Machine Definition: '{expected}'"));
}

#[test]
fn what_is_no_definition_has_awss_words() {
    check(" ", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object");
    check("{}", "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /");
    check(
        r#"{"States": {"S": {"Type": "Pass", "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /",
    );
}

#[test]
fn fields_have_awss_words() {
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Wait", "Timestamp": "2016-12-05 21:29:29Z", "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/S/Timestamp",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Parallel", "Branches": [], "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/S/Branches",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Tsk", "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, \
         Choice, Parallel, Map] at /States/S/Type",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Credentials": {}, "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/S/Credentials",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Fail", "Error": "e", "ErrorPath": "$.e"}}}"#,
        "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Error, ErrorPath] at \
         /States/S/ErrorPath",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Pass", "Next": "S"}}}"#,
        "MISSING_END_STATE: Workflow has no terminal state at /",
    );
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Pass", "Foo": 1, "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: Field 'Foo' is not supported at /States/S/Foo",
    );
}

#[test]
fn every_error_is_named_and_no_warning() {
    check(
        r#"{"StartAt": "pass1", "States": {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass1": {"Type": "Pass", "Next": "pass3"}, "end": {"Type": "Succeed"}}}"#,
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next",
    );
    check(
        r#"{"StartAt": "pass1", "States": {"pass1": {"Type": "Pass", "End": true}, "pass2": {"Type": "Pass", "End": true}}}"#,
        r#"MISSING_TRANSITION_TARGET: State "pass2" is not reachable. at /States/pass2"#,
    );
}

#[test]
fn what_is_no_json_is_told_as_awss_reader_does() {
    let found = validate("not a definition");
    let [found] = &found[..] else { panic!("{found:?}") };
    let place = r#"[Source: (String)"not a definition"; line: 1, column: 4]"#;
    assert_eq!(found.code, "INVALID_JSON_DESCRIPTION");
    assert_eq!(found.location.as_deref(), Some(place));
    assert_eq!(
        found.message,
        format!(
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or \
             'false')\n at {place}"
        )
    );
}

#[test]
fn a_long_text_is_quoted_by_its_beginning() {
    let found = validate(&format!("{{\"Comment\": \"{}\",}}", "x".repeat(600)));
    let location = found[0].location.as_deref().unwrap_or_default();
    assert!(location.ends_with("x\"[truncated 116 chars]; line: 1, column: 616]"), "{location}");
}

#[test]
fn a_good_definition_has_nothing_said_of_it_and_an_empty_one_what_is_missing() {
    assert_eq!(validate(r#"{"StartAt": "S", "States": {"S": {"Type": "Pass", "End": true}}}"#), []);
    let missing = validate("{}");
    assert_eq!(missing[0].message, "These fields are required: [States, StartAt]");
    assert_eq!(missing[0].location.as_deref(), Some("/"));
    assert_eq!(validate(" ")[0].message, "Definition must be a valid JSON object");
    assert_eq!(validate(" ")[0].location, None);
}

#[test]
fn jsonata_has_awss_words() {
    let machine = |fields: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "S", "States": {{"S": {{{fields}, "End": true}}}}}}"#
        )
    };
    let checks = [
        (
            r#""Type": "Pass", "QueryLanguage": "JSONPath""#,
            "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at \
             /States/S",
        ),
        (
            r#""Type": "Pass", "InputPath": "$.x""#,
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for \
             the 'JSONPath' QueryLanguage at /States/S",
        ),
        (
            r#""Type": "Pass", "Output": {"v": "{% a[1,2) %}"}"#,
            "INVALID_JSONATA_EXPRESSION: Expected \"]\", got \",\" at /States/S/Output/v",
        ),
        (
            r#""Type": "Pass", "Output": {"v": "{% phone %}"}"#,
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at \
             /States/S/Output/v",
        ),
        (
            r#""Type": "Pass", "Output": "{% $$ %}""#,
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/S/Output",
        ),
    ];
    for (fields, expected) in checks {
        check(&machine(fields), expected);
    }
    check(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Pass", "Output": 1, "End": true}}}"#,
        "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the \
         'JSONata' QueryLanguage at /States/S",
    );
}
