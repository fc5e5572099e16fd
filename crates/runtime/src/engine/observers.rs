//! Observers: whoever watches what is remembered. Nothing waits for them; one that is too slow is let go.

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::limits::OBSERVER_LAG_MAX;
use crate::shard::release::Committed;

/// A bounded way to an observer.
pub(crate) fn channel() -> (Sender<Committed>, Receiver<Committed>) {
    bounded(OBSERVER_LAG_MAX)
}

/// Everybody who watches.
#[derive(Debug, Default)]
pub(crate) struct Observers(Vec<Sender<Committed>>);

impl Observers {
    pub(crate) fn add(&mut self, observer: Sender<Committed>) {
        self.0.push(observer);
    }

    /// Shows everybody a commit; those that are gone or full are let go.
    pub(crate) fn show(&mut self, committed: &Committed) {
        self.0.retain(|observer| observer.try_send(committed.clone()).is_ok());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
