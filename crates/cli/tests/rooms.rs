//! The table of rooms, as data, against what Cargo knows.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each room and the rooms that it may use. ARCHITECTURE.md shows the same table.
const ROOMS: [(&str, &[&str]); 8] = [
    ("jsonata", &[]),
    ("asl", &["jsonata"]),
    ("contracts", &["asl"]),
    ("machine", &["asl", "contracts"]),
    ("store", &["asl", "contracts", "machine"]),
    ("runtime", &["asl", "contracts", "machine", "store"]),
    ("tasks", &["asl", "contracts", "machine", "runtime"]),
    ("cli", &["asl", "contracts", "machine", "runtime", "store", "tasks"]),
];

/// Rooms that must not reach the world.
const PURE: [&str; 4] = ["jsonata", "asl", "contracts", "machine"];
/// Crates that would let them.
const WORLDLY: [&str; 7] =
    ["tokio", "rusqlite", "getrandom", "object_store", "crossbeam-channel", "uuid", "futures-util"];

#[test]
fn every_room_uses_only_the_rooms_beside_it() {
    let used = dependencies();
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let found: BTreeSet<&str> = used.keys().map(String::as_str).collect();
    assert_eq!(found, known, "a room was opened or closed: change the table here and in ARCHITECTURE.md");
    for (room, may_use) in ROOMS {
        for dependency in &used[room] {
            let other = dependency.strip_prefix("baton-");
            let is_allowed = other.is_none_or(|other| may_use.contains(&other));
            assert!(is_allowed, "`{room}` uses `{dependency}`, which the table does not allow");
        }
    }
}

#[test]
fn pure_rooms_have_no_way_to_the_world() {
    let used = dependencies();
    for room in PURE {
        let worldly: Vec<_> = used[room].iter().filter(|it| WORLDLY.contains(&it.as_str())).collect();
        assert!(worldly.is_empty(), "`{room}` is pure and depends on {worldly:?}");
        let rules = std::fs::read_to_string(workspace().join(format!("crates/{room}/clippy.toml")));
        let rules = rules.expect("a pure room has rules");
        let forbids = rules.contains("SystemTime::now") && rules.contains("HashMap");
        assert!(forbids, "`{room}` must forbid clocks and hash order");
    }
}

#[test]
fn the_architecture_shows_the_same_table() {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("it is there");
    for (room, may_use) in ROOMS.iter().filter(|(room, _)| *room != "cli") {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{room}`")));
        let last = row.expect("every room has a row").rsplit('|').nth(1).unwrap_or("").trim();
        let names: Vec<String> = may_use.iter().map(|it| format!("`{it}`")).collect();
        let expected = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        assert_eq!(last, expected, "the row of `{room}`");
    }
}

fn workspace() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Normal dependencies of each room, by room.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    packages.iter().map(room).collect()
}

fn room(package: &Value) -> (String, BTreeSet<String>) {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let all = package["dependencies"].as_array().into_iter().flatten();
    let normal = all.filter(|it| it["kind"].is_null()).map(|it| text(&it["name"]));
    (text(&package["name"]).replace("baton-", ""), normal.collect())
}
