//! Counting events: what a summary and a line of progress are made of.

use std::collections::BTreeMap;

use asl::StateId;
use machine::event::Verdict;
use machine::{Event, Fact, FrameId, Revision};

use crate::render::events::checks_of;

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// States entered.
    pub(crate) transitions: u64,
    /// Tasks; attempts of one task count once.
    pub(crate) tasks: u64,
    /// Attempts that failed or ran over their time.
    pub(crate) tasks_failed: u64,
    /// States that were tried again.
    pub(crate) retries: u64,
    /// Values that broke a contract, warnings included.
    pub(crate) violations: u64,
    /// Map iterations that began.
    pub(crate) iterations_started: u64,
    /// Map iterations that ended, in whatever way.
    pub(crate) iterations_ended: u64,
    /// Map Runs under way.
    pub(crate) map_runs: u64,
    /// Items of the Map states that began.
    pub(crate) items: u64,
    entered: BTreeMap<StateId, u64>,
    first: Vec<StateId>,
}

impl Counts {
    /// Takes events into account.
    pub(crate) fn take(&mut self, events: &[Event]) {
        for event in events {
            self.event(event);
        }
    }

    /// How often each state was entered, in the order of the first time.
    pub(crate) fn per_state(&self, revision: &Revision) -> Vec<(String, u64)> {
        let name = |id: &StateId| revision.machine.state(*id).name.to_string();
        self.first.iter().map(|id| (name(id), self.entered.get(id).copied().unwrap_or(0))).collect()
    }

    fn event(&mut self, event: &Event) {
        let broken = |verdict: Verdict| !matches!(verdict, Verdict::Fits);
        if checks_of(&event.fact).iter().any(|check| broken(check.verdict)) {
            self.violations += 1;
        }
        match &event.fact {
            Fact::StateEntered { state, .. } => {
                self.transitions += 1;
                let count = self.entered.entry(*state).or_insert(0);
                if *count == 0 {
                    self.first.push(*state);
                }
                *count += 1;
            }
            Fact::TaskScheduled { attempt: 1, .. } => self.tasks += 1,
            Fact::TaskFailed { .. } | Fact::TaskTimedOut { .. } => self.tasks_failed += 1,
            Fact::RetryScheduled { .. } => self.retries += 1,
            Fact::MapStateStarted { items, .. } => {
                self.items += items.payload.value().as_array().map_or(0, <[_]>::len) as u64;
            }
            Fact::MapRunStarted { .. } | Fact::MapRunRedriven { .. } => self.map_runs += 1,
            Fact::MapRunSucceeded { .. } | Fact::MapRunFailed { .. } | Fact::MapRunAborted { .. } => {
                self.map_runs = self.map_runs.saturating_sub(1);
            }
            // A run that was under way then has no event of its own.
            Fact::ExecutionFailed { .. } | Fact::ExecutionTimedOut { .. } | Fact::ExecutionAborted { .. } => {
                self.map_runs = 0;
            }
            Fact::MapIterationStarted { .. } => self.iterations_started += 1,
            Fact::MapIterationSucceeded { .. }
            | Fact::MapIterationFailed { .. }
            | Fact::MapIterationAborted { .. } => self.iterations_ended += 1,
            _ => {}
        }
    }
}

/// Whether an event happens to the machine itself, not inside a Map or Parallel.
pub(crate) fn is_at_top(fact: &Fact) -> bool {
    matches!(fact, Fact::StateEntered { frame, .. } | Fact::StateExited { frame, .. } if *frame == FrameId::ROOT)
}
