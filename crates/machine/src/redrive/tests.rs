use std::collections::VecDeque;
use std::sync::Arc;

use asl::{Entropy, JsonLimits, Payload, Timestamp};
use contracts::Contracts;

use crate::actor::Actor;
use crate::effect::Effect;
use crate::event::{Event, Fact};
use crate::execution::{Execution, ExecutionInfo, Status};
use crate::ids::ExecutionId;
use crate::input::{Fate, Input};
use crate::limits::{ACTIVATION_TRANSITIONS_MAX, Limits};
use crate::revision::Revision;

/// More iterations than one activation has transitions. The last has succeeded inside, and fails by what its Map makes of it.
const ITERATIONS: usize = ACTIVATION_TRANSITIONS_MAX as usize + 100;

const NESTED: &str = r#"{"QueryLanguage":"JSONata","StartAt":"Outer","States":{"Outer":{"Type":"Map","MaxConcurrency":5000,"End":true,
    "Output":"{% $count($states.result) %}","ItemProcessor":{"StartAt":"Inner","States":{"Inner":{"Type":"Map","Items":"{% [$states.input] %}",
    "Output":"{% $states.input = 'last' and $states.context.Execution.RedriveCount = 0 ? $error('not yet') : 1 %}","End":true,
    "ItemProcessor":{"StartAt":"C","States":{
        "C":{"Type":"Choice","Choices":[{"Condition":"{% $states.input = 'last' %}","Next":"P"}],"Default":"T"},
        "P":{"Type":"Pass","End":true},
        "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:t","End":true}}}}}}}}}"#;

struct World {
    execution: Execution,
    events: Vec<Event>,
    /// What is ordered and not carried out.
    owed: VecDeque<Effect>,
}

impl World {
    fn say(&mut self, input: Input) {
        let now = Timestamp::from_unix_ms(1_767_225_600_000);
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let step = self.execution.advance(now, Actor::Engine, input, &mut Entropy::from_seed([3; 32]));
            self.events.extend(step.events);
            self.owed.extend(step.effects);
            next = step.more.then_some(Input::Continue);
        }
    }

    /// Settles what is abandoned; answers what is to be run, if `answers`.
    fn carry_out(&mut self, answers: bool) {
        while let Some(effect) = self.owed.pop_front() {
            match effect {
                Effect::RunTask(order) if answers => {
                    let output = Payload::parse("1", JsonLimits::PAYLOAD).expect("JSON");
                    let (task, attempt, began_at) = (order.task, order.attempt, Timestamp::default());
                    self.say(Input::TaskSucceeded { task, attempt, began_at, output });
                }
                Effect::AbandonTask(order) => {
                    let (task, attempt, fate) = (order.task, order.attempt, Fate::Barred);
                    self.say(Input::TaskAbandoned { task, attempt, fate });
                }
                Effect::RunTask(_) | Effect::SetTimer { .. } | Effect::ClearTimer { .. } => {}
            }
        }
    }
}

fn world(definition: &str) -> World {
    let parsed = asl::parse_definition(definition);
    let revision = Revision {
        scope: asl::StateMachine::ROOT,
        name: "m".into(),
        arn: "arn:machine".into(),
        role_arn: "arn:role".into(),
        definition: definition.into(),
        machine: parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
        contracts: Contracts::default(),
        limits: Limits::default(),
    };
    let info = ExecutionInfo { id: ExecutionId([7; 16]), name: "x".into(), arn: "arn:execution".into() };
    let execution = Execution::new(Arc::new(revision), info);
    World { execution, events: Vec::new(), owed: VecDeque::new() }
}

#[test]
fn a_redrive_that_the_budget_cuts_takes_every_state_up_once() {
    let mut world = world(NESTED);
    let items: Vec<String> = (1..ITERATIONS).map(|at| at.to_string()).chain(["\"last\"".into()]).collect();
    let input = Payload::parse(format!("[{}]", items.join(",")), JsonLimits::PAYLOAD).expect("JSON");
    world.say(Input::Started { input });
    world.carry_out(false);
    assert_eq!(world.execution.status(), Status::Failed);
    let before = world.events.len();
    world.say(Input::RedriveRequested);
    world.carry_out(true);
    assert_eq!(world.execution.status(), Status::Succeeded);
    assert_eq!(world.execution.output().expect("an output").text().as_ref(), ITERATIONS.to_string());
    let after = &world.events[before..];
    let count = |is_it: fn(&Fact) -> bool| after.iter().filter(|event| is_it(&event.fact)).count();
    assert_eq!(count(|fact| matches!(fact, Fact::TaskScheduled { .. })), ITERATIONS - 1);
    // The outer Map, each inner one, and each task inside; nothing is entered anew.
    assert_eq!(count(|fact| matches!(fact, Fact::StateRedriven { .. })), 1 + ITERATIONS + ITERATIONS - 1);
    assert_eq!(count(|fact| matches!(fact, Fact::StateEntered { .. })), 0);
    assert_eq!(count(|fact| matches!(fact, Fact::MapStateSucceeded { .. })), 1 + ITERATIONS);
}
