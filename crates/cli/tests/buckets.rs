//! Buckets of a service through the whole binary: configuration, secrets, failures, the state's own Retry.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

#[path = "../../tasks/tests/support/scripted.rs"]
mod scripted;
mod support;

use scripted::{Answer, Scripted};
use support::World;

const SECRET: &str = "a-secret-that-nobody-may-see";
const OBJECT: &str = "ETag: \"e\"\r\nLast-Modified: Tue, 03 Nov 2026 08:00:00 GMT\r\n";

/// A machine that gets one object, with what else its state has.
fn machine(more: &str) -> String {
    format!(
        r#"{{"StartAt":"G","States":{{"G":{{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters":{{"Bucket":"b","Key":"a b.txt"}},{more}"End":true}}}}}}"#
    )
}

fn config(endpoint: &str) -> String {
    format!(
        "[buckets.b]\nurl='s3://shop-data/in'\nendpoint='{endpoint}'\nallow_http=true\npath_style=true\nretries=0\n\
         access_key_id='env:SHOP_ID'\nsecret_access_key='file:key.txt'\n"
    )
}

fn world(endpoint: &str, more: &str) -> World {
    World::new(&[
        ("m.asl.json", &machine(more)),
        ("baton.toml", &config(endpoint)),
        ("key.txt", &format!("{SECRET}\n")),
    ])
}

fn run(world: &World, args: &[&str]) -> support::Ended {
    support::ended(world.command(args).env("SHOP_ID", "AKIA").output().expect("baton starts"))
}

#[test]
fn a_service_that_comes_back_is_found_by_the_states_own_retry() {
    let answers = vec![
        Answer::Bytes(Vec::new()),
        Answer::http(
            "503 Service Unavailable",
            "",
            "<Error><Code>SlowDown</Code><Message>m</Message></Error>",
        ),
        Answer::http("200 OK", OBJECT, "found"),
    ];
    let server = Scripted::new(answers);
    let retry = r#""Retry":[{"ErrorEquals":["S3.SdkClientException","S3.S3Exception"],"IntervalSeconds":1,"MaxAttempts":3,"BackoffRate":1}],"#;
    let world = world(&server.url(), retry);
    let outcome = run(&world, &["run", "m.asl.json", "--name", "r", "--output", "json"]).json();
    assert_eq!((&outcome["status"], &outcome["output"]["Body"]), (&"SUCCEEDED".into(), &"found".into()));
    assert_eq!(outcome["counts"]["retries"], 2);
    let history = run(&world, &["history", "r", "--output", "json"]).stdout;
    for phrase in ["S3.SdkClientException", "the connection to ", "Error Code: SlowDown", "objects:b"] {
        assert!(history.contains(phrase), "`{phrase}` is not in\n{history}");
    }
    assert!(!history.contains(SECRET));
    let requests = server.requests();
    assert!(
        requests.iter().all(|it| it.starts_with("GET /shop-data/in/a%20b.txt HTTP/1.1\r\n")),
        "{requests:?}"
    );
    assert!(
        requests.iter().all(|it| it.contains("Credential=AKIA/") && !it.contains(SECRET)),
        "{requests:?}"
    );
}

#[test]
fn a_refusal_is_said_as_the_service_says_it() {
    let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let server = Scripted::new(vec![Answer::http("403 Forbidden", "", body)]);
    let world = world(&server.url(), "");
    let ended = run(&world, &["run", "m.asl.json"]);
    ended.refused(1, &["S3.S3Exception", "Access Denied", "Status Code: 403", "Error Code: AccessDenied"]);
    assert!(!ended.stderr.contains(SECRET));
}

#[test]
fn what_a_killed_process_left_in_a_folder_is_cleared_away() {
    let put = r#"{"StartAt":"P","States":{"P":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:putObject",
        "Parameters":{"Bucket":"b","Key":"k","Body":"whole"},"End":true}}}"#;
    let world = World::new(&[
        ("m.asl.json", put),
        ("baton.toml", "[buckets.b]\nfolder='out'\n"),
        ("out/staging#0/7-1-0#0", "ha"),
        ("out/staging#0/held#0", "ha"),
    ]);
    // Somebody else is at work on this one.
    let held = std::fs::File::open(world.file("out/staging#0/held#0")).expect("opened");
    held.lock().expect("locked");
    let names = || {
        let entries = std::fs::read_dir(world.file("out/staging#0")).expect("the staging area");
        entries.map(|it| it.expect("an entry").file_name()).collect::<Vec<_>>()
    };
    world.baton(&["run", "m.asl.json"]).succeeded();
    assert_eq!(names(), ["held#0"]);
    drop(held);
    world.baton(&["run", "m.asl.json"]).succeeded();
    assert!(!world.file("out/staging#0").exists(), "an empty staging area goes");
    assert_eq!(std::fs::read_to_string(world.file("out/k")).expect("there"), "whole");
}

#[test]
fn a_missing_secret_is_said_before_anything_is_asked() {
    let server = Scripted::new(Vec::new());
    let world = world(&server.url(), "");
    world
        .baton(&["run", "m.asl.json"])
        .refused(3, &["baton.toml:7:15", "CONFIG_SECRET_MISSING", "`SHOP_ID`"]);
    assert_eq!(server.requests(), Vec::<String>::new());
}
