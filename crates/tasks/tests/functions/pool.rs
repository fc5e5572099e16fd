//! Workers: how many, how long, whose; and that none outlives anybody.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::world::{World, direct, request, run, runner};
use expect_test::expect;
use futures_util::future::join_all;
use runtime::TaskRunner as _;
use tasks::FunctionsRunner;

const SERVICE: &str = "arn:aws:states:::lambda:invoke";

async fn pid(runner: &FunctionsRunner) -> i32 {
    run(runner, direct(r#"{"do":"pid"}"#)).await.parse().expect("a process id")
}

fn is_alive(process: i32) -> bool {
    // A zombie has ended.
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

/// Waits until `is_so`, for at most ten seconds.
async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "still not so: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_kept_for_the_next_invocation() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    assert_eq!(pid(&runner).await, pid(&runner).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_workers_than_allowed_and_the_others_wait() {
    let world = World::new();
    let Some(runner) = world.python(|it| it.concurrency = 2) else { return };
    let pids: BTreeSet<i32> = join_all((0..12).map(|_| pid(&runner))).await.into_iter().collect();
    assert!((1..=2).contains(&pids.len()), "{pids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_throttles_refuses_what_is_too_much() {
    let world = World::new();
    let change = |it: &mut tasks::LocalConfig| (it.concurrency, it.throttles) = (1, true);
    let Some(runner) = world.python(change) else { return };
    let slow = run(&runner, direct(r#"{"do":"sleep","seconds":1}"#));
    let quick = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        run(&runner, direct("{}")).await
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert_eq!(slow, r#""slept""#);
    expect!["Lambda.TooManyRequestsException: Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: ID) (SDK Attempt Count: 1)"]
        .assert_eq(&quick);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_nobody_needs_is_ended() {
    let world = World::new();
    let Some(runner) = world.python(|it| it.idle = Duration::from_millis(200)) else { return };
    let process = pid(&runner).await;
    eventually("it has ended", || !is_alive(process)).await;
    assert_ne!(pid(&runner).await, process);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_died_while_it_waited_is_not_noticed_by_anybody() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    let process = pid(&runner).await;
    let killed = std::process::Command::new("/bin/kill").args(["-9", &process.to_string()]).status();
    assert!(killed.is_ok_and(|it| it.success()));
    eventually("it was waited for", || !std::path::Path::new(&format!("/proc/{process}")).exists()).await;
    assert_ne!(pid(&runner).await, process);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_and_their_children_end_with_the_runner() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    let both = run(&runner, direct(r#"{"do":"child"}"#)).await;
    let processes: Vec<i32> =
        both.trim_matches(['[', ']']).split(", ").map(|it| it.parse().expect("a process id")).collect();
    assert!(processes.iter().all(|it| is_alive(*it)));
    drop(runner);
    eventually("they have ended", || !processes.iter().any(|it| is_alive(*it))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_is_abandoned_while_it_waits_is_not_made() {
    let world = World::new();
    let Some(runner) = world.python(|it| it.concurrency = 1) else { return };
    let file = world.path().join("made");
    let waiting = direct(&format!(r#"{{"do":"append","file":"{}"}}"#, file.display()));
    let slow = run(&runner, direct(r#"{"do":"sleep","seconds":1}"#));
    let abandoned = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let (ended, ()) = tokio::join!(run(&runner, waiting.clone()), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            _ = runner.abandon(waiting.clone()).await;
        });
        ended
    };
    let (slow, abandoned) = tokio::join!(slow, abandoned);
    assert_eq!((slow.as_str(), abandoned.as_str()), (r#""slept""#, "barred"));
    assert_eq!(run(&runner, direct("{}")).await, "{}");
    assert!(!file.exists(), "it was made all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_nobody_waits_for_is_made_three_times_if_it_fails() {
    let world = World::new();
    let Some(runner) = world.python(|_| {}) else { return };
    let file = world.path().join("made");
    let arguments = format!(
        r#"{{"FunctionName":"f","InvocationType":"Event","Payload":{{"do":"append","file":"{}"}}}}"#,
        file.display()
    );
    let answer = run(&runner, request(SERVICE, &arguments)).await;
    assert!(answer.contains(r#""StatusCode":202"#) && answer.contains(r#""Payload":"""#), "{answer}");
    assert_eq!(std::fs::read_to_string(file).expect("it was made").lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_calls_nothing() {
    let world = World::new();
    let runner = world.runner(&["/nonexistent"], |_| {});
    let answer = run(&runner, request(SERVICE, r#"{"FunctionName":"f","InvocationType":"DryRun"}"#)).await;
    assert!(answer.contains(r#""StatusCode":204"#), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_not_configured() {
    let runner = runner(Vec::new());
    expect!["Lambda.ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:prod (Service: Lambda, Status Code: 404, Request ID: ID) (SDK Attempt Count: 1)"]
        .assert_eq(&run(&runner, request(SERVICE, r#"{"FunctionName":"f","Qualifier":"prod"}"#)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qualifier_is_a_function_of_its_own() {
    let world = World::new();
    let Some(python) = crate::world::python() else { return };
    let mut prod = world.config(&[&python, "-m", "awslambdaric", "app.handler"], |_| {});
    prod.name = "f:prod".into();
    let runner = runner(vec![prod]);
    let arguments = r#"{"FunctionName":"f","Qualifier":"prod","Payload":{"do":"context"}}"#;
    let answer = run(&runner, request(SERVICE, arguments)).await;
    assert!(answer.contains(r#""ExecutedVersion":"prod""#), "{answer}");
    assert!(answer.contains(r#""arn":"arn:aws:lambda:us-east-1:000000000000:function:f:prod""#), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_are_read_strictly() {
    let runner = runner(Vec::new());
    for (arguments, problem) in [
        ("{}", "$.FunctionName: is missing"),
        (r#"{"FunctionName":"f","Nonsense":1}"#, "$.Nonsense: unknown field"),
        (r#"{"FunctionName":"a b"}"#, "`a b` is no function's name"),
        (r#"{"FunctionName":"f","InvocationType":"Later"}"#, "$.InvocationType: is `RequestResponse`"),
        (r#"{"FunctionName":"f","LogType":"All"}"#, "$.LogType: is `None` or `Tail`"),
        (r#"{"FunctionName":"f","ClientContext":"%"}"#, "$.ClientContext: is base64"),
        (r#"{"FunctionName":"f:1","Qualifier":"2"}"#, "$.Qualifier: `2` is no qualifier of `f:1`"),
    ] {
        let failed = run(&runner, request(SERVICE, arguments)).await;
        assert!(failed.starts_with("Lambda.InvalidParameterValueException: "), "{failed}");
        assert!(failed.contains(problem), "{failed}");
    }
    let failed = run(&runner, request(SERVICE, r#"{"FunctionName":"f","Payload":"hello"}"#)).await;
    assert!(
        failed.starts_with("Lambda.InvalidRequestContentException: Could not parse request body"),
        "{failed}"
    );
    let large =
        format!(r#"{{"FunctionName":"f","InvocationType":"Event","Payload":["{}"]}}"#, "x".repeat(1_048_576));
    let failed = run(&runner, request(SERVICE, &large)).await;
    assert!(failed.starts_with("Lambda.RequestTooLargeException: 1048580 byte payload"), "{failed}");
}
