//! Arrivals: what reaches a shard from outside. Each is either remembered and answered, or neither.

use asl::{Failure, Payload, Timestamp};
use machine::{Actor, Input, NotRedrivable, Status};
use store::ExecutionKey;

use crate::door::{Admitted, StartError};
use crate::reply::Reply;
use crate::shard::member::Decided;

/// Something for the shard to do.
#[derive(Debug)]
pub enum Arrival {
    /// Somebody starts an execution.
    Start(StartArrival),
    /// Something has happened to an execution.
    Deliver {
        /// Which.
        key: ExecutionKey,
        /// Who caused it.
        actor: Actor,
        /// What.
        input: Input,
    },
    /// Somebody wants an execution to end.
    Stop {
        /// Which.
        key: ExecutionKey,
        /// Their `error` and `cause`.
        failure: Failure,
        /// Who.
        actor: Actor,
        /// Where the answer goes.
        reply: StopReply,
    },
    /// Somebody with a token answers a task, or a worker takes one of an activity.
    Call {
        /// Which execution.
        key: ExecutionKey,
        /// Who.
        actor: Actor,
        /// What they say: [`Input::CalledBack`] or [`Input::ActivityTaken`].
        input: Input,
        /// Where the answer goes.
        reply: CallReply,
    },
    /// Somebody wants an execution that ended badly to go on from the states that did not succeed.
    Redrive {
        /// Which.
        key: ExecutionKey,
        /// Who.
        actor: Actor,
        /// Where the answer goes.
        reply: RedriveReply,
    },
    /// Somebody waits for an execution.
    Wait {
        /// Which.
        key: ExecutionKey,
        /// Until when.
        until: Until,
        /// Where the answer goes.
        reply: WaitReply,
    },
}

/// A start, and where its answer goes.
#[derive(Debug)]
pub struct StartArrival {
    pub(crate) admitted: Admitted,
    pub(crate) reply: StartReply,
    /// Given when it is first taken up, and kept: after a doubtful commit it is looked for by its id.
    pub(crate) info: Option<machine::ExecutionInfo>,
    /// Its first activation, where that is decided already (`opening.rs`).
    pub(crate) first: Option<Result<Box<Decided>, String>>,
}

impl StartArrival {
    /// A start that the door has let in.
    pub fn new(admitted: Admitted, reply: StartReply) -> Self {
        Self { admitted, reply, info: None, first: None }
    }

    /// The same start under an id that is known beforehand, where what happened to an execution is to happen again.
    #[doc(hidden)]
    #[must_use]
    pub fn known_as(self, info: machine::ExecutionInfo) -> Self {
        Self { info: Some(info), ..self }
    }
}

/// Until when somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until it has ended.
    Ended,
    /// Until nothing is owed any more: abandoned attempts of a stopped execution may be settled after its end.
    Settled,
}

/// Where the answer to a start goes.
pub type StartReply = Reply<Result<Started, StartError>>;
/// Where the answer to a stop goes.
pub type StopReply = Reply<Result<Stopped, AccessError>>;
/// Where the answer to a call goes.
pub type CallReply = Reply<Result<(), CallError>>;
/// Where the answer to a redrive goes.
pub type RedriveReply = Reply<Result<Redriven, RedriveError>>;
/// Where the answer to a wait goes.
pub type WaitReply = Reply<Result<ExecutionEnd, AccessError>>;

/// An execution was started, or had been by an equal request.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// Where it lives.
    pub key: ExecutionKey,
    /// Id, name and ARN.
    pub info: machine::ExecutionInfo,
    /// Whether an equal request had started it before.
    pub existed: bool,
    /// How it stands. An execution that never waits has ended in the commit that started it.
    pub end: Option<ExecutionEnd>,
}

/// A stop is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// How the execution stands: `Aborted`, or how it had ended before.
    pub status: Status,
    /// Whether it had ended before.
    pub had_ended: bool,
}

/// A redrive is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redriven {
    /// How often the execution was redriven, this time included.
    pub count: u32,
    /// When.
    pub at: Timestamp,
}

/// Why an execution was not redriven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedriveError {
    /// As it stands it cannot be. AWS: `ExecutionNotRedrivable`.
    #[error("the execution cannot be redriven: {0}")]
    NotRedrivable(NotRedrivable),
    /// The execution cannot be reached.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionEnd {
    /// How.
    pub status: Status,
    /// Its output, if it ended well.
    pub output: Option<Payload>,
    /// Its failure, if it did not.
    pub failure: Option<Failure>,
    /// Whether nothing is owed to it any more.
    pub settled: bool,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How often it was redriven before.
    pub redrives: u32,
}

/// Why a call about a task was of no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The text is no token. AWS: `InvalidToken`.
    #[error("the task token is not one that was issued here")]
    InvalidToken,
    /// There is no execution of such a token. AWS: `TaskDoesNotExist`.
    #[error("there is no task of this token")]
    TaskDoesNotExist,
    /// Nobody waits for it any more. AWS: `TaskTimedOut`.
    #[error("the task has been answered, has timed out, or its execution has ended")]
    TaskTimedOut,
    /// The execution cannot be reached.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Why nothing can be said of an execution, or done to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// There is no such execution.
    #[error("there is no execution number {}", key.0)]
    Missing {
        /// What was asked for.
        key: ExecutionKey,
    },
    /// It was set aside.
    #[error("execution number {} is set aside: {reason}", key.0)]
    Quarantined {
        /// Which.
        key: ExecutionKey,
        /// Why.
        reason: std::sync::Arc<str>,
    },
    /// The store cannot be read or written now.
    #[error("{message}")]
    Store {
        /// What the store said.
        message: String,
    },
    /// Too many requests wait.
    #[error("the engine is busy: {waiting} requests wait already; try again later")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The engine has stopped.
    #[error("the engine has stopped")]
    Stopped,
}
