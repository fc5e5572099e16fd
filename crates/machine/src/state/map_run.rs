//! A distributed Map: evaluates what its fields say, orders one Map Run, and takes what that comes to. Spec: AWS, "Using Map
//! state in Distributed mode". What the run does is its driver's business (`map_run.rs` says what the driver sees).

use asl::jsonata::Location;
use asl::state::map::{Distributed, ItemBatcher, Percentage};
use asl::state::{AnyTemplate, Count, Map};
use asl::{Failure, Fault, Json, Payload};
use contracts::point::Point;

use crate::activation::Activation;
use crate::dataflow::{Sight, any};
use crate::event::{Fact, Numbered};
use crate::failing::{StateRef, fail, fail_evaluation, fail_map_run};
use crate::flow::Flow;
use crate::ids::{FrameId, TaskId};
use crate::limits::BATCH_INPUT_BYTES_MAX;
use crate::map_run::{Place, Plan, arn};
use crate::scope;
use crate::state::map::{self, leave};

/// Starts a Map Run: the first, or a retry.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Map, distributed: &Distributed) {
    let items = match items(activation, frame, it, distributed) {
        Ok(items) => items,
        Err(fault) => return fail_evaluation(activation, frame, fault),
    };
    let length = items.as_ref().map_or(0, |items| count(items.value()));
    activation.record_in(frame, Fact::DistributedMapStarted { frame, length });
    match plan(activation, frame, it, distributed) {
        Ok(plan) => order(activation, frame, items, &plan),
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

/// The items; `None` where a reader reads them, in which case AWS does not look at `ItemsPath`.
fn items(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Map,
    distributed: &Distributed,
) -> Result<Option<Flow>, Fault> {
    if distributed.item_reader.is_some() {
        return Ok(None);
    }
    let input = map::input(activation, frame, it)?;
    map::items(activation, frame, it, input).map(Some)
}

fn count(items: &Json) -> u64 {
    let array = items.as_array().map(<[Json]>::len);
    array.or_else(|| items.as_object().map(asl::Object::len)).unwrap_or(0) as u64
}

fn order(activation: &mut Activation<'_>, frame: FrameId, items: Option<Flow>, plan: &Plan) {
    let name = StateRef::of(activation, frame).name.clone();
    let numbered = |activation: &mut Activation<'_>, flow| activation.bounded(flow, &name);
    let items = match items.map(|items| numbered(activation, items)).transpose() {
        Ok(items) => items,
        Err(failure) => return fail(activation, frame, failure),
    };
    let plan: Numbered = match numbered(activation, Flow::Made(plan.to_json())) {
        Ok(plan) => plan,
        Err(failure) => return fail(activation, frame, failure),
    };
    let run_id = activation.uuid();
    let visit = activation.execution.visit(frame);
    let arn = arn(&activation.execution.revision, visit.state, &run_id);
    let (task, attempt) = (visit.task.unwrap_or(TaskId(activation.execution.next.task)), visit.attempts + 1);
    activation.record_in(frame, Fact::MapRunStarted { frame, task, attempt, arn, plan, items });
    activation.order_run(frame);
}

/// The Map Run that had not succeeded goes on with the children that had not.
pub(crate) fn redriven(activation: &mut Activation<'_>, frame: FrameId) {
    let visit = activation.execution.visit(frame);
    let redrives = visit.map_run.as_ref().map_or(0, |run| run.0.redrives) + 1;
    let (task, attempt) = (visit.task.unwrap_or(TaskId(activation.execution.next.task)), visit.attempts + 1);
    activation.record_in(frame, Fact::MapRunRedriven { frame, task, attempt, redrives });
    activation.order_run(frame);
}

fn plan(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Map,
    distributed: &Distributed,
) -> Result<Plan, Fault> {
    let input = map::input(activation, frame, it)?.value().clone();
    let mut at = Evaluation { activation, frame, input };
    let mut plan = Plan {
        max_concurrency: at.natural("MaxConcurrency", &it.max_concurrency)?,
        tolerated_failure_count: match &distributed.tolerated_failure_count {
            Some(count) => Some(at.natural("ToleratedFailureCount", count)?),
            None => None,
        },
        tolerated_failure_percentage: match &distributed.tolerated_failure_percentage {
            Some(percentage) => Some(at.percentage(percentage)?),
            None => None,
        },
        ..Plan::default()
    };
    if let Some(batcher) = &distributed.item_batcher {
        at.batcher(batcher, &mut plan)?;
    }
    if let Some(reader) = &distributed.item_reader {
        plan.max_items = match &reader.config.max_items {
            Some(count) => Some(at.whole("MaxItems", "ItemReader/ReaderConfig/MaxItems", count)?),
            None => None,
        };
        plan.reader = Some(at.template("ItemReader/Arguments", &reader.arguments)?);
    }
    if let Some(arguments) = distributed.result_writer.as_ref().and_then(|writer| writer.arguments.as_ref()) {
        plan.writer = Some(place(&at.template("ResultWriter/Arguments", arguments)?)?);
    }
    Ok(plan)
}

/// Where results go. AWS's own words for a missing bucket are not known; these are ours.
fn place(arguments: &Json) -> Result<Place, Failure> {
    let text = |name: &str| arguments.get(name).and_then(Json::as_str).map(std::sync::Arc::from);
    let Some(bucket) = text("Bucket") else {
        return Err(Failure::runtime("The ResultWriter field has no 'Bucket' that is a text."));
    };
    Ok(Place { bucket, prefix: text("Prefix").unwrap_or_else(|| "".into()) })
}

/// Where the counts and templates of a Map are evaluated.
pub(crate) struct Evaluation<'a, 'b> {
    pub(crate) activation: &'a mut Activation<'b>,
    pub(crate) frame: FrameId,
    /// What paths are read in.
    pub(crate) input: Json,
}

impl Evaluation<'_, '_> {
    fn batcher(&mut self, batcher: &ItemBatcher, plan: &mut Plan) -> Result<(), Fault> {
        if let Some(count) = &batcher.max_items_per_batch {
            plan.max_items_per_batch = Some(self.positive("MaxItemsPerBatch", count)?);
        }
        if let Some(count) = &batcher.max_input_bytes_per_batch {
            let bytes = self.positive("MaxInputBytesPerBatch", count)?;
            if bytes > BATCH_INPUT_BYTES_MAX {
                let what = format!("MaxInputBytesPerBatch cannot be more than {BATCH_INPUT_BYTES_MAX}.");
                return Err(Failure::runtime(what).into());
            }
            plan.max_input_bytes_per_batch = Some(bytes);
        }
        if let Some(template) = &batcher.batch_input {
            plan.batch_input = Some(self.template("ItemBatcher/BatchInput", template)?);
        }
        Ok(())
    }

    fn template(&mut self, at: &str, template: &AnyTemplate) -> Result<Json, Fault> {
        let at = Location::field(at);
        any(self.activation, self.frame, template, &at, Sight::default(), &self.input)
    }

    fn positive(&mut self, name: &'static str, count: &Count) -> Result<u32, Fault> {
        match self.whole(name, &format!("ItemBatcher/{name}"), count)? {
            count @ 1.. => Ok(u32::try_from(count).unwrap_or(u32::MAX)),
            _ => Err(Failure::runtime(format!("{name} must be positive.")).into()),
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn natural(&mut self, name: &'static str, count: &Count) -> Result<u32, Fault> {
        match self.whole(name, name, count)? {
            count @ 0.. => Ok(u32::try_from(count).unwrap_or(u32::MAX)),
            _ => Err(Failure::runtime(format!("{name} cannot be negative.")).into()),
        }
    }

    /// A whole number of any sign; AWS takes the text of one too.
    fn whole(&mut self, name: &'static str, at: &str, count: &Count) -> Result<i64, Fault> {
        let path = match count {
            Count::Literal(count) => return Ok((*count).into()),
            Count::Path(path) => path,
            Count::Jsonata(expression) => {
                let (at, range) = (Location::field(at), 0..=i32::MAX.unsigned_abs());
                let ask = |env: &mut asl::jsonata::Env<'_>| expression.whole(&at, range, env);
                return self.activation.jsonata(self.frame, Sight::default(), ask).map(i64::from);
            }
        };
        let value = self.activation.query(self.frame, &self.input, |env| path.select(env))?;
        let number = match &value {
            Json::String(text) => text.parse().ok(),
            other => other.as_number().and_then(asl::Number::as_i64),
        };
        number.ok_or_else(|| not_a("integer", name, &value, path.text()))
    }

    fn percentage(&mut self, percentage: &Percentage) -> Result<f64, Fault> {
        const NAME: &str = "ToleratedFailurePercentage";
        let found = match percentage {
            Percentage::Literal(percentage) => *percentage,
            Percentage::Path(path) => {
                let value = self.activation.query(self.frame, &self.input, |env| path.select(env))?;
                let number = match &value {
                    Json::String(text) => text.parse().ok(),
                    other => other.as_number().map(asl::Number::as_f64),
                };
                number.ok_or_else(|| not_a("float", NAME, &value, path.text()))?
            }
            Percentage::Jsonata(expression) => {
                let at = Location::field(NAME);
                let ask = |env: &mut asl::jsonata::Env<'_>| expression.number(&at, env);
                self.activation.jsonata(self.frame, Sight::default(), ask)?
            }
        };
        if (0.0..=100.0).contains(&found) {
            return Ok(found);
        }
        Err(Failure::runtime(format!("{NAME} must be between 0 and 100.")).into())
    }
}

fn not_a(kind: &str, name: &str, value: &Json, path: &str) -> Fault {
    let shown = value.as_str().map_or_else(|| value.to_text(), str::to_owned);
    let cause =
        format!("The {name}Path field refers to value \"{shown}\" which is not a valid {kind}: {path}");
    Failure::runtime(cause).into()
}

/// Whether the frame's task is a Map Run.
pub(crate) fn is_one(activation: &Activation<'_>, frame: FrameId) -> bool {
    activation.execution.frame(frame).task().is_some_and(|task| task.map_run.is_some())
}

/// The Map Run has succeeded; of one that nobody waits for any more nothing but its end is said.
pub(crate) fn succeeded(activation: &mut Activation<'_>, frame: FrameId, output: Payload) {
    let state = StateRef::of(activation, frame);
    let asl::state::StateKind::Map(it) = &state.kind else { unreachable!("only a Map has a Map Run") };
    if is_abandoned(activation, frame) {
        return abandoned(activation, frame);
    }
    if let Err(failure) = activation.within_limit(&output, &state.name) {
        return failed(activation, frame, failure);
    }
    let output = activation.number(output);
    activation.record_in(frame, Fact::MapRunSucceeded { frame, output: output.clone() });
    let previous = activation.execution.frame(frame).last;
    activation.record(previous, Fact::MapStateSucceeded { frame });
    let contract = activation.binding(state.id).result;
    let held = activation.hold_against(Some(state.id), Point::Result, contract, output.payload.value());
    match held.violation {
        Some(violation) => activation.violated(frame, violation),
        None => leave(activation, frame, it, Flow::Kept(output)),
    }
}

/// The Map Run has failed.
pub(crate) fn failed(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    if is_abandoned(activation, frame) {
        return abandoned(activation, frame);
    }
    activation.record_in(frame, Fact::MapRunFailed { frame, failure: failure.clone() });
    fail_map_run(activation, frame, failure);
}

/// Nothing of the Map Run goes on any more.
pub(crate) fn abandoned(activation: &mut Activation<'_>, frame: FrameId) {
    activation.record_in(frame, Fact::MapRunAborted { frame });
    scope::settled(activation, frame);
}

fn is_abandoned(activation: &Activation<'_>, frame: FrameId) -> bool {
    activation.execution.frame(frame).task().is_some_and(|task| task.abandoned.is_some())
}
