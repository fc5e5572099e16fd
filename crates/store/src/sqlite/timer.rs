//! Timers that are set: rows that index what the events say.

use asl::Timestamp;
use machine::TimerId;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::{During, classify};
use crate::error::StoreError;
use crate::limits::LIST_ROWS_MAX;
use crate::store::{DueTimer, ExecutionKey};

const DUE: &str = "looking for due timers";

pub(super) fn set(
    connection: &Connection,
    key: ExecutionKey,
    timer: TimerId,
    at: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO timers (execution, timer, due_at, held) VALUES (?1, ?2, ?3, 0)",
        )?
        .execute(params![key.0, timer.0, at.unix_ms])
        .map(|_| ())
}

pub(super) fn clear(connection: &Connection, key: ExecutionKey, timer: TimerId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM timers WHERE execution = ?1 AND timer = ?2")?
        .execute(params![key.0, timer.0])
        .map(|_| ())
}

pub(super) fn clear_all(connection: &Connection, key: ExecutionKey) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM timers WHERE execution = ?1")?.execute([key.0]).map(|_| ())
}

/// Hides the timers of an execution that is set aside, or shows them again.
pub(super) fn hold(connection: &Connection, key: ExecutionKey, is_held: bool) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE timers SET held = ?2 WHERE execution = ?1")?
        .execute(params![key.0, is_held])
        .map(|_| ())
}

pub(super) fn due(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<DueTimer>, StoreError> {
    const SELECT: &str = "SELECT execution, timer, due_at FROM timers WHERE held = 0 AND due_at <= ?1 \
                          ORDER BY due_at, execution, timer LIMIT ?2";
    let limit = i64::try_from(limit.min(LIST_ROWS_MAX)).unwrap_or_default();
    let read = || {
        connection
            .prepare_cached(SELECT)?
            .query_map(params![now.unix_ms, limit], |row| {
                Ok(DueTimer {
                    key: ExecutionKey(row.get(0)?),
                    timer: TimerId(row.get(1)?),
                    due_at: Timestamp::from_unix_ms(row.get(2)?),
                })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| classify(&error, During::Work, DUE))
}

pub(super) fn next_due(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    connection
        .prepare_cached("SELECT due_at FROM timers WHERE held = 0 ORDER BY due_at LIMIT 1")
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .map(|due_at| due_at.map(Timestamp::from_unix_ms))
        .map_err(|error| classify(&error, During::Work, DUE))
}
