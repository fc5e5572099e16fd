//! Loading: an execution is the fold of what is remembered of it; recovery is the same code as life.

use std::sync::Arc;

use machine::{ActivityTask, Execution, Revision};
use store::{ExecutionKey, Loaded, Lookup, RevisionKey, RevisionRecord, StoreError};

use crate::limits::REVISIONS_MAX;
use crate::revision::restore;
use crate::shard::Shard;
use crate::shard::arrival::AccessError;
use crate::shard::member::fold;
use crate::shard::resident::Resident;

/// Why an execution is not at hand.
#[derive(Debug)]
pub(crate) enum LoadError {
    /// There is none, or it was set aside before: whoever asked is told.
    Refused(AccessError),
    /// What is remembered cannot be used: it has to be set aside.
    Damaged(String),
    /// The store cannot be asked now.
    Store(StoreError),
}

impl Shard {
    /// Takes an execution out of memory, or out of the store.
    pub(crate) fn take(&mut self, key: ExecutionKey) -> Result<Resident, LoadError> {
        if let Some(resident) = self.residents.take(key) {
            return Ok(resident);
        }
        if let Some(reason) = self.aside.get(&key) {
            return Err(LoadError::Refused(AccessError::Quarantined { key, reason: reason.clone() }));
        }
        match self.store.load(key) {
            Ok(loaded) => self.resident_of(loaded),
            Err(StoreError::Corrupt { message }) => Err(self.damaged_or_known(key, message)),
            Err(error) => Err(classify(key, error)),
        }
    }

    /// The fold of what was loaded.
    pub(crate) fn resident_of(&mut self, loaded: Loaded) -> Result<Resident, LoadError> {
        let Loaded { row, activations, events } = loaded;
        if let Some(reason) = row.quarantine {
            return Err(LoadError::Refused(AccessError::Quarantined { key: row.key, reason }));
        }
        let revision = self.revision_of(row.revision)?;
        let execution = fold(Execution::new(revision, row.info), &events).map_err(LoadError::Damaged)?;
        Ok(Resident { execution, activations, closed_at: row.closed_at })
    }

    /// Puts an execution back that is as it is remembered. One that is settled is not kept: nothing happens to it any more.
    pub(crate) fn keep(&mut self, key: ExecutionKey, resident: Resident) {
        if !resident.execution.is_settled() {
            self.residents.put(key, resident, self.settings.residents_max);
        }
    }

    /// Remembers a revision that a start brought along, so that it is not read back.
    pub(crate) fn know_revision(&mut self, key: RevisionKey, revision: &Arc<Revision>) {
        if self.revisions.contains_key(&key) {
            return;
        }
        if self.revisions.len() >= REVISIONS_MAX {
            self.revisions.clear();
        }
        self.revisions.insert(key, revision.clone());
    }

    /// A damaged record that has been met before is no news.
    fn damaged_or_known(&mut self, key: ExecutionKey, message: String) -> LoadError {
        let row = self.store.find(&Lookup::Key(key)).ok().flatten();
        match row.and_then(|row| row.quarantine) {
            Some(reason) => LoadError::Refused(AccessError::Quarantined { key, reason }),
            None => LoadError::Damaged(message),
        }
    }

    fn revision_of(&mut self, key: RevisionKey) -> Result<Arc<Revision>, LoadError> {
        if let Some(revision) = self.revisions.get(&key) {
            return Ok(revision.clone());
        }
        let record = self.store.revision(key).map_err(|error| match error {
            StoreError::Corrupt { message } | StoreError::Missing { message } => LoadError::Damaged(message),
            error => LoadError::Store(error),
        })?;
        let revision = restore(&record).map_err(LoadError::Damaged)?;
        self.know_revision(key, &revision);
        Ok(revision)
    }
}

/// The tasks of activities of an execution that no worker has taken, as they are remembered.
pub(crate) fn activity_tasks(
    loaded: Loaded,
    revision: &RevisionRecord,
) -> Result<Vec<ActivityTask>, StoreError> {
    let damaged = |message| StoreError::Corrupt { message };
    let Loaded { row, events, .. } = loaded;
    if row.quarantine.is_some() {
        return Ok(Vec::new());
    }
    let revision = restore(revision).map_err(damaged)?;
    let execution = fold(Execution::new(revision, row.info), &events).map_err(damaged)?;
    Ok(execution.activity_tasks())
}

fn classify(key: ExecutionKey, error: StoreError) -> LoadError {
    match error {
        StoreError::Missing { .. } => LoadError::Refused(AccessError::Missing { key }),
        StoreError::Corrupt { message } => LoadError::Damaged(message),
        error @ (StoreError::Rejected { .. }
        | StoreError::Full { .. }
        | StoreError::Unknown { .. }
        | StoreError::InUse { .. }
        | StoreError::Unusable { .. }) => LoadError::Store(error),
    }
}
