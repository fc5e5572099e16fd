//! Choice: takes the first rule that holds. Spec: `#choice-state`.

use asl::contract::ContractDecl;
use asl::state::{Assign, Choice};
use asl::{Failure, StateId};
use contracts::bind::ContractId;

use crate::activation::Activation;
use crate::dataflow::{assign, select};
use crate::failing::fail_evaluation;
use crate::flow::Flow;
use crate::ids::FrameId;
use crate::leaving::{Leaving, leave_checked};
use crate::state::raw_input;

/// Which way was chosen.
struct Way<'a> {
    next: StateId,
    assign: Option<&'a Assign>,
    /// The rule, if it was one; `None` is `Default`.
    rule: Option<usize>,
}

/// Does the whole of a Choice state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Choice) {
    match chosen(activation, frame, it) {
        Ok((leaving, contract)) => leave_checked(activation, frame, leaving, contract),
        Err(failure) => fail_evaluation(activation, frame, failure),
    }
}

fn chosen(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Choice,
) -> Result<(Leaving, Option<ContractId>), Failure> {
    let raw = raw_input(activation, frame);
    let input = select(activation, frame, &it.input_path, raw)?;
    let way = way(activation, frame, it, &input)?;
    let assigned = assign(activation, frame, way.assign, input.value())?;
    let contract = contract(activation, frame, it, way.rule);
    let output = select(activation, frame, &it.output_path, input)?;
    Ok((Leaving { output, assigned, next: Some(way.next), checks: Vec::new() }, contract))
}

fn way<'a>(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &'a Choice,
    input: &Flow,
) -> Result<Way<'a>, Failure> {
    for (index, choice) in it.choices.iter().enumerate() {
        let value = input.value().clone();
        if activation.query(frame, &value, |env| choice.rule.holds(env))? {
            return Ok(Way { next: choice.next, assign: choice.assign.as_ref(), rule: Some(index) });
        }
    }
    let next = it.default.ok_or_else(|| {
        // The specification's name is `States.NoChoiceMatched`; AWS reports this one.
        Failure::runtime("Failed to transition out of the state. The state does not point to a next state.")
    })?;
    Ok(Way { next, assign: it.assign.as_ref(), rule: None })
}

/// The contract of the rule taken, where it has one; the state's own otherwise.
fn contract(
    activation: &Activation<'_>,
    frame: FrameId,
    it: &Choice,
    rule: Option<usize>,
) -> Option<ContractId> {
    let state = activation.execution.visit(frame).state;
    let declares = |decl: &ContractDecl| decl.output.is_some();
    let own = rule.filter(|&rule| it.choices[rule].contract.as_ref().is_some_and(declares));
    match own {
        Some(rule) => activation.execution.revision.contracts.rule(state, rule).output,
        None => activation.binding(state).output,
    }
}
