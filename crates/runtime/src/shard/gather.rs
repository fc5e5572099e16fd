//! Gathering: what is due and what is queued becomes a batch of decided activations, at most one of each execution.

use std::collections::{BTreeSet, VecDeque};

use asl::{Entropy, Timestamp};
use machine::{Actor, Effect, Execution, Input, Status, TimerId};
use store::{Commit, ExecutionKey};

use crate::door::StartError;
use crate::limits::{ACTIVATION_INPUTS_MAX, BATCH_BYTES_MAX, BATCH_TIMERS_MAX};
use crate::seed_source::SeedSource;
use crate::shard::arrival::{AccessError, CallError, RedriveError, StartArrival, Stopped};
use crate::shard::load::LoadError;
use crate::shard::member::{Decided, Decision, Member, Origin, decide, is_empty, payload_bytes};
use crate::shard::release::{Cause, Order, Release};
use crate::shard::resident::{Mail, Resident};
use crate::shard::{Shard, refuse_mail};

/// Decided activations, and the commits that would remember them. INVARIANT: both have the same length.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) members: Vec<Member>,
    pub(crate) commits: Vec<Commit>,
    bytes: usize,
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.commits.len()
    }

    pub(crate) fn push(&mut self, member: Member, commit: Commit) {
        self.bytes += payload_bytes(&commit.step);
        self.members.push(member);
        self.commits.push(commit);
    }

    /// Takes the second half away.
    pub(crate) fn split_half(&mut self) -> Self {
        let at = self.len() / 2;
        Self { members: self.members.split_off(at), commits: self.commits.split_off(at), bytes: 0 }
    }

    pub(crate) fn into_pairs(self) -> impl DoubleEndedIterator<Item = (Member, Commit)> + ExactSizeIterator {
        self.members.into_iter().zip(self.commits)
    }
}

/// The circumstances of a turn.
struct Moment<'a> {
    now: Timestamp,
    seeds: &'a mut dyn SeedSource,
    out: &'a mut Vec<Release>,
}

impl Shard {
    /// Timers first, for they are late already; then mail; then what has not begun yet.
    pub(crate) fn gather(
        &mut self,
        now: Timestamp,
        seeds: &mut dyn SeedSource,
        out: &mut Vec<Release>,
    ) -> Batch {
        let mut moment = Moment { now, seeds, out };
        let mut batch = Batch::default();
        let fired = self.gather_timers(&mut batch, &mut moment);
        self.gather_mail(&mut batch, &fired, &mut moment);
        self.gather_starts(&mut batch, &mut moment);
        batch
    }

    fn has_room(&self, batch: &Batch) -> bool {
        batch.len() < self.members_max && batch.bytes < BATCH_BYTES_MAX && self.stopped.is_none()
    }

    /// Fires what is due, one timer of each execution; the others are still due in the next turn.
    fn gather_timers(&mut self, batch: &mut Batch, moment: &mut Moment<'_>) -> BTreeSet<ExecutionKey> {
        let mut fired = BTreeSet::new();
        if self.next_due.is_none_or(|due| due > moment.now) {
            return fired;
        }
        let due = match self.store.due_timers(moment.now, BATCH_TIMERS_MAX) {
            Ok(due) => due,
            Err(error) => {
                self.trouble(&error);
                return fired;
            }
        };
        for timer in due {
            assert!(timer.due_at <= moment.now, "a timer is never fired early");
            if self.has_room(batch) && fired.insert(timer.key) {
                self.fire(timer.key, timer.timer, batch, moment);
            }
        }
        fired
    }

    fn fire(&mut self, key: ExecutionKey, timer: TimerId, batch: &mut Batch, moment: &mut Moment<'_>) {
        match self.take(key) {
            Ok(resident) => {
                let inputs = vec![(Actor::Timer, Input::TimerFired { timer })];
                let decision = Decision { key, resident, inputs, opening: None };
                let Some(mut decided) = self.decided(decision, moment) else { return };
                // The row goes with this commit, whatever the timer still means to the execution.
                let goes =
                    |it: &Effect| matches!(it, Effect::ClearTimer { timer: cleared } if *cleared == timer);
                if !decided.commit.step.effects.iter().any(goes) {
                    decided.commit.step.effects.push(Effect::ClearTimer { timer });
                }
                batch.add(decided, Origin::Timer);
            }
            Err(LoadError::Damaged(reason)) => self.set_aside(key, &reason, moment.out),
            Err(LoadError::Refused(_)) => {}
            Err(LoadError::Store(error)) => self.trouble(&error),
        }
    }

    fn gather_mail(&mut self, batch: &mut Batch, fired: &BTreeSet<ExecutionKey>, moment: &mut Moment<'_>) {
        for _ in 0..self.post.len() {
            if !self.has_room(batch) {
                return;
            }
            let Some((key, letters)) = self.post.next() else { return };
            if fired.contains(&key) {
                self.post.return_unread(key, letters);
                continue;
            }
            match self.take(key) {
                Ok(resident) => self.consider(key, resident, letters, batch, moment),
                Err(LoadError::Refused(error)) => refuse_all(letters, &error, moment.out),
                Err(LoadError::Damaged(reason)) => {
                    let error = AccessError::Quarantined { key, reason: reason.as_str().into() };
                    refuse_all(letters, &error, moment.out);
                    self.set_aside(key, &reason, moment.out);
                }
                Err(LoadError::Store(error)) => {
                    self.post.return_unread(key, letters);
                    return self.trouble(&error);
                }
            }
        }
    }

