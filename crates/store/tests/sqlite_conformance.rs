//! The embedded store keeps every promise of the trait.

use store::conformance::{PROMISES, Subject};
use store::{ExecutionKey, SqliteStore, Store};

struct Folder(tempfile::TempDir);

impl Subject for Folder {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(SqliteStore::open(self.0.path(), [42; 16]).expect("the store opens"))
    }

    fn damage_record(&mut self, key: ExecutionKey, activation: u64) {
        let file = rusqlite::Connection::open(self.0.path().join("baton.db")).expect("the file opens");
        let activation = i64::try_from(activation).expect("small");
        // What was done at once has its record in its own row.
        let own = "executions WHERE key = ?1 AND ?2 = 1 AND content IS NOT NULL";
        let is_own =
            file.query_row(&format!("SELECT count(*) FROM {own}"), (key.0, activation), |row| row.get(0));
        let (table, place) = match is_own.expect("it counts") {
            1 => ("executions", "key = ?1 AND ?2 = 1"),
            _ => ("records", "execution = ?1 AND activation = ?2"),
        };
        let select = format!("SELECT content FROM {table} WHERE {place}");
        let read = file.query_row(&select, (key.0, activation), |row| row.get(0));
        let mut content: Vec<u8> = read.expect("a record");
        let middle = content.len() / 2;
        content[middle] ^= 1;
        let update = format!("UPDATE {table} SET content = ?3 WHERE {place}");
        assert_eq!(file.execute(&update, (key.0, activation, content)).expect("it is written"), 1);
    }
}

#[test]
fn the_embedded_store_keeps_every_promise() {
    for (name, promise) in PROMISES {
        eprintln!("promise: {name}");
        promise(&mut Folder(tempfile::tempdir().expect("a folder")));
    }
}

#[test]
fn the_suite_runs_as_a_whole() {
    store::conformance::exercise(&mut || Box::new(Folder(tempfile::tempdir().expect("a folder"))));
}
