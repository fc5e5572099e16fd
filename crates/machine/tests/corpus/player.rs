//! The interpreter as it is played: what a command tells it, and whether its state is the fold of its events.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Entropy, Failure, JsonLimits, Payload, Timestamp};
use machine::{
    Actor, Effect, Event, Execution, Fact, Fate, Input, Revision, Step, TaskId, TaskOrder, TaskToken, TimerId,
};

use super::transcript::{START_MS, Words, info};

/// An execution with everything that was ever said of it.
pub(crate) struct Live {
    pub(crate) execution: Execution,
    pub(crate) events: Vec<Event>,
    /// The attempt of each task that was ordered last.
    attempts: BTreeMap<TaskId, u32>,
    /// The token of each task that was issued last.
    tokens: BTreeMap<TaskId, TaskToken>,
    steps: u8,
}

impl Live {
    pub(crate) fn new(revision: Arc<Revision>) -> Self {
        Self {
            execution: Execution::new(revision, info()),
            events: Vec::new(),
            attempts: BTreeMap::new(),
            tokens: BTreeMap::new(),
            steps: 0,
        }
    }

    /// The fact that a command tells.
    pub(crate) fn input(&self, words: &Words<'_>) -> Input {
        let began_at = words.at();
        match words.verb {
            "start" => Input::Started { input: words.payload("input") },
            "stop" => Input::StopRequested { failure: words.failure() },
            "continue" => Input::Continue,
            "redrive" => Input::RedriveRequested,
            "fire" => Input::TimerFired { timer: TimerId(words.number()) },
            "succeed" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskSucceeded { task, attempt, began_at, output: words.payload("output") }
            }
            "fail" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskFailed { task, attempt, began_at, failure: words.failure() }
            }
            "submitted" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskSubmitted { task, attempt, began_at, output: words.payload("output") }
            }
            "heartbeat" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskHeartbeat { task, attempt }
            }
            "call-back" => Input::CalledBack { token: self.token(words), callback: words.callback() },
            "take" => {
                let (task, attempt) = self.attempt(words);
                Input::ActivityTaken { task, attempt, worker: words.get("worker").map(Arc::from) }
            }
            "abandoned" => {
                let (task, attempt) = self.attempt(words);
                let is_committed = words.rest.contains(" committed");
                let fate = if is_committed {
                    Fate::Committed { output: words.payload("output") }
                } else {
                    Fate::Barred
                };
                Input::TaskAbandoned { task, attempt, fate }
            }
            other => panic!("{}: there is no command `{other}`", words.place),
        }
    }

    /// The task that a command names, and the attempt: the one ordered last, unless it says otherwise.
    fn attempt(&self, words: &Words<'_>) -> (TaskId, u32) {
        let task = TaskId(words.number());
        let said = words.get("attempt").map(|it| it.parse().expect("attempt is a number"));
        let attempt = said.or_else(|| self.attempts.get(&task).copied());
        (task, attempt.unwrap_or_else(|| panic!("{}: task #{} was never ordered", words.place, task.0)))
    }

    /// The token of the task that a command names; of an earlier or later attempt, or another secret, if it says so.
    fn token(&self, words: &Words<'_>) -> TaskToken {
        let task = TaskId(words.number());
        let issued = self.tokens.get(&task).copied();
        let mut token = issued.unwrap_or_else(|| panic!("{}: task #{} has no token", words.place, task.0));
        if let Some(attempt) = words.get("attempt") {
            token.attempt = attempt.parse().expect("attempt is a number");
        }
        if words.rest.contains(" guessed") {
            token.secret.0[0] ^= 1;
        }
        token
    }

    /// The seed of the activation that the next command begins.
    pub(crate) fn seed(&self) -> [u8; 32] {
        [self.steps + 1; 32]
    }

    /// Tells the interpreter. What it decides and what it lives through are the same, and so is the fold of the events.
    pub(crate) fn step(&mut self, place: &str, now: Timestamp, input: Input) -> Step {
        let seed = self.seed();
        self.steps += 1;
        let actor = actor(&input);
        let decided = self.execution.decide(now, actor.clone(), input.clone(), &mut Entropy::from_seed(seed));
        let step = self.execution.advance(now, actor, input, &mut Entropy::from_seed(seed));
        assert_eq!(format!("{decided:?}"), format!("{step:?}"), "{place}: decide and advance differ");
        self.events.extend(step.events.iter().cloned());
        for event in &step.events {
            if let Fact::TokenIssued { task, attempt, secret, .. } = event.fact {
                self.attempts.insert(task, attempt);
                self.tokens.insert(task, TaskToken { execution: info().id, task, attempt, secret });
            }
        }
        for order in step.effects.iter().filter_map(run_order) {
            self.attempts.insert(order.task, order.attempt);
        }
        self.check_fold(place, now, self.execution.revision().clone(), &self.events);
        step
    }

    /// The state is the fold of `events`: rebuilt, the execution stands the same and decides the same.
    pub(crate) fn check_fold(&self, place: &str, now: Timestamp, revision: Arc<Revision>, events: &[Event]) {
        let mut folded = Execution::new(revision, info());
        events.iter().for_each(|event| folded.apply(event));
        let seen = |it: &Execution| {
            let ends = (it.status(), it.output().cloned(), it.failure().cloned());
            format!(
                "{:?} {ends:?} settled {} interrupted {}",
                it.pending(),
                it.is_settled(),
                it.is_interrupted()
            )
        };
        assert_eq!(seen(&self.execution), seen(&folded), "{place}: the fold stands otherwise");
        for input in probes(&self.execution) {
            let next = |it: &Execution| {
                it.decide(now, Actor::Engine, input.clone(), &mut Entropy::from_seed([9; 32]))
            };
            let (lived, rebuilt) = (next(&self.execution), next(&folded));
            assert_eq!(
                format!("{lived:?}"),
                format!("{rebuilt:?}"),
                "{place}: the fold decides otherwise on {input:?}"
            );
        }
    }
}

