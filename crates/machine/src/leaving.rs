//! A state is done: its output is held against its contract, remembered, and the frame moves on.

use std::sync::Arc;

use asl::jsonata::Location;
use asl::state::{Assign, Output};
use asl::{Fault, Json, StateId, Transition};
use contracts::bind::ContractId;
use contracts::point::Point;

use crate::activation::{Activation, Held};
use crate::dataflow::Sight;
use crate::event::{Check, Fact};
use crate::failing::{StateRef, fail, fail_evaluation};
use crate::flow::Flow;
use crate::frame::At;
use crate::ids::FrameId;
use crate::test_state::Stage;
use crate::{dataflow, ending, scope};

/// Everything that a state leaves behind.
pub(crate) struct Leaving {
    /// What it emits.
    pub(crate) output: Flow,
    /// What it assigns.
    pub(crate) assigned: Vec<(Arc<str>, Json)>,
    /// Where the frame goes; `None` ends it.
    pub(crate) next: Option<StateId>,
    /// What its output was held against.
    pub(crate) checks: Vec<Check>,
}

/// The fields by which a state's result becomes its output.
pub(crate) struct OutputFields<'a> {
    pub(crate) output: &'a Output,
    /// Whether what arrives here is a result, or the input of a state that has none.
    pub(crate) has_result: bool,
    pub(crate) assign: Option<&'a Assign>,
    pub(crate) then: Transition,
}

/// `ResultSelector`, `ResultPath`, `OutputPath` or `Output`; `Assign`, the contract, and out.
pub(crate) fn finish(
    activation: &mut Activation<'_>,
    frame: FrameId,
    result: Flow,
    fields: &OutputFields<'_>,
) {
    match shape(activation, frame, result, fields) {
        Ok(leaving) => {
            let contract = activation.binding(activation.execution.visit(frame).state).output;
            leave_checked(activation, frame, leaving, contract);
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

fn shape(
    activation: &mut Activation<'_>,
    frame: FrameId,
    result: Flow,
    fields: &OutputFields<'_>,
) -> Result<Leaving, Fault> {
    activation.see(Stage::Result, result.value());
    let result = match fields.output {
        Output::Path { result_selector, .. } => {
            let selected = dataflow::reshape(activation, frame, result_selector.as_ref(), result)?;
            activation.see(Stage::AfterResultSelector, selected.value());
            selected
        }
        Output::Jsonata(_) => result,
    };
    let value = result.value().clone();
    let sight = Sight { result: fields.has_result.then_some(&value), ..Sight::default() };
    let at = Location::field("Assign");
    let assigned = dataflow::assign(activation, frame, fields.assign, &at, sight, &value)?;
    let output = dataflow::output(activation, frame, fields.output, sight, result)?;
    Ok(Leaving { output, assigned, next: target(fields.then), checks: Vec::new() })
}

/// Holds the output against a contract, and leaves or fails.
pub(crate) fn leave_checked(
    activation: &mut Activation<'_>,
    frame: FrameId,
    leaving: Leaving,
    contract: Option<ContractId>,
) {
    let state = activation.execution.visit(frame).state;
    let Held { checks, violation } =
        activation.hold_against(Some(state), Point::Output, contract, leaving.output.value());
    match violation {
        Some(violation) => activation.violated(frame, violation),
        None => leave(activation, frame, Leaving { checks, ..leaving }),
    }
}

/// Leaves the state; ends the frame, and what is above it, if this was its last.
pub(crate) fn leave(activation: &mut Activation<'_>, frame: FrameId, leaving: Leaving) {
    let state = StateRef::of(activation, frame);
    let Leaving { output, assigned, next, checks } = leaving;
    let output = match activation.bounded(output, &state.name) {
        Ok(output) => output,
        Err(failure) => return fail(activation, frame, failure),
    };
    activation.record_in(frame, Fact::StateExited { frame, state: state.id, output, assigned, next, checks });
    let At::Done { output } = &activation.execution.frame(frame).at else { return };
    let output = output.clone();
    match activation.execution.frame(frame).parent {
        Some(_) => scope::child_done(activation, frame),
        None => ending::succeed(activation, output),
    }
}

/// The state that a transition leads to.
pub(crate) fn target(then: Transition) -> Option<StateId> {
    match then {
        Transition::Next(state) => Some(state),
        Transition::End => None,
    }
}
