//! Functions as the whole binary runs them: by their ARN and by `lambda:invoke`; no worker outlives Baton.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::World;

const CONFIG: &str = r#"
[functions.double]
command = ["python3", "bootstrap.py"]
environment = ["FACTOR=2"]
timeout_seconds = 5
"#;

/// A runtime of the standard library alone: what Baton says to it is what it says to AWS's.
const BOOTSTRAP: &str = r#"
import http.client, json, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def ask(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/" + path, body)
    answer = api.getresponse()
    return answer.headers, answer.read()
while True:
    headers, event = ask("GET", "invocation/next")
    at = "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(event)
    if "pid" in event:
        with open(event["pid"], "w") as file:
            file.write(str(os.getpid()) + "\n")
        time.sleep(60)
    if "n" not in event:
        ask("POST", at + "/error", json.dumps({"errorMessage": "there is no n", "errorType": "KeyError"}))
        continue
    print("doubling", event["n"], flush=True)
    ask("POST", at + "/response", json.dumps({"n": event["n"] * int(os.environ["FACTOR"])}))
"#;

const MACHINE: &str = r#"{
  "StartAt": "Direct",
  "States": {
    "Direct": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:double",
      "Next": "Service"
    },
    "Service": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": { "FunctionName": "double", "Payload.$": "$" },
      "ResultSelector": { "n.$": "$.Payload.n", "version.$": "$.ExecutedVersion" },
      "Catch": [{ "ErrorEquals": ["KeyError"], "Next": "Caught" }],
      "End": true
    },
    "Caught": { "Type": "Pass", "End": true }
  }
}"#;

/// `None`, and said so, where there is no Python.
fn world(machine: &str, input: &str) -> Option<World> {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: `python3` is not installed, so nothing was tested here");
        return None;
    }
    let files =
        [("baton.toml", CONFIG), ("bootstrap.py", BOOTSTRAP), ("m.asl.json", machine), ("in.json", input)];
    Some(World::new(&files))
}

#[test]
fn a_function_answers_by_its_arn_and_by_the_service() {
    let Some(world) = world(MACHINE, r#"{"n": 5}"#) else { return };
    let output = world.baton(&["run", "m.asl.json", "--input", "in.json", "--name", "one"]).succeeded();
    assert_eq!(output.split_whitespace().collect::<String>(), r#"{"n":20,"version":"$LATEST"}"#);
    let log = std::fs::read_to_string(world.file(".baton/functions/double.log")).expect("there is a log");
    assert!(log.contains(" doubling 5\n") && log.contains(" doubling 10\n"), "{log}");
    let history = world.baton(&["history", "one", "--output", "json"]);
    for event in
        ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded", "TaskSucceeded"]
    {
        assert!(history.stdout.contains(event), "`{event}` is not in {history:#?}");
    }
}

#[test]
fn an_error_of_a_function_is_caught_by_its_name() {
    let machine = MACHINE.replace(r#""Payload.$": "$""#, r#""Payload": {}"#);
    let Some(world) = world(&machine, r#"{"n": 5}"#) else { return };
    let output = world.baton(&["run", "m.asl.json", "--input", "in.json"]).succeeded();
    assert!(output.contains("KeyError") && output.contains("there is no n"), "{output}");
}

#[test]
fn a_worker_does_not_outlive_baton_whatever_ends_it() {
    let machine = r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:::function:double","End":true}}}"#;
    let Some(world) = world(machine, r#"{"pid": "pid"}"#) else { return };
    let mut command = world.command(&["run", "m.asl.json", "--input", "in.json"]);
    let mut baton =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("baton can be started");
    let worker = pid(&world.file("pid"));
    baton.kill().expect("it can be killed");
    _ = baton.wait();
    eventually("the worker has ended", || !is_alive(worker));
}

/// The id that a worker writes into a file.
fn pid(file: &PathBuf) -> u32 {
    eventually("the worker has begun", || std::fs::read_to_string(file).is_ok_and(|it| it.ends_with('\n')));
    let text = std::fs::read_to_string(file).expect("it was there");
    text.trim().parse().expect("a process id")
}

fn is_alive(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

#[track_caller]
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "still not so: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_wrong_with_a_function_is_said_with_its_place() {
    for (config, phrase) in [
        ("[functions.f]\nhandler = \"a.b\"", "`functions.f` needs a `command` or an `endpoint`"),
        ("[functions.f]\ncommand = []", "`functions.f.command` names no program"),
        ("[functions.f]\ncommand = [\"x\"]\nendpoint = \"https://x\"", "has a `command` and an `endpoint`"),
        ("[functions.f]\ncommand = [\"x\"]\nanonymous = true", "is of no use to a function with a `command`"),
        (
            "[functions.f]\nendpoint = \"https://x\"\nanonymous = true\nidle_seconds = 1",
            "is of no use to a function with an `endpoint`",
        ),
        ("[functions.f]\nendpoint = \"https://x\"", "`functions.f` needs `access_key_id`"),
        ("[functions.f]\nendpoint = \"http://x\"\nanonymous = true", "is not encrypted"),
        (
            "[functions.f]\ncommand = [\"x\"]\nenvironment = [\"1A=b\"]",
            "has an entry that is not `NAME=VALUE`",
        ),
        (
            "[functions.f]\ncommand = [\"x\"]\npass_environment = [\"NOT_SET_ANYWHERE\"]",
            "the environment has no variable `NOT_SET_ANYWHERE`",
        ),
        ("[functions.f]\ncommand = [\"x\"]\nconcurrency = 0", "is a whole number from 1 to 1000"),
    ] {
        let world = World::new(&[("baton.toml", config), ("m.asl.json", MACHINE)]);
        let refused = world.baton(&["check", "m.asl.json"]);
        assert!(refused.stderr.contains(phrase), "`{phrase}` is not in\n{}", refused.stderr);
        assert!(refused.stderr.contains("baton.toml:"), "{}", refused.stderr);
    }
    let world =
        World::new(&[("baton.toml", "[functions.\"a b\"]\ncommand = [\"x\"]"), ("m.asl.json", MACHINE)]);
    let refused = world.baton(&["run", "m.asl.json"]);
    assert!(refused.stderr.contains("`a b` cannot be the name of a function"), "{}", refused.stderr);
}

#[test]
fn a_state_that_nobody_can_answer_is_warned_of() {
    let machine = r#"{"StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:dig","Next":"B"},
        "B":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"f"},"Next":"C"},
        "C":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Next":"D"},
        "D":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"End":true}}}"#;
    let world = World::new(&[("m.asl.json", machine)]);
    let checked = world.baton(&["check", "m.asl.json"]);
    for phrase in ["`A` will wait until it times out", "`B` will wait until it times out", "`C` will fail"] {
        assert!(checked.stderr.contains(phrase), "`{phrase}` is not in {checked:#?}");
    }
    assert!(!checked.stderr.contains("`D`"), "{}", checked.stderr);
}
