use std::sync::Arc;

use asl::{Entropy, Json, JsonLimits, Timestamp, json};
use contracts::{Contracts, SchemaSource, SchemaText, SourceError};
use expect_test::{Expect, expect};

use super::{Call, Refusal, test_state};
use crate::execution::ExecutionInfo;
use crate::ids::ExecutionId;
use crate::limits::Limits;
use crate::revision::Revision;

/// Whatever is asked for is a whole number.
struct Integers;

impl SchemaSource for Integers {
    fn schema(&self, subject: &str, _version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        let (text, origin) = ("\"int\"".into(), "the test".into());
        Ok(Some(SchemaText { subject: subject.into(), version: 1, text, origin, commit: None }))
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        vec!["n".into()]
    }
}

fn called(parameters: &str) -> Result<Json, Refusal> {
    let parameters = json::parse(parameters, JsonLimits::DEFINITION).expect("a call is JSON");
    let Call { definition, machine, state, request, level } = Call::read(&parameters)?;
    let (contracts, refused) = contracts::bind(&machine, None, &Integers);
    assert!(refused.is_empty(), "{refused:?}");
    let revision = Revision {
        scope: asl::StateMachine::ROOT,
        name: "m".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m".into(),
        role_arn: "arn:aws:iam::000000000000:role/m".into(),
        definition,
        machine,
        contracts: if contracts.is_empty() { Contracts::default() } else { contracts },
        limits: Limits::default(),
    };
    let info = ExecutionInfo {
        id: ExecutionId([1; 16]),
        name: "x".into(),
        arn: "arn:aws:states:us-east-1:000000000000:express:m:x".into(),
    };
    let now = Timestamp::from_unix_ms(1_767_225_600_000);
    let tested =
        test_state(Arc::new(revision), state, info, &request, now, &mut Entropy::from_seed([7; 32]))?;
    Ok(tested.to_json(level))
}

