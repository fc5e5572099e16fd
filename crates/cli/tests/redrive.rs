//! `baton redrive`: what failed runs again, what had succeeded does not, and what SQL committed is not committed twice.

#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use rusqlite::Connection;
use support::World;

const CONFIG: &str = "[databases.shop]\nurl = 'sqlite:shop.db'\n";

/// Adds a row; its state cannot be left before the execution is redriven, though its SQL has committed.
const BEHIND_COMMIT: &str = r#"{"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
    "Parameters":{"Database":"shop","Statements":[{"Sql":"INSERT INTO ledger VALUES ('once')"}]},
    "ResultSelector":{"redriven.$":"$$.Execution.RedriveTime"},"End":true}}}"#;

/// Two branches; the second finds its table only after somebody has made it.
const BRANCHES: &str = r#"{"StartAt":"Both","States":{"Both":{"Type":"Parallel","ResultSelector":{"n.$":"$$.Execution.RedriveCount"},"End":true,"Branches":[
    {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
        "Parameters":{"Database":"shop","Statements":[{"Sql":"INSERT INTO ledger VALUES ('a')"}]},"Next":"Late"},
        "Late":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
        "Parameters":{"Database":"shop","Statements":[{"Sql":"INSERT INTO later VALUES ('b')"}]},"End":true}}},
    {"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}]}}}"#;

const FAIL: &str =
    r#"{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"Shop.Closed","Cause":"it is late"}}}"#;

fn world(definition: &str) -> (World, Connection) {
    let world = World::new(&[("baton.toml", CONFIG), ("m.asl.json", definition)]);
    let database = Connection::open(world.file("shop.db")).expect("a database");
    database.execute_batch("CREATE TABLE ledger (what TEXT)").expect("a table without a key");
    assert_eq!(world.baton(&["run", "m.asl.json", "--name", "x", "--quiet"]).code, Some(1));
    (world, database)
}

fn count(database: &Connection, table: &str) -> i64 {
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("it counts")
}

#[test]
fn what_was_committed_is_not_committed_again() {
    let (world, database) = world(BEHIND_COMMIT);
    let failed = world.baton(&["show", "x", "--output", "json"]).json();
    assert!(failed["cause"].as_str().is_some_and(|it| it.contains("\"effect\":\"committed\"")), "{failed}");
    assert_eq!((&failed["redriveStatus"], &failed["redriveCount"]), (&"REDRIVABLE".into(), &0.into()));
    assert_eq!(count(&database, "ledger"), 1);
    let redriven = world.baton(&["redrive", "x", "--output", "json"]).json();
    assert_eq!((&redriven["status"], &redriven["existed"]), (&"SUCCEEDED".into(), &true.into()));
    assert_eq!(count(&database, "ledger"), 1, "a table without a key would show a second one");
    let shown = world.baton(&["show", "x", "--output", "json"]).json();
    assert_eq!((&shown["redriveCount"], &shown["redriveStatus"]), (&1.into(), &"NOT_REDRIVABLE".into()));
    assert_eq!(shown["redriveDate"], redriven["output"]["redriven"], "the context object says the same");
    assert!(world.baton(&["show", "x"]).succeeded().contains("1 time, last at"));
    let history = world.baton(&["history", "x", "--output", "json"]).json();
    let events = history["events"].as_array().expect("events");
    let event = events.iter().find(|it| it["type"] == "ExecutionRedriven").expect("it is in the history");
    assert_eq!(event["executionRedrivenEventDetails"]["redriveCount"], 1);
    assert!(event["actor"].as_str().is_some_and(|it| it.starts_with("user ")), "{event}");
    let ids = events.iter().map(|it| it["id"].as_u64().expect("an id"));
    assert!(ids.eq(1..=events.len() as u64), "one history without a gap");
    assert!(world.baton(&["history", "x", "--all"]).succeeded().contains("StateRedriven"));
}

#[test]
fn only_what_did_not_succeed_runs_again() {
    let (world, database) = world(BRANCHES);
    let again = world.baton(&["redrive", "x"]);
    assert_eq!(again.code, Some(1), "the table is still missing: {again:#?}");
    assert!(again.stderr.contains("SQL.UndefinedTable"), "{again:#?}");
    database.execute_batch("CREATE TABLE later (what TEXT)").expect("the cause is repaired");
    let redriven = world.baton(&["redrive", "x"]);
    assert!(redriven.stderr.contains("goes on with execution x"), "{redriven:#?}");
    assert_eq!(redriven.succeeded(), "{\"n\":2}\n");
    assert_eq!((count(&database, "ledger"), count(&database, "later")), (1, 1));
}

#[test]
fn what_cannot_be_redriven_is_refused_with_its_reason() {
    let (world, _) = world(FAIL);
    let shown = world.baton(&["redrive", "x"]);
    assert_eq!(shown.code, Some(1), "a Fail state fails again: {shown:#?}");
    world.write("hello.asl.json", r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#);
    world.baton(&["run", "hello.asl.json", "--name", "good"]).succeeded();
    world
        .baton(&["redrive", "good"])
        .refused(3, &["error[EXECUTION_NOT_REDRIVABLE]", "it has succeeded", "baton show"]);
    world.baton(&["redrive", "nobody"]).refused(3, &["error[EXECUTION_NOT_FOUND]"]);
    World::new(&[])
        .baton(&["redrive", "x"])
        .refused(4, &["error[STORE_MISSING]", "nothing was ever run here"]);
    assert!(world.baton(&["redrive", "--help"]).succeeded().contains("Example"));
}

#[test]
fn claims_of_what_may_be_redriven_are_kept() {
    let (world, database) = world(BEHIND_COMMIT);
    database.execute_batch("UPDATE baton_claim SET at = at - 421 * 86400000").expect("an old claim");
    let gc = || {
        let report = world.baton(&["db", "gc", "shop", "--output", "json"]).json();
        format!("{} {}", report["removed"], report["keptOpen"])
    };
    assert_eq!(gc(), "0 1", "it failed just now");
    assert_eq!(world.baton(&["redrive", "x", "--quiet"]).code, Some(0));
    assert_eq!(count(&database, "ledger"), 1);
    assert_eq!(gc(), "1 0", "it has succeeded, for good");
}

#[test]
fn an_attempt_that_is_not_settled_is_settled_before_the_redrive() {
    let pay = r#"{"TimeoutSeconds":1,"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
        "Parameters":{"Database":"shop","Statements":[{"Sql":"INSERT INTO ledger VALUES ('once')"}]},"End":true}}}"#;
    let world = World::new(&[("baton.toml", CONFIG), ("m.asl.json", pay)]);
    let database = Connection::open(world.file("shop.db")).expect("a database");
    database.execute_batch("CREATE TABLE ledger (what TEXT); BEGIN EXCLUSIVE").expect("nobody else gets in");
    let ended = world.baton(&["run", "m.asl.json", "--name", "x"]);
    assert!(ended.stderr.contains("TIMED_OUT"), "{ended:#?}");
    world.baton(&["redrive", "x"]).refused(
        3,
        &["error[EXECUTION_NOT_REDRIVABLE]", "may still take effect", "`baton resume` settles it"],
    );
    database.execute_batch("COMMIT").expect("the way is free");
    assert_eq!(world.baton(&["resume", "x", "--quiet"]).code, Some(1), "it is settled, and has still failed");
    assert_eq!(count(&database, "ledger"), 0, "the attempt was barred");
    let redriven = world.baton(&["redrive", "x", "--output", "json"]).json();
    assert_eq!(
        redriven["status"], "SUCCEEDED",
        "the tombstone bars the attempt, and not the next: {redriven}"
    );
    assert_eq!(count(&database, "ledger"), 1);
}

#[cfg(unix)]
#[test]
fn a_kill_behind_the_redrive_is_resumed() {
    let wait = r#"{"QueryLanguage":"JSONata","StartAt":"W","States":{"W":{"Type":"Wait","End":true,"Output":"done",
        "Seconds":"{% $states.context.Execution.RedriveCount = 0 ? $error('not before it is redriven') : 5 %}"}}}"#;
    let world = World::new(&[("w.asl.json", wait)]);
    assert_eq!(world.baton(&["run", "w.asl.json", "--name", "x"]).code, Some(1));
    let mut running = world.command(&["redrive", "x", "--quiet"]).spawn().expect("baton starts");
    for _ in 0..2_400 {
        if world.baton(&["show", "x"]).stdout.contains("RUNNING") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    let resumed = world.baton(&["resume", "x", "--output", "json"]).json();
    assert_eq!((&resumed["status"], &resumed["output"]), (&"SUCCEEDED".into(), &"done".into()));
    let history = world.baton(&["history", "x", "--output", "json"]).json();
    let events = history["events"].as_array().expect("events");
    assert_eq!(events.iter().filter(|it| it["type"] == "ExecutionRedriven").count(), 1, "{history}");
}
