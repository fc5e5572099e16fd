//! Redrive: an execution that ended badly goes on from the states that did not succeed.
//!
//! Source: AWS, "Restarting state machine executions with redrive". The same history, ids, revision and input go on; retries
//! count anew; of a Parallel or Map only what did not succeed runs again. Attempts count on, and a state keeps its entry, so
//! that what it committed is not committed a second time. How the frames come back: `execution/fold/redriven.rs`.

#[cfg(test)]
mod tests;

use asl::Timestamp;
use contracts::point::Point;

use crate::activation::Activation;
use crate::event::Fact;
use crate::execution::{Execution, Status};
use crate::frame::At;
use crate::ids::FrameId;
use crate::limits::REDRIVE_DAYS_MAX;
use crate::{ending, state};

/// Why an execution cannot be redriven. AWS: `ExecutionNotRedrivable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRedrivable {
    /// It goes on anyway.
    Running,
    /// It ended well.
    Succeeded,
    /// An attempt that was abandoned when it ended may still take effect.
    Unsettled,
    /// It ended more than [`REDRIVE_DAYS_MAX`] days ago.
    Expired {
        /// When it ended.
        ended_at: Timestamp,
    },
    /// Its history has no room for more.
    HistoryFull {
        /// The bound of its history, in events.
        events_max: u64,
    },
    /// No state of it is unsuccessful: it failed before the first, or by what the last put out.
    NoState,
}

impl std::fmt::Display for NotRedrivable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Running => f.write_str("it still runs"),
            Self::Succeeded => f.write_str("it has succeeded"),
            Self::Unsettled => f.write_str(
                "a task that ran when it ended may still take effect; `baton resume` settles it, then it can be redriven",
            ),
            Self::Expired { ended_at } => {
                write!(f, "it ended at {ended_at}, which is more than {REDRIVE_DAYS_MAX} days ago")
            }
            Self::HistoryFull { events_max } => {
                write!(f, "its history has room for {events_max} events, and nearly all of it is used")
            }
            Self::NoState => f.write_str(
                "none of its states failed: it failed by its own input or output, which would be the same again",
            ),
        }
    }
}

impl std::error::Error for NotRedrivable {}

impl Execution {
    /// Whether the execution can be redriven at `now`, and why not.
    pub fn redrivable(&self, now: Timestamp) -> Result<(), NotRedrivable> {
        match self.status {
            Status::Running => return Err(NotRedrivable::Running),
            Status::Succeeded => return Err(NotRedrivable::Succeeded),
            Status::Failed | Status::TimedOut | Status::Aborted => {}
        }
        if !self.is_settled() {
            return Err(NotRedrivable::Unsettled);
        }
        let ended_at = self.ended_at.unwrap_or(now);
        if now.unix_ms.saturating_sub(ended_at.unix_ms) > REDRIVE_DAYS_MAX * 86_400_000 {
            return Err(NotRedrivable::Expired { ended_at });
        }
        let events_max = self.revision.limits.events_max;
        if events_max > 0 && self.next.event >= events_max {
            return Err(NotRedrivable::HistoryFull { events_max });
        }
        if self.failed_outside_its_states() { Err(NotRedrivable::NoState) } else { Ok(()) }
    }

    /// How often it was redriven.
    pub fn redrive_count(&self) -> u32 {
        self.redrives
    }

    /// When it was redriven last.
    pub fn redriven_at(&self) -> Option<Timestamp> {
        self.redriven_at
    }

    /// Whether it failed by its own input or output. Before its first state it may also have been stopped.
    fn failed_outside_its_states(&self) -> bool {
        self.unsuccessful.get(&FrameId::ROOT).is_none_or(|root| match &root.at {
            At::Done { .. } => true,
            At::Before { .. } => root.entries == 0 && self.status == Status::Failed,
            At::In(_) => false,
        })
    }
}

/// Somebody wants the execution redriven. One that cannot be is left alone; who asks is told by [`Execution::redrivable`].
pub(crate) fn redrive(activation: &mut Activation<'_>) {
    if activation.execution.redrivable(activation.now).is_err() {
        return;
    }
    let count = activation.execution.redrives + 1;
    let timeout = ending::deadline(activation);
    let previous = activation.execution.next.event - 1;
    activation.record(previous, Fact::ExecutionRedriven { count, timeout });
}

/// A state that was not left is taken up again. Its input is held against its contract as when it was entered.
pub(crate) fn take_up(activation: &mut Activation<'_>, frame: FrameId) {
    let visit = activation.execution.visit(frame);
    let (state, input) = (visit.state, visit.input.clone());
    let contract = activation.binding(state).input;
    let held = activation.hold_against(Some(state), Point::Input, contract, input.payload.value());
    activation.record_in(frame, Fact::StateRedriven { frame, checks: held.checks });
    match held.violation {
        Some(violation) => activation.violated(frame, violation),
        None => state::redriven(activation, frame),
    }
}
