//! What is noted while a state is examined. An activation that nobody examines notes nothing and pays for one comparison.

use asl::{Failure, Json};

use super::Configuration;
use crate::activation::Activation;
use crate::context;
use crate::execution::Execution;
use crate::frame::Item;
use crate::ids::FrameId;

/// A step of a state's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    AfterInputPath,
    AfterParameters,
    AfterArguments,
    AfterItemsPath,
    AfterItemSelector,
    Result,
    AfterResultSelector,
    AfterResultPath,
}

/// What is noted of the state.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// The context object that it finds, instead of one made up.
    context: Option<Json>,
    /// How often the retrier that takes its failure has been used.
    pub(crate) retry_count: Option<u32>,
    seen: Vec<(Stage, Json)>,
    /// The failure that Retry and Catch were asked about.
    pub(crate) failure: Option<Failure>,
    /// The catcher that took it.
    pub(crate) catcher: Option<usize>,
    /// What a Map allows itself.
    pub(crate) max_concurrency: Option<u32>,
    pub(crate) tolerated_failure_count: Option<u32>,
    pub(crate) tolerated_failure_percentage: Option<f64>,
}

impl Examined {
    pub(super) fn new(context: Option<Json>, configuration: &Configuration) -> Self {
        Self { context, retry_count: configuration.retrier_retry_count, ..Self::default() }
    }

    /// The value as it was at a stage, last.
    pub(super) fn at(&self, stage: Stage) -> Option<&Json> {
        self.seen.iter().rev().find(|(seen, _)| *seen == stage).map(|(_, value)| value)
    }

    /// The context object. AWS shows no redrives to a state that is tested.
    pub(crate) fn context(&self, execution: &Execution, frame: FrameId, item: Option<&Item>) -> Json {
        let Some(given) = &self.context else {
            let made = context::object(execution, frame, item);
            return member_mapped(&made, "Execution", |it| without(it, "RedriveCount"));
        };
        match (item, given.as_object()) {
            (Some(item), Some(members)) => Json::Object(members.with("Map", context::of_map(item)).into()),
            _ => given.clone(),
        }
    }
}

fn member_mapped(object: &Json, name: &str, map: impl Fn(&Json) -> Json) -> Json {
    let members = object.as_object().into_iter().flat_map(asl::Object::iter);
    Json::object(members.map(|(key, value)| {
        let value = if &**key == name { map(value) } else { value.clone() };
        (key.clone(), value)
    }))
}

fn without(object: &Json, name: &str) -> Json {
    let members = object.as_object().into_iter().flat_map(asl::Object::iter);
    Json::object(members.filter(|(key, _)| &***key != name).map(|(key, value)| (key.clone(), value.clone())))
}

impl Activation<'_> {
    /// Notes a value, if somebody examines the state.
    pub(crate) fn see(&mut self, stage: Stage, value: &Json) {
        if let Some(examined) = &mut self.examined {
            examined.seen.push((stage, value.clone()));
        }
    }
}
