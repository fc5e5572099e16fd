//! `store`: what must survive. The trait, the embedded default on SQLite, and the conformance suite of every store.
//!
//! Nothing is decided here: a method is one business transaction, documented by what is true if we crash before it
//! returns. What is stored has twins of its own in `record` (a stored form is a promise; a domain type is not).

pub mod conformance;
pub mod error;
pub mod limits;
pub mod map_run;
pub mod record;
pub mod sqlite;
pub mod store;

pub use error::StoreError;
pub use map_run::{MapRunCounts, MapRunRecord, MapRunStatus};
pub use sqlite::SqliteStore;
pub use store::{
    Commit, Committed, DueTimer, ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup, Opening,
    RevisionKey, RevisionRecord, Store,
};
