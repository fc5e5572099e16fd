//! Parallel: runs every branch on the same input, and gives the array of their outputs. Spec: `#parallel-state`.

use asl::Json;
use asl::state::{Parallel, StateKind};
use contracts::point::Point;

use crate::activation::Activation;
use crate::dataflow::arguments;
use crate::event::Fact;
use crate::failing::{StateRef, fail, fail_evaluation};
use crate::flow::Flow;
use crate::frame::Branches;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};

/// Starts every branch.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Parallel) {
    let input = match arguments(activation, frame, &it.arguments) {
        Ok(input) => input,
        Err(fault) => return fail_evaluation(activation, frame, fault),
    };
    let name = StateRef::of(activation, frame).name.clone();
    match activation.bounded(input, &name) {
        Ok(input) => {
            let child_first = FrameId(activation.execution.next.frame);
            activation.record_in(frame, Fact::ParallelStateStarted { frame, input, child_first });
        }
        Err(failure) => fail(activation, frame, failure),
    }
}

/// A branch is done: when all are, so is the state.
pub(crate) fn go_on(activation: &mut Activation<'_>, frame: FrameId) {
    let Some(result) = joined(activation.execution.frame(frame).branches()) else { return };
    activation.record_in(frame, Fact::ParallelStateSucceeded { frame });
    let state = StateRef::of(activation, frame);
    let StateKind::Parallel(it) = &state.kind else { unreachable!("only Parallel has branches") };
    let held =
        activation.hold_against(Some(state.id), Point::Result, activation.binding(state.id).result, &result);
    if let Some(violation) = held.violation {
        return activation.violated(frame, violation);
    }
    let fields =
        OutputFields { output: &it.output, has_result: true, assign: it.assign.as_ref(), then: it.then };
    finish(activation, frame, Flow::Made(result), &fields);
}

/// The outputs in order, once every branch or iteration is done.
pub(crate) fn joined(branches: Option<&Branches>) -> Option<Json> {
    let branches = branches.filter(|it| it.is_complete())?;
    let outputs = branches.results.iter().flatten().map(|output| output.payload.value().clone());
    Some(Json::array(outputs))
}
