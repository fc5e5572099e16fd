//! Parallel and Map in a test: what stands before and behind the branches and iterations is the interpreter's, they
//! themselves are the mock.

use asl::jsonata::Location;
use asl::state::map::{Distributed, MapMode, Percentage};
use asl::state::{Count, Map, Parallel};
use asl::{Failure, Fault, Json};
use contracts::point::Point;

use super::examined::Stage;
use super::mock;
use super::refusal::Refusal;
use super::{Configuration, Request};
use crate::activation::Activation;
use crate::dataflow::{Sight, arguments};
use crate::failing::{fail, fail_evaluation};
use crate::flow::Flow;
use crate::frame::Item;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};
use crate::state::map;

/// AWS's name for it, and its words.
const THRESHOLD_EXCEEDED: &str = "States.ExceedToleratedFailureThreshold";
const THRESHOLD: &str = "The specified tolerated failure threshold was exceeded";

/// A Parallel whose branches have answered as the mock says.
pub(super) fn parallel(activation: &mut Activation<'_>, it: &Parallel, request: &Request) {
    if !take_up(activation) {
        return;
    }
    if let Err(fault) = arguments(activation, FrameId::ROOT, &it.arguments) {
        return fail_evaluation(activation, FrameId::ROOT, fault);
    }
    let fields =
        OutputFields { output: &it.output, has_result: true, assign: it.assign.as_ref(), then: it.then };
    answer(activation, request, &fields);
}

/// A Map whose iterations have answered as the mock says.
pub(super) fn map(activation: &mut Activation<'_>, it: &Map, request: &Request) -> Result<(), Refusal> {
    if !take_up(activation) {
        return Ok(());
    }
    match begin(activation, it, &request.configuration)? {
        Err(fault) => fail_evaluation(activation, FrameId::ROOT, fault),
        Ok(count) if request.mock.error.is_none() && is_exceeded(activation, request, count) => {
            let failure = Failure::new(THRESHOLD_EXCEEDED, THRESHOLD);
            fail(activation, FrameId::ROOT, failure);
        }
        Ok(_) => {
            let fields = OutputFields {
                output: &it.output,
                has_result: true,
                assign: it.assign.as_ref(),
                then: it.then,
            };
            answer(activation, request, &fields);
        }
    }
    Ok(())
}

/// Holds the input against its contract; answers whether the state goes on.
fn take_up(activation: &mut Activation<'_>) -> bool {
    let visit = activation.execution.visit(FrameId::ROOT);
    let (state, input) = (visit.state, visit.input.clone());
    let contract = activation.binding(state).input;
    let held = activation.hold_against(Some(state), Point::Input, contract, input.payload.value());
    let Some(violation) = held.violation else { return true };
    activation.violated(FrameId::ROOT, violation);
    false
}

/// What the branches gave: a result, held against its contract, or an error.
fn answer(activation: &mut Activation<'_>, request: &Request, fields: &OutputFields<'_>) {
    let Some(text) = &request.mock.result else {
        let failure = request.mock.error.clone().unwrap_or(Failure { error: None, cause: None });
        return fail(activation, FrameId::ROOT, failure);
    };
    let result = mock::payload(text).value().clone();
    let state = activation.execution.visit(FrameId::ROOT).state;
    let contract = activation.binding(state).result;
    let held = activation.hold_against(Some(state), Point::Result, contract, &result);
    match held.violation {
        Some(violation) => activation.violated(FrameId::ROOT, violation),
        None => finish(activation, FrameId::ROOT, Flow::Made(result), fields),
    }
}

/// What a Map does before its iterations: the items, what each iteration gets, its bounds. Answers with the number of items.
fn begin(
    activation: &mut Activation<'_>,
    it: &Map,
    configuration: &Configuration,
) -> Result<Result<usize, Fault>, Refusal> {
    let distributed = match &it.mode {
        MapMode::Distributed(distributed) => Some(&**distributed),
        MapMode::Inline => None,
    };
    let items = if distributed.is_some_and(|it| it.item_reader.is_some()) {
        read_items(configuration)?
    } else {
        match map::begin(activation, FrameId::ROOT, it) {
            Ok((items, _)) => {
                activation.see(Stage::AfterItemsPath, items.value());
                items.value().as_array().unwrap_or_default().to_vec()
            }
            Err(fault) => return Ok(Err(fault)),
        }
    };
    let count = items.len();
    Ok(select(activation, it, items).and_then(|()| bounds(activation, it, distributed)).map(|()| count))
}

