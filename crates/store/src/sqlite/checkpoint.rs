//! Checkpoints: from the log (WAL) into the file. Ours, because SQLite's automatic ones ignore a sync that fails.

use rusqlite::{Connection, ErrorCode};

use super::fault::{During, classify};
use crate::error::StoreError;

/// Pages in the log at which they are carried over: 40 MiB. More would make commits faster, and their tail slower.
pub(super) const LOG_PAGES_MAX: i64 = 5_000;

/// Carries the log over if it is long enough. A reader in the way only delays it.
pub(super) fn when_due(connection: &Connection, pages_max: i64) -> Result<(), StoreError> {
    let carry = || {
        let pages = run(connection, "PRAGMA wal_checkpoint(NOOP)")?.pages;
        if pages >= pages_max {
            run(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
        }
        Ok(())
    };
    carry().or_else(|error: rusqlite::Error| match error.sqlite_error_code() {
        // The batch is remembered, in the log, and the log stays until there is room or nobody is in the way.
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(()),
        // Whatever else it is, "nothing is remembered" would be untrue.
        _ => Err(StoreError::Unknown {
            message: format!("carrying the log into the store: {error}; the store must be opened again"),
        }),
    })
}

/// Writes everything in the log anew, into the file, and waits until the disk has it. For every log that is found at
/// opening: its last sync may have failed (the system then believes it written and lets go of it at any time), or whoever
/// wrote it died before the sync. What is read from it must not be acted upon before the disk has it.
pub(super) fn rewrite(connection: &Connection) -> Result<(), StoreError> {
    let what = "carrying the log into the store";
    let outcome = run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
        .map_err(|error| classify(&error, During::Commit, what))?;
    if outcome.is_busy {
        return Err(StoreError::InUse {
            message: format!("{what}: somebody is reading the store; close it there and try again"),
        });
    }
    Ok(())
}

struct Outcome {
    is_busy: bool,
    pages: i64,
}

fn run(connection: &Connection, pragma: &str) -> rusqlite::Result<Outcome> {
    connection
        .prepare_cached(pragma)?
        .query_row([], |row| Ok(Outcome { is_busy: row.get(0)?, pages: row.get(1)? }))
}
