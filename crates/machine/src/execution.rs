//! An execution: what its events have made of it, and what an input leads to.

use std::sync::Arc;

use asl::{Entropy, Failure, Payload, Timestamp};

use crate::actor::Actor;
use crate::effect::Effect;
use crate::event::Event;
use crate::ids::ExecutionId;
use crate::input::Input;
use crate::revision::Revision;
use crate::step::Step;

/// What is known of an execution before its first event.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionInfo {
    /// What identifies it for ever.
    pub id: ExecutionId,
    /// Its name; unique among the executions of its machine.
    pub name: Arc<str>,
    /// Its ARN.
    pub arn: Arc<str>,
}

/// How an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It goes on.
    Running,
    /// It ended well.
    Succeeded,
    /// It failed.
    Failed,
    /// It ran over its time.
    TimedOut,
    /// Somebody stopped it.
    Aborted,
}

/// One execution.
#[derive(Clone, Debug)]
pub struct Execution {}

impl Execution {
    /// An execution to which nothing has happened yet.
    pub fn new(_revision: Arc<Revision>, _info: ExecutionInfo) -> Self {
        todo!()
    }

    /// What `input` leads to at `now`. Looks, does not touch.
    pub fn decide(&self, now: Timestamp, actor: Actor, input: Input, entropy: &mut Entropy) -> Step {
        self.clone().advance(now, actor, input, entropy)
    }

    /// The same as [`Self::decide`] with every event applied. If the step cannot be remembered, this value must be dropped
    /// and loaded again: what it holds has not happened.
    pub fn advance(&mut self, _now: Timestamp, _actor: Actor, _input: Input, _entropy: &mut Entropy) -> Step {
        todo!()
    }

    /// Takes one remembered event into account. Touches, does not choose, evaluates no expression.
    pub fn apply(&mut self, _event: &Event) {
        todo!()
    }

    /// The effects that are owed: what must be performed (again) after a restart. Timers included.
    pub fn pending(&self) -> Vec<Effect> {
        todo!()
    }

    /// Whether the budget cut the last activation: come back with [`Input::Continue`].
    pub fn is_interrupted(&self) -> bool {
        todo!()
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        todo!()
    }

    /// Whether nothing is owed any more: it has ended, and every abandoned attempt is settled.
    pub fn is_settled(&self) -> bool {
        todo!()
    }

    /// The output, once it has succeeded.
    pub fn output(&self) -> Option<&Payload> {
        todo!()
    }

    /// The failure, once it has ended badly.
    pub fn failure(&self) -> Option<&Failure> {
        todo!()
    }

    /// The revision it runs.
    pub fn revision(&self) -> &Arc<Revision> {
        todo!()
    }

    /// What was known of it before its first event.
    pub fn info(&self) -> &ExecutionInfo {
        todo!()
    }
}
