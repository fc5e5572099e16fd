//! Revisions and the machines they belong to.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::SqliteStore;
use super::commit::in_transaction;
use super::fault::{During, classify};
use crate::error::StoreError;
use crate::record;
use crate::store::{RevisionKey, RevisionRecord};

const SAVE: &str = "remembering a revision";

impl SqliteStore {
    pub(super) fn insert_revision(&mut self, revision: &RevisionRecord) -> Result<RevisionKey, StoreError> {
        let digest = record::revision_digest(revision);
        let content = record::encode_revision(revision)
            .map_err(|error| StoreError::Rejected { message: format!("{SAVE}: {error}") })?;
        let connection = self.writer()?;
        if let Some(key) = known(connection, &digest).map_err(fail)? {
            return Ok(key);
        }
        in_transaction(connection, SAVE, || {
            insert(connection, &revision.arn, &digest, &content).map_err(fail)
        })
    }

    pub(super) fn read_revision(&mut self, key: RevisionKey) -> Result<RevisionRecord, StoreError> {
        let content: Option<Vec<u8>> = self
            .connection()?
            .prepare_cached("SELECT content FROM revisions WHERE key = ?1")
            .and_then(|mut select| select.query_row([key.0], |row| row.get(0)).optional())
            .map_err(|error| classify(&error, During::Work, "reading a revision"))?;
        let content = content.ok_or_else(|| missing(key))?;
        record::decode_revision(&content).map_err(|error| StoreError::Corrupt {
            message: format!("revision number {} cannot be read: {error}; restore the last backup", key.0),
        })
    }

    /// The machine of a revision: key and ARN.
    pub(super) fn machine_of(&mut self, revision: RevisionKey) -> Result<(i64, Arc<str>), StoreError> {
        let machine = if let Some(machine) = self.revisions.get(&revision) {
            *machine
        } else {
            let machine: Option<i64> = self
                .connection()?
                .query_row("SELECT machine FROM revisions WHERE key = ?1", [revision.0], |row| row.get(0))
                .optional()
                .map_err(fail)?;
            let machine = machine.ok_or_else(|| missing(revision))?;
            self.revisions.insert(revision, machine);
            machine
        };
        Ok((machine, self.machine_arn(machine)?))
    }

    /// The ARN of a machine.
    pub(super) fn machine_arn(&mut self, machine: i64) -> Result<Arc<str>, StoreError> {
        if let Some(arn) = self.machines.get(&machine) {
            return Ok(arn.clone());
        }
        let arn: Option<String> = self
            .connection()?
            .query_row("SELECT arn FROM machines WHERE key = ?1", [machine], |row| row.get(0))
            .optional()
            .map_err(fail)?;
        let arn: Arc<str> = arn.map(Arc::from).ok_or_else(|| StoreError::Corrupt {
            message: format!(
                "machine number {machine} is referred to and not there; restore the last backup"
            ),
        })?;
        self.machines.insert(machine, arn.clone());
        Ok(arn)
    }
}

fn known(connection: &Connection, digest: &[u8; 32]) -> rusqlite::Result<Option<RevisionKey>> {
    connection
        .prepare_cached("SELECT key FROM revisions WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0).map(RevisionKey))
        .optional()
}

fn insert(
    connection: &Connection,
    machine_arn: &str,
    digest: &[u8; 32],
    content: &[u8],
) -> rusqlite::Result<RevisionKey> {
    connection
        .execute("INSERT INTO machines (arn) VALUES (?1) ON CONFLICT (arn) DO NOTHING", [machine_arn])?;
    let machine: i64 =
        connection.query_row("SELECT key FROM machines WHERE arn = ?1", [machine_arn], |row| row.get(0))?;
    connection.execute(
        "INSERT INTO revisions (machine, digest, content) VALUES (?1, ?2, ?3)",
        params![machine, digest, content],
    )?;
    Ok(RevisionKey(connection.last_insert_rowid()))
}

fn missing(key: RevisionKey) -> StoreError {
    StoreError::Missing { message: format!("there is no revision number {}", key.0) }
}

#[expect(clippy::needless_pass_by_value, reason = "passed to `map_err`")]
fn fail(error: rusqlite::Error) -> StoreError {
    classify(&error, During::Work, SAVE)
}
