//! Task: asks someone outside to work, and takes the answer. Spec: `#task-state`.
//!
//! An attempt that ran out of time, or whose sibling failed, may still take effect. So it is *abandoned* first, and only
//! its settled fate is reported: barred means timed out, committed means that it succeeded after all.

mod credentials;

use std::sync::Arc;

use asl::failure::Occasion;
use asl::jsonata::Location;
use asl::limits::SECONDS_MAX;
use asl::resource::ResourceKind;
use asl::state::{Seconds, StateKind, Task};
use asl::{ErrorName, Failure, Fault, Payload, Timestamp};
use contracts::point::Point;

use crate::activation::Activation;
use crate::committed;
use crate::dataflow::{Sight, arguments, effective_input};
use crate::event::{Due, Fact, Reason};
use crate::execution::Status;
use crate::failing::{StateRef, fail, fail_as, fail_evaluation};
use crate::flow::Flow;
use crate::frame::{Activity, Phase, RunningTask};
use crate::ids::{FrameId, TaskId, TimerId};
use crate::input::{Callback, Fate};
use crate::leaving::{OutputFields, finish};
use crate::scope;
use crate::state::map_run;
use crate::token::TaskToken;

/// Schedules the next attempt: the first, or a retry.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Task) {
    if it.resource.waits_for_token() || is_activity(it) {
        issue_token(activation, frame);
    }
    let prepared = prepare(activation, frame, it);
    match prepared {
        Ok(prepared) => schedule(activation, frame, it, prepared),
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

/// Every attempt has a token of its own, which its arguments may carry away.
fn issue_token(activation: &mut Activation<'_>, frame: FrameId) {
    let secret = activation.secret();
    let visit = activation.execution.visit(frame);
    let (task, attempt) = (visit.task.unwrap_or(TaskId(activation.execution.next.task)), visit.attempts + 1);
    activation.record_in(frame, Fact::TokenIssued { frame, task, attempt, secret });
}

/// What an attempt needs, evaluated.
struct Prepared {
    arguments: Flow,
    timeout_seconds: Option<u32>,
    heartbeat_seconds: Option<u32>,
    role_arn: Option<Arc<str>>,
}

fn prepare(activation: &mut Activation<'_>, frame: FrameId, it: &Task) -> Result<Prepared, Fault> {
    let timeout = ["TimeoutSeconds", "TimeoutSecondsPath"];
    let timeout_seconds = seconds(activation, frame, it.timeout.as_ref(), it, timeout)?;
    let heartbeat = ["HeartbeatSeconds", "HeartbeatSecondsPath"];
    let heartbeat_seconds = seconds(activation, frame, it.heartbeat.as_ref(), it, heartbeat)?;
    let arguments = arguments(activation, frame, &it.arguments)?;
    let role_arn = credentials::role_arn(activation, frame, it)?;
    Ok(Prepared { arguments, timeout_seconds, heartbeat_seconds, role_arn })
}

fn schedule(activation: &mut Activation<'_>, frame: FrameId, it: &Task, prepared: Prepared) {
    let state = activation.execution.visit(frame).state;
    let contract = activation.binding(state).arguments;
    let held = activation.hold_against(Some(state), Point::Arguments, contract, prepared.arguments.value());
    if let Some(violation) = held.violation {
        return activation.violated(frame, violation);
    }
    let arguments = match activation.bounded(prepared.arguments, it.resource.caption()) {
        Ok(arguments) => arguments,
        Err(failure) => return fail(activation, frame, failure),
    };
    if let Some(role_arn) = prepared.role_arn {
        activation.record_in(frame, Fact::CredentialsEvaluated { frame, role_arn });
    }
    let visit = activation.execution.visit(frame);
    let (task, attempt) = (visit.task.unwrap_or(TaskId(activation.execution.next.task)), visit.attempts + 1);
    let timeout = prepared.timeout_seconds.map(|seconds| due_in(activation, seconds));
    let heartbeat = prepared
        .heartbeat_seconds
        .filter(|_| it.resource.waits_for_token())
        .map(|seconds| due_in(activation, seconds));
    let fact = Fact::TaskScheduled {
        frame,
        task,
        attempt,
        arguments,
        timeout_seconds: prepared.timeout_seconds,
        heartbeat_seconds: prepared.heartbeat_seconds,
        timeout,
        heartbeat,
        checks: held.checks,
    };
    activation.record_in(frame, fact);
    if !is_activity(it) {
        activation.order_run(frame);
    }
}

/// The runner has answered.
pub(crate) fn succeeded(
    activation: &mut Activation<'_>,
    task: TaskId,
    attempt: u32,
    began_at: Timestamp,
    output: Payload,
) {
    let Some(frame) = current(activation, task, attempt) else { return };
    if activation.execution.status != Status::Running {
        let committed = Some(activation.number(output));
        activation.record(0, Fact::TaskSettled { frame, committed });
        return;
    }
    if !is_with_runner(activation, frame) {
        return;
    }
    if map_run::is_one(activation, frame) {
        return map_run::succeeded(activation, frame, output);
    }
    began(activation, frame, began_at);
    let abandoned = running(activation, frame).and_then(|task| task.abandoned.clone());
    match (waits_for_token(activation, frame), abandoned) {
        (false, _) => answered(activation, frame, output),
        (true, None) => handed_over(activation, frame, output),
        // Nobody asks any more for an answer to what was sent.
        (true, Some(reason)) => barred(activation, frame, &reason),
    }
}

/// The service has what it was sent; from now on it is for whoever has the token to answer.
fn handed_over(activation: &mut Activation<'_>, frame: FrameId, output: Payload) {
    let state = StateRef::of(activation, frame);
    let StateKind::Task(it) = &state.kind else { unreachable!("only a Task state has a task") };
    if let Err(failure) = activation.within_limit(&output, it.resource.caption()) {
        return task_failed(activation, frame, failure);
    }
    let output = activation.number(output);
    activation.record_in(frame, Fact::TaskSubmitted { frame, output });
}

/// The runner has submitted what it then waits for; the task stays with it. Whoever delivers an attempt again may say so again.
pub(crate) fn submitted(
    activation: &mut Activation<'_>,
    task: TaskId,
    attempt: u32,
    began_at: Timestamp,
    output: Payload,
) {
    let Some(frame) = current(activation, task, attempt) else { return };
    let is_wanted = activation.execution.status == Status::Running
        && phase(activation, frame) == Some(Phase::Ordered)
        && running(activation, frame).is_some_and(|task| task.abandoned.is_none());
    let state = StateRef::of(activation, frame);
    let StateKind::Task(it) = &state.kind else { return };
    let is_service = matches!(it.resource.kind, ResourceKind::Service { .. });
    let fits = activation.within_limit(&output, it.resource.caption()).is_ok();
    if !(is_wanted && is_service && fits) || it.resource.waits_for_token() {
        return;
    }
    began(activation, frame, began_at);
    let output = activation.number(output);
    activation.record_in(frame, Fact::TaskSubmitted { frame, output });
}

/// Whether a runner is at an attempt: ordered, or waiting for what it submitted.
fn is_with_runner(activation: &Activation<'_>, frame: FrameId) -> bool {
    matches!(phase(activation, frame), Some(Phase::Ordered | Phase::Awaited))
}

/// Whether what a runner answers is not yet the task's answer.
fn waits_for_token(activation: &Activation<'_>, frame: FrameId) -> bool {
    matches!(&StateRef::of(activation, frame).kind, StateKind::Task(it) if it.resource.waits_for_token())
}

/// Somebody with the token answers, or is still at it. A token that is of no running attempt is nobody's.
pub(crate) fn called_back(activation: &mut Activation<'_>, token: &TaskToken, callback: Callback) {
    let Some(frame) = activation.execution.frame_of_token(token) else { return };
    match callback {
        Callback::Heartbeat => heartbeat(activation, token.task, token.attempt),
        Callback::Succeeded { output } => {
            begun_at_last(activation, frame);
            answered(activation, frame, output);
        }
        Callback::Failed { failure } => {
            begun_at_last(activation, frame);
            task_failed(activation, frame, failure);
        }
    }
}

/// The answer may be quicker than the service's word that it has the token.
fn begun_at_last(activation: &mut Activation<'_>, frame: FrameId) {
    if phase(activation, frame) == Some(Phase::Ordered) {
        activation.record_in(frame, Fact::TaskStarted { frame });
    }
}

/// An activity's worker took the task; its heartbeats are due from now on.
pub(crate) fn taken(activation: &mut Activation<'_>, task: TaskId, attempt: u32, worker: Option<Arc<str>>) {
    let Some(frame) = activation.execution.frame_offering(task, attempt) else { return };
    let seconds = running(activation, frame).and_then(|task| task.heartbeat_seconds);
    let heartbeat = seconds.map(|seconds| due_in(activation, seconds));
    activation.record_in(frame, Fact::ActivityStarted { frame, worker, heartbeat });
}

fn phase(activation: &Activation<'_>, frame: FrameId) -> Option<Phase> {
    running(activation, frame).map(|task| task.phase)
}

fn task_failed(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    clear_timers(activation, frame);
    activation.record_in(frame, Fact::TaskFailed { frame, failure: failure.clone() });
    fail(activation, frame, failure);
}

/// The runner has failed; the attempt can no longer take effect.
pub(crate) fn failed(
    activation: &mut Activation<'_>,
    task: TaskId,
    attempt: u32,
    began_at: Timestamp,
    failure: Failure,
) {
    let Some(frame) = current(activation, task, attempt) else { return };
    if activation.execution.status != Status::Running {
        activation.record(0, Fact::TaskSettled { frame, committed: None });
        return;
    }
    if !is_with_runner(activation, frame) {
        return;
    }
    if map_run::is_one(activation, frame) {
        return map_run::failed(activation, frame, failure);
    }
    began(activation, frame, began_at);
    let abandoned = running(activation, frame).and_then(|task| task.abandoned.clone());
    if let Some(reason) = abandoned {
        barred(activation, frame, &reason);
    } else {
        task_failed(activation, frame, failure);
    }
}

/// A worker is still at it.
pub(crate) fn heartbeat(activation: &mut Activation<'_>, task: TaskId, attempt: u32) {
    let Some(frame) = current(activation, task, attempt) else { return };
    let Some(running) = running(activation, frame) else { return };
    let (Some(seconds), Some(due)) = (running.heartbeat_seconds, running.heartbeat) else { return };
    activation.clear(Some(due));
    let due = due_in(activation, seconds);
    activation.record_in(frame, Fact::HeartbeatRecorded { frame, due });
}

/// One of the attempt's timers has fired: before anything is said of it, it must be made ineffective.
pub(crate) fn ran_out(activation: &mut Activation<'_>, frame: FrameId, timer: TimerId) {
    let Some(task) = running(activation, frame) else { return };
    let is_heartbeat = task.heartbeat.is_some_and(|due| due.timer == timer);
    let other = if is_heartbeat { task.timeout } else { task.heartbeat };
    activation.clear(other);
    let reason = if is_heartbeat { Reason::Heartbeat } else { Reason::Timeout };
    activation.order_abandon(frame);
    activation.record_in(frame, Fact::TaskAbandonRequested { frame, reason });
}

/// An abandoned attempt is settled.
pub(crate) fn abandoned(activation: &mut Activation<'_>, task: TaskId, attempt: u32, fate: Fate) {
    let Some(frame) = current(activation, task, attempt) else { return };
    let Some(reason) = running(activation, frame).and_then(|task| task.abandoned.clone()) else { return };
    if activation.execution.status != Status::Running {
        let committed = match fate {
            Fate::Barred => None,
            Fate::Committed { output } => Some(activation.number(output)),
        };
        activation.record(0, Fact::TaskSettled { frame, committed });
        return;
    }
    if map_run::is_one(activation, frame) {
        return map_run::abandoned(activation, frame);
    }
    begun_at_last(activation, frame);
    match fate {
        Fate::Committed { output } if !waits_for_token(activation, frame) => {
            answered(activation, frame, output);
        }
        // That something was sent is no answer, and nobody waits any more for the one that somebody with the token owes.
        Fate::Barred | Fate::Committed { .. } => barred(activation, frame, &reason),
    }
}

/// The attempt can never take effect any more: what was only suspected may now be said.
fn barred(activation: &mut Activation<'_>, frame: FrameId, reason: &Reason) {
    let occasion = match reason {
        Reason::Timeout => Occasion::Other,
        Reason::Heartbeat => Occasion::Heartbeat,
        Reason::Doomed => return scope::settled(activation, frame),
    };
    let failure = Failure { error: Some(ErrorName::TIMEOUT.into()), cause: None };
    activation.record_in(frame, Fact::TaskTimedOut { frame, failure: failure.clone() });
    fail_as(activation, frame, failure, occasion);
}

/// An answer, whenever it came: it has taken effect.
fn answered(activation: &mut Activation<'_>, frame: FrameId, output: Payload) {
    clear_timers(activation, frame);
    let state = StateRef::of(activation, frame);
    let StateKind::Task(it) = &state.kind else { unreachable!("only a Task state has a task") };
    let is_doomed = activation.execution.is_doomed(frame);
    if let Err(failure) = activation.within_limit(&output, it.resource.caption()) {
        let failure = committed::told_of_answer(activation, frame, failure);
        activation.record_in(frame, Fact::TaskFailed { frame, failure: failure.clone() });
        if is_doomed {
            return scope::settled(activation, frame);
        }
        return fail_as(activation, frame, failure, Occasion::Answer);
    }
    let held = activation.hold_against(
        Some(state.id),
        Point::Result,
        activation.binding(state.id).result,
        output.value(),
    );
    let output = activation.number(output);
    activation.record_in(frame, Fact::TaskSucceeded { frame, output: output.clone(), checks: held.checks });
    if is_doomed {
        return scope::settled(activation, frame);
    }
    match held.violation {
        Some(violation) => activation.violated(frame, violation),
        None => leave(activation, frame, it, Flow::Kept(output)),
    }
}

fn leave(activation: &mut Activation<'_>, frame: FrameId, it: &Task, result: Flow) {
    let fields =
        OutputFields { output: &it.output, has_result: true, assign: it.assign.as_ref(), then: it.then };
    finish(activation, frame, result, &fields);
}

/// The frame whose current attempt this is; a late word of an earlier one is ignored.
fn current(activation: &Activation<'_>, task: TaskId, attempt: u32) -> Option<FrameId> {
    let frame = activation.execution.frame_of_task(task)?;
    (activation.execution.visit(frame).attempts == attempt).then_some(frame)
}

fn running<'a>(activation: &'a Activation<'_>, frame: FrameId) -> Option<&'a RunningTask> {
    match &activation.execution.visit(frame).activity {
        Activity::Task(task) => Some(task),
        Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Branches(_) => None,
    }
}

/// `TaskStarted`, when the runner took it up; never before it was scheduled, whatever two clocks say. Recorded already where it
/// has submitted what it waits for.
fn began(activation: &mut Activation<'_>, frame: FrameId, began_at: Timestamp) {
    if phase(activation, frame) != Some(Phase::Ordered) {
        return;
    }
    let previous = activation.execution.frame(frame).last;
    let at = began_at.clamp(activation.execution.visit(frame).entered_at, activation.now);
    activation.record_at(at, previous, Fact::TaskStarted { frame });
}

fn clear_timers(activation: &mut Activation<'_>, frame: FrameId) {
    let Some(task) = running(activation, frame) else { return };
    let (timeout, heartbeat) = (task.timeout, task.heartbeat);
    activation.clear(timeout);
    activation.clear(heartbeat);
}

fn seconds(
    activation: &mut Activation<'_>,
    frame: FrameId,
    seconds: Option<&Seconds>,
    it: &Task,
    [plain, field]: [&str; 2],
) -> Result<Option<u32>, Fault> {
    let path = match seconds {
        None => return Ok(None),
        Some(Seconds::Literal(seconds)) => return Ok(Some(*seconds)),
        Some(Seconds::Path(path)) => path,
        Some(Seconds::Jsonata(expression)) => {
            let (at, range) = (Location::field(plain), 0..=SECONDS_MAX);
            let seconds =
                activation.jsonata(frame, Sight::default(), |env| expression.whole(&at, range, env));
            return seconds.map(Some);
        }
    };
    let input = effective_input(activation, frame, &it.arguments)?.value().clone();
    let value = activation.query(frame, &input, |env| path.select(env))?;
    let number =
        value.as_number().and_then(asl::Number::as_i64).and_then(|seconds| u32::try_from(seconds).ok());
    match number.filter(|seconds| (1..=SECONDS_MAX).contains(seconds)) {
        Some(seconds) => Ok(Some(seconds)),
        None => {
            let what = "parameter does not reference a positive integer";
            let cause = format!("The {field} {what}: {} == {}", path.text(), value.to_text());
            Err(Failure::runtime(cause).into())
        }
    }
}

fn is_activity(it: &Task) -> bool {
    it.resource.kind == ResourceKind::Activity
}

fn due_in(activation: &mut Activation<'_>, seconds: u32) -> Due {
    let at = activation.now.plus_seconds(f64::from(seconds));
    activation.due(at)
}
