//! Branches and iterations: how they end, and how their ends reach the state above them.
//!
//! When one fails, its siblings are wound up. A sibling whose task may still take effect is abandoned first, and the
//! state above fails only once every abandoned attempt is settled: a Catch never runs on a false premise.

use asl::state::StateKind;
use asl::{ErrorName, Failure};

use crate::activation::Activation;
use crate::event::{Fact, Reason};
use crate::failing::{StateRef, fail};
use crate::frame::Activity;
use crate::ids::FrameId;
use crate::{ending, state};

/// A child frame has left its last state.
pub(crate) fn child_done(activation: &mut Activation<'_>, child: FrameId) {
    let parent = parent_of(activation, child);
    let previous = activation.execution.frame(child).last;
    if is_map(activation, parent) {
        activation.record(previous, Fact::MapIterationSucceeded { child });
        state::map::go_on(activation, parent);
    } else {
        activation.record(previous, Fact::BranchSucceeded { child });
        state::parallel::go_on(activation, parent);
    }
}

/// The state that `frame` is in has failed, and nothing in the frame takes the failure.
pub(crate) fn failed(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    if activation.execution.frame(frame).parent.is_none() || is_final(&failure) {
        return ending::fail(activation, frame, failure);
    }
    // AWS says it of a task that takes its scope down with it; a state of another kind says how it failed by itself.
    if matches!(StateRef::of(activation, frame).kind, StateKind::Task(_)) {
        activation.record_in(frame, Fact::StateAborted { frame });
    }
    let parent = parent_of(activation, frame);
    let previous = activation.execution.frame(frame).last;
    let fact = if is_map(activation, parent) {
        Fact::MapIterationFailed { child: frame }
    } else {
        Fact::BranchFailed { child: frame }
    };
    activation.record(previous, fact);
    fail_over_children(activation, parent, failure);
}

/// Lets a Parallel or Map state fail once everything below it is wound up.
pub(crate) fn fail_over_children(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    if is_final(&failure) {
        return ending::fail(activation, frame, failure);
    }
    let children = activation.execution.children(frame);
    if children.is_empty() {
        return fail(activation, frame, failure);
    }
    activation.record_in(frame, Fact::FailureHeld { frame, failure });
    children.into_iter().for_each(|child| wind_up(activation, child));
    settle(activation, frame);
}

/// Ends a frame and everything below it, as far as nothing of it may still take effect.
fn wind_up(activation: &mut Activation<'_>, frame: FrameId) {
    match activation.execution.frame(frame).visit().map(|visit| &visit.activity) {
        Some(Activity::Task(task)) => {
            let (timeout, heartbeat, ordered) = (task.timeout, task.heartbeat, task.abandoned.is_some());
            activation.clear(timeout);
            activation.clear(heartbeat);
            if !ordered {
                activation.order_abandon(frame);
            }
            activation.record_in(frame, Fact::TaskAbandonRequested { frame, reason: Reason::Doomed });
        }
        Some(Activity::Branches(branches)) => {
            if branches.failing.is_none() {
                let failure = Failure { error: None, cause: None };
                activation.record_in(frame, Fact::FailureHeld { frame, failure });
                let below = activation.execution.children(frame);
                below.into_iter().for_each(|child| wind_up(activation, child));
            }
            if activation.execution.children(frame).is_empty() {
                abort(activation, frame);
            }
        }
        Some(Activity::Waiting(due) | Activity::Retrying(due)) => {
            let due = *due;
            activation.clear(Some(due));
            abort(activation, frame);
        }
        Some(Activity::Deciding) | None => abort(activation, frame),
    }
}

/// Ends a child frame whose parent is failing. The parent is looked at by the caller, or by [`settle`].
fn abort(activation: &mut Activation<'_>, frame: FrameId) {
    let kind_is_shown = activation.execution.frame(frame).visit().is_some_and(|visit| {
        let kind = &activation.execution.revision.machine.state(visit.state).kind;
        match kind {
            StateKind::Task(_) | StateKind::Wait(_) | StateKind::Map(_) | StateKind::Parallel(_) => true,
            StateKind::Pass(_) | StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_) => false,
        }
    });
    if kind_is_shown {
        activation.record_in(frame, Fact::StateAborted { frame });
    }
    let parent = parent_of(activation, frame);
    let fact = if is_map(activation, parent) {
        Fact::MapIterationAborted { child: frame }
    } else {
        Fact::BranchAborted { child: frame }
    };
    activation.record_in(frame, fact);
}

/// An abandoned attempt of a doomed frame is settled: the frame goes, and whatever above only waited for it.
pub(crate) fn settled(activation: &mut Activation<'_>, frame: FrameId) {
    let parent = parent_of(activation, frame);
    abort(activation, frame);
    settle(activation, parent);
}

/// Lets a failing state fail once nothing below it is left; one that is itself doomed just goes.
fn settle(activation: &mut Activation<'_>, frame: FrameId) {
    if !activation.execution.children(frame).is_empty() {
        return;
    }
    if activation.execution.is_doomed(frame) {
        let parent = parent_of(activation, frame);
        abort(activation, frame);
        return settle(activation, parent);
    }
    let failing = activation.execution.frame(frame).branches().and_then(|branches| branches.failing.clone());
    if let Some(failure) = failing {
        fail(activation, frame, failure);
    }
}

/// Nothing takes `States.Runtime`, however far up: AWS ends the execution where it happened, and no scope fails first.
pub(crate) fn is_final(failure: &Failure) -> bool {
    failure.error_str() == ErrorName::RUNTIME
}

/// INVARIANT: callers ask for frames that have a parent: every frame but the root.
fn parent_of(activation: &Activation<'_>, frame: FrameId) -> FrameId {
    activation.execution.frame(frame).parent.expect("only the root has no parent").frame
}

fn is_map(activation: &Activation<'_>, frame: FrameId) -> bool {
    matches!(StateRef::of(activation, frame).kind, StateKind::Map(_))
}
