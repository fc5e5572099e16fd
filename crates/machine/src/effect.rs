//! Orders of the machine that nobody has carried out yet. Performed only after the events beside them are remembered.

use std::sync::Arc;

use asl::{Payload, StateId, Timestamp};

use crate::ids::{TaskId, TimerId};
use crate::map_run::MapRun;

/// An order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Run one attempt of a task. Undone by `AbandonTask`.
    RunTask(TaskOrder),
    /// Make sure that an attempt can no longer take effect, and report its fate. Not undone: it ends the attempt.
    AbandonTask(TaskOrder),
    /// Fire at an instant, never earlier. Undone by `ClearTimer`.
    SetTimer {
        /// Which.
        timer: TimerId,
        /// When.
        at: Timestamp,
    },
    /// Forget a timer.
    ClearTimer {
        /// Which.
        timer: TimerId,
    },
}

/// One attempt of a task.
#[derive(Clone, Debug)]
pub struct TaskOrder {
    /// Which task.
    pub task: TaskId,
    /// Which attempt; counts from 1, for ever, across retries.
    pub attempt: u32,
    /// The Task state, which says what is asked of whom.
    pub state: StateId,
    /// The place in the tree of Map and Parallel: empty for the machine, `/3.1/0` for branch 0 of run 1 of its third entry.
    pub path: Arc<str>,
    /// How many states had been entered on `path` when this one was, itself included; counts from 1.
    /// `path` and `entry` together name one state entry, and so the effect that may happen once.
    pub entry: u64,
    /// What is sent.
    pub arguments: Payload,
    /// Seconds that the attempt may take, if that is bounded.
    pub timeout_seconds: Option<u32>,
    /// The Map Run that the attempt is, of a distributed Map.
    pub map_run: Option<Arc<MapRun>>,
}