/// Who says what: the runtime itself fires timers and goes on.
pub(crate) fn actor(input: &Input) -> Actor {
    match input {
        Input::TimerFired { .. } => Actor::Timer,
        Input::Continue => Actor::Engine,
        _ => Actor::Worker("test".into()),
    }
}

/// Everything that might be said next to an execution.
fn probes(execution: &Execution) -> Vec<Input> {
    let mut probes = vec![
        Input::Continue,
        Input::StopRequested { failure: Failure { error: None, cause: None } },
        Input::RedriveRequested,
    ];
    let output = || Payload::parse("{\"probe\":1}", JsonLimits::PAYLOAD).expect("the probe is JSON");
    for task in execution.activity_tasks() {
        let TaskToken { task, attempt, .. } = task.token;
        probes.push(Input::ActivityTaken { task, attempt, worker: None });
    }
    for effect in execution.pending() {
        match effect {
            Effect::RunTask(TaskOrder { task, attempt, .. }) => {
                let began_at = Timestamp::from_unix_ms(START_MS);
                probes.push(Input::TaskSubmitted { task, attempt, began_at, output: output() });
                probes.push(Input::TaskSucceeded { task, attempt, began_at, output: output() });
                probes.push(Input::TaskFailed {
                    task,
                    attempt,
                    began_at,
                    failure: Failure::new("Probe", "probe"),
                });
            }
            Effect::AbandonTask(TaskOrder { task, attempt, .. }) => {
                probes.push(Input::TaskAbandoned { task, attempt, fate: Fate::Barred });
                probes.push(Input::TaskAbandoned {
                    task,
                    attempt,
                    fate: Fate::Committed { output: output() },
                });
            }
            Effect::SetTimer { timer, .. } => probes.push(Input::TimerFired { timer }),
            Effect::ClearTimer { .. } => {}
        }
    }
    probes
}

fn run_order(effect: &Effect) -> Option<&TaskOrder> {
    match effect {
        Effect::RunTask(order) => Some(order),
        Effect::AbandonTask(_) | Effect::SetTimer { .. } | Effect::ClearTimer { .. } => None,
    }
}