    fn consider(
        &mut self,
        key: ExecutionKey,
        resident: Resident,
        mut letters: VecDeque<Mail>,
        batch: &mut Batch,
        moment: &mut Moment<'_>,
    ) {
        let (activations, closed_at) = (resident.activations, resident.closed_at);
        if let Some(order) = refusal(&resident.execution, &mut letters, moment.now) {
            moment.out.push(Release::of(Cause { key, activation: activations }, order));
            self.post.return_unread(key, letters);
            return self.keep(key, resident);
        }
        let together = letters.iter().take(together(&letters));
        let inputs = together.map(|mail| (mail.actor.clone(), mail.input.clone())).collect();
        let Some(decided) = self.decided(Decision { key, resident, inputs, opening: None }, moment) else {
            let reason = "an assertion of Baton itself failed".into();
            return refuse_all(letters, &AccessError::Quarantined { key, reason }, moment.out);
        };
        let unread = letters.split_off(decided.inputs_used);
        self.post.return_unread(key, unread);
        if !is_empty(&decided.commit.step) {
            return batch.add(decided, Origin::Mail(letters.into()));
        }
        // Nothing came of it: there is nothing to remember before it is answered.
        let status = decided.commit.status;
        let cause = Cause { key, activation: activations };
        for mail in letters {
            let answer = Ok(Stopped { status, had_ended: status != Status::Running });
            let stop = |reply| Release::of(cause, Order::AnswerStop { reply, answer });
            moment.out.extend(mail.stop.map(stop));
            let call = |reply| Release::of(cause, Order::AnswerCall { reply, answer: Ok(()) });
            moment.out.extend(mail.call.map(call));
        }
        self.keep(key, Resident { execution: decided.execution, activations, closed_at });
    }

    /// Decides; an execution that hurts an assertion of ours is set aside, alone.
    fn decided(&mut self, decision: Decision, moment: &mut Moment<'_>) -> Option<Decided> {
        let key = decision.key;
        let mut entropy = Entropy::from_seed(moment.seeds.seed());
        match decide(decision, moment.now, &mut entropy) {
            Ok(decided) => Some(decided),
            Err(reason) => {
                self.set_aside(key, &reason, moment.out);
                None
            }
        }
    }

    fn gather_starts(&mut self, batch: &mut Batch, moment: &mut Moment<'_>) {
        let mut key = self.store.next_key();
        while self.has_room(batch) {
            let Some(start) = self.starts.pop_front() else { return };
            self.begin(key, start, batch, moment);
            key = ExecutionKey(key.0 + 1);
        }
    }

    fn begin(
        &mut self,
        key: ExecutionKey,
        mut start: StartArrival,
        batch: &mut Batch,
        moment: &mut Moment<'_>,
    ) {
        let request = start.admitted.request();
        self.know_revision(request.revision_key, &request.revision);
        match start.take_first(key, moment.now, || Entropy::from_seed(moment.seeds.seed())) {
            Ok(decided) => batch.add(decided, Origin::Start(Box::new(start))),
            Err(message) => {
                let answer = Err(StartError::Refused { message });
                moment.out.push(Release::refusal(Order::AnswerStart { reply: start.reply, answer }));
            }
        }
    }
}

impl Batch {
    fn add(&mut self, decided: Decided, origin: Origin) {
        let Decided { execution, status_before, commit, inputs_used: _ } = decided;
        self.push(Member { execution, origin, status_before }, commit);
    }
}

/// What the first letter is answered if nothing can come of it: whoever calls is too late, or asks for what cannot be.
fn refusal(execution: &Execution, letters: &mut VecDeque<Mail>, now: Timestamp) -> Option<Order> {
    let first = letters.front()?;
    if first.call.is_some() && !execution.expects(&first.input) {
        let reply = letters.pop_front()?.call?;
        return Some(Order::AnswerCall { reply, answer: Err(CallError::TaskTimedOut) });
    }
    let why = first.redrive.as_ref().and_then(|_| execution.redrivable(now).err())?;
    let reply = letters.pop_front()?.redrive?;
    Some(Order::AnswerRedrive { reply, answer: Err(RedriveError::NotRedrivable(why)) })
}

/// How many letters are decided as one activation. A stop stands alone: it is small, and fits where others do not. So does
/// a call: whoever makes it is told whether it came too late.
fn together(letters: &VecDeque<Mail>) -> usize {
    let before = letters.iter().take_while(|mail| !mail.stands_alone()).count();
    before.clamp(1, ACTIVATION_INPUTS_MAX)
}

fn refuse_all(letters: VecDeque<Mail>, error: &AccessError, out: &mut Vec<Release>) {
    letters.into_iter().for_each(|mail| refuse_mail(mail, error, out));
}
