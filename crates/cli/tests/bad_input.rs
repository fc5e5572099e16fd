//! Bad input through the whole binary: each gives a message that says what, where and what to do; nothing is lost, nothing
//! panics, and what is damaged does not keep the rest from going on.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use std::process::{Command, Stdio};

use rusqlite::Connection;
use support::World;

const ECHO: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const TWICE: &str =
    r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a.$":"$.t","b.$":"$.t"},"End":true}}}"#;
const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3600,"Next":"E"},
    "E":{"Type":"Pass","Result":"waited","End":true}}}"#;
/// Waits a moment, then makes a payload that is new.
const SOON: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":4,"Next":"E"},
    "E":{"Type":"Pass","Parameters":{"again.$":"$.t"},"End":true}}}"#;
const SHOP: &str = "[databases.shop]\nurl='sqlite:shop.db'\n[buckets.out]\nfolder='out'\n";

/// A machine of one SQL statement on the database `shop`.
fn sql(statement: &str) -> String {
    format!(
        r#"{{"StartAt":"A","States":{{"A":{{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
        "Parameters":{{"Database":"shop","Statements":[{{"Sql":"{statement}"}}]}},"End":true}}}}}}"#
    )
}

/// A definition that is refused by `check` and by `run`, before there is an execution.
#[track_caller]
fn check_definition(text: &str, phrases: &[&str]) {
    let world = World::new(&[("m.asl.json", text)]);
    for command in ["run", "check"] {
        let ended = world.baton(&[command, "m.asl.json"]);
        ended.refused(3, phrases);
        assert!(ended.stderr.contains("m.asl.json:"), "no place in\n{}", ended.stderr);
    }
    assert!(!world.file(".baton").exists(), "nothing was run");
}

/// A configuration that is refused with its place.
#[track_caller]
fn check_config(text: &str, phrases: &[&str]) {
    let world = World::new(&[("m.asl.json", ECHO), ("baton.toml", text)]);
    world.baton(&["run", "m.asl.json"]).refused(3, phrases);
    assert!(!world.file(".baton").exists(), "nothing was run");
}

#[test]
fn a_broken_json_file() {
    check_definition("{\n  \"StartAt\": \"A\",\n  \"States\": {,}\n}", &["m.asl.json:3:14", "error[", "^"]);
    check_definition("", &["m.asl.json:1:1", "error["]);
    let world = World::new(&[("m.asl.json", ECHO), ("in.json", "{\"a\": 1,}\n"), ("none.json", "")]);
    let run = |input: &str| world.baton(&["run", "m.asl.json", "--input", input]);
    run("in.json").refused(3, &["error[INPUT_INVALID]", "`in.json`", "line 1, column 9", "hint:"]);
    run("none.json").refused(3, &["error[INPUT_INVALID]", "`none.json`", "hint:"]);
}

#[test]
fn an_unknown_field() {
    check_definition(
        "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\n\"InputPaht\":\"$\",\"End\":true}}}",
        &["m.asl.json:2:1", "error[UNKNOWN_FIELD]", "`InputPaht`", "InputPath"],
    );
    check_config("[databases.shop]\nulr='sqlite:a.db'\n", &["baton.toml:2:1", "`url`", "CONFIG_UNKNOWN_KEY"]);
    let unknown = sql("SELECT 1").replace("\"Statements\"", "\"Statemnets\"");
    let world = World::new(&[("m.asl.json", &unknown), ("baton.toml", SHOP)]);
    world.baton(&["run", "m.asl.json"]).refused(1, &["SQL.BadRequest", "$.Statemnets", "unknown field"]);
}

#[test]
fn a_dangling_next() {
    check_definition(
        "{\"StartAt\":\"A\",\"States\":{\n\"A\":{\"Type\":\"Pass\",\"Next\":\"Shipp\"},\n\"Ship\":{\"Type\":\"Pass\",\"End\":true}}}",
        &["m.asl.json:2:", "error[MISSING_TRANSITION_TARGET]", "`Shipp`", "/States/A/Next"],
    );
    check_definition(
        "{\"StartAt\":\"B\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}",
        &["m.asl.json:1:", "error[MISSING_TRANSITION_TARGET]", "`B`", "/StartAt"],
    );
}

