//! The embedded store, watched: what was handed to it, and which of the due timers it shows. A transcript says which timer
//! fires when; the others have to wait for their command.

use std::sync::{Arc, Mutex, MutexGuard};

use asl::Timestamp;
use machine::TimerId;
use store::{
    Commit, Committed, DueTimer, ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup, MapRunRecord,
    RevisionKey, RevisionRecord, SqliteStore, Store, StoreError,
};

/// What is shared with whoever watches.
#[derive(Default)]
pub(crate) struct Watch {
    /// What was committed since it was last taken.
    pub(crate) commits: Vec<Commit>,
    /// The due timers that are shown.
    pub(crate) shown: Shown,
}

/// Which of the due timers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    #[default]
    None,
    Only(TimerId),
    All,
}

/// A store that is watched.
pub(crate) struct WatchedStore {
    inner: SqliteStore,
    watch: Arc<Mutex<Watch>>,
}

impl WatchedStore {
    pub(crate) fn new(inner: SqliteStore, watch: Arc<Mutex<Watch>>) -> Self {
        Self { inner, watch }
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().expect("nobody panicked while watching")
    }
}

impl Store for WatchedStore {
    fn engine_id(&self) -> [u8; 16] {
        self.inner.engine_id()
    }

    fn next_key(&self) -> ExecutionKey {
        self.inner.next_key()
    }

    fn commit(&mut self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
        let outcome = self.inner.commit(batch)?;
        self.watch().commits.extend(batch.iter().cloned());
        Ok(outcome)
    }

    fn save_revision(&mut self, revision: &RevisionRecord) -> Result<RevisionKey, StoreError> {
        self.inner.save_revision(revision)
    }

    fn revision(&mut self, key: RevisionKey) -> Result<RevisionRecord, StoreError> {
        self.inner.revision(key)
    }

    fn load(&mut self, key: ExecutionKey) -> Result<Loaded, StoreError> {
        self.inner.load(key)
    }

    fn find(&mut self, lookup: &Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        self.inner.find(lookup)
    }

    fn list(
        &mut self,
        filter: &ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        self.inner.list(filter, before, limit)
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let shown = self.watch().shown;
        let due = self.inner.due_timers(now, limit)?;
        Ok(due.into_iter().filter(|it| shown == Shown::All || shown == Shown::Only(it.timer)).collect())
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due()
    }

    fn quarantine(&mut self, key: ExecutionKey, reason: &str) -> Result<(), StoreError> {
        self.inner.quarantine(key, reason)
    }

    fn reinstate(&mut self, key: ExecutionKey) -> Result<(), StoreError> {
        self.inner.reinstate(key)
    }

    fn save_map_run(&mut self, run: &MapRunRecord) -> Result<(), StoreError> {
        self.inner.save_map_run(run)
    }

    fn map_run(&mut self, arn: &str) -> Result<Option<MapRunRecord>, StoreError> {
        self.inner.map_run(arn)
    }

    fn map_runs(&mut self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError> {
        self.inner.map_runs(execution)
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        self.inner.reopen()
    }
}
