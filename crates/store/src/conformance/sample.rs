//! Executions to commit, small and told apart by their number.

use std::sync::Arc;

use asl::{Json, Payload, StateId, Timestamp};
use machine::event::Numbered;
use machine::{
    Actor, Effect, Event, ExecutionId, ExecutionInfo, Fact, FrameId, NewPayload, PayloadId, Status, Step,
    TimerId,
};

use crate::store::{Commit, ExecutionKey, Opening, RevisionKey, RevisionRecord, Store};

/// The instant at which everything here begins.
pub(super) const BEGIN: Timestamp = Timestamp::from_unix_ms(1_795_500_000_000);

/// A revision of machine `machine`.
pub fn revision(machine: &str) -> RevisionRecord {
    RevisionRecord {
        name: machine.into(),
        arn: format!("arn:aws:states:us-east-1:000000000000:stateMachine:{machine}").into(),
        role_arn: "arn:aws:iam::000000000000:role/baton".into(),
        definition: "{\"StartAt\":\"Pay\",\"States\":{\"Pay\":{\"Type\":\"Pass\",\"End\":true}}}".into(),
        scope: asl::StateMachine::ROOT,
        contracts: "{}".into(),
        payload_bytes_max: 262_144,
        events_max: 0,
        created_at: BEGIN,
        created_by: Actor::User("ada".into()),
    }
}

/// One execution of a machine, whose activations are told apart by their number.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where it lives.
    pub key: ExecutionKey,
    /// Id, name and ARN.
    pub info: ExecutionInfo,
    /// What it runs.
    pub revision: RevisionKey,
}

impl Sample {
    /// Number `number` of machine `machine`, with a generated name.
    pub fn new(revision: RevisionKey, machine: &str, key: ExecutionKey) -> Self {
        let mut id = [7; 16];
        id[8..].copy_from_slice(&key.0.to_be_bytes());
        let id = ExecutionId(id);
        Self { key, info: info(id, machine, &id.to_string()), revision }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, machine: &str, name: &str) -> Self {
        self.info = info(self.info.id, machine, name);
        self
    }

    /// Its activation `activation`, which leaves it running.
    pub fn commit(&self, activation: u64) -> Commit {
        let opening = (activation == 1).then(|| Opening {
            info: self.info.clone(),
            revision: self.revision,
            started_at: BEGIN,
            started_by: Actor::User("ada".into()),
        });
        Commit {
            key: self.key,
            activation,
            opening,
            step: self.step(activation),
            status: Status::Running,
            settled: false,
            closed_at: None,
        }
    }

    /// Its activation `activation`, which is its last.
    pub fn last(&self, activation: u64) -> Commit {
        let commit = self.commit(activation);
        Commit { status: Status::Succeeded, settled: true, closed_at: Some(BEGIN.plus_ms(5)), ..commit }
    }

    /// Two events a record: one with a payload of its own, one that refers to the first payload of all.
    fn step(&self, activation: u64) -> Step {
        let text = format!("{{ \"execution\": {}, \"activation\": {activation} }}", self.key.0);
        let first = format!("{{ \"execution\": {}, \"activation\": 1 }}", self.key.0);
        let number = u32::try_from(activation).expect("a sample has few activations");
        let own = Numbered { id: PayloadId(number), payload: payload(&text) };
        let shared = Numbered { id: PayloadId(1), payload: payload(&first) };
        let new =
            NewPayload { id: own.id, payload: own.payload.clone(), salt: [number.to_le_bytes()[0]; 16] };
        let (frame, state) = (FrameId::ROOT, StateId(number));
        let entered = Fact::StateEntered { frame, state, input: own, checks: Vec::new() };
        let assigned = vec![("total".into(), Json::from(i64::from(number)))];
        let exited =
            Fact::StateExited { frame, state, output: shared, assigned, next: None, checks: Vec::new() };
        Step {
            events: vec![event(activation, 1, entered), event(activation, 2, exited)],
            payloads: vec![new],
            ..Step::default()
        }
    }
}

/// Adds an order to a commit.
#[must_use]
pub(super) fn with(mut commit: Commit, effect: Effect) -> Commit {
    commit.step.effects.push(effect);
    commit
}

/// An order to set timer `timer` to `ms` after the beginning.
pub(super) fn set(timer: u32, ms: i64) -> Effect {
    Effect::SetTimer { timer: TimerId(timer), at: BEGIN.plus_ms(ms) }
}

/// An order to forget timer `timer`.
pub(super) fn clear(timer: u32) -> Effect {
    Effect::ClearTimer { timer: TimerId(timer) }
}

/// `count` executions of machine `shop`, none of them remembered yet.
pub(super) fn samples(store: &mut dyn Store, count: u64) -> Vec<Sample> {
    let revision = store.save_revision(&revision("shop")).expect("a revision is remembered");
    let first = store.next_key().0;
    (0..count).map(|at| Sample::new(revision, "shop", ExecutionKey(first + at.cast_signed()))).collect()
}

fn payload(text: &str) -> Payload {
    Payload::parse(text, asl::JsonLimits::PAYLOAD).expect("a sample is JSON")
}

fn info(id: ExecutionId, machine: &str, name: &str) -> ExecutionInfo {
    let arn: Arc<str> = format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}").into();
    ExecutionInfo { id, name: name.into(), arn }
}

fn event(activation: u64, at: u64, fact: Fact) -> Event {
    let id = (activation - 1) * 2 + at;
    Event { id, previous: id - 1, at: BEGIN.plus_ms(id.cast_signed()), actor: Actor::Engine, fact }
}
