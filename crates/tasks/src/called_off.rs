//! Attempts under way in this process, and how to tell them that nobody waits for them any more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use runtime::TaskRequest;
use tokio::sync::Notify;

/// What names an attempt: the key of the state's entry, and its number.
type Attempt = ([u8; 32], u32);

/// Attempts under way.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<Attempt, Arc<CallOff>>>);

impl Attempts {
    /// An attempt begins; it is under way for as long as what is returned lives.
    pub(crate) fn register(&self, request: &TaskRequest, call_off: Arc<CallOff>) -> Registered<'_> {
        let attempt = (request.key, request.attempt);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(attempt, call_off.clone());
        Registered { attempts: self, attempt, call_off }
    }

    /// Whether an attempt is under way.
    pub(crate) fn is_under_way(&self, request: &TaskRequest) -> bool {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.contains_key(&(request.key, request.attempt))
    }

    /// Tells an attempt, if it is under way, that nobody waits for it.
    pub(crate) fn call_off(&self, request: &TaskRequest) {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call_off) = attempts.get(&(request.key, request.attempt)) {
            call_off.tell();
        }
    }
}

/// An attempt under way, for as long as it is.
pub(crate) struct Registered<'a> {
    attempts: &'a Attempts,
    attempt: Attempt,
    pub(crate) call_off: Arc<CallOff>,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.attempts.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.attempt);
    }
}

/// Tells a call that nobody waits for it any more.
#[derive(Debug, Default)]
pub(crate) struct CallOff {
    is_off: AtomicBool,
    notify: Notify,
}

impl CallOff {
    /// Calls it off.
    pub(crate) fn tell(&self) {
        self.is_off.store(true, Ordering::Release);
        self.notify.notify_one();
    }

    /// Whether it was called off.
    pub(crate) fn is_off(&self) -> bool {
        self.is_off.load(Ordering::Acquire)
    }

    /// Waits until it is called off. One may wait.
    pub(crate) async fn told(&self) {
        self.notify.notified().await;
    }
}
