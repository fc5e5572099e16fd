//! The embedded store when its world fails: a full disk, a torn log, foreign files, a second process, a reader beside it.

use std::path::Path;

use store::conformance::{Sample, revision};
use store::{ExecutionKey, Lookup, RevisionKey, SqliteStore, Store, StoreError};

fn open(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, [1; 16])
}

fn sample(number: u64) -> Sample {
    Sample::new(RevisionKey(1), "shop", ExecutionKey::new(0, number))
}

/// A store of executions `1..=count`, one commit each.
fn filled(folder: &Path, count: u64) -> SqliteStore {
    let mut store = open(folder).expect("the store opens");
    store.save_revision(&revision("shop")).expect("a revision is remembered");
    for number in 1..=count {
        store.commit(&[sample(number).commit(1)]).expect("it is remembered");
    }
    store
}

/// The message of an error, with the folder's path taken out.
fn message<T>(result: Result<T, StoreError>, folder: &Path) -> String {
    let Err(error) = result else { panic!("it should have failed") };
    error.to_string().replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn a_full_disk_takes_nothing_back_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = filled(folder.path(), 3);
    store.set_pages_max(1).expect("the bound is set");
    let many: Vec<_> = (4..1_000).map(|number| sample(number).commit(1)).collect();
    let full = store.commit(&many);
    assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
    assert_eq!(store.next_key(), ExecutionKey::new(0, 4), "nothing of it is remembered");
    assert!(store.load(ExecutionKey::new(0, 3)).is_ok(), "reading goes on");
    store.set_pages_max(100_000).expect("the bound is set");
    assert_eq!(store.commit(&many).expect("there is room, without opening again").len(), many.len());
}

#[test]
fn a_torn_log_keeps_what_stands_before_the_tear() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = filled(folder.path(), 0);
    let log = folder.path().join("baton.db-wal");
    let mut ends = Vec::new();
    for number in 1..=6 {
        store.commit(&[sample(number).commit(1)]).expect("it is remembered");
        ends.push(std::fs::metadata(&log).expect("the log").len());
    }
    let (file, log) = (std::fs::read(folder.path().join("baton.db")), std::fs::read(&log).expect("the log"));
    let file = file.expect("the file");
    let from = usize::try_from(ends[0]).expect("small");
    for length in (from..=log.len()).step_by(512) {
        let torn = tempfile::tempdir().expect("a folder");
        std::fs::write(torn.path().join("baton.db"), &file).expect("written");
        std::fs::write(torn.path().join("baton.db-wal"), &log[..length]).expect("written");
        let mut store = open(torn.path()).expect("a torn log is no obstacle");
        let whole = ends.iter().filter(|end| **end <= length as u64).count() as u64;
        assert_eq!(store.next_key(), ExecutionKey::new(0, whole + 1), "torn at {length}");
        for number in 1..=whole {
            let loaded = store.load(ExecutionKey::new(0, number)).expect("it is whole");
            assert_eq!(loaded.events, sample(number).commit(1).step.events);
        }
    }
}

#[test]
fn a_second_process_is_told_who_has_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = filled(folder.path(), 1);
    let refused = open(folder.path());
    assert!(matches!(refused, Err(StoreError::InUse { .. })));
    let message = message(refused, folder.path());
    let expected =
        format!("the data folder `FOLDER` is in use by process {} (`sqlite_faults", std::process::id());
    assert!(message.starts_with(&expected), "{message}");
    assert!(message.ends_with("; wait for it, stop it, or name another folder"), "{message}");
    drop(store);
    assert!(open(folder.path()).is_ok(), "closing lets go");
}

#[test]
fn a_shorter_holder_leaves_nothing_of_a_longer_one() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("baton.lock"), "x".repeat(5_000)).expect("written");
    let _store = open(folder.path()).expect("an old text is no obstacle");
    let text = std::fs::read_to_string(folder.path().join("baton.lock")).expect("read");
    assert!(text.starts_with("process ") && !text.contains("xx"), "{text}");
}

