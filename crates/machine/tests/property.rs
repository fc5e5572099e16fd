//! Random machines with random luck: what must hold of every execution, whatever happens to it.
//!
//! Ids run from 1 without a gap; an end is for ever; the state is the fold of the events; one state entry orders one
//! task; everything that is asked is answered in the end, and then the execution is over and settled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl::{Entropy, Failure, JsonLimits, Payload, Timestamp};
use contracts::Contracts;
use machine::{
    Actor, Effect, Event, Execution, ExecutionInfo, Fate, Input, Limits, Revision, Status, TaskId, TaskOrder,
    TimerId,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The answers that one execution may take; the machines have no loops, so this is far more than they need.
const STEPS_MAX: usize = 3_000;

/// What a state of a random machine is.
#[derive(Clone, Debug)]
enum Shape {
    Pass,
    Choice,
    Wait,
    Task { timeout: bool, retry: bool, catch: bool },
    Parallel { branches: Vec<Vec<Shape>>, retry: bool, catch: bool },
    Map { processor: Vec<Shape>, concurrency: u32, retry: bool, catch: bool },
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let leaf = prop_oneof![
        Just(Shape::Pass),
        Just(Shape::Choice),
        Just(Shape::Wait),
        any::<(bool, bool, bool)>().prop_map(|(timeout, retry, catch)| Shape::Task { timeout, retry, catch }),
        any::<(bool, bool, bool)>().prop_map(|(timeout, retry, catch)| Shape::Task { timeout, retry, catch }),
    ];
    let state = leaf.prop_recursive(3, 16, 3, |inner| {
        let scope = || prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            (prop::collection::vec(scope(), 1..4), any::<bool>(), any::<bool>())
                .prop_map(|(branches, retry, catch)| Shape::Parallel { branches, retry, catch }),
            (scope(), 0..3_u32, any::<bool>(), any::<bool>()).prop_map(
                |(processor, concurrency, retry, catch)| {
                    Shape::Map { processor, concurrency, retry, catch }
                }
            ),
        ]
    });
    prop::collection::vec(state, 1..4)
}

/// A scope whose states follow each other; names count through the whole definition.
fn scope(shapes: &[Shape], names: &mut u32) -> Value {
    let own: Vec<String> = shapes.iter().map(|_| name(names)).collect();
    let last = name(names);
    let mut states = serde_json::Map::new();
    for (at, shape) in shapes.iter().enumerate() {
        let next = own.get(at + 1).unwrap_or(&last);
        states.insert(own[at].clone(), state(shape, next, names));
    }
    states.insert(last, json!({"Type": "Succeed"}));
    json!({"StartAt": own[0], "States": states})
}

fn name(names: &mut u32) -> String {
    *names += 1;
    format!("S{names}")
}

