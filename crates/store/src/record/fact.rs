//! What happened, as it is stored. A new fact goes to the end of [`StoredFact`] and into both `match`es.

use std::borrow::Cow;
use std::sync::Arc;

use asl::{Json, StateId};
use machine::event::Check;
use machine::token::Secret;
use machine::{Fact, FrameId, TaskId};
use serde::{Deserialize, Serialize};

use super::form::{StoredCheck, StoredDue, StoredFailure, StoredReason};
use super::{Payloads, RecordError, parse_value};

/// The twin of [`Fact`]. Payloads are numbers here. The order of variants and fields is the format: append, never reorder.
#[derive(Serialize, Deserialize)]
pub(super) enum StoredFact<'a> {
    ExecutionStarted {
        input: u32,
        timeout: Option<StoredDue>,
        checks: Vec<StoredCheck>,
    },
    ExecutionSucceeded {
        output: u32,
        checks: Vec<StoredCheck>,
    },
    ExecutionFailed {
        #[serde(borrow)]
        failure: StoredFailure<'a>,
        checks: Vec<StoredCheck>,
    },
    ExecutionTimedOut {
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    ExecutionAborted {
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    StateEntered {
        frame: u32,
        state: u32,
        input: u32,
        checks: Vec<StoredCheck>,
    },
    StateExited {
        frame: u32,
        state: u32,
        output: u32,
        #[serde(borrow)]
        assigned: Vec<Assigned<'a>>,
        next: Option<u32>,
        checks: Vec<StoredCheck>,
    },
    EvaluationFailed {
        frame: u32,
        state: Option<u32>,
        location: &'a str,
        #[serde(borrow)]
        failure: StoredFailure<'a>,
        checks: Vec<StoredCheck>,
    },
    TaskScheduled {
        frame: u32,
        task: u32,
        attempt: u32,
        arguments: u32,
        timeout_seconds: Option<u32>,
        heartbeat_seconds: Option<u32>,
        timeout: Option<StoredDue>,
        heartbeat: Option<StoredDue>,
        checks: Vec<StoredCheck>,
    },
    TaskStarted {
        frame: u32,
    },
    TaskSucceeded {
        frame: u32,
        output: u32,
        checks: Vec<StoredCheck>,
    },
    TaskFailed {
        frame: u32,
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    TaskTimedOut {
        frame: u32,
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    TaskAbandonRequested {
        frame: u32,
        reason: StoredReason,
    },
    TaskSettled {
        frame: u32,
        committed: Option<u32>,
    },
    StateAborted {
        frame: u32,
    },
    RetryScheduled {
        frame: u32,
        retrier: u32,
        due: StoredDue,
    },
    WaitScheduled {
        frame: u32,
        due: StoredDue,
    },
    MapStateStarted {
        frame: u32,
        items: u32,
        concurrency: u32,
    },
    MapIterationStarted {
        frame: u32,
        child: u32,
        index: u32,
        input: u32,
        checks: Vec<StoredCheck>,
    },
    MapIterationSucceeded {
        child: u32,
    },
    MapIterationFailed {
        child: u32,
    },
    MapIterationAborted {
        child: u32,
    },
    MapStateSucceeded {
        frame: u32,
    },
    MapStateFailed {
        frame: u32,
    },
    ParallelStateStarted {
        frame: u32,
        input: u32,
        child_first: u32,
    },
    BranchSucceeded {
        child: u32,
    },
    BranchFailed {
        child: u32,
    },
    BranchAborted {
        child: u32,
    },
    FailureHeld {
        frame: u32,
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    ParallelStateSucceeded {
        frame: u32,
    },
    ParallelStateFailed {
        frame: u32,
    },
    HeartbeatRecorded {
        frame: u32,
        due: StoredDue,
    },
    TokenIssued {
        frame: u32,
        task: u32,
        attempt: u32,
        secret: [u8; 16],
    },
    ActivityStarted {
        frame: u32,
        worker: Option<&'a str>,
        heartbeat: Option<StoredDue>,
    },
    TaskSubmitted {
        frame: u32,
        output: u32,
    },
    DistributedMapStarted {
        frame: u32,
        length: u64,
    },
    MapRunStarted {
        frame: u32,
        task: u32,
        attempt: u32,
        arn: &'a str,
        plan: u32,
        items: Option<u32>,
    },
    MapRunSucceeded {
        frame: u32,
        output: u32,
    },
    MapRunFailed {
        frame: u32,
        #[serde(borrow)]
        failure: StoredFailure<'a>,
    },
    MapRunAborted {
        frame: u32,
    },
    ExecutionRedriven {
        count: u32,
        timeout: Option<StoredDue>,
    },
    StateRedriven {
        frame: u32,
        checks: Vec<StoredCheck>,
    },
    MapRunRedriven {
        frame: u32,
        task: u32,
        attempt: u32,
        redrives: u32,
    },
    CredentialsEvaluated {
        frame: u32,
        role_arn: &'a str,
    },
}

/// A variable and the text of its value.
#[derive(Serialize, Deserialize)]
pub(super) struct Assigned<'a> {
    name: &'a str,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl<'a> StoredFact<'a> {
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each fact")]
    pub(super) fn of(fact: &'a Fact) -> Self {
        match fact {
            Fact::ExecutionStarted { input, timeout, checks } => Self::ExecutionStarted {
                input: input.id.0,
                timeout: timeout.map(StoredDue::of),
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::ExecutionSucceeded { output, checks } => Self::ExecutionSucceeded {
                output: output.id.0,
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::ExecutionFailed { failure, checks } => Self::ExecutionFailed {
                failure: StoredFailure::of(failure),
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::ExecutionTimedOut { failure } => {
                Self::ExecutionTimedOut { failure: StoredFailure::of(failure) }
            }
            Fact::ExecutionAborted { failure } => {
                Self::ExecutionAborted { failure: StoredFailure::of(failure) }
            }
            Fact::ExecutionRedriven { count, timeout } => {
                Self::ExecutionRedriven { count: *count, timeout: timeout.map(StoredDue::of) }
            }
            Fact::StateRedriven { frame, checks } => {
                Self::StateRedriven { frame: frame.0, checks: checks.iter().map(StoredCheck::of).collect() }
            }
            Fact::StateEntered { frame, state, input, checks } => Self::StateEntered {
                frame: frame.0,
                state: state.0,
                input: input.id.0,
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::StateExited { frame, state, output, assigned, next, checks } => Self::StateExited {
                frame: frame.0,
                state: state.0,
                output: output.id.0,
                assigned: assigned.iter().map(Assigned::of).collect(),
                next: next.map(|state| state.0),
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::EvaluationFailed { frame, state, location, failure, checks } => Self::EvaluationFailed {
                frame: frame.0,
                state: state.map(|state| state.0),
                location,
                failure: StoredFailure::of(failure),
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::TaskScheduled {
                frame,
                task,
                attempt,
                arguments,
                timeout_seconds,
                heartbeat_seconds,
                timeout,
                heartbeat,
                checks,
            } => Self::TaskScheduled {
                frame: frame.0,
                task: task.0,
                attempt: *attempt,
                arguments: arguments.id.0,
                timeout_seconds: *timeout_seconds,
                heartbeat_seconds: *heartbeat_seconds,
                timeout: timeout.map(StoredDue::of),
                heartbeat: heartbeat.map(StoredDue::of),
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::TaskStarted { frame } => Self::TaskStarted { frame: frame.0 },
            Fact::TaskSucceeded { frame, output, checks } => Self::TaskSucceeded {
                frame: frame.0,
                output: output.id.0,
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::TaskFailed { frame, failure } => {
                Self::TaskFailed { frame: frame.0, failure: StoredFailure::of(failure) }
            }
            Fact::TaskTimedOut { frame, failure } => {
                Self::TaskTimedOut { frame: frame.0, failure: StoredFailure::of(failure) }
            }
            Fact::TaskAbandonRequested { frame, reason } => {
                Self::TaskAbandonRequested { frame: frame.0, reason: StoredReason::of(reason) }
            }
            Fact::TaskSettled { frame, committed } => Self::TaskSettled {
                frame: frame.0,
                committed: committed.as_ref().map(|payload| payload.id.0),
            },
            Fact::StateAborted { frame } => Self::StateAborted { frame: frame.0 },
            Fact::RetryScheduled { frame, retrier, due } => {
                Self::RetryScheduled { frame: frame.0, retrier: *retrier, due: StoredDue::of(*due) }
            }
            Fact::HeartbeatRecorded { frame, due } => {
                Self::HeartbeatRecorded { frame: frame.0, due: StoredDue::of(*due) }
            }
            Fact::TokenIssued { frame, task, attempt, secret } => {
                Self::TokenIssued { frame: frame.0, task: task.0, attempt: *attempt, secret: secret.0 }
            }
            Fact::ActivityStarted { frame, worker, heartbeat } => Self::ActivityStarted {
                frame: frame.0,
                worker: worker.as_deref(),
                heartbeat: heartbeat.map(StoredDue::of),
            },
            Fact::CredentialsEvaluated { frame, role_arn } => {
                Self::CredentialsEvaluated { frame: frame.0, role_arn }
            }
            Fact::TaskSubmitted { frame, output } => {
                Self::TaskSubmitted { frame: frame.0, output: output.id.0 }
            }
            Fact::WaitScheduled { frame, due } => {
                Self::WaitScheduled { frame: frame.0, due: StoredDue::of(*due) }
            }
            Fact::MapStateStarted { frame, items, concurrency } => {
                Self::MapStateStarted { frame: frame.0, items: items.id.0, concurrency: *concurrency }
            }
            Fact::MapIterationStarted { frame, child, index, input, checks } => Self::MapIterationStarted {
                frame: frame.0,
                child: child.0,
                index: *index,
                input: input.id.0,
                checks: checks.iter().map(StoredCheck::of).collect(),
            },
            Fact::DistributedMapStarted { frame, length } => {
                Self::DistributedMapStarted { frame: frame.0, length: *length }
            }
            Fact::MapRunStarted { frame, task, attempt, arn, plan, items } => Self::MapRunStarted {
                frame: frame.0,
                task: task.0,
                attempt: *attempt,
                arn,
                plan: plan.id.0,
                items: items.as_ref().map(|items| items.id.0),
            },
            Fact::MapRunSucceeded { frame, output } => {
                Self::MapRunSucceeded { frame: frame.0, output: output.id.0 }
            }
            Fact::MapRunFailed { frame, failure } => {
                Self::MapRunFailed { frame: frame.0, failure: StoredFailure::of(failure) }
            }
            Fact::MapRunRedriven { frame, task, attempt, redrives } => {
                Self::MapRunRedriven { frame: frame.0, task: task.0, attempt: *attempt, redrives: *redrives }
            }
            Fact::MapRunAborted { frame } => Self::MapRunAborted { frame: frame.0 },
            Fact::MapIterationSucceeded { child } => Self::MapIterationSucceeded { child: child.0 },
            Fact::MapIterationFailed { child } => Self::MapIterationFailed { child: child.0 },
            Fact::MapIterationAborted { child } => Self::MapIterationAborted { child: child.0 },
            Fact::MapStateSucceeded { frame } => Self::MapStateSucceeded { frame: frame.0 },
            Fact::MapStateFailed { frame } => Self::MapStateFailed { frame: frame.0 },
            Fact::ParallelStateStarted { frame, input, child_first } => {
                Self::ParallelStateStarted { frame: frame.0, input: input.id.0, child_first: child_first.0 }
            }
            Fact::BranchSucceeded { child } => Self::BranchSucceeded { child: child.0 },
            Fact::BranchFailed { child } => Self::BranchFailed { child: child.0 },
            Fact::BranchAborted { child } => Self::BranchAborted { child: child.0 },
            Fact::FailureHeld { frame, failure } => {
                Self::FailureHeld { frame: frame.0, failure: StoredFailure::of(failure) }
            }
            Fact::ParallelStateSucceeded { frame } => Self::ParallelStateSucceeded { frame: frame.0 },
            Fact::ParallelStateFailed { frame } => Self::ParallelStateFailed { frame: frame.0 },
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each fact")]
    pub(super) fn restore(self, payloads: &Payloads) -> Result<Fact, RecordError> {
        Ok(match self {
            Self::ExecutionStarted { input, timeout, checks } => Fact::ExecutionStarted {
                input: payloads.get(input)?,
                timeout: timeout.map(StoredDue::restore),
                checks: restore_checks(&checks),
            },
            Self::ExecutionSucceeded { output, checks } => {
                Fact::ExecutionSucceeded { output: payloads.get(output)?, checks: restore_checks(&checks) }
            }
            Self::ExecutionFailed { failure, checks } => {
                Fact::ExecutionFailed { failure: failure.restore(), checks: restore_checks(&checks) }
            }
            Self::ExecutionTimedOut { failure } => Fact::ExecutionTimedOut { failure: failure.restore() },
            Self::ExecutionAborted { failure } => Fact::ExecutionAborted { failure: failure.restore() },
            Self::ExecutionRedriven { count, timeout } => {
                Fact::ExecutionRedriven { count, timeout: timeout.map(StoredDue::restore) }
            }
            Self::StateRedriven { frame, checks } => {
                Fact::StateRedriven { frame: FrameId(frame), checks: restore_checks(&checks) }
            }
            Self::StateEntered { frame, state, input, checks } => Fact::StateEntered {
                frame: FrameId(frame),
                state: StateId(state),
                input: payloads.get(input)?,
                checks: restore_checks(&checks),
            },
            Self::StateExited { frame, state, output, assigned, next, checks } => Fact::StateExited {
                frame: FrameId(frame),
                state: StateId(state),
                output: payloads.get(output)?,
                assigned: restore_assigned(&assigned)?,
                next: next.map(StateId),
                checks: restore_checks(&checks),
            },
            Self::EvaluationFailed { frame, state, location, failure, checks } => Fact::EvaluationFailed {
                frame: FrameId(frame),
                state: state.map(StateId),
                location: location.into(),
                failure: failure.restore(),
                checks: restore_checks(&checks),
            },
            Self::TaskScheduled {
                frame,
                task,
                attempt,
                arguments,
                timeout_seconds,
                heartbeat_seconds,
                timeout,
                heartbeat,
                checks,
            } => Fact::TaskScheduled {
                frame: FrameId(frame),
                task: TaskId(task),
                attempt,
                arguments: payloads.get(arguments)?,
                timeout_seconds,
                heartbeat_seconds,
                timeout: timeout.map(StoredDue::restore),
                heartbeat: heartbeat.map(StoredDue::restore),
                checks: restore_checks(&checks),
            },
            Self::TaskStarted { frame } => Fact::TaskStarted { frame: FrameId(frame) },
            Self::TaskSucceeded { frame, output, checks } => Fact::TaskSucceeded {
                frame: FrameId(frame),
                output: payloads.get(output)?,
                checks: restore_checks(&checks),
            },
            Self::TaskFailed { frame, failure } => {
                Fact::TaskFailed { frame: FrameId(frame), failure: failure.restore() }
            }
            Self::TaskTimedOut { frame, failure } => {
                Fact::TaskTimedOut { frame: FrameId(frame), failure: failure.restore() }
            }
            Self::TaskAbandonRequested { frame, reason } => {
                Fact::TaskAbandonRequested { frame: FrameId(frame), reason: reason.restore() }
            }
            Self::TaskSettled { frame, committed } => Fact::TaskSettled {
                frame: FrameId(frame),
                committed: committed.map(|number| payloads.get(number)).transpose()?,
            },
            Self::StateAborted { frame } => Fact::StateAborted { frame: FrameId(frame) },
            Self::RetryScheduled { frame, retrier, due } => {
                Fact::RetryScheduled { frame: FrameId(frame), retrier, due: due.restore() }
            }
            Self::HeartbeatRecorded { frame, due } => {
                Fact::HeartbeatRecorded { frame: FrameId(frame), due: due.restore() }
            }
            Self::TokenIssued { frame, task, attempt, secret } => Fact::TokenIssued {
                frame: FrameId(frame),
                task: TaskId(task),
                attempt,
                secret: Secret(secret),
            },
            Self::ActivityStarted { frame, worker, heartbeat } => Fact::ActivityStarted {
                frame: FrameId(frame),
                worker: worker.map(Arc::from),
                heartbeat: heartbeat.map(StoredDue::restore),
            },
            Self::CredentialsEvaluated { frame, role_arn } => {
                Fact::CredentialsEvaluated { frame: FrameId(frame), role_arn: role_arn.into() }
            }
            Self::TaskSubmitted { frame, output } => {
                Fact::TaskSubmitted { frame: FrameId(frame), output: payloads.get(output)? }
            }
            Self::WaitScheduled { frame, due } => {
                Fact::WaitScheduled { frame: FrameId(frame), due: due.restore() }
            }
            Self::MapStateStarted { frame, items, concurrency } => {
                Fact::MapStateStarted { frame: FrameId(frame), items: payloads.get(items)?, concurrency }
            }
            Self::MapIterationStarted { frame, child, index, input, checks } => Fact::MapIterationStarted {
                frame: FrameId(frame),
                child: FrameId(child),
                index,
                input: payloads.get(input)?,
                checks: restore_checks(&checks),
            },
            Self::DistributedMapStarted { frame, length } => {
                Fact::DistributedMapStarted { frame: FrameId(frame), length }
            }
            Self::MapRunStarted { frame, task, attempt, arn, plan, items } => Fact::MapRunStarted {
                frame: FrameId(frame),
                task: TaskId(task),
                attempt,
                arn: arn.into(),
                plan: payloads.get(plan)?,
                items: items.map(|number| payloads.get(number)).transpose()?,
            },
            Self::MapRunSucceeded { frame, output } => {
                Fact::MapRunSucceeded { frame: FrameId(frame), output: payloads.get(output)? }
            }
            Self::MapRunFailed { frame, failure } => {
                Fact::MapRunFailed { frame: FrameId(frame), failure: failure.restore() }
            }
            Self::MapRunRedriven { frame, task, attempt, redrives } => {
                Fact::MapRunRedriven { frame: FrameId(frame), task: TaskId(task), attempt, redrives }
            }
            Self::MapRunAborted { frame } => Fact::MapRunAborted { frame: FrameId(frame) },
            Self::MapIterationSucceeded { child } => Fact::MapIterationSucceeded { child: FrameId(child) },
            Self::MapIterationFailed { child } => Fact::MapIterationFailed { child: FrameId(child) },
            Self::MapIterationAborted { child } => Fact::MapIterationAborted { child: FrameId(child) },
            Self::MapStateSucceeded { frame } => Fact::MapStateSucceeded { frame: FrameId(frame) },
            Self::MapStateFailed { frame } => Fact::MapStateFailed { frame: FrameId(frame) },
            Self::ParallelStateStarted { frame, input, child_first } => Fact::ParallelStateStarted {
                frame: FrameId(frame),
                input: payloads.get(input)?,
                child_first: FrameId(child_first),
            },
            Self::BranchSucceeded { child } => Fact::BranchSucceeded { child: FrameId(child) },
            Self::BranchFailed { child } => Fact::BranchFailed { child: FrameId(child) },
            Self::BranchAborted { child } => Fact::BranchAborted { child: FrameId(child) },
            Self::FailureHeld { frame, failure } => {
                Fact::FailureHeld { frame: FrameId(frame), failure: failure.restore() }
            }
            Self::ParallelStateSucceeded { frame } => Fact::ParallelStateSucceeded { frame: FrameId(frame) },
            Self::ParallelStateFailed { frame } => Fact::ParallelStateFailed { frame: FrameId(frame) },
        })
    }
}

impl<'a> Assigned<'a> {
    fn of((name, value): &'a (Arc<str>, Json)) -> Self {
        Self { name, value: Cow::Owned(value.to_text()) }
    }
}

fn restore_assigned(assigned: &[Assigned<'_>]) -> Result<Vec<(Arc<str>, Json)>, RecordError> {
    assigned.iter().map(|it| Ok((it.name.into(), parse_value(it.name, &it.value)?))).collect()
}

fn restore_checks(checks: &[StoredCheck]) -> Vec<Check> {
    checks.iter().map(|check| check.restore()).collect()
}
