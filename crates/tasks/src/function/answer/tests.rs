//! What a state gets of an answer.

use asl::Json;
use expect_test::{Expect, expect};
use runtime::TaskOutcome;

use super::{Answer, Local};
use crate::function::call::{Form, InvocationType};

fn answer(payload: &str, is_error: bool, invocation_type: InvocationType) -> Answer {
    let mut answer = Answer::from(Local {
        invocation_type,
        payload: payload.to_owned().into(),
        is_error,
        version: None,
        log_result: None,
        request_id: "r".into(),
        trace_id: "t".into(),
    });
    answer.headers.retain(|(name, _)| name != "Date");
    answer
}

#[track_caller]
fn check(answer: Answer, form: Form, expect: Expect) {
    let shown = match answer.outcome(form) {
        TaskOutcome::Succeeded { output } => output.text().to_string(),
        TaskOutcome::Failed { failure } => {
            format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or(""))
        }
        TaskOutcome::Barred => "barred".to_owned(),
    };
    expect.assert_eq(&shown);
}

#[test]
fn a_direct_answer_is_the_payload_as_it_came() {
    let answered = |payload| answer(payload, false, InvocationType::RequestResponse);
    check(answered(r#"{ "a": 1 }"#), Form::Direct, expect![[r#"{ "a": 1 }"#]]);
    check(answered(""), Form::Direct, expect!["null"]);
}

#[test]
fn an_answer_of_the_service_stands_in_an_envelope() {
    let answered = answer(r#"{ "a": 1 }"#, false, InvocationType::RequestResponse);
    check(
        answered,
        Form::Service,
        expect![[
            r#"{"ExecutedVersion":"$LATEST","Payload":{"a":1},"SdkHttpMetadata":{"AllHttpHeaders":{"Connection":["keep-alive"],"Content-Length":["10"],"Content-Type":["application/json"],"X-Amz-Executed-Version":["$LATEST"],"x-amzn-Remapped-Content-Length":["0"],"x-amzn-RequestId":["r"],"X-Amzn-Trace-Id":["t"]},"HttpHeaders":{"Connection":"keep-alive","Content-Length":"10","Content-Type":"application/json","X-Amz-Executed-Version":"$LATEST","x-amzn-Remapped-Content-Length":"0","x-amzn-RequestId":"r","X-Amzn-Trace-Id":"t"},"HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"r"},"StatusCode":200}"#
        ]],
    );
}

#[test]
fn an_error_of_a_function_fails_the_state_under_its_own_name() {
    let failed = |payload| answer(payload, true, InvocationType::RequestResponse);
    let error = r#"{"errorMessage": "no", "errorType": "CustomException"}"#;
    check(
        failed(error),
        Form::Service,
        expect![[r#"CustomException: {"errorMessage": "no", "errorType": "CustomException"}"#]],
    );
    check(
        failed(r#"{"errorMessage": "no"}"#),
        Form::Direct,
        expect![[
            r#"Lambda.Unknown: The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage": "no"}"#
        ]],
    );
}

#[test]
fn to_the_sdk_an_error_of_a_function_is_an_answer() {
    let failed = answer(r#"{"errorType":"X"}"#, true, InvocationType::RequestResponse);
    check(
        failed,
        Form::Sdk,
        expect![[
            r#"{"ExecutedVersion":"$LATEST","FunctionError":"Unhandled","Payload":"{\"errorType\":\"X\"}","StatusCode":200}"#
        ]],
    );
}

#[test]
fn what_is_no_json_has_no_name() {
    let answered = answer("oops", false, InvocationType::RequestResponse);
    check(
        answered,
        Form::Direct,
        expect![
            "Lambda.Unknown: The cause could not be determined because Lambda did not return an error type. Returned payload: oops"
        ],
    );
}

#[test]
fn names_and_causes_are_bounded() {
    let error = Json::object([
        ("errorType", Json::string("é".repeat(300))),
        ("errorMessage", Json::string("é".repeat(40_000))),
    ]);
    let failed = answer(&error.to_text(), true, InvocationType::RequestResponse);
    let TaskOutcome::Failed { failure } = failed.outcome(Form::Direct) else { panic!("it is an error") };
    assert_eq!(failure.error_str().chars().count(), 256);
    assert_eq!(failure.cause.expect("it has one").chars().count(), 32_768);
}