/// A call whose members that hold JSON are written as JSON, not as texts.
#[track_caller]
fn check(definition: &str, others: &str, expect: Expect) {
    let parameters = json::parse(&format!("{{{others}}}"), JsonLimits::DEFINITION).expect("members");
    let text = |value: &Json| Json::from(value.to_text());
    let members = parameters.as_object().expect("members").iter().map(|(name, value)| {
        let value = match &**name {
            "input" | "variables" | "context" => text(value),
            "mock" => Json::object(value.as_object().expect("a mock").iter().map(|(name, value)| {
                (name.clone(), if &**name == "result" { text(value) } else { value.clone() })
            })),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    let call = Json::object(members.chain([("definition".into(), Json::from(definition))]));
    let shown = match called(&call.to_text()) {
        Ok(answer) => {
            let members = answer.as_object().expect("an answer").iter();
            members.fold(String::new(), |text, (name, value)| format!("{text}{name} {}\n", value.to_text()))
        }
        Err(refusal) => refusal.to_string(),
    };
    expect.assert_eq(&shown);
}

const TASK: &str = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","InputPath":"$.a",
    "Parameters":{"FunctionName":"f","Payload.$":"$"},"ResultSelector":{"got.$":"$.Payload"},"ResultPath":"$.r","OutputPath":"$.r",
    "Assign":{"seen.$":"$.got"},"Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2,"BackoffRate":3,"MaxAttempts":2}],
    "Catch":[{"ErrorEquals":["Busy"],"ResultPath":"$.error","Next":"Sorry"}],"Next":"Then"}"#;

#[test]
fn every_step_of_the_data_is_shown() {
    check(
        TASK,
        r#""input":{"a":{"n":1}},"mock":{"result":{"Payload":7}},"inspectionLevel":"DEBUG","variables":{"old":true}"#,
        expect![[r#"
            output "{\"got\":7}"
            inspectionData {"input":"{\"a\":{\"n\":1}}","afterInputPath":"{\"n\":1}","afterParameters":"{\"FunctionName\":\"f\",\"Payload\":{\"n\":1}}","result":"{\"Payload\":7}","afterResultSelector":"{\"got\":7}","afterResultPath":"{\"a\":{\"n\":1},\"r\":{\"got\":7}}","variables":"{\"old\":true,\"seen\":7}"}
            nextState "Then"
            status "SUCCEEDED"
        "#]],
    );
}

#[test]
fn a_retrier_takes_an_error_until_it_is_used_up_and_then_a_catcher_does() {
    let mock = r#""input":{"a":1},"inspectionLevel":"DEBUG","mock":{"errorOutput":{"error":"Busy","cause":"it is"}}"#;
    check(
        TASK,
        mock,
        expect![[r#"
        error "Busy"
        cause "it is"
        inspectionData {"input":"{\"a\":1}","afterInputPath":"1","afterParameters":"{\"FunctionName\":\"f\",\"Payload\":1}","errorDetails":{"retryIndex":0,"retryBackoffIntervalSeconds":2}}
        status "RETRIABLE"
    "#]],
    );
    check(
        TASK,
        &format!(r#"{mock},"stateConfiguration":{{"retrierRetryCount":1}}"#),
        expect![[r#"
        error "Busy"
        cause "it is"
        inspectionData {"input":"{\"a\":1}","afterInputPath":"1","afterParameters":"{\"FunctionName\":\"f\",\"Payload\":1}","errorDetails":{"retryIndex":0,"retryBackoffIntervalSeconds":6}}
        status "RETRIABLE"
    "#]],
    );
    check(
        TASK,
        &format!(r#"{mock},"stateConfiguration":{{"retrierRetryCount":2}}"#),
        expect![[r#"
        output "{\"a\":1,\"error\":{\"Error\":\"Busy\",\"Cause\":\"it is\"}}"
        error "Busy"
        cause "it is"
        inspectionData {"input":"{\"a\":1}","afterInputPath":"1","afterParameters":"{\"FunctionName\":\"f\",\"Payload\":1}","errorDetails":{"catchIndex":0}}
        nextState "Sorry"
        status "CAUGHT_ERROR"
    "#]],
    );
}

#[test]
fn what_nothing_takes_fails_the_state() {
    check(
        TASK,
        r#""input":{"a":1},"mock":{"errorOutput":{"error":"Odd"}}"#,
        expect![[r#"
        error "Odd"
        status "FAILED"
    "#]],
    );
    check(
        TASK,
        r#""input":{},"mock":{"result":{}},"inspectionLevel":"DEBUG""#,
        expect![[r#"
        error "States.Runtime"
        cause "Invalid path '$.a' : No results for path: $['a']"
        inspectionData {"input":"{}"}
        status "FAILED"
    "#]],
    );
}

#[test]
fn a_state_of_a_machine_is_tested_where_it_stands() {
    let machine = r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"In","States":{
        "In":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":1,"Next":"Big"}],"Default":"Small"},
        "Big":{"Type":"Succeed"},"Small":{"Type":"Wait","Seconds":600,"Next":"Big"}}}}}}"#;
    check(
        machine,
        r#""stateName":"In","input":{"n":2}"#,
        expect![[r#"
        output "{\"n\":2}"
        nextState "Big"
        status "SUCCEEDED"
    "#]],
    );
    check(
        machine,
        r#""stateName":"Small","input":{"n":2}"#,
        expect![[r#"
        output "{\"n\":2}"
        nextState "Big"
        status "SUCCEEDED"
    "#]],
    );
    check(machine, r#""stateName":"Nobody""#, expect!["ValidationException: State not found in definition"]);
    check(
        machine,
        r#""input":{}"#,
        expect!["ValidationException: stateName must be specified when the definition is a state machine"],
    );
}

#[test]
fn a_map_shows_what_it_gives_its_iterations() {
    let map = r#"{"Type":"Map","ItemsPath":"$.items","ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","all.$":"$.k"},
        "MaxConcurrency":3,"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"ResultPath":"$.out","End":true}"#;
    let input = r#""input":{"k":"x","items":["a","b"]},"inspectionLevel":"TRACE""#;
    check(
        map,
        &format!(r#"{input},"mock":{{"result":[1,2]}}"#),
        expect![[r#"
        output "{\"k\":\"x\",\"items\":[\"a\",\"b\"],\"out\":[1,2]}"
        inspectionData {"input":"{\"k\":\"x\",\"items\":[\"a\",\"b\"]}","afterInputPath":"{\"k\":\"x\",\"items\":[\"a\",\"b\"]}","afterItemsPath":"[\"a\",\"b\"]","afterItemSelector":"[{\"v\":\"a\",\"i\":0,\"all\":\"x\"},{\"v\":\"b\",\"i\":1,\"all\":\"x\"}]","afterResultSelector":"[1,2]","afterResultPath":"{\"k\":\"x\",\"items\":[\"a\",\"b\"],\"out\":[1,2]}","maxConcurrency":3}
        status "SUCCEEDED"
    "#]],
    );
    check(
        map,
        &format!(
            r#"{input},"mock":{{"errorOutput":{{"error":"E"}}}},"stateConfiguration":{{"errorCausedByState":"P"}}"#
        ),
        expect![[r#"
            error "E"
            inspectionData {"input":"{\"k\":\"x\",\"items\":[\"a\",\"b\"]}","afterInputPath":"{\"k\":\"x\",\"items\":[\"a\",\"b\"]}","afterItemsPath":"[\"a\",\"b\"]","afterItemSelector":"[{\"v\":\"a\",\"i\":0,\"all\":\"x\"},{\"v\":\"b\",\"i\":1,\"all\":\"x\"}]","maxConcurrency":3}
            status "FAILED"
        "#]],
    );
    check(
        map,
        &format!(r#"{input},"mock":{{"result":7}}"#),
        expect!["ValidationException: Mocked result must be an array."],
    );
    check(
        map,
        input,
        expect![
            "InvalidDefinition: TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"
        ],
    );
    check(
        map,
        &format!(
            r#"{input},"mock":{{"errorOutput":{{"error":"E"}}}},"stateConfiguration":{{"errorCausedByState":"Q"}}"#
        ),
        expect![
            "ValidationException: The state 'Q' of errorCausedByState is not inside the state that is tested."
        ],
    );
}

#[test]
fn tokens_and_jsonata_are_as_in_an_execution() {
    check(
        r#"{"QueryLanguage":"JSONata","Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments":{"QueueUrl":"q","MessageBody":"{% $length($states.context.Task.Token) %}"},
            "Output":"{% $states.result.n + 1 %}","End":true}"#,
        r#""input":{},"mock":{"result":{"n":1}},"inspectionLevel":"DEBUG""#,
        expect![[r#"
            output "2"
            inspectionData {"input":"{}","afterArguments":"{\"QueueUrl\":\"q\",\"MessageBody\":82}","result":"{\"n\":1}"}
            status "SUCCEEDED"
        "#]],
    );
    check(
        r#"{"QueryLanguage":"JSONata","Type":"Pass","Output":"{% $states.input.n.m.nothing %}","End":true}"#,
        r#""input":{}"#,
        expect![[r#"
            error "States.QueryEvaluationError"
            cause "The JSONata expression '$states.input.n.m.nothing' specified for the field 'Output' returned nothing (undefined)."
            status "FAILED"
        "#]],
    );
}

#[test]
fn a_contract_of_the_state_is_held() {
    let pass = r#"{"Type":"Pass","Contract":{"Input":"n"},"End":true}"#;
    check(
        pass,
        r#""input":1"#,
        expect![[r#"
        output "1"
        status "SUCCEEDED"
    "#]],
    );
    check(
        pass,
        r#""input":"text""#,
        expect![[r#"
        error "Contract.InputViolation"
        cause "{\"state\":\"StateName\",\"contract\":\"Input\",\"subject\":\"n\",\"version\":1,\"fingerprint\":\"3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45\",\"violations\":[{\"path\":\"$\",\"expected\":\"int\",\"found\":\"string \\\"text\\\"\"}],\"more\":0}"
        status "FAILED"
    "#]],
    );
}

#[test]
fn a_mocked_answer_must_look_like_the_services() {
    let start = r#"{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"StateMachineArn":"a"},"End":true}"#;
    let mock = |mock: &str| format!(r#""input":{{}},"mock":{{{mock}}}"#);
    check(
        start,
        &mock(r#""result":{"ExecutionArn":"a"}"#),
        expect!["ValidationException: Mock result schema validation error: Field 'StartDate' is required"],
    );
    check(
        start,
        &mock(r#""result":{"ExecutionArn":"a"},"fieldValidationMode":"PRESENT""#),
        expect![[r#"
        output "{\"ExecutionArn\":\"a\"}"
        status "SUCCEEDED"
    "#]],
    );
    check(
        start,
        &mock(r#""result":{"ExecutionArn":7},"fieldValidationMode":"PRESENT""#),
        expect![
            "ValidationException: Mock result schema validation error: Field 'ExecutionArn' must be a string"
        ],
    );
    check(
        start,
        &mock(r#""result":{"ExecutionArn":7},"fieldValidationMode":"NONE""#),
        expect![[r#"
        output "{\"ExecutionArn\":7}"
        status "SUCCEEDED"
    "#]],
    );
    check(
        start,
        &mock(r#""result":7,"fieldValidationMode":"LAX""#),
        expect!["ValidationException: fieldValidationMode `LAX` is none of STRICT, PRESENT, NONE"],
    );
    check(
        start,
        r#""input":{}"#,
        expect!["ValidationException: RoleArn must be specified when testing a Task state"],
    );
    check(
        start,
        r#""input":{},"roleArn":"arn:role""#,
        expect![
            "ValidationException: TestState calls no service here: a mock must be specified when testing a Task state."
        ],
    );
}

#[test]
fn what_is_no_call_is_refused() {
    check(
        r#"{"Type":"Pass"}"#,
        r#""input":{}"#,
        expect![[
            r#"InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: a Pass state needs either `Next` or `"End": true` at /States/StateName'"#
        ]],
    );
    check(
        r#"{"Type":"Pass","End":true}"#,
        r#""inspectionLevel":"ALL""#,
        expect!["ValidationException: inspectionLevel `ALL` is none of INFO, DEBUG, TRACE"],
    );
    check(
        r#"{"Type":"Pass","End":true}"#,
        r#""variables":[]"#,
        expect!["ValidationException: Variables must be a JSON object."],
    );
    check(
        r#"{"Type":"Pass","End":true}"#,
        r#""context":{"Task":{"Token":"t"}}"#,
        expect![
            "ValidationException: Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern"
        ],
    );
    check(
        "no JSON",
        r#""stateName":"S""#,
        expect![
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: expected keys and values, as in `StartAt: First`'"
        ],
    );
    assert_eq!(
        called(r#"{"definition":"{\"Type\":\"Succeed\"}","input":"{"}"#).map_err(|it| it.kind.as_str()),
        Err("InvalidExecutionInput")
    );
}
