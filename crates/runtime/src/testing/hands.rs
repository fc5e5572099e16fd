//! Hands: a shard, a clock that stands still, and somebody who performs what is released and writes it down.
//!
//! Every release is held against the store the moment it leaves: what rests on something that is not remembered is the
//! defect that everything here is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Entropy, Failure, Timestamp};
use machine::{Actor, Fate, Input, Revision};
use store::{ExecutionKey, RevisionKey, StoreError};

use super::fake_store::FakeStore;
use super::{payload, request};
use crate::door::admit;
use crate::reply::Reply;
use crate::seed_source::{ProcessSeeds, SeedSource as _};
use crate::shard::arrival::{Arrival, StartArrival, Until};
use crate::shard::release::{Notice, Order, Release, TaskJob};
use crate::shard::{Pace, Settings, Shard};

pub(crate) struct Hands {
    pub(crate) store: FakeStore,
    pub(crate) shard: Shard,
    pub(crate) now: Timestamp,
    pub(crate) pace: Pace,
    revision: Arc<Revision>,
    seeds: ProcessSeeds,
    /// What has left, in order, one line each.
    pub(crate) left: Vec<String>,
    pub(crate) run: Vec<TaskJob>,
    pub(crate) abandoned: Vec<TaskJob>,
    /// Ids, by name, to print names instead of keys.
    names: BTreeMap<ExecutionKey, Arc<str>>,
}

impl Hands {
    pub(crate) fn new(definition: &str) -> Self {
        Self::over(FakeStore::default(), definition)
    }

    pub(crate) fn over(store: FakeStore, definition: &str) -> Self {
        let revision = super::revision(definition);
        let mut shard =
            Shard::new(Box::new(store.clone()), Settings::default()).expect("the fake store opens");
        shard.know_revision(RevisionKey(1), &revision);
        Self {
            store,
            shard,
            now: Timestamp::from_unix_ms(1_000_000),
            pace: Pace::Again,
            revision,
            seeds: ProcessSeeds::from_seed([3; 32]),
            left: Vec::new(),
            run: Vec::new(),
            abandoned: Vec::new(),
            names: BTreeMap::new(),
        }
    }

    /// The process dies and another takes over.
    pub(crate) fn crash(self) -> Self {
        let definition = self.revision.definition.clone();
        let mut hands = Self::over(self.store, &definition);
        hands.now = self.now;
        hands.names = self.names;
        hands
    }

    pub(crate) fn recover(&mut self) -> Result<(usize, usize), StoreError> {
        let recovered = self.shard.recover()?;
        self.perform(recovered.released);
        Ok((recovered.executions, recovered.tasks))
    }

    pub(crate) fn start(&mut self, name: &str) {
        self.start_with(name, "{}");
    }

    pub(crate) fn start_with(&mut self, name: &str, input: &str) {
        let admitted = admit(request(&self.revision, Some(name), input)).expect("the door lets it in");
        let (reply, _) = Reply::new();
        self.shard.submit(Arrival::Start(StartArrival::new(admitted, reply)));
    }

    /// As a caller of the engine does it: decided where it is asked for.
    pub(crate) fn start_ahead(&mut self, name: &str) {
        let admitted = admit(request(&self.revision, Some(name), "{}")).expect("the door lets it in");
        let mut start = StartArrival::new(admitted, Reply::new().0);
        start.decide(self.now, &mut Entropy::from_seed(self.seeds.seed()));
        self.shard.submit(Arrival::Start(start));
    }

    pub(crate) fn stop(&mut self, key: ExecutionKey) {
        let failure = Failure::new("Ops.Enough", "stop it");
        let (reply, _) = Reply::new();
        self.shard.submit(Arrival::Stop { key, failure, actor: Actor::User("ada".into()), reply });
    }

    pub(crate) fn redrive(&mut self, key: ExecutionKey) {
        let (reply, _) = Reply::new();
        self.shard.submit(Arrival::Redrive { key, actor: Actor::User("ada".into()), reply });
    }

    pub(crate) fn fail(&mut self, job: &TaskJob) {
        let (task, attempt, began_at) = (job.task, job.request.attempt, self.now);
        let failure = Failure::new("Shop.Down", "it is down");
        self.deliver(job, Input::TaskFailed { task, attempt, began_at, failure });
    }

