//! Choice: takes the first rule that holds. Spec: `#choice-state`.

use asl::contract::ContractDecl;
use asl::jsonata::{Location, Template};
use asl::state::choice::Condition;
use asl::state::{Assign, Choice, Output};
use asl::{Failure, Fault, StateId};
use contracts::bind::ContractId;

use crate::activation::Activation;
use crate::dataflow::{Sight, arguments, assign, output, render};
use crate::failing::fail_evaluation;
use crate::flow::Flow;
use crate::ids::FrameId;
use crate::leaving::{Leaving, leave_checked};

/// Which way was chosen.
struct Way<'a> {
    next: StateId,
    assign: Option<&'a Assign>,
    /// The rule's own `Output`.
    output: Option<&'a Template>,
    /// The rule, if it was one; `None` is `Default`.
    rule: Option<usize>,
}

/// Does the whole of a Choice state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Choice) {
    match chosen(activation, frame, it) {
        Ok((leaving, contract)) => leave_checked(activation, frame, leaving, contract),
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

fn chosen(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Choice,
) -> Result<(Leaving, Option<ContractId>), Fault> {
    let input = arguments(activation, frame, &it.arguments)?;
    let way = way(activation, frame, it, &input)?;
    let choices = Location::field("Choices");
    let rule = choices.index(way.rule.unwrap_or(0));
    // A rule that is taken has its own fields; those of the state are the default path's.
    let (at, at_output) = match way.rule {
        Some(_) => (rule.key("Assign"), rule.key("Output")),
        None => (Location::field("Assign"), Location::field("Output")),
    };
    let (sight, value) = (Sight::default(), input.value().clone());
    let assigned = assign(activation, frame, way.assign, &at, sight, &value)?;
    let contract = contract(activation, frame, it, way.rule);
    let output = match (&it.output, way.rule) {
        (Output::Jsonata(_), Some(_)) => render(activation, frame, way.output, &at_output, sight, input)?,
        (Output::Jsonata(_), None) | (Output::Path { .. }, _) => {
            output(activation, frame, &it.output, sight, input)?
        }
    };
    Ok((Leaving { output, assigned, next: Some(way.next), checks: Vec::new() }, contract))
}

fn way<'a>(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &'a Choice,
    input: &Flow,
) -> Result<Way<'a>, Fault> {
    if let Some(index) = taken(activation, frame, it, input)? {
        let choice = &it.choices[index];
        return Ok(Way {
            next: choice.next,
            assign: choice.assign.as_ref(),
            output: choice.output.as_ref(),
            rule: Some(index),
        });
    }
    let next = it.default.ok_or_else(|| {
        // The specification's name is `States.NoChoiceMatched`; AWS reports this one.
        Failure::runtime("Failed to transition out of the state. The state does not point to a next state.")
    })?;
    Ok(Way { next, assign: it.assign.as_ref(), output: None, rule: None })
}

/// The first rule that holds. The conditions share one bound on their steps, however many there are.
fn taken(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Choice,
    input: &Flow,
) -> Result<Option<usize>, Fault> {
    if matches!(it.output, Output::Jsonata(_)) {
        return activation.jsonata(frame, Sight::default(), |env| {
            first(it, |condition, at| match condition {
                Condition::Jsonata(expression) => expression.boolean(at, env),
                Condition::Literal(holds) => Ok(*holds),
                Condition::Rule(_) => unreachable!("a JSONata state has no comparisons"),
            })
        });
    }
    let value = input.value().clone();
    activation.query(frame, &value, |env| {
        first(it, |condition, _| match condition {
            Condition::Rule(rule) => Ok(rule.holds(env)?),
            Condition::Literal(_) | Condition::Jsonata(_) => {
                unreachable!("a JSONPath state has nothing but comparisons")
            }
        })
    })
}

/// The first rule whose condition holds.
fn first(
    it: &Choice,
    mut holds: impl FnMut(&Condition, &Location<'_>) -> Result<bool, Fault>,
) -> Result<Option<usize>, Fault> {
    let choices = Location::field("Choices");
    for (index, choice) in it.choices.iter().enumerate() {
        let rule = choices.index(index);
        if holds(&choice.condition, &rule.key("Condition"))? {
            return Ok(Some(index));
        }
    }
    Ok(None)
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
