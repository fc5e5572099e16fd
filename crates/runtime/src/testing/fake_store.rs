//! A store in memory whose commits go as a script says. It outlives its shard, so that a crash can be played.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use asl::Timestamp;
use machine::{Effect, Event, Status, TimerId};
use store::{
    Commit, Committed, DueTimer, ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup, MapRunRecord,
    RevisionKey, RevisionRecord, Store, StoreError,
};

/// How the next commit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is remembered.
    Done,
    /// No room.
    Full,
    /// No room for more than so many members.
    FullBeyond(usize),
    /// Doubtful, and remembered.
    DoubtfulDone,
    /// Doubtful, and not remembered.
    DoubtfulLost,
}

#[derive(Debug)]
struct Stored {
    row: ExecutionRow,
    activations: Vec<Vec<Event>>,
}

#[derive(Debug, Default)]
pub(crate) struct Inner {
    executions: BTreeMap<ExecutionKey, Stored>,
    pub(crate) timers: BTreeSet<(Timestamp, ExecutionKey, TimerId)>,
    /// Outcomes of the next commits; when they run out, commits are remembered.
    pub(crate) script: VecDeque<Outcome>,
    /// Executions whose commits are refused, by name.
    pub(crate) poison: BTreeSet<String>,
    /// Executions whose records cannot be read.
    pub(crate) corrupt: BTreeSet<ExecutionKey>,
    pub(crate) cannot_reopen: bool,
    map_runs: Vec<MapRunRecord>,
    is_doubtful: bool,
    pub(crate) reopened: u32,
    /// Members of each commit that was tried, with what came of it.
    pub(crate) tried: Vec<(usize, &'static str)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct FakeStore(Arc<Mutex<Inner>>);

impl FakeStore {
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics while it looks")
    }

    pub(crate) fn script(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.inner().script.extend(outcomes);
    }

    /// Whether an activation is remembered: what every release is held against.
    pub(crate) fn remembers(&self, key: ExecutionKey, activation: u64) -> bool {
        self.inner().executions.get(&key).is_some_and(|it| it.activations.len() as u64 >= activation)
    }

    pub(crate) fn quarantine_of(&self, key: ExecutionKey) -> Option<Arc<str>> {
        self.inner().executions.get(&key).and_then(|it| it.row.quarantine.clone())
    }

    /// The index row of an execution that is remembered.
    pub(crate) fn row(&self, key: ExecutionKey) -> ExecutionRow {
        self.inner().executions.get(&key).expect("it is remembered").row.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.inner().executions.len()
    }
}

impl Inner {
    fn remember(&mut self, batch: &[Commit]) -> Vec<Committed> {
        batch.iter().map(|commit| self.remember_one(commit)).collect()
    }

    fn remember_one(&mut self, commit: &Commit) -> Committed {
        let key = commit.key;
        if let Some(opening) = &commit.opening {
            let name = &opening.info.name;
            let taken = self.executions.values().find(|it| it.row.info.name == *name).map(|it| it.row.key);
            if let Some(existing) = taken {
                return Committed::NameTaken { existing };
            }
            let row = ExecutionRow {
                key,
                info: opening.info.clone(),
                revision: opening.revision,
                machine_arn: "".into(),
                status: commit.status,
                settled: commit.settled,
                started_at: opening.started_at,
                started_by: opening.started_by.clone(),
                closed_at: commit.closed_at,
                quarantine: None,
            };
            assert!(
                self.executions.insert(key, Stored { row, activations: Vec::new() }).is_none(),
                "a key is given once"
            );
        }
        let stored = self.executions.get_mut(&key).expect("an execution is opened first");
        assert_eq!(stored.activations.len() as u64 + 1, commit.activation, "activations have no gap");
        stored.activations.push(commit.step.events.clone());
        stored.row.status = commit.status;
        stored.row.settled = commit.settled;
        stored.row.closed_at = commit.closed_at;
        for effect in &commit.step.effects {
            match effect {
                Effect::SetTimer { timer, at } => _ = self.timers.insert((*at, key, *timer)),
                Effect::ClearTimer { timer } => self.timers.retain(|it| (it.1, it.2) != (key, *timer)),
                Effect::RunTask(_) | Effect::AbandonTask(_) => {}
            }
        }
        if commit.status != Status::Running {
            self.timers.retain(|it| it.1 != key);
        }
        Committed::Done
    }

    fn is_poisonous(&self, commit: &Commit) -> bool {
        let name = match &commit.opening {
            Some(opening) => Some(&opening.info.name),
            None => self.executions.get(&commit.key).map(|it| &it.row.info.name),
        };
        name.is_some_and(|name| self.poison.contains(&**name))
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.is_doubtful { Err(StoreError::Unknown { message: "closed".to_owned() }) } else { Ok(()) }
    }
}

impl Store for FakeStore {
    fn engine_id(&self) -> [u8; 16] {
        [7; 16]
    }

    fn next_key(&self) -> ExecutionKey {
        let last = self.inner().executions.last_key_value().map_or(0, |(key, _)| key.0);
        ExecutionKey(last + 1)
    }

