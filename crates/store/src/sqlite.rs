//! The embedded default: SQLite, WAL, `synchronous=FULL`, one connection for its one owner.
//!
//! A data folder holds `baton.db` (with SQLite's `-wal` and `-shm` beside it) and `baton.lock`. Keys ascend, so that a
//! group commit touches few pages; statements stay prepared. The tables are in `sqlite/schema.sql`.
//!
//! After an `Unknown` the store refuses everything until it is opened again: a sync that failed once may succeed the
//! second time without having written anything.

mod checkpoint;
mod commit;
mod fault;
mod lock;
mod map_run;
mod open;
mod query;
mod revision;
mod row;
mod timer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use self::fault::{During, classify};
use self::lock::FolderLock;
use crate::error::StoreError;
use crate::map_run::MapRunRecord;
use crate::store::{
    Commit, Committed, DueTimer, ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup, RevisionKey,
    RevisionRecord, Store,
};

/// A store in one data folder.
#[derive(Debug)]
pub struct SqliteStore {
    /// Absent while the store refuses everything.
    connection: Option<Connection>,
    folder: PathBuf,
    options: Options,
    engine_id: [u8; 16],
    /// The number of the next execution.
    number_next: u64,
    /// ARNs of machines by key; machines are few and never change.
    machines: HashMap<i64, Arc<str>>,
    /// The machine of a revision; revisions never change.
    revisions: HashMap<RevisionKey, i64>,
    /// What the log holds that has not been looked at.
    unseen: checkpoint::Unseen,
    /// Held by a writer, not by one that only reads. After `connection`: let go last.
    lock: Option<FolderLock>,
}

/// How a store is opened; what a data folder needs is the default.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Whether a commit waits until the disk has it.
    #[doc(hidden)]
    pub durability: Durability,
    /// Pages that the file may have: a disk that is full, for tests.
    #[doc(hidden)]
    pub pages_max: Option<u32>,
    /// Pages of the log at which it is carried over: sooner than usual, for tests.
    #[doc(hidden)]
    pub log_pages_max: Option<i64>,
}

/// What a commit waits for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The disk. The only one that keeps the store's promises.
    #[default]
    Full,
    /// Nothing: a power cut takes acknowledged commits. For the tests that show that they would notice.
    Relaxed,
}

impl SqliteStore {
    /// Opens the store of `folder`, or makes one there; `engine_id_if_new` is then what identifies it for ever.
    ///
    /// `InUse` when another process has the folder, `Unusable` when it holds something else or something newer.
    pub fn open(folder: impl AsRef<Path>, engine_id_if_new: [u8; 16]) -> Result<Self, StoreError> {
        Self::open_with(folder, engine_id_if_new, Options::default())
    }

    /// The same with other options.
    #[doc(hidden)]
    pub fn open_with(
        folder: impl AsRef<Path>,
        engine_id_if_new: [u8; 16],
        options: Options,
    ) -> Result<Self, StoreError> {
        let folder = folder.as_ref();
        open::create_folder(folder)?;
        let lock = FolderLock::take(folder)?;
        let connection = open::open_writer(folder, &options, engine_id_if_new)?;
        checkpoint::rewrite(&connection)?;
        Self::over(connection, folder, options, Some(lock))
    }

    /// Opens the store of `folder` to look at it, beside a process that writes it or without one.
    /// What would change something is `Rejected`.
    pub fn open_read_only(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        let folder = folder.as_ref();
        Self::over(open::open_reader(folder)?, folder, Options::default(), None)
    }

    /// Another bound of the file's pages, from now on.
    #[doc(hidden)]
    pub fn set_pages_max(&mut self, pages: u32) -> Result<(), StoreError> {
        self.options.pages_max = Some(pages);
        let connection = self.connection()?;
        connection
            .pragma_update(None, "max_page_count", pages)
            .map_err(|error| classify(&error, During::Work, "setting the bound of pages"))
    }

    fn over(
        connection: Connection,
        folder: &Path,
        options: Options,
        lock: Option<FolderLock>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            engine_id: open::engine_id(&connection)?,
            number_next: query::number_next(&connection)?,
            connection: Some(connection),
            folder: folder.to_path_buf(),
            options,
            machines: HashMap::new(),
            revisions: HashMap::new(),
            unseen: checkpoint::Unseen::default(),
            lock,
        })
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or_else(|| StoreError::Unknown {
            message: format!(
                "the store in `{}` is closed since a write failed half-way; it must be opened again",
                self.folder.display()
            ),
        })
    }

    /// The same for what changes something.
    fn writer(&self) -> Result<&Connection, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::Rejected {
                message: format!("the store in `{}` is open for reading only", self.folder.display()),
            });
        }
        self.connection()
    }

    /// Passes a result on; after an `Unknown` nothing is believed any more, and nothing more is written either: closing
    /// must not carry into the file what the disk may not have.
    fn settle<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(result, Err(StoreError::Unknown { .. }))
            && let Some(connection) = self.connection.take()
        {
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
        result
    }
}

impl Store for SqliteStore {
    fn engine_id(&self) -> [u8; 16] {
        self.engine_id
    }

    fn next_key(&self) -> ExecutionKey {
        ExecutionKey::new(0, self.number_next)
    }

    fn commit(&mut self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
        let result = self.commit_batch(batch);
        self.settle(result)
    }

    fn save_revision(&mut self, revision: &RevisionRecord) -> Result<RevisionKey, StoreError> {
        let result = self.insert_revision(revision);
        self.settle(result)
    }

    fn revision(&mut self, key: RevisionKey) -> Result<RevisionRecord, StoreError> {
        let result = self.read_revision(key);
        self.settle(result)
    }

    fn load(&mut self, key: ExecutionKey) -> Result<Loaded, StoreError> {
        let result = self.read_execution(key);
        self.settle(result)
    }

    fn find(&mut self, lookup: &Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        let result = self.find_row(lookup);
        self.settle(result)
    }

    fn list(
        &mut self,
        filter: &ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        let result = self.list_rows(filter, before, limit);
        self.settle(result)
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let result = self.connection().and_then(|connection| timer::due(connection, now, limit));
        self.settle(result)
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let result = self.connection().and_then(timer::next_due);
        self.settle(result)
    }

    fn quarantine(&mut self, key: ExecutionKey, reason: &str) -> Result<(), StoreError> {
        let result = self.set_aside(key, reason);
        self.settle(result)
    }

    fn reinstate(&mut self, key: ExecutionKey) -> Result<(), StoreError> {
        let result = self.take_back(key);
        self.settle(result)
    }

    fn save_map_run(&mut self, run: &MapRunRecord) -> Result<(), StoreError> {
        let result = self.write_map_run(run);
        self.settle(result)
    }

    fn map_run(&mut self, arn: &str) -> Result<Option<MapRunRecord>, StoreError> {
        let result = self.read_map_run(arn);
        self.settle(result)
    }

    fn map_runs(&mut self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError> {
        let result = self.read_map_runs(execution);
        self.settle(result)
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        self.connection = None;
        let connection = match self.lock {
            Some(_) => open::open_writer(&self.folder, &self.options, self.engine_id)?,
            None => open::open_reader(&self.folder)?,
        };
        if self.lock.is_some() {
            checkpoint::rewrite(&connection)?;
        }
        if open::engine_id(&connection)? != self.engine_id {
            return Err(StoreError::Unusable {
                message: format!("`{}` holds another store than before", self.folder.display()),
            });
        }
        self.number_next = query::number_next(&connection)?;
        self.machines.clear();
        self.revisions.clear();
        self.connection = Some(connection);
        Ok(())
    }
}
