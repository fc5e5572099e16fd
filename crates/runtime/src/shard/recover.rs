//! Recovery: every execution to which something is owed is loaded, and what it is owed is ordered again.
//!
//! There is no second list to keep honest: what is owed follows from what is remembered. Timers are rows already.

use store::{ExecutionFilter, ExecutionRow, StoreError};

use crate::limits::RECOVERY_ROWS_MAX;
use crate::shard::Shard;
use crate::shard::load::LoadError;
use crate::shard::release::{Cause, Order, Release};

/// What recovery found.
#[derive(Debug, Default)]
#[must_use]
pub struct Recovered {
    /// Executions that go on.
    pub executions: usize,
    /// Executions that were set aside, now or before.
    pub aside: usize,
    /// Attempts of tasks that are ordered again.
    pub tasks: usize,
    /// What may leave.
    pub released: Vec<Release>,
}

impl Shard {
    /// Takes up every unsettled execution. To be called once, before the first turn.
    pub fn recover(&mut self) -> Result<Recovered, StoreError> {
        let filter = ExecutionFilter { unsettled: true, ..ExecutionFilter::default() };
        let (mut recovered, mut before) = (Recovered::default(), None);
        loop {
            let rows = self.store.list(&filter, before, RECOVERY_ROWS_MAX)?;
            let Some(last) = rows.last() else { return Ok(recovered) };
            before = Some(last.key);
            for row in rows {
                self.take_up(&row, &mut recovered)?;
            }
        }
    }

    fn take_up(&mut self, row: &ExecutionRow, recovered: &mut Recovered) -> Result<(), StoreError> {
        let key = row.key;
        let resident = match self.take(key) {
            Ok(resident) => resident,
            Err(LoadError::Refused(_)) => {
                recovered.aside += 1;
                return Ok(());
            }
            Err(LoadError::Damaged(reason)) => {
                recovered.aside += 1;
                self.set_aside(key, &reason, &mut recovered.released);
                return Ok(());
            }
            Err(LoadError::Store(error)) => return Err(error),
        };
        recovered.executions += 1;
        let cause = Cause { key, activation: resident.activations };
        for effect in resident.execution.pending() {
            let release = self.order(cause, &resident.execution, &effect).map(redelivered);
            let is_task = release
                .as_ref()
                .is_some_and(|it| matches!(it.order, Order::RunTask(_) | Order::AbandonTask(_)));
            recovered.tasks += usize::from(is_task);
            recovered.released.extend(release);
        }
        if resident.execution.is_interrupted() {
            self.goes_on(key);
        }
        self.keep(key, resident);
        Ok(())
    }
}

/// What is delivered again may have had its effect already.
fn redelivered(mut release: Release) -> Release {
    if let Order::RunTask(job) | Order::AbandonTask(job) = &mut release.order {
        job.request.is_redelivery = true;
    }
    release
}
