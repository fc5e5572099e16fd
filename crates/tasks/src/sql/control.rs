//! What another thread may do to a running attempt: stop its statement, because of time or because it was abandoned.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fault::{Class, Fault};
use super::session::{Canceller, Session};

/// The handle of one try on one session.
#[derive(Default)]
pub(crate) struct Control(Mutex<State>);

#[derive(Default)]
struct State {
    /// INVARIANT: there only while the try owns the session, so that nobody else's statement is ever stopped.
    canceller: Option<Arc<dyn Canceller>>,
    running_since: Option<Instant>,
    is_timed_out: bool,
    is_abandoned: bool,
}

impl Control {
    /// From now on `session` can be stopped.
    pub(crate) fn enter(&self, session: &dyn Session) {
        self.state().canceller = Some(session.canceller());
    }

    /// From now on it cannot.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.canceller = None;
        state.running_since = None;
    }

    /// Runs `statement`, which may be stopped meanwhile; says why, if it was.
    pub(crate) fn guarded<T>(&self, statement: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        {
            let mut state = self.state();
            if state.is_abandoned {
                return Err(cancelled());
            }
            state.running_since = Some(Instant::now());
            state.is_timed_out = false;
        }
        let result = statement();
        let mut state = self.state();
        state.running_since = None;
        match result {
            Err(fault) if fault.class == Class::Cancelled && state.is_abandoned => Err(cancelled()),
            Err(fault) if fault.class == Class::Cancelled && state.is_timed_out => {
                let problem = "the statement took longer than the database's `statement_timeout_ms`";
                Err(Fault::new(Class::StatementTimeout, problem))
            }
            other => other,
        }
    }

    /// Stops the running statement, and any that would follow.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        state.is_abandoned = true;
        if let (Some(canceller), Some(_)) = (&state.canceller, state.running_since) {
            canceller.cancel();
        }
    }

    /// Whether `abandon` was called.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.state().is_abandoned
    }

    /// Stops the running statement if its time is over; says when to look again.
    pub(crate) fn tick(&self, timeout: Duration) -> Duration {
        let mut state = self.state();
        let Some(since) = state.running_since else { return timeout };
        let elapsed = since.elapsed();
        if elapsed < timeout {
            return timeout.saturating_sub(elapsed);
        }
        state.is_timed_out = true;
        if let Some(canceller) = &state.canceller {
            canceller.cancel();
        }
        // The statement may not have begun to run in the database yet: it is stopped again until it ends.
        Duration::from_millis(10)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can be left half done by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cancelled() -> Fault {
    Fault::new(Class::Cancelled, "the attempt was abandoned")
}
