//! Functions of a service that speaks Lambda's Invoke API.

use std::time::Duration;

use crate::scripted::{Answer, Scripted};
use crate::world::{direct, request, run, runner};
use expect_test::{Expect, expect};
use tasks::{FunctionConfig, FunctionPlace, FunctionsRunner, RemoteConfig, S3Credentials, Secret};

const SERVICE: &str = "arn:aws:states:::lambda:invoke";

fn remote(name: &str, server: &Scripted, change: impl FnOnce(&mut RemoteConfig)) -> FunctionsRunner {
    let mut config = RemoteConfig::new(server.url(), "eu-west-1");
    change(&mut config);
    runner(vec![FunctionConfig { name: name.into(), place: FunctionPlace::Remote(Box::new(config)) }])
}

/// What comes of one answer of the service.
async fn check(answer: Answer, expect: Expect) {
    let server = Scripted::new(vec![answer]);
    let runner = remote("f", &server, |it| it.timeout = Duration::from_millis(500));
    expect.assert_eq(&run(&runner, direct(r#"{"a":1}"#)).await);
}

#[tokio::test]
async fn a_call_is_sent_as_the_service_knows_it_and_signed() {
    let headers = "X-Amz-Executed-Version: 7\r\nx-amzn-RequestId: theirs\r\nX-Amz-Log-Result: bG9n\r\n";
    let server = Scripted::new(vec![Answer::http("200 OK", headers, r#"{"b": 2}"#)]);
    let key = |it: &mut RemoteConfig| {
        it.credentials = Some(S3Credentials {
            access_key_id: Secret::new("AKIDEXAMPLE"),
            secret_access_key: Secret::new("not-shown-anywhere"),
            session_token: Some(Secret::new("lent")),
        });
    };
    let runner = remote("*", &server, key);
    let arguments = r#"{"FunctionName":"arn:aws:lambda:eu-west-1:1:function:f","Qualifier":"prod","LogType":"Tail",
        "ClientContext":"e30=","Payload":{"a":1}}"#;
    let answer = run(&runner, request(SERVICE, arguments)).await;
    for part in [
        r#""ExecutedVersion":"7""#,
        r#""LogResult":"bG9n""#,
        r#""Payload":{"b":2}"#,
        r#""RequestId":"theirs""#,
    ] {
        assert!(answer.contains(part), "`{part}` is not in {answer}");
    }
    let sent = server.requests().remove(0);
    assert!(
        sent.starts_with("POST /2015-03-31/functions/f/invocations?Qualifier=prod HTTP/1.1\r\n"),
        "{sent}"
    );
    let lower = sent.to_ascii_lowercase();
    for part in [
        "x-amz-invocation-type: requestresponse\r\n",
        "x-amz-log-type: tail\r\n",
        "x-amz-client-context: e30=\r\n",
        "x-amz-security-token: lent\r\n",
        "authorization: aws4-hmac-sha256 credential=akidexample/",
        "/eu-west-1/lambda/aws4_request, signedheaders=",
    ] {
        assert!(lower.contains(part), "`{part}` is not in {sent}");
    }
    assert!(sent.ends_with(r#"{"a":1}"#) && !sent.contains("not-shown-anywhere"), "{sent}");
}

#[tokio::test]
async fn an_error_of_a_remote_function_is_its_own() {
    let body = r#"{"errorType":"CustomException","errorMessage":""}"#;
    check(
        Answer::http("200 OK", "X-Amz-Function-Error: Unhandled\r\n", body),
        expect![[r#"CustomException: {"errorType":"CustomException","errorMessage":""}"#]],
    )
    .await;
}

#[tokio::test]
async fn errors_of_the_service_have_its_names_and_words() {
    let body = r#"{"Type":"User","Message":"Function not found: f"}"#;
    check(
        Answer::http("404 Not Found", "x-amzn-ErrorType: ResourceNotFoundException:http://x/\r\nx-amzn-RequestId: r\r\n", body),
        expect!["Lambda.ResourceNotFoundException: Function not found: f (Service: Lambda, Status Code: 404, Request ID: r) (SDK Attempt Count: 1)"],
    )
    .await;
    check(
        Answer::http("429 Too Many Requests", "x-amzn-RequestId: r\r\n", r#"{"__type":"a#TooManyRequestsException","message":"Rate Exceeded."}"#),
        expect!["Lambda.TooManyRequestsException: Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: r) (SDK Attempt Count: 1)"],
    )
    .await;
    check(
        Answer::http("502 Bad Gateway", "x-amzn-RequestId: r\r\n", "<html>"),
        expect!["Lambda.AWSLambdaException: <html> (Service: Lambda, Status Code: 502, Request ID: r) (SDK Attempt Count: 1)"],
    )
    .await;
}

#[tokio::test]
async fn no_answer_and_none_in_time() {
    check(
        Answer::Silence,
        expect!["Lambda.ClientExecutionTimeoutException: no answer came in time: operation timed out"],
    )
    .await;
    let server = Scripted::new(Vec::new());
    let failed = run(&remote("f", &server, |_| {}), direct("{}")).await;
    assert!(failed.starts_with("Lambda.SdkClientException: Unable to execute HTTP request: "), "{failed}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 65_536], b"\r\n".to_vec()].concat();
    // The head stands in the first repetition only for a reader that stops at the limit before the second.
    let endless = [head, std::iter::repeat_n(chunk, 200).flatten().collect()].concat();
    let server = Scripted::new(vec![Answer::Endless(endless)]);
    let failed = run(&remote("f", &server, |_| {}), direct("{}")).await;
    expect!["States.DataLimitExceeded: the function's answer has more than 6291456 bytes"].assert_eq(&failed);
}

#[tokio::test]
async fn a_function_may_have_another_name_there() {
    let server = Scripted::new(vec![Answer::http("200 OK", "", "1"), Answer::http("202 Accepted", "", "")]);
    let runner = remote("f", &server, |it| it.function = Some("other:9".into()));
    assert_eq!(run(&runner, direct("{}")).await, "1");
    let event = run(&runner, request(SERVICE, r#"{"FunctionName":"f","InvocationType":"Event"}"#)).await;
    assert!(event.contains(r#""StatusCode":202"#), "{event}");
    let sent = server.requests();
    assert!(sent[0].starts_with("POST /2015-03-31/functions/other/invocations?Qualifier=9 "), "{}", sent[0]);
    assert!(sent[1].to_ascii_lowercase().contains("x-amz-invocation-type: event\r\n"), "{}", sent[1]);
}
