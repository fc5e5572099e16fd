//! Executions that start executions, through the whole binary.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use support::World;

const SHIP: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:ship";

/// `pay` starts `ship`, whose definition is `child`, by `pattern`.
fn world(pattern: &str, child: &str) -> World {
    let parent = format!(
        r#"{{"StartAt":"Ship","States":{{"Ship":{{"Type":"Task","Resource":"arn:aws:states:::states:startExecution{pattern}",
            "Parameters":{{"StateMachineArn":"{SHIP}","Input.$":"$"}},"End":true}}}}}}"#
    );
    World::new(&[
        ("pay.asl.json", &parent),
        ("ship.asl.json", child),
        ("baton.toml", "[machines]\nship = 'ship.asl.json'\n"),
        ("input.json", r#"{"order":7}"#),
    ])
}

const ECHO: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const RUN: [&str; 7] = ["run", "pay.asl.json", "--input", "input.json", "--name", "one", "--quiet"];

#[test]
fn a_parent_gets_what_its_child_came_to() {
    let world = world(".sync:2", ECHO);
    let output: serde_json::Value = world.baton(&RUN).json();
    assert_eq!(output["Output"], serde_json::json!({"order": 7}));
    assert_eq!((&output["Status"], &output["StateMachineArn"]), (&"SUCCEEDED".into(), &SHIP.into()));
    let list = world.baton(&["executions", "--output", "json"]).json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
}

/// The details of the parent's events of a type.
fn details(world: &World, event_type: &str) -> Vec<serde_json::Value> {
    let history = world.baton(&["history", "one", "--output", "json"]).json();
    let events = history["events"].as_array().expect("events").clone();
    let of_type = events.into_iter().filter(|event| event["type"] == event_type);
    of_type
        .map(|event| {
            let details = event.as_object().expect("an event").iter();
            let mut details = details.filter(|(name, _)| name.ends_with("EventDetails"));
            details.next().expect("details").1.clone()
        })
        .collect()
}

#[test]
fn what_was_submitted_stands_in_the_history_before_the_end() {
    let world = world(".sync", ECHO);
    world.baton(&RUN).succeeded();
    let [submitted] = &details(&world, "TaskSubmitted")[..] else { panic!("one submission") };
    assert_eq!(
        (&submitted["resourceType"], &submitted["resource"]),
        (&"states".into(), &"startExecution.sync".into())
    );
    let text = submitted["output"].as_str().expect("a text");
    let output: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let arn = output["ExecutionArn"].as_str().expect("an ARN");
    assert!(arn.starts_with(&SHIP.replace("stateMachine", "execution")), "{arn}");
    assert!(output["StartDate"].is_string(), "{output}");
    let [ended] = &details(&world, "TaskSucceeded")[..] else { panic!("one end") };
    assert!(ended["output"].as_str().is_some_and(|end| end.contains(arn)), "{ended}");
}

#[test]
fn a_child_that_fails_fails_its_task() {
    let world = world(
        ".sync",
        r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Ship.Lost","Cause":"at sea"}}}"#,
    );
    let args = [&RUN[..], &["--output", "json"]].concat();
    let ended = world.baton(&args);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let told = ended.json();
    assert_eq!(told["error"], "States.TaskFailed");
    let cause: serde_json::Value =
        serde_json::from_str(told["cause"].as_str().expect("a cause")).expect("JSON");
    assert_eq!((&cause["Error"], &cause["Cause"]), (&"Ship.Lost".into(), &"at sea".into()));
    assert_eq!(cause["Input"], r#"{"order":7}"#);
}

#[test]
fn a_parent_that_is_killed_finds_the_same_child_again() {
    let wait = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2,"Next":"A"},"A":{"Type":"Pass","End":true}}}"#;
    let world = world(".sync:2", wait);
    let mut running =
        world.command(&RUN).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("baton starts");
    let patience = Instant::now() + Duration::from_mins(1);
    while world
        .baton(&["executions", "--machine", "ship", "--output", "json"])
        .stdout
        .matches("RUNNING")
        .count()
        == 0
    {
        assert!(Instant::now() < patience, "the child never starts");
    }
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    world.baton(&["resume", "one", "--quiet"]).succeeded();
    let list = world.baton(&["executions", "--output", "json"]).json();
    let list = list.as_array().expect("a list").clone();
    assert_eq!(list.len(), 2, "one parent, one child: {list:?}");
    assert!(list.iter().all(|it| it["status"] == "SUCCEEDED"), "{list:?}");
    assert_eq!(details(&world, "TaskSubmitted").len(), 1, "submitted once, delivered twice");
}

#[test]
fn what_is_not_configured_or_wrong_is_said() {
    let other = world("", ECHO);
    other.write("baton.toml", "");
    let told = other.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
    assert_eq!(told["error"], "StepFunctions.StateMachineDoesNotExistException");
    let wrong = world("", r#"{"StartAt":"B","States":{"A":{"Type":"Pass","End":true}}}"#);
    wrong
        .baton(&RUN)
        .refused(3, &["ship.asl.json:1:", "MISSING_TRANSITION_TARGET", "`ship.asl.json` is refused"]);
}

#[test]
fn machines_that_start_each_other_for_ever_are_stopped() {
    let again = format!(
        r#"{{"StartAt":"S","States":{{"S":{{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync",
            "Parameters":{{"StateMachineArn":"{SHIP}"}},"End":true}}}}}}"#
    );
    let ended = world(".sync", &again).baton(&RUN);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
}

#[test]
fn the_role_of_a_task_is_told_in_history() {
    let world = world(".sync", ECHO);
    let parent = std::fs::read_to_string(world.file("pay.asl.json")).expect("it is there");
    let role = r#""Credentials":{"RoleArn":"arn:aws:iam::000000000000:role/ship"},"End":true"#;
    world.write("pay.asl.json", &parent.replace(r#""End":true"#, role));
    world.baton(&RUN).succeeded();
    let [scheduled] = &details(&world, "TaskScheduled")[..] else { panic!("one attempt") };
    assert_eq!(scheduled["taskCredentials"]["roleArn"], "arn:aws:iam::000000000000:role/ship");
}
