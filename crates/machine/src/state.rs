//! What each kind of state does. One page shows the language; each kind has a file of its name.

pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod map_run;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
pub(crate) mod wait;

use asl::state::StateKind;

use crate::activation::Activation;
use crate::failing::StateRef;
use crate::flow::Flow;
use crate::frame::Activity;
use crate::ids::{FrameId, TimerId};

/// The frame has just entered its state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId) {
    let state = StateRef::of(activation, frame);
    match &state.kind {
        StateKind::Task(it) => task::enter(activation, frame, it),
        StateKind::Pass(it) => pass::enter(activation, frame, it),
        StateKind::Choice(it) => choice::enter(activation, frame, it),
        StateKind::Wait(it) => wait::enter(activation, frame, it),
        StateKind::Succeed(it) => succeed::enter(activation, frame, it),
        StateKind::Fail(it) => fail::enter(activation, frame, it),
        StateKind::Parallel(it) => parallel::enter(activation, frame, it),
        StateKind::Map(it) => map::enter(activation, frame, it),
    }
}

/// The frame's state was brought back by a redrive: it goes on with what it had, or does its work anew.
pub(crate) fn redriven(activation: &mut Activation<'_>, frame: FrameId) {
    match (&activation.execution.visit(frame).activity, &StateRef::of(activation, frame).kind) {
        (Activity::Branches(_), StateKind::Map(_)) => map::go_on(activation, frame),
        (Activity::Branches(_), _) => parallel::go_on(activation, frame),
        (_, StateKind::Map(_)) if activation.execution.visit(frame).map_run.is_some() => {
            map_run::redriven(activation, frame);
        }
        (Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Task(_), _) => {
            enter(activation, frame);
        }
    }
}

/// A timer that the frame's visit waits for has fired.
pub(crate) fn timer_fired(activation: &mut Activation<'_>, frame: FrameId, timer: TimerId) {
    match &activation.execution.visit(frame).activity {
        // Another try is the same work as the first: the raw input is still there.
        Activity::Retrying(_) => enter(activation, frame),
        Activity::Waiting(_) => wait::waited(activation, frame),
        Activity::Task(_) => task::ran_out(activation, frame, timer),
        Activity::Deciding | Activity::Branches(_) => {}
    }
}

/// The raw input of the frame's visit.
pub(crate) fn raw_input(activation: &Activation<'_>, frame: FrameId) -> Flow {
    Flow::Kept(activation.execution.visit(frame).input.clone())
}