fn state(shape: &Shape, next: &str, names: &mut u32) -> Value {
    let (mut state, retry, catch) = match shape {
        // An inner level may not assign an outer one's variable, so each has its own.
        Shape::Pass => (json!({"Type": "Pass", "Assign": {format!("before{next}.$"): "$"}}), false, false),
        Shape::Choice => {
            let rule = json!({"Variable": "$", "IsString": true, "Next": next});
            return json!({"Type": "Choice", "Choices": [rule], "Default": next});
        }
        Shape::Wait => (json!({"Type": "Wait", "Seconds": 3}), false, false),
        Shape::Task { timeout, retry, catch } => {
            let mut task =
                json!({"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f"});
            if *timeout {
                task["TimeoutSeconds"] = json!(2);
            }
            (task, *retry, *catch)
        }
        Shape::Parallel { branches, retry, catch } => {
            let branches: Vec<_> = branches.iter().map(|it| scope(it, names)).collect();
            (json!({"Type": "Parallel", "Branches": branches, "ResultPath": null}), *retry, *catch)
        }
        Shape::Map { processor, concurrency, retry, catch } => {
            let processor = scope(processor, names);
            let items = "States.Array(1, 2, 3)";
            let map = json!({"Type": "Map", "ItemsPath": "$$.Execution.Input.items", "MaxConcurrency": concurrency,
                "ItemSelector": {"all.$": items}, "ItemProcessor": processor, "ResultPath": null});
            (map, *retry, *catch)
        }
    };
    state["Next"] = json!(next);
    if retry {
        state["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]);
    }
    if catch {
        state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": next}]);
    }
    state
}

/// The same states with expressions; some of those draw random numbers, and some fail now and then.
fn in_jsonata(scope: &mut Value) {
    for state in scope["States"].as_object_mut().expect("a scope has states").values_mut() {
        let members = state.as_object_mut().expect("a state is an object");
        if let Some(assign) = members.remove("Assign") {
            let names = assign.as_object().expect("names and values").keys();
            let names = names.map(|name| name.trim_end_matches(".$"));
            let assign: serde_json::Map<_, _> =
                names.map(|name| (name.to_owned(), json!("{% [$states.input, $uuid()] %}"))).collect();
            members.insert("Assign".into(), assign.into());
            members.insert(
                "Output".into(),
                json!("{% $random() < 0.9 ? $states.input : $states.input.nothing %}"),
            );
        }
        if let Some(Value::Array(rules)) = members.get_mut("Choices") {
            for rule in rules {
                *rule = json!({"Condition": "{% $type($states.input) = 'string' %}", "Next": rule["Next"]});
            }
        }
        if members.remove("ResultPath").is_some() {
            members.insert("Output".into(), json!("{% $states.input %}"));
        }
        if members.remove("ItemsPath").is_some() {
            members.insert("Items".into(), json!("{% $states.context.Execution.Input.items %}"));
            members.insert("ItemSelector".into(), json!({"n": "{% $states.context.Map.Item.Value %}"}));
        }
        if members.contains_key("Seconds") {
            members.insert("Seconds".into(), json!("{% $floor($random() * 4) %}"));
        }
        if let Some(Value::Array(branches)) = members.get_mut("Branches") {
            branches.iter_mut().for_each(in_jsonata);
        }
        members.get_mut("ItemProcessor").into_iter().for_each(in_jsonata);
    }
}

/// An execution, the world's debts to it, and the dice.
struct World {
    live: Execution,
    events: Vec<Event>,
    timers: BTreeMap<TimerId, Timestamp>,
    /// Attempts that run, and whether they are being abandoned.
    tasks: BTreeMap<TaskId, (u32, bool)>,
    entries: BTreeMap<(Arc<str>, u64), TaskId>,
    runs: BTreeSet<(TaskId, u32)>,
    now: Timestamp,
    ended: Option<Status>,
    steps: usize,
}

fn info() -> ExecutionInfo {
    ExecutionInfo { id: machine::ExecutionId([7; 16]), name: "name".into(), arn: "arn:execution".into() }
}

impl World {
    fn new(definition: &str) -> Self {
        let parsed = asl::parse_definition(definition);
        let machine = parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let revision = Arc::new(Revision {
            name: "machine".into(),
            arn: "arn:machine".into(),
            role_arn: "arn:role".into(),
            definition: definition.into(),
            machine,
            scope: asl::StateMachine::ROOT,
            contracts: Contracts::default(),
            limits: Limits { payload_bytes_max: 400, ..Limits::default() },
        });
        Self {
            live: Execution::new(revision, info()),
            events: Vec::new(),
            timers: BTreeMap::new(),
            tasks: BTreeMap::new(),
            entries: BTreeMap::new(),
            runs: BTreeSet::new(),
            now: Timestamp::from_unix_ms(1_767_225_600_000),
            ended: None,
            steps: 0,
        }
    }

    /// Says one thing, and goes on for as long as the budget cuts.
    fn say(&mut self, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            self.steps += 1;
            let step = self.live.advance(self.now, Actor::Engine, input, &mut Entropy::from_seed([3; 32]));
            self.events.extend(step.events);
            step.effects.into_iter().for_each(|effect| self.perform(effect));
            next = step.more.then_some(Input::Continue);
            self.check();
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::SetTimer { timer, at } => _ = self.timers.insert(timer, at),
            Effect::ClearTimer { timer } => _ = self.timers.remove(&timer),
            Effect::RunTask(TaskOrder { task, attempt, path, entry, .. }) => {
                let owner = *self.entries.entry((path.clone(), entry)).or_insert(task);
                assert_eq!(owner, task, "{path}@{entry} names two tasks");
                assert!(self.runs.insert((task, attempt)), "attempt {attempt} of {task:?} is ordered twice");
                self.tasks.insert(task, (attempt, false));
            }
            Effect::AbandonTask(TaskOrder { task, attempt, .. }) => {
                let known = self.tasks.insert(task, (attempt, true));
                assert_eq!(known, Some((attempt, false)), "only what runs is abandoned, and once");
            }
        }
    }

    fn check(&mut self) {
        let ids: Vec<u64> = self.events.iter().map(|event| event.id).filter(|id| *id > 0).collect();
        assert!(ids.iter().copied().eq(1..=ids.len() as u64), "the ids have a gap: {ids:?}");
        assert!(
            self.events.iter().all(|event| event.id == 0 || event.previous < event.id),
            "a cause comes first"
        );
        let mut folded = Execution::new(self.live.revision().clone(), info());
        self.events.iter().for_each(|event| folded.apply(event));
        assert_eq!(format!("{:?}", self.live), format!("{folded:?}"), "the state is the fold");
        if let Some(ended) = self.ended {
            assert_eq!(ended, self.live.status(), "an end is for ever");
        } else if self.live.status() != Status::Running {
            self.ended = Some(self.live.status());
        }
        let owed = self.live.pending();
        let tasks: BTreeSet<_> = owed.iter().filter_map(task_of).collect();
        let known: BTreeSet<_> =
            self.tasks.iter().map(|(task, (attempt, gone))| (*task, *attempt, *gone)).collect();
        assert_eq!(tasks, known, "what is owed is what was ordered and not answered");
    }

    /// One of the things that may happen now, as the dice say; `false` when there is nothing left.
    fn happen(&mut self, dice: u32) -> bool {
        let choices = self.tasks.len() + usize::from(!self.timers.is_empty() && self.ended.is_none());
        let Some(at) = (dice as usize / 16).checked_rem(choices) else { return false };
        match self.tasks.iter().nth(at).map(|(task, state)| (*task, *state)) {
            Some((task, (attempt, abandoned))) => self.answer(task, attempt, abandoned, dice % 16),
            None => self.ring(),
        }
        true
    }

    fn answer(&mut self, task: TaskId, attempt: u32, abandoned: bool, luck: u32) {
        let text = if luck == 15 { format!("\"{}\"", "x".repeat(500)) } else { "{\"n\":1}".to_owned() };
        let output = Payload::parse(text, JsonLimits::PAYLOAD).expect("the answer is JSON");
        let began_at = self.now;
        // A late word of an earlier attempt is nothing.
        let events = self.events.len();
        let late = Failure::new("Late", "of an earlier attempt");
        self.say(Input::TaskFailed { task, attempt: attempt - 1, began_at, failure: late });
        assert_eq!(events, self.events.len(), "a late word is ignored");
        self.tasks.remove(&task);
        self.say(match luck {
            0..5 => Input::TaskFailed { task, attempt, began_at, failure: Failure::new("Luck", "bad") },
            5..9 if abandoned => Input::TaskAbandoned { task, attempt, fate: Fate::Barred },
            9..13 if abandoned => Input::TaskAbandoned { task, attempt, fate: Fate::Committed { output } },
            _ => Input::TaskSucceeded { task, attempt, began_at, output },
        });
    }

    /// Redrives an execution that ended badly, unless it cannot be: nothing that had succeeded is undone, and it runs.
    fn redrive(&mut self) -> bool {
        self.timers.clear();
        let can_be = self.live.redrivable(self.now);
        let events = self.events.len();
        if can_be.is_ok() {
            self.ended = None;
        }
        self.say(Input::RedriveRequested);
        assert_eq!(can_be.is_ok(), events < self.events.len(), "what cannot be redriven is left alone");
        can_be.is_ok()
    }

    /// The earliest timer rings.
    fn ring(&mut self) {
        let (&timer, &at) = self.timers.iter().min_by_key(|(_, at)| **at).expect("there is a timer");
        self.now = self.now.max(at);
        self.say(Input::TimerFired { timer });
    }
}

