//! What has been decided, in the past tense. An execution's state is the fold of its events.
//!
//! Events that AWS's history shows carry an id (1, 2, 3 … without gap) and the id of the event that led to them. The
//! others have id 0: they are facts that AWS does not show and that recovery needs. Payloads stand beside the events
//! and are referred to by number. Source: `GetExecutionHistory`, <https://docs.aws.amazon.com/step-functions/>.

use std::sync::Arc;

use asl::{Failure, Json, Payload, StateId, Timestamp};
use contracts::bind::ContractId;

use crate::actor::Actor;
use crate::ids::{FrameId, PayloadId, TaskId, TimerId};
use crate::token::Secret;

/// One remembered fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number in AWS's history, from 1; 0 if AWS does not show it.
    pub id: u64,
    /// The number of the event that led to it; 0 for the first ones.
    pub previous: u64,
    /// When.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// What.
    pub fact: Fact,
}

/// A payload with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    /// The number.
    pub id: PayloadId,
    /// The payload.
    pub payload: Payload,
}

/// That a value was held against a contract, and how that went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which contract of the revision; the revision knows point, subject, version and fingerprint.
    pub contract: ContractId,
    /// How it went.
    pub verdict: Verdict,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The value fits.
    Fits,
    /// It does not, and the contract enforces.
    Violated {
        /// How many violations there are.
        violations: u32,
    },
    /// It does not, and the contract only warns.
    Warned {
        /// How many violations there are.
        violations: u32,
    },
}

/// A timer and its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub timer: TimerId,
    /// When.
    pub at: Timestamp,
}

