//! The rules: one shard of executions, its commits and what they release. Single-threaded; never waits, never sleeps.
//!
//! A turn takes everything that is queued, decides each execution once, makes **one** group commit, and hands out what
//! may leave only after that is remembered. The caller's duties: perform the releases in order; call [`Shard::turn`]
//! again when something was submitted, when [`Turn::pace`] says so, and never with a clock that it has not read.
//!
//! Units: instants in milliseconds of the store's clock. Not here: threads, channels, running tasks (`engine.rs`).

pub mod arrival;
mod commit;
mod doubt;
mod gather;
pub(crate) mod load;
mod member;
mod opening;
mod recover;
pub mod release;
mod resident;
#[cfg(test)]
mod tests;
mod wait;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use asl::Timestamp;
use machine::{Actor, Input, Revision};
use store::{ExecutionKey, RevisionKey, Store, StoreError};

use self::arrival::{AccessError, Arrival, StartArrival, Until, WaitReply};
use self::member::{Member, Origin};
pub use self::recover::Recovered;
use self::release::{Notice, Order, Release};
use self::resident::{Mail, Post, Residents};
use crate::limits::{BATCH_MEMBERS_MAX, RESIDENTS_MAX};
use crate::seed_source::SeedSource;

/// What may be chosen about a shard.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Activations of one group commit.
    pub batch_members_max: usize,
    /// Executions kept in memory.
    pub residents_max: usize,
    /// Whether committed events are handed out for observers.
    pub shows: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { batch_members_max: BATCH_MEMBERS_MAX, residents_max: RESIDENTS_MAX, shows: false }
    }
}

/// Counts since the shard was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Group commits that were remembered; each is one sync.
    pub commits: u64,
    /// Activations that were remembered.
    pub activations: u64,
    /// Executions that were started.
    pub started: u64,
    /// Executions that ended.
    pub ended: u64,
}

/// What a turn gave.
#[derive(Debug)]
#[must_use]
pub struct Turn {
    /// What may leave, in order.
    pub released: Vec<Release>,
    /// When the next turn is due.
    pub pace: Pace,
}

/// When the next turn is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At once: more is queued.
    Again,
    /// When something arrives, or at this instant.
    Idle {
        /// The earliest timer.
        next_due: Option<Timestamp>,
    },
    /// After a pause: the store has no room. Stops and waits may be tried at once.
    Blocked,
    /// Never: the store is lost to this process.
    Stopped {
        /// What it said.
        message: Arc<str>,
    },
}

/// One shard of executions.
pub struct Shard {
    store: Box<dyn Store>,
    settings: Settings,
    engine_id: [u8; 16],
    revisions: HashMap<RevisionKey, Arc<Revision>>,
    residents: Residents,
    post: Post,
    starts: VecDeque<StartArrival>,
    asked: Vec<(ExecutionKey, Until, WaitReply)>,
    waiting: BTreeMap<ExecutionKey, Vec<(Until, WaitReply)>>,
    /// Set aside, though the store could not be told yet.
    aside: BTreeMap<ExecutionKey, Arc<str>>,
    /// The earliest timer. Never later than the truth; an instant at which nothing is due costs one look.
    next_due: Option<Timestamp>,
    /// What the store said when it had no room.
    blocked: Option<Arc<str>>,
    /// Whether it had none in this turn.
    is_troubled: bool,
    /// Doubtful commits in a row of which nothing was remembered.
    doubts: u32,
    /// What the store said when it was lost.
    stopped: Option<Arc<str>>,
    /// Members of the next batch; shrinks while the store has no room, so that what is small still fits.
    members_max: usize,
    counters: Counters,
    /// The planted defect of the negative test: effects leave before they are remembered.
    #[cfg(test)]
    releases_early: bool,
}

impl Shard {
    /// A shard over `store`. Call [`Self::recover`] before the first turn.
    pub fn new(mut store: Box<dyn Store>, settings: Settings) -> Result<Self, StoreError> {
        Ok(Self {
            engine_id: store.engine_id(),
            next_due: store.next_due()?,
            store,
            settings,
            revisions: HashMap::new(),
            residents: Residents::default(),
            post: Post::default(),
            starts: VecDeque::new(),
            asked: Vec::new(),
            waiting: BTreeMap::new(),
            aside: BTreeMap::new(),
            blocked: None,
            is_troubled: false,
            doubts: 0,
            stopped: None,
            members_max: settings.batch_members_max.max(1),
            counters: Counters::default(),
            #[cfg(test)]
            releases_early: false,
        })
    }

