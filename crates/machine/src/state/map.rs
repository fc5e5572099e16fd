//! Map: runs one processor for each item, so many at once, and gives the array of their outputs. Spec: `#map-state`.

use asl::jsonata::Location;
use asl::path::Path;
use asl::state::map::{Items, MapMode};
use asl::state::{Count, Map, StateKind};
use asl::{ErrorName, Failure, Fault, Json};
use contracts::point::Point;

use crate::activation::Activation;
use crate::dataflow::{Sight, any, select};
use crate::event::Fact;
use crate::failing::{StateRef, fail, fail_evaluation, told};
use crate::flow::Flow;
use crate::frame::{Frame, Item};
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};
use crate::limits::MAP_CONCURRENCY_MAX;
use crate::scope::fail_over_children;
use crate::state::map_run;
use crate::state::parallel::joined;
use crate::state::raw_input;
use crate::test_state::Stage;

/// Said of a JSONata Map without `Items`. (Ours: no answer of AWS is known.)
const NO_ITEMS: &str = "The state has no field 'Items', and its input is not an array.";

/// Finds the items and starts the first iterations.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Map) {
    if let MapMode::Distributed(distributed) = &it.mode {
        return map_run::enter(activation, frame, it, distributed);
    }
    match begin(activation, frame, it) {
        Ok((items, concurrency)) => {
            let name = StateRef::of(activation, frame).name.clone();
            match activation.bounded(items, &name) {
                Ok(items) => {
                    activation.record_in(frame, Fact::MapStateStarted { frame, items, concurrency });
                    go_on(activation, frame);
                }
                Err(failure) => fail(activation, frame, failure),
            }
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

/// Starts what may start; when every iteration is done, so is the state.
pub(crate) fn go_on(activation: &mut Activation<'_>, frame: FrameId) {
    let state = StateRef::of(activation, frame);
    let StateKind::Map(it) = &state.kind else { unreachable!("only Map has iterations") };
    while let Some(item) = next_item(activation, frame) {
        if !start_iteration(activation, frame, it, item) {
            return;
        }
    }
    let Some(result) = joined(activation.execution.frame(frame).branches()) else { return };
    activation.record_in(frame, Fact::MapStateSucceeded { frame });
    let held =
        activation.hold_against(Some(state.id), Point::Result, activation.binding(state.id).result, &result);
    match held.violation {
        Some(violation) => activation.violated(frame, violation),
        None => leave(activation, frame, it, Flow::Made(result)),
    }
}

pub(crate) fn begin(activation: &mut Activation<'_>, frame: FrameId, it: &Map) -> Result<(Flow, u32), Fault> {
    let input = input(activation, frame, it)?;
    let concurrency = concurrency(activation, frame, &it.max_concurrency, input.value())?;
    Ok((items(activation, frame, it, input)?, concurrency))
}

/// The items, as `ItemsPath` or `Items` says of `input`, if they are what the Map takes.
pub(crate) fn items(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Map,
    input: Flow,
) -> Result<Flow, Fault> {
    // AWS: a distributed Map takes an object, too; its members are the items.
    let takes_objects = matches!(it.mode, MapMode::Distributed(_));
    let value = input.value().clone();
    let at = Location::field("Items");
    let items = match &it.items {
        Items::Path { items_path: None, .. } | Items::Jsonata(None) => input,
        Items::Path { items_path: Some(path), .. } => {
            Flow::Made(activation.query(frame, &value, |env| path.select_as_reference(env))?)
        }
        Items::Jsonata(Some(template)) => Flow::Made(
            activation.jsonata(frame, Sight::default(), |env| template.items(&at, takes_objects, env))?,
        ),
    };
    if items.value().as_array().is_some() || takes_objects && items.value().as_object().is_some() {
        return Ok(items);
    }
    Err(match &it.items {
        Items::Path { items_path, .. } => not_an_array(items_path.as_ref()).into(),
        Items::Jsonata(_) => Fault {
            failure: Failure::new(ErrorName::QUERY_EVALUATION_ERROR, NO_ITEMS),
            location: Some(at.to_string().into()),
        },
    })
}

/// What `InputPath` keeps; the raw input in JSONata.
pub(crate) fn input(activation: &mut Activation<'_>, frame: FrameId, it: &Map) -> Result<Flow, Failure> {
    let raw = raw_input(activation, frame);
    match &it.items {
        Items::Path { input_path, .. } => {
            let input = select(activation, frame, input_path, raw)?;
            activation.see(Stage::AfterInputPath, input.value());
            Ok(input)
        }
        Items::Jsonata(_) => Ok(raw),
    }
}

/// AWS's words, in which a path into the context object has one dollar sign less.
fn not_an_array(path: Option<&Path>) -> Failure {
    let path = path.map_or("$", |path| path.text());
    let path = if path.starts_with("$$") { &path[1..] } else { path };
    Failure::runtime(format!("Reference path \"{path}\" must point to array."))
}

fn concurrency(
    activation: &mut Activation<'_>,
    frame: FrameId,
    count: &Count,
    input: &Json,
) -> Result<u32, Fault> {
    let mut at = map_run::Evaluation { activation, frame, input: input.clone() };
    at.natural("MaxConcurrency", count).map(bounded_concurrency)
}

fn bounded_concurrency(count: u32) -> u32 {
    if count == 0 { MAP_CONCURRENCY_MAX } else { count }
}

/// Starts what the last activation has put off.
pub(crate) fn top_up(activation: &mut Activation<'_>) {
    // One that a redrive has brought back begins when its turn comes.
    let is_map = |frame: &Frame| {
        !frame.is_ready() && frame.branches().is_some_and(|it| it.items.is_some() && it.failing.is_none())
    };
    let frames = activation.execution.frames.iter().filter(|(_, frame)| is_map(frame));
    let maps: Vec<FrameId> = frames.map(|(id, _)| *id).collect();
    for frame in maps {
        // One that fails may take others with it.
        let is_there = activation.execution.frames.get(&frame).is_some_and(is_map);
        if is_there && !activation.execution.is_doomed(frame) {
            go_on(activation, frame);
        }
    }
}

/// The item that may start now, if there is one and there is room.
fn next_item(activation: &Activation<'_>, frame: FrameId) -> Option<Item> {
    let branches = activation.execution.frame(frame).branches()?;
    if branches.live >= branches.concurrency || branches.failing.is_some() {
        return None;
    }
    // Put off to the next activation, which comes because something is ready; there `top_up` goes on.
    let is_put_off = branches.live > 0 && !activation.execution.ready.is_empty();
    if is_put_off && activation.has_calculated_enough() {
        return None;
    }
    let items = branches.items.as_ref()?.payload.value().as_array()?;
    let value = items.get(branches.index_next as usize)?.clone();
    Some(Item { index: branches.index_next, value })
}

/// Starts one iteration; answers whether the Map goes on.
fn start_iteration(activation: &mut Activation<'_>, frame: FrameId, it: &Map, item: Item) -> bool {
    let input = match iteration_input(activation, frame, it, &item) {
        Ok(input) => input,
        Err(fault) => {
            let failure = told(activation, frame, fault);
            fail_over_children(activation, frame, failure);
            return false;
        }
    };
    let state = activation.execution.visit(frame).state;
    let held =
        activation.hold_against(Some(state), Point::Items, activation.binding(state).items, input.value());
    if let Some(violation) = held.violation {
        let fact = Fact::EvaluationFailed {
            frame,
            state: Some(state),
            location: violation.location.into(),
            failure: violation.failure.clone(),
            checks: vec![violation.check],
        };
        activation.record(0, fact);
        fail_over_children(activation, frame, violation.failure);
        return false;
    }
    let name = StateRef::of(activation, frame).name.clone();
    let input = match activation.bounded(input, &name) {
        Ok(input) => input,
        Err(failure) => {
            fail_over_children(activation, frame, failure);
            return false;
        }
    };
    let child = FrameId(activation.execution.next.frame);
    let fact = Fact::MapIterationStarted { frame, child, index: item.index, input, checks: held.checks };
    activation.record_in(frame, fact);
    true
}

/// The item, or what `ItemSelector` makes of it and of the state's input.
pub(crate) fn iteration_input(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Map,
    item: &Item,
) -> Result<Flow, Fault> {
    let Some(selector) = &it.item_selector else { return Ok(Flow::Made(item.value.clone())) };
    let input = input(activation, frame, it)?.value().clone();
    let sight = Sight { item: Some(item), ..Sight::default() };
    any(activation, frame, selector, &Location::field("ItemSelector"), sight, &input).map(Flow::Made)
}

/// Leaves the state with the array of results, or with where they are.
pub(crate) fn leave(activation: &mut Activation<'_>, frame: FrameId, it: &Map, result: Flow) {
    let fields =
        OutputFields { output: &it.output, has_result: true, assign: it.assign.as_ref(), then: it.then };
    finish(activation, frame, result, &fields);
}
