//! Checkpoints: from the log (WAL) into the file. Ours, because SQLite's automatic ones ignore a sync that fails.

use rusqlite::Connection;

use super::fault::{During, classify};
use crate::error::StoreError;

/// Pages in the log at which they are carried over: 40 MiB. More would make commits faster, and their tail slower.
const LOG_PAGES_MAX: i64 = 5_000;

/// Carries the log over if it is long enough. A reader in the way only delays it.
pub(super) fn when_due(connection: &Connection) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| classify(&error, During::Commit, "carrying the log into the store");
    let pages = run(connection, "PRAGMA wal_checkpoint(NOOP)").map_err(fail)?.pages;
    if pages >= LOG_PAGES_MAX {
        run(connection, "PRAGMA wal_checkpoint(PASSIVE)").map_err(fail)?;
    }
    Ok(())
}

/// Writes everything in the log anew, into the file, and waits until the disk has it. For a log whose sync once failed:
/// the system may believe it written and let go of it at any time.
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
