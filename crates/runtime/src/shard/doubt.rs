//! A doubtful commit: it may or may not be remembered. Nothing is released, the store is opened again, and what it then
//! says is the truth. What is remembered is released, once; what is not is decided again.

use store::{Commit, Loaded, Lookup, StoreError};

use crate::limits::DOUBTS_MAX;
use crate::shard::Shard;
use crate::shard::arrival::AccessError;
use crate::shard::gather::Batch;
use crate::shard::load::LoadError;
use crate::shard::member::{Member, Origin};
use crate::shard::release::{Notice, Order, Release};

impl Shard {
    pub(crate) fn doubtful(&mut self, batch: Batch, message: &str, out: &mut Vec<Release>) {
        if let Err(error) = self.store.reopen() {
            return self.stop_with(&error);
        }
        out.push(Release::refusal(Order::Notify(Notice::Reopened { message: message.into() })));
        let (mut lost, count) = (Vec::new(), batch.len());
        for (member, commit) in batch.into_pairs() {
            match self.read_again(&commit) {
                Ok(Some(loaded)) => self.remembered_after_all(member, commit, loaded, out),
                Ok(None) => lost.push((commit.key, member)),
                Err(StoreError::Corrupt { message }) => self.damaged(member, &commit, &message, out),
                Err(error) => return self.stop_with(&error),
            }
        }
        let is_in_vain = lost.len() == count;
        for (key, member) in lost.into_iter().rev() {
            self.put_back(key, member);
        }
        self.doubts = if is_in_vain { self.doubts + 1 } else { 0 };
        // Deciding again for ever would keep a processor busy and nobody informed.
        if self.doubts >= DOUBTS_MAX {
            let message = format!("{DOUBTS_MAX} commits in a row failed half-way: {message}");
            self.stop_with(&StoreError::Unknown { message });
        }
    }

    /// What is remembered of the activation: `None` if it is not.
    fn read_again(&mut self, commit: &Commit) -> Result<Option<Loaded>, StoreError> {
        if let Some(opening) = &commit.opening {
            // The number alone proves nothing: one that was not remembered is given again.
            let row = self.store.find(&Lookup::Id(opening.info.id))?;
            if row.is_none_or(|row| row.key != commit.key) {
                return Ok(None);
            }
        }
        let loaded = self.store.load(commit.key)?;
        Ok((loaded.activations >= commit.activation).then_some(loaded))
    }

    fn remembered_after_all(
        &mut self,
        mut member: Member,
        mut commit: Commit,
        loaded: Loaded,
        out: &mut Vec<Release>,
    ) {
        if !loaded.events.ends_with(&commit.step.events) || loaded.activations != commit.activation {
            // Not what was decided here: then what is owed follows from what is remembered, and from nothing else.
            let activations = loaded.activations;
            match self.resident_of(loaded) {
                Ok(resident) => {
                    commit.activation = activations;
                    commit.status = resident.execution.status();
                    commit.settled = resident.execution.is_settled();
                    commit.closed_at = resident.closed_at;
                    commit.step.events.clear();
                    commit.step.effects = resident.execution.pending();
                    member.execution = resident.execution;
                }
                Err(LoadError::Damaged(reason)) => return self.damaged(member, &commit, &reason, out),
                Err(LoadError::Refused(error)) => {
                    return self.damaged(member, &commit, &error.to_string(), out);
                }
                Err(LoadError::Store(error)) => return self.stop_with(&error),
            }
        }
        self.done(member, commit, out);
    }

    fn damaged(&mut self, member: Member, commit: &Commit, reason: &str, out: &mut Vec<Release>) {
        let error = AccessError::Quarantined { key: commit.key, reason: reason.into() };
        match member.origin {
            Origin::Start(start) => {
                let answer = Err(crate::door::StartError::Refused { message: error.to_string() });
                out.push(Release::refusal(Order::AnswerStart { reply: start.reply, answer }));
            }
            Origin::Mail(letters) => {
                letters.into_iter().for_each(|mail| super::refuse_mail(mail, &error, out));
            }
            Origin::Timer => {}
        }
        self.set_aside(commit.key, reason, out);
    }
}
