//! The embedded default: SQLite, WAL, `synchronous=FULL`, one writer.

/// A store in one data folder.
#[derive(Debug)]
pub struct SqliteStore {}
