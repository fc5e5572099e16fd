//! Waiting: whoever asked for the end of an execution is told of it when it is remembered, never before.

use store::ExecutionKey;

use crate::shard::Shard;
use crate::shard::arrival::{AccessError, ExecutionEnd, Until, WaitReply};
use crate::shard::commit::end_of;
use crate::shard::load::LoadError;
use crate::shard::release::{Cause, Order, Release};

impl Shard {
    /// Looks at executions that somebody has just asked for; those that go on are waited for.
    pub(crate) fn answer_waits(&mut self, out: &mut Vec<Release>) {
        for (key, until, reply) in std::mem::take(&mut self.asked) {
            self.answer_wait(key, until, reply, out);
        }
    }

    fn answer_wait(&mut self, key: ExecutionKey, until: Until, reply: WaitReply, out: &mut Vec<Release>) {
        let error = match self.take(key) {
            Ok(resident) => {
                let cause = Cause { key, activation: resident.activations };
                match end_of(&resident.execution).filter(|end| end.satisfies(until)) {
                    Some(end) => out.push(Release::of(cause, Order::AnswerWait { reply, answer: Ok(end) })),
                    None => self.waiting.entry(key).or_default().push((until, reply)),
                }
                return self.keep(key, resident);
            }
            Err(LoadError::Refused(error)) => error,
            Err(LoadError::Damaged(reason)) => {
                self.set_aside(key, &reason, out);
                AccessError::Quarantined { key, reason: reason.into() }
            }
            Err(LoadError::Store(error)) => {
                self.trouble(&error);
                AccessError::Store { message: error.to_string() }
            }
        };
        out.push(Release::refusal(Order::AnswerWait { reply, answer: Err(error) }));
    }

    /// An execution has ended, or has been settled behind its end.
    pub(crate) fn answer_waiting(&mut self, cause: Cause, end: &ExecutionEnd, out: &mut Vec<Release>) {
        let Some(waiting) = self.waiting.remove(&cause.key) else { return };
        let (satisfied, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(until, _)| end.satisfies(*until));
        for (_, reply) in satisfied {
            out.push(Release::of(cause, Order::AnswerWait { reply, answer: Ok(end.clone()) }));
        }
        if !others.is_empty() {
            self.waiting.insert(cause.key, others);
        }
    }

    /// Nothing more will be heard of an execution.
    pub(crate) fn refuse_waits(&mut self, key: ExecutionKey, error: &AccessError, out: &mut Vec<Release>) {
        for (_, reply) in self.waiting.remove(&key).unwrap_or_default() {
            out.push(Release::refusal(Order::AnswerWait { reply, answer: Err(error.clone()) }));
        }
    }
}
