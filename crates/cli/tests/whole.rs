//! The whole binary: what it prints, how it exits, and what it says when something is wrong.

#![expect(unreachable_pub, reason = "the support is shared by two tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use support::World;

const HELLO: &str = r#"{"StartAt":"Hello","States":{"Hello":{"Type":"Pass","Result":{"n":1},"End":true}}}"#;
const ECHO: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const FAIL: &str =
    r#"{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"Shop.Closed","Cause":"it is late"}}}"#;

#[test]
fn a_run_prints_the_output_and_nothing_else() {
    let world = World::new(&[("hello.asl.json", HELLO)]);
    let ended = world.baton(&["run", "hello.asl.json"]);
    assert!(ended.stderr.contains("SUCCEEDED"), "{ended:#?}");
    assert_eq!(ended.succeeded(), "{\"n\":1}\n");
}

#[test]
fn quiet_says_nothing() {
    let world = World::new(&[("hello.asl.json", HELLO)]);
    assert_eq!(world.baton(&["run", "hello.asl.json", "--quiet"]).stderr, "");
}

#[test]
fn json_is_one_object() {
    let world = World::new(&[("hello.asl.json", HELLO)]);
    let outcome = world.baton(&["run", "hello.asl.json", "--output", "json", "--name", "one"]).json();
    assert_eq!(outcome["status"], "SUCCEEDED");
    assert_eq!(outcome["output"]["n"], 1);
    assert_eq!(outcome["executionArn"], "arn:aws:states:us-east-1:000000000000:execution:hello:one");
    assert_eq!(outcome["counts"]["transitions"], 1);
}

#[test]
fn a_failed_execution_exits_with_one() {
    let world = World::new(&[("f.asl.json", FAIL)]);
    let ended = world.baton(&["run", "f.asl.json"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("FAILED: Shop.Closed") && ended.stderr.contains("it is late"),
        "{ended:#?}"
    );
    let outcome = world.baton(&["run", "f.asl.json", "--output", "json"]).json();
    assert_eq!((&outcome["error"], &outcome["cause"]), (&"Shop.Closed".into(), &"it is late".into()));
}

#[test]
fn a_name_makes_a_start_idempotent() {
    let world = World::new(&[("echo.asl.json", ECHO), ("a.json", "{\"a\": 1}"), ("b.json", "{\"b\": 1}")]);
    let run = |input: &str| {
        world.baton(&["run", "echo.asl.json", "--name", "x", "--input", input, "--output", "json"])
    };
    let first = run("a.json").json();
    let second = run("a.json").json();
    assert_eq!(first["executionArn"], second["executionArn"]);
    assert_eq!((&first["existed"], &second["existed"]), (&false.into(), &true.into()));
    run("b.json").refused(3, &["error[EXECUTION_NAME_TAKEN]", "another input", "--name"]);
}

#[test]
fn what_was_run_can_be_looked_at() {
    let world = World::new(&[("hello.asl.json", HELLO)]);
    let outcome = world.baton(&["run", "hello.asl.json", "--name", "one", "--output", "json"]).json();
    let id = outcome["executionId"].as_str().expect("an id").to_owned();
    assert!(world.baton(&["executions"]).succeeded().contains(&id));
    for asked in ["one", id.as_str(), &id[..18], outcome["executionArn"].as_str().expect("an ARN")] {
        let history = world.baton(&["history", asked, "--output", "json"]).json();
        let types: Vec<_> =
            history["events"].as_array().expect("events").iter().map(|it| it["type"].clone()).collect();
        assert_eq!(types, ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]);
        assert!(history["events"][0]["actor"].as_str().is_some_and(|it| it.starts_with("user ")));
    }
    assert!(world.baton(&["history", "one"]).succeeded().contains("PassStateExited"));
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    assert_eq!((&shown["status"], &shown["startedBy"]), (&"SUCCEEDED".into(), &history_actor(&world)));
    assert!(world.baton(&["executions", "--status", "failed"]).succeeded().contains("no executions"));
}

#[test]
fn an_unknown_execution_is_said_to_be_unknown() {
    let world = World::new(&[("hello.asl.json", HELLO)]);
    world.baton(&["run", "hello.asl.json"]).succeeded();
    for command in ["show", "history"] {
        world
            .baton(&[command, "nobody"])
            .refused(3, &["error[EXECUTION_NOT_FOUND]", "`nobody`", "baton executions"]);
    }
}

