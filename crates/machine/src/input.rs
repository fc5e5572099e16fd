//! What has happened outside. Facts, in the past tense; the machine decides what they lead to.

use std::sync::Arc;

use asl::{Failure, Payload, Timestamp};

use crate::ids::{TaskId, TimerId};
use crate::token::TaskToken;

/// A fact from outside.
#[derive(Clone, Debug)]
pub enum Input {
    /// Somebody started the execution. Always the first, never a second time.
    Started {
        /// The execution's input.
        input: Payload,
    },
    /// A runner finished an attempt well.
    TaskSucceeded {
        /// Which task.
        task: TaskId,
        /// Which attempt of it; attempts count from 1.
        attempt: u32,
        /// When the runner took it up.
        began_at: Timestamp,
        /// What it answered.
        output: Payload,
    },
    /// A runner finished an attempt badly; the attempt can no longer take effect.
    TaskFailed {
        /// Which task.
        task: TaskId,
        /// Which attempt of it.
        attempt: u32,
        /// When the runner took it up.
        began_at: Timestamp,
        /// The failure, as Retry and Catch see it.
        failure: Failure,
    },
    /// A runner has handed an attempt over to whoever does the work, and waits for its end (`.sync`). Said again of the same
    /// attempt, it leads to nothing; so does an answer that is too large to be remembered: what counts is the end.
    TaskSubmitted {
        /// Which task.
        task: TaskId,
        /// Which attempt of it.
        attempt: u32,
        /// When the runner took it up.
        began_at: Timestamp,
        /// What the service answered.
        output: Payload,
    },
    /// A worker says that it is still at it.
    TaskHeartbeat {
        /// Which task.
        task: TaskId,
        /// Which attempt of it.
        attempt: u32,
    },
    /// Somebody with a task's token answers it, or is still at it.
    CalledBack {
        /// The token.
        token: TaskToken,
        /// What they say.
        callback: Callback,
    },
    /// A worker took a task of an activity, and has its token now.
    ActivityTaken {
        /// Which task.
        task: TaskId,
        /// Which attempt of it.
        attempt: u32,
        /// How the worker calls itself.
        worker: Option<Arc<str>>,
    },
    /// The answer to [`crate::Effect::AbandonTask`].
    TaskAbandoned {
        /// Which task.
        task: TaskId,
        /// Which attempt of it.
        attempt: u32,
        /// What became of it.
        fate: Fate,
    },
    /// A timer's instant has come.
    TimerFired {
        /// Which.
        timer: TimerId,
    },
    /// Somebody wants the execution to end.
    StopRequested {
        /// Their `error` and `cause`.
        failure: Failure,
    },
    /// Somebody wants an execution that ended badly to go on from the states that did not succeed.
    RedriveRequested,
    /// Go on from where the activation budget cut.
    Continue,
}

/// What somebody with a token says. AWS: `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat`.
#[derive(Clone, Debug)]
pub enum Callback {
    /// The task is done.
    Succeeded {
        /// Its answer.
        output: Payload,
    },
    /// The task has failed.
    Failed {
        /// The failure, as Retry and Catch see it.
        failure: Failure,
    },
    /// The task goes on.
    Heartbeat,
}

/// What became of an attempt that was abandoned.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It can never take effect in its database any more (or never promised more than "at least once").
    Barred,
    /// It had taken effect; this is its recorded answer.
    Committed {
        /// The recorded answer.
        output: Payload,
    },
}