    pub(crate) fn wait(&mut self, key: ExecutionKey, until: Until) {
        let (reply, _) = Reply::new();
        self.shard.submit(Arrival::Wait { key, until, reply });
    }

    pub(crate) fn succeed(&mut self, job: &TaskJob, output: &str) {
        let (task, attempt, began_at) = (job.task, job.request.attempt, self.now);
        self.deliver(job, Input::TaskSucceeded { task, attempt, began_at, output: payload(output) });
    }

    pub(crate) fn settle(&mut self, job: &TaskJob) {
        self.deliver(
            job,
            Input::TaskAbandoned { task: job.task, attempt: job.request.attempt, fate: Fate::Barred },
        );
    }

    fn deliver(&mut self, job: &TaskJob, input: Input) {
        self.shard.submit(Arrival::Deliver { key: job.key, actor: Actor::Worker("fake".into()), input });
    }

    pub(crate) fn turn(&mut self) -> &mut Self {
        let turn = self.shard.turn(self.now, &mut self.seeds);
        self.pace = turn.pace;
        self.perform(turn.released);
        self
    }

    /// Turns until nothing is left to do now.
    #[track_caller]
    pub(crate) fn turns(&mut self) -> &mut Self {
        for _ in 0..100 {
            if self.turn().pace != Pace::Again {
                return self;
            }
        }
        panic!("it never comes to rest");
    }

    pub(crate) fn later(&mut self, ms: i64) -> &mut Self {
        self.now = self.now.plus_ms(ms);
        self
    }

    /// What has left since the last look.
    pub(crate) fn lines(&mut self) -> String {
        std::mem::take(&mut self.left).join("\n")
    }

    #[track_caller]
    fn perform(&mut self, released: Vec<Release>) {
        for release in released {
            if let Some(cause) = release.cause {
                assert!(
                    self.store.remembers(cause.key, cause.activation),
                    "released before it was remembered: activation {} of {}",
                    cause.activation,
                    cause.key.0,
                );
            }
            let line = self.line(release.order);
            self.left.push(line);
        }
    }

    fn line(&mut self, order: Order) -> String {
        match order {
            Order::RunTask(job) => {
                let line = format!("run {} attempt {}", self.name(job.key), job.request.attempt);
                self.run.push(job);
                line
            }
            Order::AbandonTask(job) => {
                let line = format!("abandon {} attempt {}", self.name(job.key), job.request.attempt);
                self.abandoned.push(job);
                line
            }
            Order::AnswerStart { answer: Ok(started), .. } => {
                self.names.insert(started.key, started.info.name.clone());
                let existed = if started.existed { " existed" } else { "" };
                let end = started.end.map(|end| format!(" {}", end.status.as_str())).unwrap_or_default();
                format!("started {}{existed}{end}", started.info.name)
            }
            Order::AnswerStart { answer: Err(error), .. } => format!("not started: {error}"),
            Order::AnswerStop { answer: Ok(stopped), .. } => {
                format!("stopped {} had_ended={}", stopped.status.as_str(), stopped.had_ended)
            }
            Order::AnswerStop { answer: Err(error), .. } => format!("not stopped: {error}"),
            Order::AnswerCall { answer: Ok(()), .. } => "call taken".to_owned(),
            Order::AnswerCall { answer: Err(error), .. } => format!("call refused: {error}"),
            Order::AnswerRedrive { answer: Ok(redriven), .. } => format!("redriven {}", redriven.count),
            Order::AnswerRedrive { answer: Err(error), .. } => format!("not redriven: {error}"),
            Order::AnswerWait { answer: Ok(end), .. } => {
                format!("ended {} settled={}", end.status.as_str(), end.settled)
            }
            Order::AnswerWait { answer: Err(error), .. } => format!("not ended: {error}"),
            Order::Show(shown) => format!("shown {} {}", self.name(shown.key), shown.events.len()),
            Order::Notify(Notice::Quarantined { key, reason }) => {
                format!("aside {}: {reason}", self.name(key))
            }
            Order::Notify(Notice::Blocked { .. }) => "blocked".to_owned(),
            Order::Notify(Notice::Unblocked) => "unblocked".to_owned(),
            Order::Notify(Notice::Reopened { .. }) => "reopened".to_owned(),
        }
    }

    fn name(&self, key: ExecutionKey) -> String {
        self.names.get(&key).map_or_else(|| format!("#{}", key.0), ToString::to_string)
    }
}
