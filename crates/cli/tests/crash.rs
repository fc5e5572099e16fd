//! Kills `baton run` at moments spread over a run of the example, resumes it, and holds what is there against what must be.
//!
//! `BATON_KILLS` says how many moments there are (default 8). Each moment is a run of its own in a folder of its own.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by two tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use support::World;

const RUN: [&str; 6] = ["run", "orders.asl.json", "--input", "input.json", "--name", "day"];
const FILE: &str = "orders-2026-11-03.jsonl";

/// What the example must have come to.
struct Expected {
    orders: BTreeSet<String>,
    bad_lines: BTreeSet<i64>,
}

#[test]
fn an_execution_that_is_killed_anywhere_comes_to_the_same_end() {
    let kills: u32 = std::env::var("BATON_KILLS").ok().and_then(|it| it.parse().ok()).unwrap_or(8);
    let world = World::orders();
    let expected = expected(&world);
    let began = Instant::now();
    let ended = world.baton(&[&RUN[..], &["--quiet"]].concat());
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let whole = began.elapsed();
    verify(&world, &expected, "an undisturbed run");
    let mut phases: BTreeMap<String, u32> = BTreeMap::new();
    for kill in 0..kills {
        let after = whole.mul_f64((f64::from(kill) + 0.5) / f64::from(kills));
        let phase = one_kill(&expected, after);
        // The long form takes a quarter of an hour: with `--nocapture` one sees it move.
        println!("kill {} of {kills}, after {after:?}: {phase}", kill + 1);
        *phases.entry(phase).or_default() += 1;
    }
    println!("a whole run takes {whole:?}; {kills} kills, by the state that the machine was in:");
    for (phase, count) in &phases {
        println!("  {phase}: {count}");
    }
    let in_flight: u32 =
        phases.iter().filter(|(phase, _)| !phase.starts_with('(')).map(|(_, count)| count).sum();
    println!("  in flight: {in_flight} of {kills}");
    assert!(in_flight > 0, "no kill met a run in flight");
}

/// Kills a run `after` its start, goes on and verifies; says what was met.
fn one_kill(expected: &Expected, after: Duration) -> String {
    let world = World::orders();
    let mut running = world
        .command(&[&RUN[..], &["--quiet"]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("baton starts");
    std::thread::sleep(after);
    // SIGKILL: nothing of the process's own is run any more.
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    let phase = phase(&world);
    let name = format!("killed after {after:?} in {phase}");
    let ended = match phase.as_str() {
        "(before the start)" | "(after the end)" => world.baton(&[&RUN[..], &["--quiet"]].concat()),
        _ => world.baton(&["resume", "day", "--quiet"]),
    };
    assert_eq!(ended.code, Some(0), "{name}: {ended:#?}");
    verify(&world, expected, &name);
    phase
}

/// The machine's own state at the moment of the kill.
fn phase(world: &World) -> String {
    let shown = world.baton(&["show", "day", "--output", "json"]);
    if shown.code != Some(0) {
        return "(before the start)".to_owned();
    }
    if shown.json()["status"] != "RUNNING" {
        return "(after the end)".to_owned();
    }
    let history = world.baton(&["history", "day", "--output", "json"]).json();
    let own = ["Prepare", "Read", "Split", "Orders", "Count", "Summarize"];
    let events = history["events"].as_array().expect("events");
    let mut entered = events.iter().filter_map(|it| it["stateEnteredEventDetails"]["name"].as_str());
    entered.rfind(|name| own.contains(name)).unwrap_or("(before the first state)").to_owned()
}

/// What the events say: the good order ids, and the lines that are wrong.
fn expected(world: &World) -> Expected {
    let read = |path: &str| std::fs::read_to_string(world.file(path)).expect("the example's files");
    let faults: Vec<Value> = serde_json::from_str(&read("events/faults.json")).expect("a list of faults");
    let bad_lines: BTreeSet<i64> = faults.iter().map(|it| it["line"].as_i64().expect("a line")).collect();
    let text = read(&format!("events/{FILE}"));
    let good = (1..).zip(text.lines()).filter(|(number, _)| !bad_lines.contains(number));
    let order_id = |line: &str| {
        let event: Value = serde_json::from_str(line).expect("a good line is JSON");
        event["orderId"].as_str().expect("an order has an id").to_owned()
    };
    Expected { orders: good.map(|(_, line)| order_id(line)).collect(), bad_lines }
}

#[track_caller]
fn verify(world: &World, expected: &Expected, name: &str) {
    let database = Connection::open(world.file(".data/shop.db")).expect("the database is there");
    for table in ["orders", "ledger"] {
        let ids = column::<String>(&database, &format!("SELECT order_id FROM {table}"));
        assert_eq!(ids.len(), expected.orders.len(), "{name}: rows of {table}");
        assert!(ids.into_iter().collect::<BTreeSet<_>>() == expected.orders, "{name}: ids of {table}");
    }
    let open = "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.order_id)";
    assert_eq!(column::<i64>(&database, open), [0], "{name}: orders without lines");
    let numbers = column::<i64>(&database, "SELECT number FROM quarantine ORDER BY number");
    assert!(numbers.iter().copied().eq(expected.bad_lines.iter().copied()), "{name}: rows of quarantine");
    let quarantined = names(world, &format!(".data/quarantine/{FILE}"));
    assert!(
        quarantined == expected.bad_lines.iter().map(|it| format!("{it}.json")).collect(),
        "{name}: quarantine"
    );
    let mut receipts = names(world, ".data/receipts");
    assert!(receipts.remove("summary.json"), "{name}: the summary");
    for bucket in ["receipts", "quarantine"] {
        let staging = format!(".data/{bucket}/staging#0");
        let left = if world.file(&staging).exists() { names(world, &staging) } else { BTreeSet::new() };
        assert!(left.is_empty(), "{name}: half-written objects are left in {bucket}: {left:?}");
    }
    receipts.remove("staging#0");
    same(&receipts, &expected.orders.iter().map(|it| format!("{it}.json")).collect(), name, "receipts");
    verify_history(world, name);
}

#[track_caller]
fn verify_history(world: &World, name: &str) {
    let history = world.baton(&["history", "day", "--output", "json"]).json();
    let events = history["events"].as_array().expect("events");
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["id"].as_u64(), Some(at as u64 + 1), "{name}: the history has a gap");
        assert!(event["previousEventId"].as_u64() <= Some(at as u64), "{name}: a cause after its effect");
    }
    assert_eq!(events.last().expect("events")["type"], "ExecutionSucceeded", "{name}");
    let ends = events.iter().filter(|it| it["type"] == "ExecutionSucceeded").count();
    assert_eq!(ends, 1, "{name}: one end");
}

fn column<T: rusqlite::types::FromSql>(database: &Connection, sql: &str) -> Vec<T> {
    let mut statement = database.prepare(sql).expect("the table is there");
    let rows = statement.query_map([], |row| row.get(0)).expect("it can be read");
    rows.collect::<Result<_, _>>().expect("every row can be read")
}

/// Says which objects are too many or too few.
#[track_caller]
fn same(found: &BTreeSet<String>, expected: &BTreeSet<String>, name: &str, what: &str) {
    let more: Vec<_> = found.difference(expected).collect();
    let missing: Vec<_> = expected.difference(found).collect();
    assert!(more.is_empty() && missing.is_empty(), "{name}: {what}: too many {more:?}, missing {missing:?}");
}

fn names(world: &World, folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(world.file(folder)).expect("the folder is there");
    entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
