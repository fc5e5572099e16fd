//! Residents: executions in memory, each with the mail that waits for it. What is held is what is remembered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use asl::Timestamp;
use machine::{Actor, Execution, Input};
use store::ExecutionKey;

use crate::shard::arrival::{CallReply, RedriveReply, StopReply};

/// A loaded execution. INVARIANT: it is the fold of exactly `activations` remembered activations.
#[derive(Debug)]
pub(crate) struct Resident {
    pub(crate) execution: Execution,
    pub(crate) activations: u64,
    pub(crate) closed_at: Option<Timestamp>,
}

/// Something for one execution, with whom to answer.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) actor: Actor,
    pub(crate) input: Input,
    pub(crate) stop: Option<StopReply>,
    pub(crate) call: Option<CallReply>,
    pub(crate) redrive: Option<RedriveReply>,
}

impl Mail {
    /// Something that has happened; nobody waits for an answer.
    pub(crate) fn new(actor: Actor, input: Input) -> Self {
        Self { actor, input, stop: None, call: None, redrive: None }
    }

    /// Whether it is decided as an activation of its own, because somebody is told what became of it.
    pub(crate) fn stands_alone(&self) -> bool {
        self.stop.is_some() || self.call.is_some() || self.redrive.is_some()
    }
}

/// The executions in memory, the least recently used of which may be forgotten at any time.
#[derive(Debug, Default)]
pub(crate) struct Residents {
    loaded: BTreeMap<ExecutionKey, (u64, Resident)>,
    by_use: BTreeSet<(u64, ExecutionKey)>,
    uses: u64,
}

impl Residents {
    /// Takes one out, to be changed; it comes back only when what it holds is remembered.
    pub(crate) fn take(&mut self, key: ExecutionKey) -> Option<Resident> {
        let (used, resident) = self.loaded.remove(&key)?;
        self.by_use.remove(&(used, key));
        Some(resident)
    }

    /// Puts one in; forgets the least recently used beyond `limit`.
    pub(crate) fn put(&mut self, key: ExecutionKey, resident: Resident, limit: usize) {
        self.uses += 1;
        if let Some((used, _)) = self.loaded.insert(key, (self.uses, resident)) {
            self.by_use.remove(&(used, key));
        }
        self.by_use.insert((self.uses, key));
        while self.loaded.len() > limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { return };
            self.loaded.remove(&oldest);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.loaded.len()
    }
}

/// The mail of all executions: in order for each, fair between them.
#[derive(Debug, Default)]
pub(crate) struct Post {
    boxes: BTreeMap<ExecutionKey, VecDeque<Mail>>,
    /// INVARIANT: holds each key of `boxes` once, unless its mail is being decided right now.
    ready: VecDeque<ExecutionKey>,
}

impl Post {
    /// Puts mail behind what waits already.
    pub(crate) fn deliver(&mut self, key: ExecutionKey, mail: Mail) {
        let letters = self.boxes.entry(key).or_default();
        if letters.is_empty() {
            self.ready.push_back(key);
        }
        letters.push_back(mail);
    }

    /// Puts mail before everything: a stop waits for nobody.
    pub(crate) fn deliver_first(&mut self, key: ExecutionKey, mail: Mail) {
        let letters = self.boxes.entry(key).or_default();
        letters.push_front(mail);
        self.ready.retain(|it| *it != key);
        self.ready.push_front(key);
    }

    /// The next execution with mail, and all of its letters. What is not decided is given back with
    /// [`Self::return_unread`]; the caller asks no more often than there were executions with mail when it began.
    pub(crate) fn next(&mut self) -> Option<(ExecutionKey, VecDeque<Mail>)> {
        let key = self.ready.pop_front()?;
        Some((key, self.boxes.remove(&key)?))
    }

    /// Throws away an execution's mail, and answers with it.
    pub(crate) fn discard(&mut self, key: ExecutionKey) -> VecDeque<Mail> {
        self.ready.retain(|it| *it != key);
        self.boxes.remove(&key).unwrap_or_default()
    }

    /// Puts letters back before those that have come since; their execution is not asked for again before the others.
    pub(crate) fn return_unread(&mut self, key: ExecutionKey, mut unread: VecDeque<Mail>) {
        if unread.is_empty() {
            return;
        }
        let letters = self.boxes.entry(key).or_default();
        if letters.is_empty() {
            self.ready.push_back(key);
        }
        unread.append(letters);
        *letters = unread;
    }

    /// Executions that have mail.
    pub(crate) fn len(&self) -> usize {
        self.ready.len()
    }
}