#[test]
fn a_schema_that_does_not_parse() {
    let machine =
        r#"{"StartAt":"A","Contract":{"Input":"a.Job@1"},"States":{"A":{"Type":"Pass","End":true}}}"#;
    let check = |schema: &str, phrases: &[&str]| {
        let world = World::new(&[("m.asl.json", machine), ("schemas/a.Job.avsc", schema)]);
        for command in ["run", "check"] {
            world
                .baton(&[command, "m.asl.json"])
                .refused(3, &[phrases, &["m.asl.json:1:", "a.Job"]].concat());
        }
        assert!(!world.file(".baton").exists(), "nothing was run");
    };
    check("{\"type\":", &["CONTRACT_SCHEMA_INVALID"]);
    check("{\"type\":\"record\",\"name\":\"Job\"}", &["CONTRACT_SCHEMA_INVALID", "fields"]);
    check("\"Order\"", &["CONTRACT_SCHEMA_INVALID", "Order"]);
    check(&"[".repeat(100_000), &["CONTRACT_SCHEMA_INVALID"]);
}

#[test]
fn an_unknown_database() {
    let machine = sql("SELECT 1").replace("\"shop\"", "\"bank\"");
    let world = World::new(&[("m.asl.json", &machine), ("baton.toml", SHOP)]);
    world.baton(&["run", "m.asl.json"]).refused(1, &["SQL.UnknownDatabase", "`bank`"]);
    check_config("[databases.shop]\nurl='oracle:scott'\n", &["baton.toml:2:5", "`sqlite:`"]);
    let folder = World::new(&[("m.asl.json", &sql("SELECT 1")), ("baton.toml", SHOP), ("shop.db/a", "")]);
    let ended = folder.baton(&["run", "m.asl.json"]);
    assert!(matches!(ended.code, Some(1 | 3)), "{ended:#?}");
    ended.refused(ended.code.unwrap_or(0), &["shop"]);
}

#[test]
fn a_missing_secret() {
    let database = |secret: &str| format!("[databases.shop]\nurl='sqlite:a.db'\nsecret='{secret}'\n");
    check_config(
        &database("env:NO_SUCH"),
        &["baton.toml:3:8", "CONFIG_SECRET_MISSING", "`NO_SUCH`", "hint:"],
    );
    check_config(&database("file:none.txt"), &["baton.toml:3:8", "CONFIG_SECRET_MISSING", "`none.txt`"]);
    check_config(&database("file:."), &["baton.toml:3:8", "CONFIG_SECRET_MISSING"]);
    let world = World::new(&[("m.asl.json", ECHO), ("baton.toml", &database("swordfish"))]);
    let ended = world.baton(&["run", "m.asl.json"]);
    ended.refused(3, &["baton.toml:3:8", "CONFIG_SECRET_LITERAL", "env:NAME"]);
    assert!(!ended.stderr.contains("swordfish"), "{}", ended.stderr);
}

#[test]
fn a_payload_over_the_limit() {
    let text = |bytes: usize| format!("{{\"t\":\"{}\"}}", "x".repeat(bytes));
    let world =
        World::new(&[("m.asl.json", TWICE), ("ok.json", &text(150_000)), ("big.json", &text(262_144))]);
    world
        .baton(&["run", "m.asl.json", "--input", "big.json"])
        .refused(3, &["error[FILE_TOO_LARGE]", "`big.json`", "262144", "hint:"]);
    assert!(!world.file(".baton").exists(), "nothing was run");
    let run = ["run", "m.asl.json", "--input", "ok.json"];
    world.baton(&run).refused(1, &["States.DataLimitExceeded", "'A'", "exceeding"]);
    let roomy = world.command(&run).env("BATON_LIMITS_PAYLOAD_BYTES", "1000000").output();
    assert_eq!(support::ended(roomy.expect("baton starts")).code, Some(0), "the limit can be moved");
}

