//! An execution in a virtual world: time jumps to the next timer whenever nothing else can happen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl::{Entropy, Failure, Json, JsonLimits, Payload, StateMachine, Timestamp};
use contracts::Contracts;
use machine::map_run::MapItem;
use machine::{
    Actor, Effect, Event, Execution, ExecutionInfo, Fact, Fate, Input, Limits, Revision, Status, TaskOrder,
    TaskToken, TimerId, history,
};
use serde_json::{Value, json};

use crate::outside::Outside;

/// 2025-11-24T16:00:00Z.
pub(crate) const START_MS: i64 = 1_764_000_000_000;
/// What the recordings call `{{role}}`.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/conformance";
/// The machine's name, the execution's name.
pub(crate) const NAMES: (&str, &str) = ("conformance", "run");

/// What came of an execution.
pub(crate) struct Run {
    pub(crate) status: Status,
    pub(crate) output: Option<String>,
    pub(crate) history: Vec<Value>,
}

/// Runs `machine`; where `to_the_end` is not set, only for as long as time need not go on.
pub(crate) fn run(
    definition: &str,
    machine: StateMachine,
    input: &str,
    mut outside: Outside,
    to_the_end: bool,
) -> Run {
    let revision = Arc::new(Revision {
        name: NAMES.0.into(),
        arn: format!("arn:aws:states:us-east-1:000000000000:stateMachine:{}", NAMES.0).into(),
        role_arn: ROLE.into(),
        definition: definition.into(),
        machine,
        scope: StateMachine::ROOT,
        contracts: Contracts::default(),
        limits: Limits::default(),
    });
    let (execution, events) = live(&revision, input, &mut outside, to_the_end);
    Run {
        status: execution.status(),
        output: execution.output().map(|output| output.text().to_string()),
        history: history(&revision, "us-east-1", &events).map(|event| shown(&event)).collect(),
    }
}

fn live(
    revision: &Arc<Revision>,
    input: &str,
    outside: &mut Outside,
    to_the_end: bool,
) -> (Execution, Vec<Event>) {
    let info = ExecutionInfo {
        id: machine::ExecutionId([7; 16]),
        name: NAMES.1.into(),
        arn: format!("arn:aws:states:us-east-1:000000000000:execution:{}:{}", NAMES.0, NAMES.1).into(),
    };
    let mut execution = Execution::new(revision.clone(), info);
    let mut entropy = Entropy::from_seed([1; 32]);
    let mut now = Timestamp::from_unix_ms(START_MS);
    let mut timers: BTreeMap<TimerId, Timestamp> = BTreeMap::new();
    let mut events = Vec::new();
    let payload = Payload::parse(input, JsonLimits::PAYLOAD).expect("the case's input is JSON");
    let mut next = VecDeque::from([(Actor::Engine, Input::Started { input: payload })]);
    while let Some((actor, input)) = next.pop_front() {
        let step = execution.advance(now, actor, input, &mut entropy);
        events.extend(step.events);
        for effect in step.effects {
            match effect {
                Effect::SetTimer { timer, at } => _ = timers.insert(timer, at),
                Effect::ClearTimer { timer } => _ = timers.remove(&timer),
                Effect::RunTask(order) if order.map_run.is_some() => {
                    next.extend(map_run(&order, outside, now).map(|end| (Actor::Engine, end)));
                }
                Effect::RunTask(order) => {
                    let answers = outside.answer(&order, token_of(&execution, &events, &order), now);
                    next.extend(answers.into_iter().map(|answer| (Actor::Engine, answer)));
                }
                Effect::AbandonTask(TaskOrder { task, attempt, .. }) => {
                    let barred = Input::TaskAbandoned { task, attempt, fate: Fate::Barred };
                    next.push_back((Actor::Engine, barred));
                }
            }
        }
        let due = timers.iter().min_by_key(|(_, at)| **at);
        if step.more {
            next.push_front((Actor::Engine, Input::Continue));
        } else if next.is_empty()
            && let Some((&timer, &at)) = due.filter(|_| to_the_end && execution.status() == Status::Running)
        {
            now = now.max(at);
            next.push_back((Actor::Timer, Input::TimerFired { timer }));
        }
    }
    (execution, events)
}

/// What a Map Run comes to whose items stand in the state's input: each in an execution of its own, one after the other.
fn map_run(order: &TaskOrder, outside: &mut Outside, now: Timestamp) -> Option<Input> {
    let run = order.map_run.as_ref()?;
    let (task, attempt, began_at) = (order.task, order.attempt, now);
    let revision = Arc::new(run.child_revision());
    let mut entropy = Entropy::from_seed([2; 32]);
    let selector = run.item_selector(&mut entropy).expect("the case's items can be read");
    let items = run.items.as_ref().and_then(|items| items.value().as_array()).unwrap_or_default();
    let mut outputs = Vec::new();
    for (index, value) in (0_u64..).zip(items) {
        let item = MapItem { index, value: value.clone(), key: None, source: None };
        let input = match selector.select(&item, || Entropy::from_seed([3; 32])) {
            Ok(input) => input,
            Err(failure) => return Some(Input::TaskFailed { task, attempt, began_at, failure }),
        };
        let (child, _) = live(&revision, &input.to_text(), outside, true);
        match child.output() {
            Some(output) => outputs.push(output.value().clone()),
            None => {
                let cause = "The specified tolerated failure threshold was exceeded";
                let failure = Failure::new("States.ExceedToleratedFailureThreshold", cause);
                return Some(Input::TaskFailed { task, attempt, began_at, failure });
            }
        }
    }
    Some(Input::TaskSucceeded { task, attempt, began_at, output: Payload::new(Json::array(outputs)) })
}

/// The token of an attempt, if it has one.
fn token_of(execution: &Execution, events: &[Event], order: &TaskOrder) -> Option<TaskToken> {
    let execution = execution.info().id;
    events.iter().rev().find_map(|event| match event.fact {
        Fact::TokenIssued { task, attempt, secret, .. } if (task, attempt) == (order.task, order.attempt) => {
            Some(TaskToken { execution, task, attempt, secret })
        }
        _ => None,
    })
}

/// An event as `GetExecutionHistory` answers with it; instants are not compared.
fn shown(event: &machine::HistoryEvent) -> Value {
    let mut out = json!({
        "id": event.id,
        "previousEventId": event.previous_event_id,
        "timestamp": "timestamp",
        "type": event.event_type,
    });
    if let Some((name, details)) = &event.details {
        out[*name] = serde_json::from_str(&details.to_text()).expect("details are JSON");
    }
    out
}
