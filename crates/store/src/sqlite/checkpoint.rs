//! Checkpoints: from the log (WAL) into the file. Ours, because SQLite's automatic ones ignore a sync that fails.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::fault::{During, classify};
use super::open::PAGE_BYTES;
use crate::error::StoreError;

/// Pages in the log at which they are carried over: 40 MiB. More would make commits faster, and their tail slower.
pub(super) const LOG_PAGES_MAX: i64 = 10_000;
/// Between two looks at the log, so that small commits do not pay for one each: commits, and bytes of their records. Both
/// mean few pages beside what the log may have.
const COMMITS_UNSEEN_MAX: u32 = 16;
const BYTES_UNSEEN_MAX: usize = 1 << 20;
/// The log's head, and a page in it with its own head. Source: <https://sqlite.org/fileformat2.html>, "The WAL File".
const LOG_HEAD_BYTES: u64 = 32;
const LOG_PAGE_BYTES: u64 = 24 + PAGE_BYTES as u64;
/// How much is reserved at once, and what may be left when more is.
const RESERVE_BYTES: usize = 1 << 20;
const RESERVE_BYTES_MIN: u64 = 1 << 18;

/// What has been committed since the log was last looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unseen {
    commits: u32,
    bytes: usize,
}

impl Unseen {
    /// Notes a commit. Whether it is time to look; the next count begins then.
    pub(super) fn is_enough_with(&mut self, bytes: usize) -> bool {
        self.commits += 1;
        self.bytes += bytes;
        let is_enough = self.commits >= COMMITS_UNSEEN_MAX || self.bytes >= BYTES_UNSEEN_MAX;
        if is_enough {
            *self = Self::default();
        }
        is_enough
    }
}

/// Looks at the log: carries it over if it is long enough, and makes room at its end otherwise.
pub(super) fn look(connection: &Connection, log: &Path, pages_max: i64) -> Result<(), StoreError> {
    let look = || {
        let pages = run(connection, "PRAGMA wal_checkpoint(NOOP)")?.pages;
        if pages >= pages_max {
            // A reader in the way only delays it.
            run(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
        } else {
            // Where there is no room ahead, commits append, as they would anyway.
            let _ = reserve(log, u64::try_from(pages).unwrap_or_default());
        }
        Ok(())
    };
    look().or_else(|error: rusqlite::Error| match error.sqlite_error_code() {
        // The batch is remembered, in the log, and the log stays until there is room or nobody is in the way.
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(()),
        // Whatever else it is, "nothing is remembered" would be untrue.
        _ => Err(StoreError::Unknown {
            message: format!("carrying the log into the store: {error}; the store must be opened again"),
        }),
    })
}

/// Zeros behind the end of a log that grows: a sync that has a longer file to remember takes half as long again. SQLite reads
/// no further than the last commit, and a frame of zeros is none to it, so they may be there or not.
fn reserve(log: &Path, pages: u64) -> std::io::Result<()> {
    let used = LOG_HEAD_BYTES + pages * LOG_PAGE_BYTES;
    let mut file = File::options().append(true).open(log)?;
    if file.metadata()?.len() < used + RESERVE_BYTES_MIN {
        file.write_all(&vec![0; RESERVE_BYTES])?;
    }
    Ok(())
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
