//! Workers that crash, hang, flood, or answer nonsense: the error is AWS's, and the next invocation works.

use std::time::Duration;

use crate::world::{World, direct, run};
use expect_test::{Expect, expect};
use tasks::{FunctionsRunner, LocalConfig};

/// What comes of `arguments`, and that the function works before and after it.
async fn check(change: impl FnOnce(&mut LocalConfig), arguments: &str, expect: Expect) {
    let world = World::new();
    let Some(runner) = world.python(change) else { return };
    assert_eq!(run(&runner, direct(r#"{"n": 1}"#)).await, r#"{"n": 1}"#);
    expect.assert_eq(&run(&runner, direct(arguments)).await);
    assert_eq!(run(&runner, direct(r#"{"n": 2}"#)).await, r#"{"n": 2}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_exits() {
    let expect = expect![[
        r#"Runtime.ExitError: {"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#
    ]];
    check(|_| {}, r#"{"do":"exit","code":3}"#, expect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_exits_as_if_all_were_well() {
    let expect = expect![[
        r#"Runtime.ExitError: {"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}"#
    ]];
    check(|_| {}, r#"{"do":"exit","code":0}"#, expect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_crashes() {
    let expect = expect![[
        r#"Runtime.ExitError: {"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: segmentation fault"}"#
    ]];
    check(|_| {}, r#"{"do":"kill"}"#, expect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_hangs() {
    let expect = expect![[
        r#"Sandbox.Timedout: {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 0.50 seconds"}"#
    ]];
    check(|it| it.timeout = Duration::from_millis(500), r#"{"do":"sleep","seconds":600}"#, expect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_takes_too_much_memory() {
    let expect = expect![[
        r#"Runtime.OutOfMemory: {"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}"#
    ]];
    check(|it| it.memory_mib = 128, r#"{"do":"memory","mebibytes":300}"#, expect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_asks_for_more_memory_than_there_could_be() {
    let world = World::new();
    let Some(runner) = world.python(|it| it.memory_mib = 128) else { return };
    let failed = run(&runner, direct(r#"{"do":"memory","mebibytes":20000}"#)).await;
    assert!(failed.starts_with("MemoryError: {"), "the system refuses it at once: {failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_prints_a_gibibyte() {
    check(|_| {}, r#"{"do":"flood","mebibytes":1024}"#, expect![[r#""done""#]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_too_large() {
    let expect = expect![[
        r#"Function.ResponseSizeTooLarge: {"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291456 bytes)."}"#
    ]];
    check(|_| {}, r#"{"do":"large","bytes":1073741}"#.replace("1073741", "107374182").as_str(), expect).await;
}

/// A runtime of a few lines in the shell of the test: what a client library would never do.
fn runtime(world: &World, script: &str) -> Option<FunctionsRunner> {
    let python = crate::world::python()?;
    let head = "
import http.client, os, sys
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def ask(method, path, body=None, headers={}):
    api.request(method, '/2018-06-01/runtime/' + path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read()
";
    std::fs::write(world.path().join("runtime.py"), format!("{head}{script}")).expect("a file");
    Some(world.runner(&[&python, "runtime.py"], |it| it.init_timeout = Duration::from_secs(5)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_json() {
    let world = World::new();
    let script = "
while True:
    status, headers, body = ask('GET', 'invocation/next')
    answer = b'oops' if b'oops' in body else body
    ask('POST', 'invocation/%s/response' % headers['Lambda-Runtime-Aws-Request-Id'], answer)
";
    let Some(runner) = runtime(&world, script) else { return };
    expect!["Lambda.Unknown: The cause could not be determined because Lambda did not return an error type. Returned payload: oops"]
        .assert_eq(&run(&runner, direct(r#""oops""#)).await);
    assert_eq!(run(&runner, direct("[1]")).await, "[1]");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_the_wrong_invocation_are_refused() {
    let world = World::new();
    let script = "
status, headers, body = ask('GET', 'invocation/next')
id = headers['Lambda-Runtime-Aws-Request-Id']
seen = [ask('POST', 'invocation/other/response', b'1')[0], ask('POST', 'invocation/other/error', b'1')[0]]
seen += [ask('GET', 'restore/next')[0], ask('DELETE', 'invocation/next')[0]]
seen += [ask('POST', 'invocation/%s/response' % id, repr(seen).encode())[0]]
status, headers, body = ask('GET', 'invocation/next')
ask('POST', 'invocation/%s/response' % headers['Lambda-Runtime-Aws-Request-Id'], repr(seen).encode())
status, headers, body = ask('GET', 'invocation/next')
ask('POST', 'invocation/%s/error' % headers['Lambda-Runtime-Aws-Request-Id'], b'', {'Lambda-Runtime-Function-Error-Type': 'Mine.Own'})
ask('GET', 'invocation/next')
";
    let Some(runner) = runtime(&world, script) else { return };
    assert_eq!(run(&runner, direct("1")).await, "[400, 400, 404, 404]");
    assert_eq!(run(&runner, direct("2")).await, "[400, 400, 404, 404, 202]");
    let named = run(&runner, direct("3")).await;
    assert!(named.starts_with("Mine.Own: "), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_cannot_begin_says_why() {
    let world = World::new();
    let Some(python) = crate::world::python() else { return };
    let runner = world.runner(&[&python, "-m", "awslambdaric", "missing.handler"], |_| {});
    let failed = run(&runner, direct("{}")).await;
    let begin = r#"Runtime.ImportModuleError: {"errorMessage": "Unable to import module 'missing': No module named 'missing'""#;
    assert!(failed.starts_with(begin), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_never_asks_for_work() {
    let world = World::new();
    let runner = world.runner(&["/bin/sleep", "600"], |it| it.init_timeout = Duration::from_millis(300));
    expect![[r#"Sandbox.Timedout: {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Init timed out after 0.30 seconds"}"#]]
        .assert_eq(&run(&runner, direct("{}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there() {
    let world = World::new();
    let runner = world.runner(&["./nothing", "x"], |_| {});
    expect![[r#"Runtime.InvalidEntrypoint: {"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: ID Error: `./nothing` cannot be started; see the function's log"}"#]]
        .assert_eq(&run(&runner, direct("{}")).await);
    assert!(world.log().contains("nothing: not found"), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_there() {
    let world = World::new();
    let runner = world.runner(&["true"], |it| it.folder = "/nonexistent/folder".into());
    let failed = run(&runner, direct("{}")).await;
    assert!(
        failed.starts_with("Lambda.ServiceException: no worker can be started in `/nonexistent/folder`"),
        "{failed}"
    );
}