#[test]
fn a_reader_sees_commits_beside_the_writer_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = filled(folder.path(), 1);
    let mut reader = SqliteStore::open_read_only(folder.path()).expect("it opens beside the writer");
    assert_eq!(reader.engine_id(), writer.engine_id());
    writer.commit(&[sample(2).commit(1)]).expect("the writer goes on");
    assert!(reader.load(ExecutionKey::new(0, 2)).is_ok(), "and the reader sees it");
    for refused in [
        reader.commit(&[sample(3).commit(1)]).map(|_| ()),
        reader.quarantine(ExecutionKey::new(0, 1), "no"),
        reader.reinstate(ExecutionKey::new(0, 1)),
        reader.save_revision(&revision("bank")).map(|_| ()),
    ] {
        assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
    }
    drop(writer);
    assert!(reader.load(ExecutionKey::new(0, 1)).is_ok(), "the writer went, the reader stays");
    drop(reader);
    let mut alone = SqliteStore::open_read_only(folder.path()).expect("it opens without a writer");
    assert!(alone.find(&Lookup::Key(ExecutionKey::new(0, 2))).expect("it looks").is_some());
}

#[test]
fn foreign_and_damaged_files_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("baton.db");
    std::fs::write(&file, "this is not a store, however long it may be. ".repeat(500)).expect("written");
    expect_test::expect![[r"opening `FOLDER/baton.db`: the file is not a store of Baton (file is not a database); name another data folder"]]
        .assert_eq(&message(open(folder.path()), folder.path()));
    std::fs::remove_file(&file).expect("removed");
    rusqlite::Connection::open(&file)
        .and_then(|it| it.execute_batch("CREATE TABLE birds (name TEXT)"))
        .expect("made");
    expect_test::expect!["`FOLDER/baton.db` is a database of another program; name another data folder"]
        .assert_eq(&message(open(folder.path()), folder.path()));
    std::fs::remove_file(&file).expect("removed");
    drop(filled(folder.path(), 1));
    rusqlite::Connection::open(&file)
        .and_then(|it| it.pragma_update(None, "user_version", 9))
        .expect("made newer");
    expect_test::expect![
        "`FOLDER/baton.db` has format 9, this version of Baton reads format 3; use the version that wrote it"
    ]
    .assert_eq(&message(open(folder.path()), folder.path()));
    let empty = folder.path().join("empty");
    expect_test::expect!["there is no store in `FOLDER/empty`; name the data folder of a run"]
        .assert_eq(&message(SqliteStore::open_read_only(&empty), folder.path()));
}

#[test]
fn a_file_damaged_anywhere_never_gives_wrong_events() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(filled(folder.path(), 40));
    let sound = std::fs::read(folder.path().join("baton.db")).expect("the file");
    let (mut noticed, mut at) = (0, 100);
    while at < sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x41;
        let other = tempfile::tempdir().expect("a folder");
        std::fs::write(other.path().join("baton.db"), damaged).expect("written");
        let Ok(mut store) = open(other.path()) else {
            noticed += 1;
            at += 377;
            continue;
        };
        for number in 1..=40 {
            match store.load(ExecutionKey::new(0, number)) {
                Ok(loaded) => assert_eq!(loaded.events, sample(number).commit(1).step.events, "byte {at}"),
                Err(_) => noticed += 1,
            }
        }
        at += 377;
    }
    assert!(noticed > 10, "only {noticed} damages were noticed");
}

#[test]
fn a_damaged_row_is_shown_and_not_loaded() {
    let changes = [
        "status = 1, settled = 1",
        "activations = 7",
        "name = CAST(x'ff' AS TEXT)",
        "id = x'00'",
        "started_by = 'nobody at all'",
    ];
    for change in changes {
        let folder = tempfile::tempdir().expect("a folder");
        drop(filled(folder.path(), 2));
        let file = rusqlite::Connection::open(folder.path().join("baton.db")).expect("it opens");
        file.execute(&format!("UPDATE executions SET {change} WHERE key = 1"), []).expect("changed");
        drop(file);
        let mut store = open(folder.path()).expect("the store opens");
        let first = ExecutionKey::new(0, 1);
        for _ in 0..2 {
            let rows = store.list(&store::ExecutionFilter::default(), None, 10).expect("it lists");
            let damage = "its index row is damaged: the checksum differs";
            assert_eq!(rows[1].quarantine.as_deref(), Some(damage), "{change}");
            assert_eq!(rows[0].quarantine, None, "{change}");
            assert!(matches!(store.load(first), Err(StoreError::Corrupt { .. })), "{change}");
            assert!(matches!(store.reinstate(first), Err(StoreError::Corrupt { .. })), "{change}");
            // Setting it aside must not vouch for it.
            store.quarantine(first, "it cannot be read").expect("it is set aside");
        }
        assert!(store.load(ExecutionKey::new(0, 2)).is_ok(), "{change}: the other is read");
    }
}

#[cfg(unix)]
#[test]
fn a_new_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("deep/data");
    drop(open(&data).expect("it is made"));
    let mode = std::fs::metadata(&data).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
