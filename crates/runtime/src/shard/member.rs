//! A member of a group commit: one activation, decided and not yet remembered.
//!
//! What queued up for one execution while the last commit was synced is decided as one activation: tasks that end together
//! are remembered together.

use std::panic::{AssertUnwindSafe, catch_unwind};

use asl::{Entropy, Timestamp};
use machine::{Actor, Effect, Event, Execution, Input, Status, Step};
use store::{Commit, ExecutionKey, Opening};

use crate::limits::{ACTIVATION_EVENTS_MAX, ACTIVATION_PAYLOAD_BYTES_MAX};
use crate::shard::arrival::StartArrival;
use crate::shard::release::Cause;
use crate::shard::resident::{Mail, Resident};

/// A decided activation. Until it is remembered, nothing of it has happened.
#[derive(Debug)]
pub(crate) struct Member {
    /// With the activation's events applied.
    pub(crate) execution: Execution,
    pub(crate) origin: Origin,
    /// How the execution stood before.
    pub(crate) status_before: Status,
}

/// What a member was made of: kept, because an activation that is not remembered is decided again.
#[derive(Debug)]
pub(crate) enum Origin {
    Start(Box<StartArrival>),
    /// Letters, in their order. INVARIANT: a stop stands alone.
    Mail(Vec<Mail>),
    /// A timer; its row finds it again.
    Timer,
}

/// What is to be decided.
pub(crate) struct Decision {
    pub(crate) key: ExecutionKey,
    pub(crate) resident: Resident,
    /// What has happened, in order; at least one.
    pub(crate) inputs: Vec<(Actor, Input)>,
    pub(crate) opening: Option<Opening>,
}

/// What a decision gave.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) execution: Execution,
    pub(crate) status_before: Status,
    pub(crate) commit: Commit,
    /// How many of the inputs were taken into account; the others wait for the next activation.
    pub(crate) inputs_used: usize,
}

/// Decides. Fails with the words of our own assertion, if one was hurt; the execution is lost then.
pub(crate) fn decide(decision: Decision, now: Timestamp, entropy: &mut Entropy) -> Result<Decided, String> {
    let Decision { key, resident, inputs, opening } = decision;
    let Resident { mut execution, activations, closed_at } = resident;
    let (status_before, redrives) = (execution.status(), execution.redrive_count());
    let mut step = Step::default();
    let mut inputs_used = 0;
    for (actor, input) in inputs {
        let next = guard(|| execution.advance(now, actor, input, entropy))?;
        append(&mut step, next);
        inputs_used += 1;
        if is_full(&step) {
            break;
        }
    }
    let status = execution.status();
    // A redrive makes it one that runs, even if it ends at once; when it ended before is in its history.
    let (status_before, closed_at) = if execution.redrive_count() > redrives {
        (Status::Running, None)
    } else {
        (status_before, closed_at)
    };
    let commit = Commit {
        key,
        activation: activations + 1,
        opening,
        step,
        status,
        settled: execution.is_settled(),
        closed_at: closed_at.or((status != Status::Running).then_some(now)),
    };
    Ok(Decided { execution, status_before, commit, inputs_used })
}

fn append(step: &mut Step, next: Step) {
    if step.events.is_empty() && step.effects.is_empty() && step.payloads.is_empty() {
        *step = next;
        return;
    }
    step.events.extend(next.events);
    step.payloads.extend(next.payloads);
    step.effects.extend(next.effects);
    step.more = next.more;
}

/// Whether a step has used up what one activation may hold.
fn is_full(step: &Step) -> bool {
    step.more
        || step.events.len() >= ACTIVATION_EVENTS_MAX
        || payload_bytes(step) >= ACTIVATION_PAYLOAD_BYTES_MAX
}

/// The fold of what is remembered. Fails with the words of our own assertion.
pub(crate) fn fold(mut execution: Execution, events: &[Event]) -> Result<Execution, String> {
    guard(|| events.iter().for_each(|event| execution.apply(event)))?;
    Ok(execution)
}

/// Whether there is anything to remember or to perform. A late word of an attempt that is over leads to nothing.
pub(crate) fn is_empty(step: &Step) -> bool {
    step.events.is_empty() && step.effects.is_empty() && step.payloads.is_empty() && !step.more
}

/// Bytes of the payloads that a step is the first to refer to.
pub(crate) fn payload_bytes(step: &Step) -> usize {
    step.payloads.iter().map(|it| it.payload.text().len()).sum()
}

/// The earliest timer that a step sets.
pub(crate) fn first_timer(step: &Step) -> Option<Timestamp> {
    let set = |effect: &Effect| match effect {
        Effect::SetTimer { at, .. } => Some(*at),
        Effect::ClearTimer { .. } | Effect::RunTask(_) | Effect::AbandonTask(_) => None,
    };
    step.effects.iter().filter_map(set).min()
}

pub(crate) fn cause_of(commit: &Commit) -> Cause {
    Cause { key: commit.key, activation: commit.activation }
}

/// Keeps our own bug inside the execution that met it.
fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        format!("an assertion of Baton itself failed: {words}")
    })
}
