//! What an item becomes: `ItemSelector`, or the item as it is; held against the Map's `Items` contract; put into batches.

use std::sync::Arc;

use asl::contract::Mode;
use asl::jsonata::{self, Location};
use asl::state::map::Items;
use asl::state::{AnyTemplate, Selection};
use asl::{Context, Entropy, Env, Failure, Json};
use contracts::point::Point;

use super::MapRun;
use crate::limits::JSONATA_STEPS_MAX;

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub struct MapItem {
    /// Its number, from 0.
    pub index: u64,
    /// The item.
    pub value: Json,
    /// Its name, where the items are the members of an object.
    pub key: Option<Arc<str>>,
    /// Where a reader has it from: `s3://bucket/key`.
    pub source: Option<Arc<str>>,
}

/// How an item stood up to its contract.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemCheck {
    /// It fits, or nothing is asked of it.
    Fits,
    /// It is set aside, and the run goes on.
    Quarantined(Failure),
    /// The run fails with `Contract.ItemsViolation`.
    Fails(Failure),
}

/// What the items of one Map Run become.
#[derive(Debug)]
pub struct ItemSelector<'a> {
    run: &'a MapRun,
    /// What `InputPath` keeps of the state's input; the raw input in JSONata.
    input: Json,
}

impl<'a> ItemSelector<'a> {
    pub(super) fn new(run: &'a MapRun, entropy: &mut Entropy) -> Result<Self, Failure> {
        let selection = match &run.map().0.items {
            Items::Path { input_path, .. } => input_path,
            Items::Jsonata(_) => &Selection::All,
        };
        let input = match selection {
            Selection::All => run.input.clone(),
            Selection::Nothing => Json::empty_object(),
            Selection::Path(path) => {
                let make = || run.context.clone();
                let context = Context::new(&make);
                let variables = &run.variables;
                path.select(&Env { input: &run.input, context: &context, variables, entropy })
                    .map_err(|failure| run.located(&failure))?
            }
        };
        Ok(Self { run, input })
    }

    /// What a child execution gets for an item, or what of a batch it is. Entropy is made only where there is something to
    /// evaluate.
    pub fn select(&self, item: &MapItem, entropy: impl FnOnce() -> Entropy) -> Result<Json, Failure> {
        let Some(selector) = &self.run.map().0.item_selector else { return Ok(as_it_is(item)) };
        let entropy = &mut entropy();
        let make = || self.context(item);
        let context = Context::new(&make);
        let variables = &self.run.variables;
        let selected = match selector {
            AnyTemplate::Path(template) => {
                template.render(&mut Env { input: &self.input, context: &context, variables, entropy })
            }
            AnyTemplate::Jsonata(template) => {
                let mut steps_left = JSONATA_STEPS_MAX;
                let mut env = jsonata::Env {
                    input: &self.run.input,
                    result: None,
                    error_output: None,
                    context: &context,
                    variables,
                    now: self.run.entered_at,
                    entropy,
                    steps_left: &mut steps_left,
                };
                template.render(&Location::field("ItemSelector"), &mut env).map_err(|fault| fault.failure)
            }
        };
        selected.map_err(|failure| self.run.located(&failure))
    }

    /// Holds what an item became against the Map's `Items` contract.
    pub fn check(&self, value: &Json) -> ItemCheck {
        let contracts = &self.run.revision.contracts;
        let Some(id) = contracts.state(self.run.state).items else { return ItemCheck::Fits };
        let contract = contracts.get(id);
        if contract.mode == Mode::Warn {
            return ItemCheck::Fits;
        }
        let Err(violations) = contract.check(value) else { return ItemCheck::Fits };
        let name = Some(&**self.run.state_name());
        let cause = contracts::violation_cause(name, Point::Items, contract, &violations);
        let failure = Failure::new(Point::Items.error_name(), cause);
        if contract.mode == Mode::Quarantine {
            ItemCheck::Quarantined(failure)
        } else {
            ItemCheck::Fails(failure)
        }
    }

    /// What a child execution gets for several items.
    pub fn batch(&self, items: Vec<Json>) -> Json {
        let input = self.run.plan.batch_input.clone().map(|input| ("BatchInput", input));
        Json::object(input.into_iter().chain([("Items", Json::array(items))]))
    }

    fn context(&self, item: &MapItem) -> Json {
        let key = item.key.clone().map(|key| ("Key", Json::String(key)));
        let source = item.source.clone().map(|source| ("Source", Json::String(source)));
        let own = [("Index", Json::from(item.index)), ("Value", item.value.clone())];
        let item = Json::object(own.into_iter().chain(key).chain(source));
        let map = Json::object([("Item", item)]);
        match self.run.context.as_object() {
            Some(context) => Json::Object(context.with("Map", map).into()),
            None => map,
        }
    }
}

/// AWS: a member of an object is an item with `Key` and `Value`.
fn as_it_is(item: &MapItem) -> Json {
    match &item.key {
        Some(key) => Json::object([("Key", Json::String(key.clone())), ("Value", item.value.clone())]),
        None => item.value.clone(),
    }
}