#[test]
fn json_nested_a_hundred_thousand_deep() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let whole = format!("{open}{close}");
    check_definition(&whole, &["m.asl.json:1:", "error["]);
    check_definition(
        &format!("{{\"StartAt\":\"A\",\"States\":{{\"A\":{{\"Type\":\"Pass\",\"Result\":{whole}}}}}}}"),
        &["error["],
    );
    check_definition(&"{\"a\":".repeat(100_000), &["error["]);
    check_config(&format!("a = {whole}\n"), &["baton.toml:1:", "error["]);
    let parse = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"j.$":"States.StringToJson($.t)"},"End":true}}}"#;
    let deep = format!("{{\"t\":\"{open}{close}\"}}");
    let world = World::new(&[("m.asl.json", parse), ("in.json", &whole), ("text.json", &deep)]);
    world
        .baton(&["run", "m.asl.json", "--input", "in.json"])
        .refused(3, &["error[INPUT_INVALID]", "`in.json`", "line 1", "128"]);
    world.baton(&["run", "m.asl.json", "--input", "text.json"]).refused(1, &["States.IntrinsicFailure"]);
}

#[test]
fn a_database_that_another_process_has_locked() {
    let machine = sql("CREATE TABLE t (n INTEGER)");
    let world = World::new(&[("m.asl.json", &machine), ("baton.toml", SHOP)]);
    let other = Connection::open(world.file("shop.db")).expect("the other process opens it");
    other.execute_batch("CREATE TABLE other (n INTEGER); BEGIN EXCLUSIVE").expect("and locks it");
    world.baton(&["run", "m.asl.json", "--name", "a"]).refused(1, &["SQL.LockTimeout", "locked"]);
    other.execute_batch("COMMIT").expect("and lets go");
    assert_eq!(world.baton(&["run", "m.asl.json", "--name", "b"]).code, Some(0), "then it works");
}

#[test]
fn a_store_that_another_program_has_locked() {
    let world = World::new(&[("m.asl.json", ECHO)]);
    world.baton(&["run", "m.asl.json", "--name", "a"]).succeeded();
    let other = Connection::open(world.file(".baton/baton.db")).expect("another program opens the store");
    other.execute_batch("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE").expect("and locks it");
    world.baton(&["run", "m.asl.json"]).refused(4, &["error[STORE_IN_USE]", ".baton"]);
    drop(other);
    world.baton(&["run", "m.asl.json"]).succeeded();
}

#[test]
fn a_data_folder_that_another_baton_has() {
    let world = World::new(&[("wait.asl.json", WAIT), ("m.asl.json", ECHO)]);
    let mut first = Running::start(&world, &["run", "wait.asl.json", "--name", "w", "--quiet"]);
    let process = format!("process {}", first.0.id());
    for command in [&["run", "m.asl.json"][..], &["resume"], &["resume", "w"]] {
        world
            .baton(command)
            .refused(4, &["error[STORE_IN_USE]", ".baton", &process, "baton run", "wait for it, stop it"]);
    }
    assert_eq!(
        world.baton(&["show", "w", "--output", "json"]).json()["status"],
        "RUNNING",
        "reading goes on"
    );
    first.kill();
    world.baton(&["run", "m.asl.json"]).succeeded();
}

#[test]
fn a_file_size_limit() {
    let world = World::new(&[("m.asl.json", ECHO), ("wait.asl.json", WAIT)]);
    // `ulimit -f` counts blocks of 1,024 bytes.
    let limited = |kib: u32, args: &str| {
        let script = format!("ulimit -f {kib}; exec {} {args}", env!("CARGO_BIN_EXE_baton"));
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(world.path())
            .stdin(Stdio::null())
            .output();
        support::ended(output.expect("bash is there"))
    };
    limited(8, "run m.asl.json").refused(4, &["error[STORE_", ".baton"]);
    world.baton(&["run", "m.asl.json", "--name", "before"]).succeeded();
    let large = format!("{{\"t\":\"{}\"}}", "x".repeat(200_000));
    world.write("in.json", &large);
    let ended = limited(100, "run m.asl.json --input in.json --name during");
    ended.refused(
        4,
        &["error[ENGINE_STOPPED]", "commits in a row failed half-way", "disk I/O error", "baton resume"],
    );
    // Nothing is lost of what was acknowledged, and the store goes on when there is room.
    world.baton(&["show", "before"]).succeeded();
    world.baton(&["run", "m.asl.json", "--input", "in.json", "--name", "during", "--quiet"]).succeeded();
    assert_eq!(world.baton(&["executions", "--output", "json"]).json().as_array().map(Vec::len), Some(2));
}

