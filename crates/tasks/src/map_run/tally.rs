//! The tally: items and child executions of a Map Run, by how they stand.

use machine::Status;
use runtime::MapRunCounts;

/// Items and child executions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) items: MapRunCounts,
    pub(super) executions: MapRunCounts,
}

impl Tally {
    /// A child for so many items is started.
    pub(super) fn started(&mut self, items: u64) {
        self.items.running += items;
        self.executions.running += 1;
    }

    /// One has ended.
    pub(super) fn ended(&mut self, status: Status, items: u64) {
        self.items.running -= items;
        self.executions.running -= 1;
        *slot(&mut self.items, status) += items;
        *slot(&mut self.executions, status) += 1;
    }

    /// One was not started after all.
    pub(super) fn not_started(&mut self, items: u64) {
        for (counts, count) in [(&mut self.items, items), (&mut self.executions, 1)] {
            counts.running -= count;
            counts.pending += count;
        }
    }

    /// Items were quarantined before a child.
    pub(super) fn quarantined(&mut self, items: usize) {
        self.items.quarantined += items as u64;
    }

    /// The result of one is written, or stands in the output.
    pub(super) fn written(&mut self, items: u64) {
        self.items.results_written += items;
        self.executions.results_written += 1;
    }

    /// The tally of a child that has ended and whose result is written, and of nothing else.
    pub(super) fn take(&mut self, status: Status, items: u64) {
        self.started(items);
        self.ended(status, items);
        self.written(items);
    }

    /// Items that did not succeed.
    pub(super) fn failed_items(&self) -> u64 {
        self.items.failed + self.items.timed_out + self.items.aborted
    }
}

fn slot(counts: &mut MapRunCounts, status: Status) -> &mut u64 {
    match status {
        Status::Running => &mut counts.running,
        Status::Succeeded => &mut counts.succeeded,
        Status::Failed => &mut counts.failed,
        Status::TimedOut => &mut counts.timed_out,
        Status::Aborted => &mut counts.aborted,
    }
}