#[test]
fn reading_without_a_store_says_where_it_was_looked_for() {
    World::new(&[]).baton(&["executions"]).refused(4, &["error[STORE_", ".baton"]);
    World::new(&[])
        .baton(&["resume"])
        .refused(4, &["error[STORE_MISSING]", ".baton", "nothing was ever run here"]);
}

#[test]
fn help_has_examples_and_usage_exits_with_two() {
    let world = World::new(&[]);
    for command in ["run", "resume", "check", "history", "executions", "show", "version"] {
        assert!(world.baton(&[command, "--help"]).succeeded().contains("Example"), "{command}");
    }
    assert_eq!(world.baton(&["run"]).code, Some(2));
    assert_eq!(world.baton(&["dance"]).code, Some(2));
    assert!(world.baton(&["version"]).succeeded().starts_with("baton "));
}

#[test]
fn wrong_inputs_are_refused_before_anything_runs() {
    let world =
        World::new(&[("echo.asl.json", ECHO), ("broken.json", "{\"a\": }"), ("large.json", &large(262_145))]);
    world.write("deep.json", &"[".repeat(100_000));
    let run = |input: &str| world.baton(&["run", "echo.asl.json", "--input", input]);
    run("broken.json").refused(3, &["error[INPUT_INVALID]", "`broken.json`", "line 1, column 7"]);
    run("deep.json").refused(3, &["error[INPUT_INVALID]", "`deep.json`", "line 1", "128"]);
    run("large.json").refused(3, &["error[FILE_TOO_LARGE]", "`large.json`", "262144"]);
    run("none.json").refused(3, &["error[FILE_UNREADABLE]", "`none.json`", "no such file"]);
    run(".").refused(3, &["error[FILE_UNREADABLE]", "it is a folder"]);
    assert!(!world.file(".baton").exists(), "nothing was run");
}

#[test]
fn wrong_definitions_are_shown_with_their_place() {
    let check = |text: &str, phrases: &[&str]| {
        let world = World::new(&[("m.asl.json", text)]);
        world.baton(&["run", "m.asl.json"]).refused(3, phrases);
        let ended = world.baton(&["check", "m.asl.json"]);
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        let found = world.baton(&["check", "m.asl.json", "--output", "json"]).json();
        assert_eq!(found[0]["result"], "FAIL");
        assert!(found[0]["diagnostics"][0]["line"].as_u64().is_some_and(|line| line > 0));
    };
    check("{\"StartAt\": }", &["m.asl.json:1:13", "error[", "^"]);
    check(&"[".repeat(100_000), &["m.asl.json:1:", "error["]);
    check(
        "{\n \"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"Nxt\":\"B\",\"End\":true}}}",
        &["m.asl.json:2:", "`Nxt`"],
    );
    check(
        "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"Next\":\"Ship\"}}}",
        &["m.asl.json:1:", "`Ship`", "/States/A/Next"],
    );
    let contract = |schema: &str| {
        format!(
            "{{\"StartAt\":\"A\",\"Contract\":{{\"Input\":{schema}}},\"States\":{{\"A\":{{\"Type\":\"Pass\",\"End\":true}}}}}}"
        )
    };
    check(&contract("{\"type\":\"recrd\"}"), &["m.asl.json:1:", "CONTRACT_SCHEMA_INVALID"]);
    check(&contract("\"orders.Order@3\""), &["m.asl.json:1:", "CONTRACT_SCHEMA_NOT_FOUND", "orders.Order"]);
}

#[test]
fn a_contract_guards_the_door() {
    let machine =
        r#"{"StartAt":"A","Contract":{"Input":"a.Job@1"},"States":{"A":{"Type":"Pass","End":true}}}"#;
    let schema = r#"{"type":"record","name":"Job","namespace":"a","fields":[{"name":"n","type":"int"}]}"#;
    let world = World::new(&[
        ("m.asl.json", machine),
        ("schemas/a.Job.avsc", schema),
        ("in.json", "{\"n\":\"two\"}"),
    ]);
    world
        .baton(&["run", "m.asl.json", "--input", "in.json"])
        .refused(3, &["error[INPUT_REFUSED]", "$.n", "a.Job"]);
    assert!(world.baton(&["executions"]).succeeded().contains("no executions"));
}