#[test]
fn an_output_that_nobody_can_take() {
    let world = World::new(&[("m.asl.json", ECHO)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(full) = full else { return eprintln!("skipped: there is no /dev/full here") };
    let output =
        world.command(&["run", "m.asl.json", "--name", "a"]).stdout(full).stderr(Stdio::piped()).output();
    support::ended(output.expect("baton starts")).refused(4, &["error[OUTPUT_UNWRITABLE]", "baton show"]);
    assert_eq!(world.baton(&["show", "a", "--output", "json"]).json()["status"], "SUCCEEDED");
}

#[test]
fn a_full_disk() {
    let Some(namespace) = namespace() else {
        return eprintln!("skipped: no mount namespace can be made here, so no small disk can be mounted");
    };
    let put = r#"{"StartAt":"P","States":{"P":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:putObject",
        "Parameters":{"Bucket":"out","Key":"k","Body.$":"$.t"},"End":true}}}"#;
    let insert = sql("CREATE TABLE t AS SELECT randomblob(900000) AS b");
    let text = format!("{{\"t\":\"{}\"}}", "x".repeat(200_000));
    let world = World::new(&[
        ("put.asl.json", put),
        ("sql.asl.json", &insert),
        ("m.asl.json", ECHO),
        ("wait.asl.json", SOON),
        ("in.json", &text),
        ("baton.toml", "[databases.shop]\nurl='sqlite:disk/shop.db'\n[buckets.out]\nfolder='disk/out'\n"),
        ("disk/.keep", ""),
        ("script.sh", FULL_DISK),
    ]);
    let mut command = Command::new(namespace[0]);
    command.args(&namespace[1..]).args(["bash", "script.sh", env!("CARGO_BIN_EXE_baton")]);
    let output = command.current_dir(world.path()).stdin(Stdio::null()).output().expect("it starts");
    let ended = support::ended(output);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let said = |file: &str| std::fs::read_to_string(world.file(file)).expect("the script wrote it");
    for (file, phrases) in [
        ("1.err", &["error[STORE_FULL]", "no room is left", "disk/new"][..]),
        ("2.err", &["SQL.DiskFull"]),
        ("3.err", &["S3.S3Exception", "the folder of the bucket failed", "Status Code: 500"]),
        (
            "4.err",
            &["notice", "waiting for room in the store", "free some space", "the store takes commits again"],
        ),
    ] {
        let text = said(file);
        for phrase in phrases {
            assert!(text.contains(phrase), "{file}: `{phrase}` is not in\n{text}");
        }
        assert!(!text.contains("panicked") && !text.contains("bug:"), "{file}: {text}");
    }
    assert_eq!(said("codes").split_whitespace().collect::<Vec<_>>(), ["4", "1", "1", "0", "0", "5", "0"]);
    assert!(said("list").contains("SUCCEEDED"), "{}", said("list"));
}

/// A small disk, filled; what happens; then room is made while the last run waits.
const FULL_DISK: &str = r#"
set -u
baton=$1
mount -t tmpfs -o size=2500k none disk || exit 9
fill() { dd if=/dev/zero of=disk/ballast bs=4k 2>/dev/null; true; }
mkdir disk/new disk/out disk/store
"$baton" run wait.asl.json --input in.json --data disk/store --name second --output json >4.out 2>4.err &
run=$!
for _ in $(seq 200); do "$baton" show second --data disk/store 2>/dev/null | grep -q 'a timer at' && break; sleep 0.02; done
fill
"$baton" run m.asl.json --data disk/new >/dev/null 2>1.err; echo $? >>codes
"$baton" run sql.asl.json --data elsewhere >/dev/null 2>2.err; echo $? >>codes
"$baton" run put.asl.json --input in.json --data elsewhere >/dev/null 2>3.err; echo $? >>codes
for _ in $(seq 400); do grep -q 'waiting for room' 4.err && break; sleep 0.05; done
rm disk/ballast
wait $run; echo $? >>codes
"$baton" executions --data disk/store >list; echo $? >>codes
# Room to open the store, but not for what is to be remembered.
fill; truncate -s -160K disk/ballast
"$baton" run m.asl.json --input in.json --data disk/store --name third >/dev/null 2>5.err &
run=$!
for _ in $(seq 200); do grep -q 'waiting for room' 5.err && break; sleep 0.05; done
kill -INT $run; wait $run; echo $? >>codes
rm disk/ballast
"$baton" run m.asl.json --input in.json --data disk/store --name third >/dev/null 2>6.err; echo $? >>codes
exit 0
"#;