/// Why an attempt is abandoned.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It ran over `TimeoutSeconds`.
    Timeout,
    /// It missed a heartbeat.
    Heartbeat,
    /// A sibling failed, or the execution ended.
    Doomed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// `ExecutionStarted`
    ExecutionStarted {
        /// The input.
        input: Numbered,
        /// The timer of the machine's `TimeoutSeconds`.
        timeout: Option<Due>,
        /// The machine's `Input` contract.
        checks: Vec<Check>,
    },
    /// `ExecutionSucceeded`
    ExecutionSucceeded {
        /// The output.
        output: Numbered,
        /// The machine's `Output` contract.
        checks: Vec<Check>,
    },
    /// `ExecutionFailed`
    ExecutionFailed {
        /// Error and cause.
        failure: Failure,
        /// The machine's `Output` contract, if it was that.
        checks: Vec<Check>,
    },
    /// `ExecutionTimedOut`
    ExecutionTimedOut {
        /// Error and cause.
        failure: Failure,
    },
    /// `ExecutionAborted`
    ExecutionAborted {
        /// Error and cause.
        failure: Failure,
    },
    /// `ExecutionRedriven`: it goes on from the states that did not succeed, which are brought back as they stood.
    ExecutionRedriven {
        /// How often it was redriven, this time included.
        count: u32,
        /// The timer of the machine's `TimeoutSeconds`, which runs anew.
        timeout: Option<Due>,
    },
    /// A state that a redrive brought back is taken up again, without being entered anew. Not in AWS's history.
    StateRedriven {
        /// In which frame.
        frame: FrameId,
        /// The `Input` contract.
        checks: Vec<Check>,
    },
    /// `…StateEntered`; the state's type names it.
    StateEntered {
        /// In which frame.
        frame: FrameId,
        /// Which state.
        state: StateId,
        /// The raw input.
        input: Numbered,
        /// The `Input` contract.
        checks: Vec<Check>,
    },
    /// `…StateExited`
    StateExited {
        /// In which frame.
        frame: FrameId,
        /// Which state.
        state: StateId,
        /// The output.
        output: Numbered,
        /// What `Assign` set.
        assigned: Vec<(Arc<str>, Json)>,
        /// The next state; `None` when the frame is done.
        next: Option<StateId>,
        /// The `Output` contract (or the catcher's, or the rule's).
        checks: Vec<Check>,
    },
    /// `EvaluationFailed`: a contract was violated (AWS uses the type for JSONata).
    EvaluationFailed {
        /// In which frame.
        frame: FrameId,
        /// In which state; `None` for the machine's own contract.
        state: Option<StateId>,
        /// For example `Contract.Output`.
        location: Arc<str>,
        /// Error and cause.
        failure: Failure,
        /// The check that went badly.
        checks: Vec<Check>,
    },
    /// `TaskScheduled` (or `LambdaFunctionScheduled`, `ActivityScheduled`, by the resource)
    TaskScheduled {
        /// In which frame.
        frame: FrameId,
        /// Which task; the same through all attempts.
        task: TaskId,
        /// Which attempt.
        attempt: u32,
        /// What is sent.
        arguments: Numbered,
        /// `TimeoutSeconds` in force.
        timeout_seconds: Option<u32>,
        /// `HeartbeatSeconds` in force.
        heartbeat_seconds: Option<u32>,
        /// The timer of `TimeoutSeconds`.
        timeout: Option<Due>,
        /// The timer of `HeartbeatSeconds`, for work that reports heartbeats.
        heartbeat: Option<Due>,
        /// The `Arguments` contract.
        checks: Vec<Check>,
    },
    /// The role that `Credentials` names for the attempt that is scheduled next. AWS shows it in the attempt's `…Scheduled`.
    CredentialsEvaluated {
        /// In which frame.
        frame: FrameId,
        /// `RoleArn`.
        role_arn: Arc<str>,
    },
    /// An attempt that somebody outside will answer has its token. Not in AWS's history.
    TokenIssued {
        /// In which frame.
        frame: FrameId,
        /// Which task; the same through all attempts.
        task: TaskId,
        /// Which attempt, that is scheduled next.
        attempt: u32,
        /// What nobody can guess.
        secret: Secret,
    },
    /// `ActivityStarted`: a worker has taken the task.
    ActivityStarted {
        /// In which frame.
        frame: FrameId,
        /// How the worker calls itself.
        worker: Option<Arc<str>>,
        /// The timer of `HeartbeatSeconds`, which runs from now on.
        heartbeat: Option<Due>,
    },
    /// `TaskSubmitted`: the service has what it was sent; somebody with the token answers later, or the runner waits for the end.
    TaskSubmitted {
        /// In which frame.
        frame: FrameId,
        /// What the service said.
        output: Numbered,
    },
    /// `TaskStarted`
    TaskStarted {
        /// In which frame.
        frame: FrameId,
    },
    /// A heartbeat came; the next is due later. Not in AWS's history.
    HeartbeatRecorded {
        /// In which frame.
        frame: FrameId,
        /// The next.
        due: Due,
    },
    /// `TaskSucceeded`
    TaskSucceeded {
        /// In which frame.
        frame: FrameId,
        /// What was answered.
        output: Numbered,
        /// The `Result` contract.
        checks: Vec<Check>,
    },
    /// `TaskFailed`
    TaskFailed {
        /// In which frame.
        frame: FrameId,
        /// Error and cause.
        failure: Failure,
    },
    /// `TaskTimedOut`
    TaskTimedOut {
        /// In which frame.
        frame: FrameId,
        /// Error and cause.
        failure: Failure,
    },
    /// An attempt is to be made ineffective before anything is said of it. Not in AWS's history.
    TaskAbandonRequested {
        /// In which frame.
        frame: FrameId,
        /// Why.
        reason: Reason,
    },
    /// An abandoned attempt of an execution that had already ended was settled. Not in AWS's history.
    TaskSettled {
        /// In which frame.
        frame: FrameId,
        /// Its recorded answer, if it had taken effect after all.
        committed: Option<Numbered>,
    },
    /// `TaskStateAborted`, `WaitStateAborted`, `MapStateAborted`, `ParallelStateAborted`, by the state's type
    StateAborted {
        /// In which frame.
        frame: FrameId,
    },
    /// A state will be tried again. Not in AWS's history.
    RetryScheduled {
        /// In which frame.
        frame: FrameId,
        /// Which element of `Retry`.
        retrier: u32,
        /// When.
        due: Due,
    },
    /// A Wait state knows its instant. Not in AWS's history.
    WaitScheduled {
        /// In which frame.
        frame: FrameId,
        /// When.
        due: Due,
    },
    /// `MapStateStarted`
    MapStateStarted {
        /// In which frame.
        frame: FrameId,
        /// The array of items.
        items: Numbered,
        /// How many may run at once; at least 1.
        concurrency: u32,
    },
    /// `MapIterationStarted`
    MapIterationStarted {
        /// The Map's frame.
        frame: FrameId,
        /// The iteration's own frame.
        child: FrameId,
        /// From 0.
        index: u32,
        /// The iteration's input.
        input: Numbered,
        /// The `Items` contract.
        checks: Vec<Check>,
    },
    /// `MapIterationSucceeded`
    MapIterationSucceeded {
        /// The iteration's frame, which is gone after this.
        child: FrameId,
    },
    /// `MapIterationFailed`
    MapIterationFailed {
        /// The iteration's frame, which is gone after this.
        child: FrameId,
    },
    /// `MapIterationAborted`
    MapIterationAborted {
        /// The iteration's frame, which is gone after this.
        child: FrameId,
    },
    /// `MapStateSucceeded`
    MapStateSucceeded {
        /// In which frame.
        frame: FrameId,
    },
    /// `MapStateFailed`
    MapStateFailed {
        /// In which frame.
        frame: FrameId,
    },
    /// `MapStateStarted` of a distributed Map.
    DistributedMapStarted {
        /// In which frame.
        frame: FrameId,
        /// How many items there are; 0 where a reader will say.
        length: u64,
    },
    /// `MapRunStarted`
    MapRunStarted {
        /// In which frame.
        frame: FrameId,
        /// Which task; the same through all attempts.
        task: TaskId,
        /// Which attempt.
        attempt: u32,
        /// The Map Run's ARN.
        arn: Arc<str>,
        /// What was evaluated for it ([`crate::map_run::Plan`]).
        plan: Numbered,
        /// The array (or object) of items; `None` where a reader reads them.
        items: Option<Numbered>,
    },
    /// `MapRunRedriven`: the Map Run goes on with the children that did not succeed.
    MapRunRedriven {
        /// In which frame.
        frame: FrameId,
        /// Which task; the same through all attempts.
        task: TaskId,
        /// Which attempt.
        attempt: u32,
        /// How often the run was redriven, this time included.
        redrives: u32,
    },
    /// `MapRunSucceeded`
    MapRunSucceeded {
        /// In which frame.
        frame: FrameId,
        /// The results, or where they are.
        output: Numbered,
    },
    /// `MapRunFailed`
    MapRunFailed {
        /// In which frame.
        frame: FrameId,
        /// Error and cause.
        failure: Failure,
    },
    /// `MapRunAborted`
    MapRunAborted {
        /// In which frame.
        frame: FrameId,
    },
    /// `ParallelStateStarted`
    ParallelStateStarted {
        /// In which frame.
        frame: FrameId,
        /// What every branch gets.
        input: Numbered,
        /// The frame of the first branch; the others follow.
        child_first: FrameId,
    },
    /// A branch is done. Not in AWS's history.
    BranchSucceeded {
        /// The branch's frame, which is gone after this.
        child: FrameId,
    },
    /// A branch has failed. Not in AWS's history.
    BranchFailed {
        /// The branch's frame, which is gone after this.
        child: FrameId,
    },
    /// A branch was ended because a sibling failed. Not in AWS's history.
    BranchAborted {
        /// The branch's frame, which is gone after this.
        child: FrameId,
    },
    /// A Parallel or Map state waits for abandoned attempts before it fails. Not in AWS's history.
    FailureHeld {
        /// In which frame.
        frame: FrameId,
        /// What it will fail with.
        failure: Failure,
    },
    /// `ParallelStateSucceeded`
    ParallelStateSucceeded {
        /// In which frame.
        frame: FrameId,
    },
    /// `ParallelStateFailed`
    ParallelStateFailed {
        /// In which frame.
        frame: FrameId,
    },
}

