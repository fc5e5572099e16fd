//! Releases: what may leave a shard, because its cause is remembered.

use std::sync::Arc;

use machine::{Event, Status, TaskId};
use store::ExecutionKey;

use crate::door::StartError;
use crate::shard::arrival::{
    AccessError, CallError, CallReply, ExecutionEnd, RedriveError, RedriveReply, Redriven, StartReply,
    Started, StopReply, Stopped, WaitReply,
};
use crate::task_runner::TaskRequest;

/// Something that may leave, with what it rests on.
#[derive(Debug)]
#[must_use]
pub struct Release {
    /// The activation that had to be remembered first; `None` for a refusal, which rests on nothing.
    pub cause: Option<Cause>,
    /// What leaves.
    pub order: Order,
}

/// A remembered activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Of which execution.
    pub key: ExecutionKey,
    /// Which; activations count from 1.
    pub activation: u64,
}

/// What leaves.
#[derive(Debug)]
pub enum Order {
    /// Run one attempt of a task. Undone by `AbandonTask`.
    RunTask(TaskJob),
    /// Make sure that an attempt can no longer take effect, and report its fate.
    AbandonTask(TaskJob),
    /// Answer a start.
    AnswerStart {
        /// Where.
        reply: StartReply,
        /// What.
        answer: Result<Started, StartError>,
    },
    /// Answer a stop.
    AnswerStop {
        /// Where.
        reply: StopReply,
        /// What.
        answer: Result<Stopped, AccessError>,
    },
    /// Answer a call about a task.
    AnswerCall {
        /// Where.
        reply: CallReply,
        /// What.
        answer: Result<(), CallError>,
    },
    /// Answer a redrive.
    AnswerRedrive {
        /// Where.
        reply: RedriveReply,
        /// What.
        answer: Result<Redriven, RedriveError>,
    },
    /// Answer a wait.
    AnswerWait {
        /// Where.
        reply: WaitReply,
        /// What.
        answer: Result<ExecutionEnd, AccessError>,
    },
    /// Show observers what was remembered.
    Show(Committed),
    /// Tell whoever runs the engine.
    Notify(Notice),
}

/// One attempt of a task, with where its outcome goes.
#[derive(Clone, Debug)]
pub struct TaskJob {
    /// Which execution.
    pub key: ExecutionKey,
    /// Which task of it.
    pub task: TaskId,
    /// What a runner gets.
    pub request: TaskRequest,
}

/// A remembered activation, as observers see it.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Which execution.
    pub key: ExecutionKey,
    /// Its ARN.
    pub arn: Arc<str>,
    /// Which activation.
    pub activation: u64,
    /// What happened.
    pub events: Arc<[Event]>,
    /// How the execution stands after it.
    pub status: Status,
    /// Whether nothing is owed after it.
    pub settled: bool,
}

/// Something that whoever runs the engine should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An execution was set aside; the others go on.
    Quarantined {
        /// Which.
        key: ExecutionKey,
        /// Why.
        reason: Arc<str>,
    },
    /// The store has no room, or cannot be written now; what is waiting is kept and tried again.
    Blocked {
        /// What the store said.
        message: Arc<str>,
    },
    /// The store takes commits again.
    Unblocked,
    /// A commit was doubtful; the store was opened again, and what is remembered was read.
    Reopened {
        /// What the store said.
        message: Arc<str>,
    },
}

impl Release {
    pub(crate) fn of(cause: Cause, order: Order) -> Self {
        Self { cause: Some(cause), order }
    }

    pub(crate) fn refusal(order: Order) -> Self {
        Self { cause: None, order }
    }
}
