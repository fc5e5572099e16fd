//! A rehearsal: an execution on a clock of its own, whose tasks are answered by whoever directs it. Pure, like all of this
//! room: it waits for nothing, because time jumps to whatever happens next.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl::{Entropy, Failure, Payload, Timestamp};

use crate::actor::Actor;
use crate::effect::{Effect, TaskOrder};
use crate::event::{Event, Fact};
use crate::execution::{Execution, ExecutionInfo, Status};
use crate::ids::{TaskId, TimerId};
use crate::input::{Callback, Fate, Input};
use crate::limits::{REHEARSAL_EVENTS_MAX, REHEARSAL_INPUTS_MAX};
use crate::revision::Revision;
use crate::step::Step;

/// What a task answers in a rehearsal, and when.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Seconds of the rehearsal's clock after the attempt was ordered.
    pub after_seconds: u32,
    /// What comes.
    pub outcome: Result<Payload, Failure>,
}

/// What came of a rehearsal.
#[derive(Debug)]
pub struct Rehearsed {
    /// The execution, as it stands. Still running: it waits for an answer that never comes, or [`Rehearsed::is_cut`].
    pub execution: Execution,
    /// Everything that happened.
    pub events: Vec<Event>,
    /// The rehearsal's clock when nothing was left to happen.
    pub ended_at: Timestamp,
    /// Whether it was ended because it went on and on ([`REHEARSAL_INPUTS_MAX`], [`REHEARSAL_EVENTS_MAX`]).
    pub is_cut: bool,
}

/// Runs `revision` on `input`, from `now` on. `answer` directs: it is asked about every attempt the moment it is ordered,
/// and says nothing (`None`) for one that never answers.
pub fn rehearse(
    revision: Arc<Revision>,
    info: ExecutionInfo,
    input: Payload,
    now: Timestamp,
    entropy: &mut Entropy,
    answer: &mut dyn FnMut(&TaskOrder, Timestamp) -> Option<Answer>,
) -> Rehearsed {
    let mut stage = Stage {
        execution: Execution::new(revision, info),
        events: Vec::new(),
        now,
        timers: BTreeMap::new(),
        answers: BTreeMap::new(),
        at_once: VecDeque::new(),
    };
    stage.at_once.push_back((Actor::Engine, Input::Started { input }));
    let mut inputs = 0;
    let mut is_cut = false;
    while let Some((actor, input)) = stage.next().filter(|_| !is_cut) {
        let step = stage.execution.advance(stage.now, actor, input, entropy);
        stage.take(step, answer);
        inputs += 1;
        is_cut = inputs >= REHEARSAL_INPUTS_MAX || stage.events.len() >= REHEARSAL_EVENTS_MAX;
    }
    let Stage { execution, events, now, .. } = stage;
    let is_cut = is_cut && execution.status() == Status::Running;
    Rehearsed { execution, events, ended_at: now, is_cut }
}

struct Stage {
    execution: Execution,
    events: Vec<Event>,
    now: Timestamp,
    timers: BTreeMap<TimerId, Timestamp>,
    /// The answer of each running attempt, and when it comes.
    answers: BTreeMap<(Timestamp, TaskId), Input>,
    at_once: VecDeque<(Actor, Input)>,
}

impl Stage {
    /// What happens next; the clock jumps to it. An answer comes before a timer of the same instant.
    fn next(&mut self) -> Option<(Actor, Input)> {
        if let Some(next) = self.at_once.pop_front() {
            return Some(next);
        }
        let timer = self.timers.iter().map(|(timer, at)| (*at, *timer)).min();
        let answer = self.answers.first_key_value().map(|((at, _), _)| *at);
        match (timer, answer) {
            (Some((due, timer)), answer) if answer.is_none_or(|at| due < at) => {
                self.now = self.now.max(due);
                Some((Actor::Timer, Input::TimerFired { timer }))
            }
            (_, Some(at)) => {
                self.now = self.now.max(at);
                let (_, input) = self.answers.pop_first()?;
                Some((Actor::Worker("rehearsal".into()), input))
            }
            _ => None,
        }
    }

    fn take(&mut self, step: Step, answer: &mut dyn FnMut(&TaskOrder, Timestamp) -> Option<Answer>) {
        let offered = step.events.iter().filter_map(|event| match &event.fact {
            Fact::TaskScheduled { frame, .. } => self.execution.offered_order(*frame),
            _ => None,
        });
        let offered: Vec<TaskOrder> = offered.collect();
        self.events.extend(step.events);
        for order in offered {
            self.offer(&order, answer);
        }
        for effect in step.effects {
            match effect {
                Effect::SetTimer { timer, at } => _ = self.timers.insert(timer, at),
                Effect::ClearTimer { timer } => _ = self.timers.remove(&timer),
                Effect::RunTask(order) => self.order(&order, answer),
                Effect::AbandonTask(TaskOrder { task, attempt, .. }) => {
                    self.answers.retain(|(_, answering), _| *answering != task);
                    let barred = Input::TaskAbandoned { task, attempt, fate: Fate::Barred };
                    self.at_once.push_back((Actor::Worker("rehearsal".into()), barred));
                }
            }
        }
        if step.more {
            self.at_once.push_front((Actor::Engine, Input::Continue));
        }
        if self.execution.status() != Status::Running {
            // Nothing that would still ring means anything to an execution that has ended.
            self.timers.clear();
        }
    }

    /// A worker takes the task of an activity the moment it is offered.
    fn offer(&mut self, order: &TaskOrder, answer: &mut dyn FnMut(&TaskOrder, Timestamp) -> Option<Answer>) {
        let (task, attempt, worker) = (order.task, order.attempt, Some(Arc::from("rehearsal")));
        let taken = Input::ActivityTaken { task, attempt, worker };
        self.at_once.push_back((Actor::Worker("rehearsal".into()), taken));
        self.order(order, answer);
    }

    fn order(&mut self, order: &TaskOrder, answer: &mut dyn FnMut(&TaskOrder, Timestamp) -> Option<Answer>) {
        let TaskOrder { task, attempt, .. } = *order;
        let Some(Answer { after_seconds, outcome }) = answer(order, self.now) else { return };
        let began_at = self.now;
        // Who has the token answers in place of the runner.
        let input = match (self.execution.token_of(task), outcome) {
            (Some(token), Ok(output)) => {
                Input::CalledBack { token, callback: Callback::Succeeded { output } }
            }
            (Some(token), Err(failure)) => {
                Input::CalledBack { token, callback: Callback::Failed { failure } }
            }
            (None, Ok(output)) => Input::TaskSucceeded { task, attempt, began_at, output },
            (None, Err(failure)) => Input::TaskFailed { task, attempt, began_at, failure },
        };
        self.answers.insert((self.now.plus_ms(i64::from(after_seconds) * 1_000), task), input);
    }
}
