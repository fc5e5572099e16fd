//! Unmodified handlers under the runtime clients that their authors would use on AWS.

use crate::world::{World, direct, example, node_client, request, run};
use expect_test::expect;

const SERVICE: &str = "arn:aws:states:::lambda:invoke";

#[tokio::test(flavor = "multi_thread")]
async fn python_under_awslambdaric() {
    let world = World::new();
    let Some(runner) = world.python(|it| it.environment = vec![("STAGE".into(), "test".into())]) else {
        return;
    };
    expect![[r#"{"a": [1, 2.5, "\u00e9", null]}"#]]
        .assert_eq(&run(&runner, direct(r#"{"a":[1,2.5,"é",null]}"#)).await);
    let context = run(&runner, direct(r#"{"do":"context"}"#)).await;
    expect![[r#"{"name": "f", "version": "$LATEST", "arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "memory": "512", "has_id": 36, "remaining": true, "client": null, "handler": null, "stage": "test", "secret": null, "trace": "Root=1-"}"#]]
        .assert_eq(&context);
    let raised = run(&runner, direct(r#"{"do":"raise"}"#)).await;
    assert!(raised.starts_with(r#"CustomError: {"errorMessage": "no", "errorType": "CustomError", "requestId": "ID", "stackTrace": ["#), "{raised}");
    assert_eq!(run(&runner, direct("{}")).await, "{}", "after an error the worker goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_context_reaches_the_handler() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    let arguments =
        r#"{"FunctionName":"f","Payload":{"do":"context"},"ClientContext":"eyJjdXN0b20iOnsiayI6InYifX0="}"#;
    let answer = run(&runner, request(SERVICE, arguments)).await;
    assert!(answer.contains(r#""client":{"k":"v"}"#), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_under_a_runtime_client() {
    let world = World::new();
    let Some(client) = node_client() else { return };
    let runner = world.runner(&["node", &client, "app.handler"], |_| {});
    expect![[r#"{"a":[1,2.5,"é",null]}"#]]
        .assert_eq(&run(&runner, direct(r#"{"a":[1,2.5,"é",null]}"#)).await);
    expect![[r#"{"name":"f","arn":"arn:aws:lambda:us-east-1:000000000000:function:f","id":36}"#]]
        .assert_eq(&run(&runner, direct(r#"{"do":"context"}"#)).await);
    let raised = run(&runner, direct(r#"{"do":"raise"}"#)).await;
    assert!(raised.starts_with(r#"CustomError: {"errorType":"CustomError","errorMessage":"no""#), "{raised}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_handler_prints_is_in_the_log_and_its_end_in_the_answer() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    let arguments = r#"{"FunctionName":"f","Payload":{"do":"print"},"LogType":"Tail"}"#;
    let answer = run(&runner, request(SERVICE, arguments)).await;
    assert!(answer.contains(r#""LogResult":"U1RBUlQg"#), "it begins with `START `: {answer}");
    let log = world.log();
    for line in ["START RequestId: ", " to stdout\n", " to stderr\n", "END RequestId: ", "REPORT RequestId: "]
    {
        assert!(log.contains(line), "`{line}` is not in\n{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_under_lambda_runtime() {
    let world = World::new();
    let runner = world.runner(&[&example("lambda_handler")], |_| {});
    expect![[r#"{"a":[1,2.5,"é",null]}"#]]
        .assert_eq(&run(&runner, direct(r#"{"a":[1,2.5,"é",null]}"#)).await);
    expect![[
        r#"{"arn":"arn:aws:lambda:us-east-1:000000000000:function:f","name":"f","memory":512,"id":36}"#
    ]]
    .assert_eq(&run(&runner, direct(r#"{"do":"context"}"#)).await);
    let raised = run(&runner, direct(r#"{"do":"raise"}"#)).await;
    assert!(raised.ends_with(r#""errorMessage":"no"}"#), "{raised}");
    let panicked = run(&runner, direct(r#"{"do":"panic"}"#)).await;
    assert!(panicked.contains("what a handler should not do"), "{panicked}");
    assert_eq!(run(&runner, direct("{}")).await, "{}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_is_a_text_is_the_json_in_it() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    for (payload, answer) in [(r#""{\"a\": 1}""#, r#""Payload":{"a":1}"#), ("null", r#""Payload":{}"#)] {
        let arguments = format!(r#"{{"FunctionName":"f","Payload":{payload}}}"#);
        let answered = run(&runner, request(SERVICE, &arguments)).await;
        assert!(answered.contains(answer), "`{answer}` is not in {answered}");
    }
    let arguments = r#"{"FunctionName":"f","Payload":{"a":1}}"#;
    expect![[r#"{"ExecutedVersion":"$LATEST","Payload":"{\"a\": 1}","StatusCode":200}"#]]
        .assert_eq(&run(&runner, request("arn:aws:states:::aws-sdk:lambda:invoke", arguments)).await);
}