    fn commit(&mut self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
        let mut inner = self.inner();
        inner.usable()?;
        if batch.iter().any(|commit| inner.is_poisonous(commit)) {
            inner.tried.push((batch.len(), "rejected"));
            return Err(StoreError::Rejected { message: "poison".to_owned() });
        }
        let outcome = inner.script.pop_front().unwrap_or(Outcome::Done);
        let outcome = match outcome {
            Outcome::FullBeyond(limit) if batch.len() <= limit => Outcome::Done,
            Outcome::FullBeyond(_) => Outcome::Full,
            outcome => outcome,
        };
        inner.is_doubtful = matches!(outcome, Outcome::DoubtfulDone | Outcome::DoubtfulLost);
        let message = "as the script says".to_owned();
        match outcome {
            Outcome::Done => {
                inner.tried.push((batch.len(), "done"));
                Ok(inner.remember(batch))
            }
            Outcome::Full | Outcome::FullBeyond(_) => {
                inner.tried.push((batch.len(), "full"));
                Err(StoreError::Full { message })
            }
            Outcome::DoubtfulDone => {
                inner.tried.push((batch.len(), "doubtful"));
                inner.remember(batch);
                Err(StoreError::Unknown { message })
            }
            Outcome::DoubtfulLost => {
                inner.tried.push((batch.len(), "doubtful"));
                Err(StoreError::Unknown { message })
            }
        }
    }

    fn save_revision(&mut self, _: &RevisionRecord) -> Result<RevisionKey, StoreError> {
        Ok(RevisionKey(1))
    }

    fn revision(&mut self, _: RevisionKey) -> Result<RevisionRecord, StoreError> {
        Err(StoreError::Missing { message: "no revisions here".to_owned() })
    }

    fn save_map_run(&mut self, run: &MapRunRecord) -> Result<(), StoreError> {
        let mut inner = self.inner();
        inner.usable()?;
        inner.map_runs.retain(|it| it.arn != run.arn);
        inner.map_runs.push(run.clone());
        Ok(())
    }

    fn map_run(&mut self, arn: &str) -> Result<Option<MapRunRecord>, StoreError> {
        let inner = self.inner();
        inner.usable()?;
        Ok(inner.map_runs.iter().find(|it| &*it.arn == arn).cloned())
    }

    fn map_runs(&mut self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError> {
        let inner = self.inner();
        inner.usable()?;
        Ok(inner.map_runs.iter().filter(|it| it.execution == execution).cloned().collect())
    }

    fn load(&mut self, key: ExecutionKey) -> Result<Loaded, StoreError> {
        let inner = self.inner();
        inner.usable()?;
        if inner.corrupt.contains(&key) {
            return Err(StoreError::Corrupt { message: "a record is damaged".to_owned() });
        }
        let stored = inner
            .executions
            .get(&key)
            .ok_or_else(|| StoreError::Missing { message: "no such execution".to_owned() })?;
        Ok(Loaded {
            row: stored.row.clone(),
            activations: stored.activations.len() as u64,
            events: stored.activations.concat(),
        })
    }

    fn find(&mut self, lookup: &Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        let inner = self.inner();
        inner.usable()?;
        let is_it = |row: &ExecutionRow| match lookup {
            Lookup::Key(key) => row.key == *key,
            Lookup::Id(id) => row.info.id == *id,
            Lookup::Arn(arn) => row.info.arn == *arn,
            Lookup::Name(name) | Lookup::NameOf { name, .. } => row.info.name == *name,
        };
        Ok(inner.executions.values().map(|it| &it.row).find(|row| is_it(row)).cloned())
    }

    fn list(
        &mut self,
        filter: &ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        let inner = self.inner();
        let rows = inner.executions.values().rev().map(|it| &it.row);
        let wanted =
            rows.filter(|row| before.is_none_or(|it| row.key < it) && !(filter.unsettled && row.settled));
        Ok(wanted.take(limit).cloned().collect())
    }

    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let inner = self.inner();
        inner.usable()?;
        let is_held = |key| inner.executions.get(key).is_some_and(|it: &Stored| it.row.quarantine.is_some());
        let due = inner.timers.iter().filter(|(at, key, _)| *at <= now && !is_held(key)).take(limit);
        Ok(due.map(|&(due_at, key, timer)| DueTimer { key, timer, due_at }).collect())
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let inner = self.inner();
        let is_held = |key| inner.executions.get(key).is_some_and(|it: &Stored| it.row.quarantine.is_some());
        Ok(inner.timers.iter().find(|(_, key, _)| !is_held(key)).map(|it| it.0))
    }

    fn quarantine(&mut self, key: ExecutionKey, reason: &str) -> Result<(), StoreError> {
        let mut inner = self.inner();
        let missing = || StoreError::Missing { message: "no such execution".to_owned() };
        inner.executions.get_mut(&key).ok_or_else(missing)?.row.quarantine = Some(reason.into());
        Ok(())
    }

    fn reinstate(&mut self, key: ExecutionKey) -> Result<(), StoreError> {
        let mut inner = self.inner();
        let missing = || StoreError::Missing { message: "no such execution".to_owned() };
        inner.executions.get_mut(&key).ok_or_else(missing)?.row.quarantine = None;
        Ok(())
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        let mut inner = self.inner();
        if inner.cannot_reopen {
            return Err(StoreError::Unusable { message: "the disk is gone".to_owned() });
        }
        inner.is_doubtful = false;
        inner.reopened += 1;
        Ok(())
    }
}