fn read_items(configuration: &Configuration) -> Result<Vec<Json>, Refusal> {
    match &configuration.map_item_reader_data {
        None => Ok(Vec::new()),
        Some(data) => data
            .as_array()
            .map(<[Json]>::to_vec)
            .ok_or_else(|| Refusal::validation("MapItemReaderData must be an array.")),
    }
}

fn select(activation: &mut Activation<'_>, it: &Map, items: Vec<Json>) -> Result<(), Fault> {
    if it.item_selector.is_none() {
        return Ok(());
    }
    let mut selected = Vec::with_capacity(items.len());
    for (index, value) in (0..).zip(items) {
        let item = Item { index, value };
        selected.push(map::iteration_input(activation, FrameId::ROOT, it, &item)?.value().clone());
    }
    activation.see(Stage::AfterItemSelector, &Json::array(selected));
    Ok(())
}

fn bounds(activation: &mut Activation<'_>, it: &Map, distributed: Option<&Distributed>) -> Result<(), Fault> {
    let concurrency = count(activation, it, "MaxConcurrency", &it.max_concurrency)?;
    let (mut failures, mut percentage) = (None, None);
    if let Some(distributed) = distributed {
        if let Some(tolerated) = &distributed.tolerated_failure_count {
            failures = Some(count(activation, it, "ToleratedFailureCount", tolerated)?);
        }
        if let Some(tolerated) = &distributed.tolerated_failure_percentage {
            percentage = Some(percent(activation, it, tolerated)?);
        }
    }
    if let Some(examined) = &mut activation.examined {
        examined.max_concurrency = Some(concurrency);
        examined.tolerated_failure_count = failures;
        examined.tolerated_failure_percentage = percentage;
    }
    Ok(())
}

/// Whether more iterations have failed than the Map tolerates. AWS asks only where the definition says how many.
fn is_exceeded(activation: &Activation<'_>, request: &Request, count: usize) -> bool {
    let Some(examined) = &activation.examined else { return false };
    let Some(failed) = request.configuration.map_iteration_failure_count else { return false };
    let share = f64::from(failed) * 100.0 / u32::try_from(count.max(1)).map_or(f64::MAX, f64::from);
    examined.tolerated_failure_count.is_some_and(|most| failed > most)
        || examined.tolerated_failure_percentage.is_some_and(|most| share > most)
}

fn count(activation: &mut Activation<'_>, it: &Map, field: &str, count: &Count) -> Result<u32, Fault> {
    match count {
        Count::Literal(count) => Ok(*count),
        Count::Path(path) => {
            let input = map::input(activation, FrameId::ROOT, it)?.value().clone();
            let value = activation.query(FrameId::ROOT, &input, |env| path.select(env))?;
            let number =
                value.as_number().and_then(asl::Number::as_i64).and_then(|it| u32::try_from(it).ok());
            number.ok_or_else(|| no_number(field, path.text(), &value).into())
        }
        Count::Jsonata(expression) => {
            let (at, range) = (Location::field(field), 0..=i32::MAX.unsigned_abs());
            activation.jsonata(FrameId::ROOT, Sight::default(), |env| expression.whole(&at, range, env))
        }
    }
}

fn percent(activation: &mut Activation<'_>, it: &Map, percentage: &Percentage) -> Result<f64, Fault> {
    const FIELD: &str = "ToleratedFailurePercentage";
    match percentage {
        Percentage::Literal(percentage) => Ok(*percentage),
        Percentage::Path(path) => {
            let input = map::input(activation, FrameId::ROOT, it)?.value().clone();
            let value = activation.query(FrameId::ROOT, &input, |env| path.select(env))?;
            let number = value.as_number().map(asl::Number::as_f64).filter(|it| (0.0..=100.0).contains(it));
            number.ok_or_else(|| no_number(FIELD, path.text(), &value).into())
        }
        Percentage::Jsonata(expression) => {
            let at = Location::field(FIELD);
            let value =
                activation.jsonata(FrameId::ROOT, Sight::default(), |env| expression.evaluate(&at, env))?;
            let number = value.as_number().map(asl::Number::as_f64).filter(|it| (0.0..=100.0).contains(it));
            number.ok_or_else(|| no_number(FIELD, expression.text(), &value).into())
        }
    }
}

/// AWS's words for a path; the same for an expression.
fn no_number(field: &str, from: &str, value: &Json) -> Failure {
    let value = value.as_str().map_or_else(|| value.to_text(), str::to_owned);
    Failure::runtime(format!(
        "The {field}Path field refers to value \"{value}\" which is not a valid integer: {from}"
    ))
}