/// Which attempt is owed, and whether it is to be abandoned.
fn task_of(effect: &Effect) -> Option<(TaskId, u32, bool)> {
    match effect {
        Effect::RunTask(order) => Some((order.task, order.attempt, false)),
        Effect::AbandonTask(order) => Some((order.task, order.attempt, true)),
        Effect::SetTimer { .. } | Effect::ClearTimer { .. } => None,
    }
}

fn live_through(
    mut definition: Value,
    deadline: Option<u32>,
    stop: Option<u32>,
    redrives: u32,
    dice: &[u32],
) {
    if let Some(seconds) = deadline {
        definition["TimeoutSeconds"] = json!(seconds);
    }
    let mut world = World::new(&definition.to_string());
    let input = Payload::parse("{\"items\":[1,2,3]}", JsonLimits::PAYLOAD).expect("the input is JSON");
    world.say(Input::Started { input });
    let mut dice = dice.iter().copied().cycle();
    let mut turns = 0_u32;
    for redriven in 0..=redrives {
        live_on(&mut world, &mut dice, &mut turns, stop.filter(|_| redriven == 0), &definition);
        if !world.redrive() {
            return;
        }
    }
}

/// Until nothing can happen any more: then it has ended, and is settled.
fn live_on(
    world: &mut World,
    dice: &mut impl Iterator<Item = u32>,
    turns: &mut u32,
    stop: Option<u32>,
    definition: &Value,
) {
    while world.happen(dice.next().unwrap_or(0).wrapping_add(turns.wrapping_mul(7))) {
        *turns += 1;
        assert!(world.steps < STEPS_MAX, "it does not end");
        if stop == Some(*turns) {
            world.say(Input::StopRequested { failure: Failure::new("Stop", "enough") });
        }
    }
    assert_ne!(
        world.live.status(),
        Status::Running,
        "everything is answered, and it does not end: {definition}"
    );
    assert!(
        world.live.is_settled(),
        "it has ended, everything is answered, and it is not settled: {definition}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_an_execution_ends_and_is_the_fold_of_its_events(
        shapes in shapes(),
        deadline in prop::option::weighted(0.2, 1..20_u32),
        stop in prop::option::weighted(0.2, 1..12_u32),
        redrives in prop::option::weighted(0.5, 1..4_u32),
        dice in prop::collection::vec(any::<u16>().prop_map(u32::from), 8..40),
    ) {
        live_through(scope(&shapes, &mut 0), deadline, stop, redrives.unwrap_or(0), &dice);
    }

    #[test]
    fn the_same_holds_in_jsonata(
        shapes in shapes(),
        deadline in prop::option::weighted(0.2, 1..20_u32),
        stop in prop::option::weighted(0.2, 1..12_u32),
        redrives in prop::option::weighted(0.5, 1..4_u32),
        dice in prop::collection::vec(any::<u16>().prop_map(u32::from), 8..40),
    ) {
        let mut definition = scope(&shapes, &mut 0);
        in_jsonata(&mut definition);
        definition["QueryLanguage"] = json!("JSONata");
        live_through(definition, deadline, stop, redrives.unwrap_or(0), &dice);
    }
}