    /// Takes something in. Nothing is decided before the next turn.
    pub fn submit(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Start(start) => self.starts.push_back(start),
            Arrival::Deliver { key, actor, input } => {
                self.post.deliver(key, Mail::new(actor, input));
            }
            Arrival::Call { key, actor, input, reply } => {
                self.post.deliver(key, Mail { call: Some(reply), ..Mail::new(actor, input) });
            }
            Arrival::Stop { key, failure, actor, reply } => {
                let input = Input::StopRequested { failure };
                self.post.deliver_first(key, Mail { stop: Some(reply), ..Mail::new(actor, input) });
            }
            Arrival::Redrive { key, actor, reply } => {
                let mail = Mail::new(actor, Input::RedriveRequested);
                self.post.deliver(key, Mail { redrive: Some(reply), ..mail });
            }
            Arrival::Wait { key, until, reply } => self.asked.push((key, until, reply)),
        }
    }

    /// Decides what is queued and due at `now`, remembers it, and hands out what may leave.
    pub fn turn(&mut self, now: Timestamp, seeds: &mut dyn SeedSource) -> Turn {
        let mut out = Vec::new();
        if self.stopped.is_none() {
            self.is_troubled = false;
            self.tell_of_those_aside();
            let batch = self.gather(now, seeds, &mut out);
            let is_idle = batch.len() == 0;
            self.commit(batch, &mut out);
            self.refresh_next_due(now, is_idle);
            self.answer_waits(&mut out);
            if !self.is_troubled && self.blocked.take().is_some() {
                out.push(Release::refusal(Order::Notify(Notice::Unblocked)));
            }
        }
        Turn { pace: self.pace(now), released: out }
    }

    /// The earliest instant at which a timer may be due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.next_due
    }

    /// Whether committed events are handed out from now on.
    pub fn show(&mut self, shows: bool) {
        self.settings.shows = shows;
    }

    /// Counts so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Executions in memory.
    pub fn residents(&self) -> usize {
        self.residents.len()
    }

    /// The store, for what is no execution's business: revisions, lists, histories. All of it is committed state.
    pub fn store(&mut self) -> &mut dyn Store {
        &mut *self.store
    }

    fn pace(&self, now: Timestamp) -> Pace {
        if let Some(message) = &self.stopped {
            return Pace::Stopped { message: message.clone() };
        }
        if self.blocked.is_some() {
            return Pace::Blocked;
        }
        let is_due = self.next_due.is_some_and(|due| due <= now);
        if is_due || self.post.len() > 0 || !self.starts.is_empty() {
            return Pace::Again;
        }
        Pace::Idle { next_due: self.next_due }
    }

    /// Looks again after timers were due; they go with the commit that they fire in.
    fn refresh_next_due(&mut self, now: Timestamp, is_idle: bool) {
        if self.next_due.is_none_or(|due| due > now) || self.stopped.is_some() {
            return;
        }
        match self.store.next_due() {
            Ok(next_due) => self.next_due = next_due,
            Err(error) => return self.trouble(&error),
        }
        // Timers that lead to nothing must not keep the engine busy: they are looked at again, later.
        if is_idle && self.post.len() == 0 {
            self.next_due = self.next_due.map(|due| due.max(now.plus_ms(1_000)));
        }
    }

    /// The store could not do what it was asked, between commits.
    fn trouble(&mut self, error: &StoreError) {
        match error {
            StoreError::Unknown { .. } => {
                if let Err(error) = self.store.reopen() {
                    self.stop_with(&error);
                }
            }
            StoreError::Corrupt { .. } => self.stop_with(error),
            StoreError::Full { .. }
            | StoreError::InUse { .. }
            | StoreError::Unusable { .. }
            | StoreError::Rejected { .. }
            | StoreError::Missing { .. } => {
                self.is_troubled = true;
                self.blocked = Some(error.to_string().into());
            }
        }
    }

    fn stop_with(&mut self, error: &StoreError) {
        self.stopped = Some(error.to_string().into());
    }

    /// Sets an execution aside: its mail is answered, its neighbours go on.
    fn set_aside(&mut self, key: ExecutionKey, reason: &str, out: &mut Vec<Release>) {
        let reason: Arc<str> = reason.into();
        self.residents.take(key);
        self.aside.insert(key, reason.clone());
        self.tell_of_those_aside();
        let refusal = || AccessError::Quarantined { key, reason: reason.clone() };
        for mail in self.post.discard(key) {
            refuse_mail(mail, &refusal(), out);
        }
        self.refuse_waits(key, &refusal(), out);
        out.push(Release::refusal(Order::Notify(Notice::Quarantined { key, reason: reason.clone() })));
    }

    /// Tells the store who is set aside; what it cannot take now is told again before the next turn.
    fn tell_of_those_aside(&mut self) {
        while let Some((key, reason)) = self.aside.first_key_value() {
            match self.store.quarantine(*key, reason) {
                // A start that never came to be has nothing to set aside.
                Ok(()) | Err(StoreError::Missing { .. }) => self.aside.pop_first(),
                Err(error) => return self.trouble(&error),
            };
        }
    }

    /// Puts back what was not remembered, so that it is decided again.
    fn put_back(&mut self, key: ExecutionKey, member: Member) {
        match member.origin {
            Origin::Start(start) => self.starts.push_front(*start),
            Origin::Mail(letters) => {
                letters.into_iter().rev().for_each(|mail| self.post.deliver_first(key, mail));
            }
            Origin::Timer => {
                self.next_due = Some(self.next_due.unwrap_or_default().min(Timestamp::default()));
            }
        }
    }

    fn goes_on(&mut self, key: ExecutionKey) {
        self.post.deliver(key, Mail::new(Actor::Engine, Input::Continue));
    }
}

/// Answers mail that will not be decided. Only a stop, a call and a redrive have somebody who waits.
fn refuse_mail(mail: Mail, error: &AccessError, out: &mut Vec<Release>) {
    if let Some(reply) = mail.stop {
        out.push(Release::refusal(Order::AnswerStop { reply, answer: Err(error.clone()) }));
    }
    if let Some(reply) = mail.call {
        out.push(Release::refusal(Order::AnswerCall { reply, answer: Err(error.clone().into()) }));
    }
    if let Some(reply) = mail.redrive {
        out.push(Release::refusal(Order::AnswerRedrive { reply, answer: Err(error.clone().into()) }));
    }
}

impl std::fmt::Debug for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shard").field("counters", &self.counters).finish_non_exhaustive()
    }
}
