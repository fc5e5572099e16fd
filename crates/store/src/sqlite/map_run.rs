//! Map Runs: one row each, written anew as they go on.

use rusqlite::{OptionalExtension as _, params};

use super::SqliteStore;
use super::commit::in_transaction;
use super::fault::{During, classify};
use crate::error::StoreError;
use crate::map_run::MapRunRecord;
use crate::record;
use crate::store::ExecutionKey;

const SAVE: &str = "remembering a Map Run";
const READ: &str = "reading a Map Run";

impl SqliteStore {
    pub(super) fn write_map_run(&mut self, run: &MapRunRecord) -> Result<(), StoreError> {
        let content = record::encode_map_run(run)
            .map_err(|error| StoreError::Rejected { message: format!("{SAVE}: {error}") })?;
        let connection = self.writer()?;
        in_transaction(connection, SAVE, || {
            connection
                .prepare_cached(
                    "INSERT INTO map_runs (arn, execution, content) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (arn) DO UPDATE SET content = excluded.content",
                )
                .and_then(|mut insert| insert.execute(params![&*run.arn, run.execution.0, content]))
                .map(|_| ())
                .map_err(|error| classify(&error, During::Work, SAVE))
        })
    }

    pub(super) fn read_map_run(&self, arn: &str) -> Result<Option<MapRunRecord>, StoreError> {
        let content: Option<Vec<u8>> = self
            .connection()?
            .prepare_cached("SELECT content FROM map_runs WHERE arn = ?1")
            .and_then(|mut select| select.query_row([arn], |row| row.get(0)).optional())
            .map_err(|error| classify(&error, During::Work, READ))?;
        content.map(|content| decode(&content)).transpose()
    }

    pub(super) fn read_map_runs(&self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError> {
        let contents: Vec<Vec<u8>> = self
            .connection()?
            .prepare_cached("SELECT content FROM map_runs WHERE execution = ?1 ORDER BY key")
            .and_then(|mut select| select.query_map([execution.0], |row| row.get(0))?.collect())
            .map_err(|error| classify(&error, During::Work, READ))?;
        contents.iter().map(|content| decode(content)).collect()
    }
}

fn decode(content: &[u8]) -> Result<MapRunRecord, StoreError> {
    record::decode_map_run(content).map_err(|error| StoreError::Corrupt {
        message: format!("a Map Run cannot be read: {error}; restore the last backup"),
    })
}