#[test]
fn wrong_configurations_are_shown_with_their_place() {
    let check = |text: &str, phrases: &[&str]| {
        let world = World::new(&[("hello.asl.json", HELLO), ("baton.toml", text)]);
        world.baton(&["run", "hello.asl.json"]).refused(3, phrases);
    };
    check(
        "[limits]\npayload_byte = 1\n",
        &["baton.toml:2:1", "CONFIG_UNKNOWN_KEY", "did you mean `payload_bytes`?"],
    );
    check("[limits\n", &["baton.toml:1:", "CONFIG_SYNTAX"]);
    check(
        "[databases.shop]\nurl='sqlite:a.db'\nsecret='hunter2'\n",
        &["baton.toml:3:8", "CONFIG_SECRET_LITERAL", "env:NAME"],
    );
    check(
        "[databases.shop]\nurl='sqlite:a.db'\nsecret='env:NO_SUCH_VARIABLE'\n",
        &["CONFIG_SECRET_MISSING", "`NO_SUCH_VARIABLE`"],
    );
    let world = World::new(&[
        ("hello.asl.json", HELLO),
        ("baton.toml", "[databases.shop]\nurl='sqlite:a.db'\nsecret='hunter2'\n"),
    ]);
    let said = world.baton(&["run", "hello.asl.json"]).stderr;
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn an_unknown_database_fails_the_task_by_name() {
    let machine = r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
        "Parameters":{"Database":"bank","Statements":[{"Sql":"SELECT 1"}]},"End":true}}}"#;
    let ended = World::new(&[("m.asl.json", machine)]).baton(&["run", "m.asl.json"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("SQL.UnknownDatabase") && ended.stderr.contains("`bank`"), "{ended:#?}");
}

#[test]
fn a_payload_over_the_limit_fails_by_name() {
    let machine =
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a.$":"$.t","b.$":"$.t"},"End":true}}}"#;
    let world = World::new(&[("m.asl.json", machine), ("in.json", &format!("{{\"t\":{}}}", large(200_000)))]);
    let ended = world.baton(&["run", "m.asl.json", "--input", "in.json"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("States.DataLimitExceeded"), "{ended:#?}");
}

#[test]
fn a_file_that_is_no_store_is_not_touched() {
    let world =
        World::new(&[("hello.asl.json", HELLO), (".baton/baton.db", &"this is a diary. ".repeat(500))]);
    world.baton(&["run", "hello.asl.json"]).refused(4, &["error[STORE_", ".baton"]);
    assert!(
        std::fs::read_to_string(world.file(".baton/baton.db"))
            .expect("still there")
            .starts_with("this is a diary")
    );
}

#[cfg(unix)]
#[test]
fn a_data_folder_is_used_by_one_and_read_by_many() {
    let wait = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}}"#;
    let world = World::new(&[("wait.asl.json", wait), ("hello.asl.json", HELLO)]);
    let mut running =
        world.command(&["run", "wait.asl.json", "--name", "w", "--quiet"]).spawn().expect("baton starts");
    wait_for(|| world.baton(&["executions"]).stdout.contains("RUNNING"));
    world.baton(&["run", "hello.asl.json"]).refused(4, &["error[STORE_IN_USE]", &running.id().to_string()]);
    assert_eq!(world.baton(&["show", "w", "--output", "json"]).json()["status"], "RUNNING");
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    world.baton(&["run", "hello.asl.json"]).succeeded();
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let wait = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2,"End":true}}}"#;
    let world = World::new(&[("wait.asl.json", wait)]);
    for signal in ["-INT", "-TERM"] {
        let name = format!("w{signal}");
        let mut command = world.command(&["run", "wait.asl.json", "--name", &name]);
        let running = command
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("baton starts");
        wait_for(|| world.baton(&["show", &name]).stdout.contains("RUNNING"));
        let id = running.id().to_string();
        std::process::Command::new("kill").args([signal, &id]).status().expect("kill is there");
        let ended = support::ended(running.wait_with_output().expect("it ends"));
        ended.refused(5, &["interrupted", "baton resume "]);
        let resumed = world.baton(&["resume", &name, "--output", "json"]).json();
        assert_eq!((&resumed["status"], &resumed["existed"]), (&"SUCCEEDED".into(), &true.into()));
    }
}

fn history_actor(world: &World) -> serde_json::Value {
    world.baton(&["history", "one", "--output", "json"]).json()["events"][0]["actor"].clone()
}

fn large(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes - 2))
}

#[cfg(unix)]
#[track_caller]
fn wait_for(condition: impl Fn() -> bool) {
    // Long, because other tests may have the machine; what is waited for usually takes a second.
    for _ in 0..2_400 {
        if condition() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it did not come to be within two minutes");
}