/// How to run something where it may mount a disk: as root, or as root of a namespace of its own.
fn namespace() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["unshare", "-m"], &["unshare", "-Urm"]];
    ways.into_iter().find(|way| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["mount", "-t", "tmpfs", "none"]).arg(folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// A store with two executions that wait and one that is done.
fn waiting_store() -> World {
    let world = World::new(&[("wait.asl.json", WAIT), ("m.asl.json", ECHO)]);
    world.baton(&["run", "m.asl.json", "--name", "done", "--quiet"]).succeeded();
    for name in ["first", "second"] {
        let mut running = Running::start(&world, &["run", "wait.asl.json", "--name", name, "--quiet"]);
        running.kill();
    }
    world
}

#[test]
fn a_damaged_record_sets_its_execution_aside_and_the_others_go_on() {
    let world = waiting_store();
    flip(&world, "first");
    // The other's timer is long due.
    edit(&world, "UPDATE timers SET due_at = 0");
    world
        .baton(&["resume", "first"])
        .refused(4, &["error[EXECUTION_QUARANTINED]", "activation 1", "--retry-quarantined"]);
    let ended = world.baton(&["resume", "--output", "json"]);
    ended.refused(4, &["error[EXECUTION_QUARANTINED]", "set aside", "activation 1", "hint:"]);
    assert!(
        ended.stdout.contains("\"waited\"") && ended.stdout.contains("\"name\":\"second\""),
        "{ended:#?}"
    );
    let listed = world.baton(&["executions"]).succeeded();
    assert!(listed.contains("RUNNING, set aside"), "{listed}");
    world.baton(&["history", "first"]).refused(4, &["error[STORE_CORRUPT]", "activation 1", "backup"]);
    let shown = world.baton(&["show", "first"]);
    shown.refused(4, &["error[STORE_CORRUPT]", "activation 1"]);
    assert!(shown.stdout.contains("set aside"), "{shown:#?}");
    world.baton(&["resume"]).succeeded();
    world.baton(&["run", "m.asl.json", "--name", "new"]).succeeded();
    world
        .baton(&["resume", "first", "--retry-quarantined"])
        .refused(4, &["error[EXECUTION_QUARANTINED]", "activation 1", "restore it from a backup"]);
}

#[test]
fn an_execution_that_was_set_aside_is_tried_again_when_that_is_asked_for() {
    let world = waiting_store();
    flip(&world, "first");
    edit(&world, "UPDATE timers SET due_at = 0");
    assert_eq!(world.baton(&["resume", "--quiet"]).code, Some(4), "it is set aside");
    let set_aside = |name: &str| {
        world
            .baton(&["executions", "--output", "json"])
            .json()
            .as_array()
            .expect("a list")
            .iter()
            .any(|it| it["name"] == name && !it["quarantine"].is_null())
    };
    assert!(set_aside("first"));
    // The record is repaired, as from a backup; that alone changes nothing.
    flip(&world, "first");
    world
        .baton(&["resume", "first"])
        .refused(4, &["error[EXECUTION_QUARANTINED]", "activation 1", "--retry-quarantined"]);
    let ended = world.baton(&["resume", "first", "--retry-quarantined", "--output", "json"]);
    assert!(ended.stderr.contains("is taken up again; it was set aside: "), "{ended:#?}");
    assert_eq!(ended.json()["status"], "SUCCEEDED");
    assert!(!set_aside("first"));
}

#[test]
fn a_store_file_that_is_damaged_anywhere_is_never_believed() {
    let world = waiting_store();
    let file = world.file(".baton/baton.db");
    // Everything into the file, so that nothing is read from a log.
    edit(&world, "PRAGMA wal_checkpoint(TRUNCATE)");
    let sound = std::fs::read(&file).expect("the store's file");
    let outputs = |what: &str| {
        let history = world.baton(&["history", "done", "--output", "json"]);
        world_answers(&world, what);
        history
    };
    let expected = outputs("a sound store").succeeded();
    let mut damages: Vec<(String, Vec<u8>)> = vec![
        ("no header".into(), [&[0; 16][..], &sound[16..]].concat()),
        ("a random header".into(), [&[0xa5; 100][..], &sound[100..]].concat()),
        ("half of it".into(), sound[..sound.len() / 2].to_vec()),
        ("no tail".into(), sound[..sound.len() - 4_096].to_vec()),
        ("a torn tail".into(), sound[..sound.len() - 100].to_vec()),
        ("nothing".into(), Vec::new()),
        ("one byte".into(), vec![b'S']),
    ];
    for page in 0..sound.len() / 4_096 {
        let mut damaged = sound.clone();
        damaged[page * 4_096..][..4_096].fill(0x5a);
        damages.push((format!("page {page} overwritten"), damaged));
    }
    for at in (100..sound.len()).step_by(sound.len() / 24) {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x41;
        damages.push((format!("byte {at} changed"), damaged));
    }
    for (what, bytes) in damages {
        for log in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(world.file(&format!(".baton/baton.db{log}")));
        }
        std::fs::write(&file, &bytes).expect("it is written");
        let ended = outputs(&what);
        if ended.code == Some(0) {
            assert_eq!(ended.stdout, expected, "{what}: a wrong history");
        }
    }
}

