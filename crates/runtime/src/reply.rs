//! A reply: where the answer to a request goes, once it may leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;

/// Where an answer goes. Dropped without one, the other side learns that the engine has stopped.
#[derive(Debug)]
pub struct Reply<T> {
    sender: oneshot::Sender<T>,
    /// Held until the answer is given.
    _permit: Option<Permit>,
}

impl<T> Reply<T> {
    /// A reply and where it can be awaited.
    pub fn new() -> (Self, oneshot::Receiver<T>) {
        Self::with_permit(None)
    }

    pub(crate) fn with_permit(permit: Option<Permit>) -> (Self, oneshot::Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Self { sender, _permit: permit }, receiver)
    }

    /// Answers. Whether anybody still listens makes no difference.
    pub fn send(self, answer: T) {
        let _ = self.sender.send(answer);
    }
}

/// The right to wait for a commit; a bounded number of them is out at once.
#[derive(Debug)]
pub(crate) struct Permit(Arc<AtomicUsize>);

impl Permit {
    /// One more, if fewer than `limit` are out.
    pub(crate) fn take(count: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        // Counts only; nothing else is ordered by it.
        if count.fetch_add(1, Ordering::Relaxed) < limit {
            return Some(Self(count.clone()));
        }
        count.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