impl Fact {
    /// Whether AWS's history shows it.
    pub fn is_visible(&self) -> bool {
        match self {
            Self::TaskAbandonRequested { .. }
            | Self::TaskSettled { .. }
            | Self::RetryScheduled { .. }
            | Self::WaitScheduled { .. }
            | Self::HeartbeatRecorded { .. }
            | Self::TokenIssued { .. }
            | Self::CredentialsEvaluated { .. }
            | Self::BranchSucceeded { .. }
            | Self::BranchFailed { .. }
            | Self::BranchAborted { .. }
            | Self::FailureHeld { .. }
            | Self::StateRedriven { .. } => false,
            Self::ExecutionStarted { .. }
            | Self::ExecutionSucceeded { .. }
            | Self::ExecutionFailed { .. }
            | Self::ExecutionTimedOut { .. }
            | Self::ExecutionAborted { .. }
            | Self::ExecutionRedriven { .. }
            | Self::StateEntered { .. }
            | Self::StateExited { .. }
            | Self::EvaluationFailed { .. }
            | Self::TaskScheduled { .. }
            | Self::TaskStarted { .. }
            | Self::ActivityStarted { .. }
            | Self::TaskSubmitted { .. }
            | Self::TaskSucceeded { .. }
            | Self::TaskFailed { .. }
            | Self::TaskTimedOut { .. }
            | Self::StateAborted { .. }
            | Self::MapStateStarted { .. }
            | Self::MapIterationStarted { .. }
            | Self::MapIterationSucceeded { .. }
            | Self::MapIterationFailed { .. }
            | Self::MapIterationAborted { .. }
            | Self::MapStateSucceeded { .. }
            | Self::MapStateFailed { .. }
            | Self::DistributedMapStarted { .. }
            | Self::MapRunStarted { .. }
            | Self::MapRunRedriven { .. }
            | Self::MapRunSucceeded { .. }
            | Self::MapRunFailed { .. }
            | Self::MapRunAborted { .. }
            | Self::ParallelStateStarted { .. }
            | Self::ParallelStateSucceeded { .. }
            | Self::ParallelStateFailed { .. } => true,
        }
    }
}
