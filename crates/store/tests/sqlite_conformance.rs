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
        let place = (key.0, i64::try_from(activation).expect("small"));
        let select = "SELECT content FROM records WHERE execution = ?1 AND activation = ?2";
        let mut content: Vec<u8> = file.query_row(select, place, |row| row.get(0)).expect("a record");
        let middle = content.len() / 2;
        content[middle] ^= 1;
        let update = "UPDATE records SET content = ?3 WHERE execution = ?1 AND activation = ?2";
        assert_eq!(file.execute(update, (place.0, place.1, content)).expect("it is written"), 1);
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