/// Every command answers or says why not, and none panics.
#[track_caller]
fn world_answers(world: &World, what: &str) {
    for command in [
        &["executions"][..],
        &["show", "first"],
        &["resume", "done", "--quiet"],
        &["run", "m.asl.json", "--name", "done", "--quiet"],
    ] {
        let ended = world.baton(command);
        match ended.code {
            Some(0) => {}
            Some(code @ (3 | 4)) => ended.refused(code, &["error["]),
            _ => panic!("{what}: {command:?}: {ended:#?}"),
        }
    }
}

/// Changes one byte in the middle of an execution's first record; the second time it is as it was.
#[track_caller]
fn flip(world: &World, name: &str) {
    let store = Connection::open(world.file(".baton/baton.db")).expect("the store opens");
    let own = "executions WHERE name = ?1 AND content IS NOT NULL";
    let is_own = store.query_row(&format!("SELECT count(*) FROM {own}"), [name], |row| row.get(0));
    // What was done at once has its record in its own row.
    let (table, of_name) = match is_own.expect("it counts") {
        1 => ("executions", "name = ?1"),
        _ => ("records", "execution = (SELECT key FROM executions WHERE name = ?1) AND activation = 1"),
    };
    let read = format!("SELECT content FROM {table} WHERE {of_name}");
    let mut content: Vec<u8> = store.query_row(&read, [name], |row| row.get(0)).expect("a record");
    let middle = content.len() / 2;
    content[middle] ^= 0x41;
    let write = format!("UPDATE {table} SET content = ?2 WHERE {of_name}");
    assert_eq!(store.execute(&write, rusqlite::params![name, content]), Ok(1));
}

/// Changes the store behind baton's back.
#[track_caller]
fn edit(world: &World, statement: &str) {
    let store = Connection::open(world.file(".baton/baton.db")).expect("the store opens");
    store.execute_batch(statement).expect("it is changed");
}

/// A baton at work, which is ended with the test.
struct Running(std::process::Child);

impl Running {
    /// Starts it and waits until its execution is remembered.
    fn start(world: &World, args: &[&str]) -> Self {
        let child = world.command(args).spawn().expect("baton starts");
        let running = Self(child);
        let name = args.iter().skip_while(|it| **it != "--name").nth(1).expect("a name");
        for _ in 0..2_400 {
            if world.baton(&["show", name, "--output", "json"]).stdout.contains("a timer at") {
                return running;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("{args:?} did not begin within a minute");
    }

    fn kill(&mut self) {
        // One that has ended by itself needs no killing.
        let _ = self.0.kill();
        self.0.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
