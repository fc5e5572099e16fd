//! The group commit: remembered first, released afterwards. And what to do when it is not remembered.
//!
//! `Rejected`: halves, until the one that is at fault stands alone and is set aside. `Full`: everything is kept, and
//! stops are tried on their own. `Unknown`: see `doubt.rs`.

use std::sync::Arc;

use asl::state::StateKind;
use machine::{Effect, Execution, Status, TaskOrder};
use store::{Commit, Committed as Outcome, ExecutionKey, StoreError};

use crate::claim_key::{Entry, claim_key};
use crate::door::StartError;
use crate::result_check::result_check;
use crate::shard::Shard;
use crate::shard::arrival::{AccessError, ExecutionEnd, Redriven, StartArrival, Started, Stopped, Until};
use crate::shard::gather::Batch;
use crate::shard::load::LoadError;
use crate::shard::member::{Member, Origin, cause_of, first_timer};
use crate::shard::release::{Cause, Committed, Notice, Order, Release, TaskJob};
use crate::shard::resident::Resident;
use crate::task_runner::{Submission, TaskRequest, map_run_resource};

impl Shard {
    /// Remembers a batch and releases what it leads to.
    pub(crate) fn commit(&mut self, mut batch: Batch, out: &mut Vec<Release>) {
        if batch.len() == 0 || self.stopped.is_some() {
            return;
        }
        #[cfg(test)]
        self.release_early(&batch, out);
        match self.store.commit(&batch.commits) {
            Ok(outcomes) => self.remembered(batch, outcomes, out),
            Err(StoreError::Rejected { message } | StoreError::Missing { message }) => {
                if batch.len() == 1 {
                    return self.poisoned(batch, &message, out);
                }
                let second = batch.split_half();
                self.commit(batch, out);
                self.commit(second, out);
            }
            Err(
                StoreError::Full { message }
                | StoreError::InUse { message }
                | StoreError::Unusable { message },
            ) => self.no_room(batch, &message, out),
            Err(StoreError::Unknown { message }) => self.doubtful(batch, &message, out),
            Err(error @ StoreError::Corrupt { .. }) => self.stop_with(&error),
        }
    }

    fn remembered(&mut self, batch: Batch, outcomes: Vec<Outcome>, out: &mut Vec<Release>) {
        self.counters.commits += 1;
        self.doubts = 0;
        self.members_max = (self.members_max * 2).min(self.settings.batch_members_max.max(1));
        for ((member, commit), outcome) in batch.into_pairs().zip(outcomes) {
            match outcome {
                Outcome::Done => self.done(member, commit, out),
                Outcome::NameTaken { existing } => self.name_taken(member, existing, out),
            }
        }
    }

    /// A member is remembered: now, and only now, what it leads to may leave.
    pub(crate) fn done(&mut self, member: Member, commit: Commit, out: &mut Vec<Release>) {
        let cause = cause_of(&commit);
        let Member { execution, origin, status_before } = member;
        let Commit { key, activation, step, status, settled, closed_at, .. } = commit;
        self.counters.activations += 1;
        self.counters.started += u64::from(matches!(origin, Origin::Start(_)));
        self.counters.ended += u64::from(status_before == Status::Running && status != Status::Running);
        if let Some(at) = first_timer(&step).filter(|_| status == Status::Running) {
            self.next_due = Some(self.next_due.map_or(at, |due| due.min(at)));
        }
        for effect in &step.effects {
            out.extend(self.order(cause, &execution, effect));
        }
        let end = end_of(&execution);
        // The children of Map Runs are many, and their run says how they stand.
        if self.settings.shows && execution.revision().is_whole() {
            let arn = execution.info().arn.clone();
            let events: Arc<[_]> = step.events.into();
            let shown = Committed { key, arn, activation, events, status, settled };
            out.push(Release::of(cause, Order::Show(shown)));
        }
        answer(origin, cause, &execution, status_before, end.as_ref(), out);
        if let Some(end) = end {
            self.answer_waiting(cause, &end, out);
        }
        if step.more || execution.is_interrupted() {
            self.goes_on(key);
        }
        self.keep(key, Resident { execution, activations: activation, closed_at });
    }

    /// What leaves for an effect. Timers do not: their rows were remembered with the commit.
    pub(crate) fn order(&self, cause: Cause, execution: &Execution, effect: &Effect) -> Option<Release> {
        let order = match effect {
            Effect::RunTask(order) => Order::RunTask(self.job(cause.key, execution, order)),
            Effect::AbandonTask(order) => Order::AbandonTask(self.job(cause.key, execution, order)),
            Effect::SetTimer { .. } | Effect::ClearTimer { .. } => return None,
        };
        Some(Release::of(cause, order))
    }

    fn job(&self, key: ExecutionKey, execution: &Execution, order: &TaskOrder) -> TaskJob {
        let revision = execution.revision();
        let state = revision.machine.state(order.state);
        let resource = match &state.kind {
            StateKind::Task(task) => task.resource.clone(),
            StateKind::Map(_) => map_run_resource(),
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_)
            | StateKind::Parallel(_) => unreachable!("only a Task or a Map orders a task"),
        };
        let entry = Entry {
            engine: self.engine_id,
            execution: execution.info().id,
            path: &order.path,
            entry: order.entry,
        };
        let request = TaskRequest {
            key: claim_key(&entry),
            attempt: order.attempt,
            is_redelivery: false,
            resource,
            arguments: order.arguments.clone(),
            timeout_seconds: order.timeout_seconds,
            result_bytes_max: revision.limits.payload_bytes_max,
            execution_arn: execution.info().arn.clone(),
            state: state.name.clone(),
            check: result_check(revision.clone(), order.state),
            map_run: order.map_run.clone(),
            submission: Submission::default(),
        };
        TaskJob { key, task: order.task, request }
    }

    /// An equal request has started it before, or another execution has its name.
    fn name_taken(&mut self, member: Member, existing: ExecutionKey, out: &mut Vec<Release>) {
        let Origin::Start(start) = member.origin else {
            unreachable!("only a start can find its name taken")
        };
        match self.take(existing) {
            Ok(resident) => {
                let cause = Cause { key: existing, activation: resident.activations };
                let answer = existing_answer(&start, existing, &resident.execution);
                out.push(Release::of(cause, Order::AnswerStart { reply: start.reply, answer }));
                self.keep(existing, resident);
            }
            Err(LoadError::Store(error)) => {
                self.starts.push_front(*start);
                self.trouble(&error);
            }
            Err(LoadError::Refused(error)) => refuse_start(*start, error.to_string(), out),
            Err(LoadError::Damaged(reason)) => {
                self.set_aside(existing, &reason, out);
                let error = AccessError::Quarantined { key: existing, reason: reason.into() };
                refuse_start(*start, error.to_string(), out);
            }
        }
    }

    /// The one member that keeps the others from being remembered.
    fn poisoned(&mut self, batch: Batch, message: &str, out: &mut Vec<Release>) {
        for (member, commit) in batch.into_pairs() {
            match member.origin {
                Origin::Start(start) => refuse_start(*start, message.to_owned(), out),
                Origin::Mail(letters) => {
                    let error = AccessError::Quarantined { key: commit.key, reason: message.into() };
                    letters.into_iter().for_each(|mail| super::refuse_mail(mail, &error, out));
                    self.set_aside(commit.key, message, out);
                }
                Origin::Timer => self.set_aside(commit.key, message, out),
            }
        }
    }

    /// Nothing is remembered and nothing is lost: stops are small and may still fit, everything else is tried again.
    fn no_room(&mut self, batch: Batch, message: &str, out: &mut Vec<Release>) {
        self.is_troubled = true;
        if self.blocked.replace(message.into()).is_none() {
            out.push(Release::refusal(Order::Notify(Notice::Blocked { message: message.into() })));
        }
        self.members_max = (batch.len() / 2).max(1);
        let mut stops = Batch::default();
        let is_mixed = batch.members.iter().any(|it| !it.is_stop());
        for (member, commit) in batch.into_pairs().rev() {
            if is_mixed && member.is_stop() {
                stops.push(member, commit);
            } else {
                self.put_back(commit.key, member);
            }
        }
        if stops.len() > 0 {
            // A stop that fits says nothing of the rest, which is tried after a pause.
            let members_max = self.members_max;
            self.commit(stops, out);
            self.members_max = members_max;
        }
    }

    #[cfg(test)]
    fn release_early(&mut self, batch: &Batch, out: &mut Vec<Release>) {
        if !self.releases_early {
            return;
        }
        for (member, commit) in batch.members.iter().zip(&batch.commits) {
            for effect in &commit.step.effects {
                out.extend(self.order(cause_of(commit), &member.execution, effect));
            }
        }
    }
}

impl Member {
    fn is_stop(&self) -> bool {
        matches!(&self.origin, Origin::Mail(letters) if letters.iter().any(|mail| mail.stop.is_some()))
    }
}

fn answer(
    origin: Origin,
    cause: Cause,
    execution: &Execution,
    status_before: Status,
    end: Option<&ExecutionEnd>,
    out: &mut Vec<Release>,
) {
    match origin {
        Origin::Start(start) => {
            let info = execution.info().clone();
            let answer = Ok(Started { key: cause.key, info, existed: false, end: end.cloned() });
            out.push(Release::of(cause, Order::AnswerStart { reply: start.reply, answer }));
        }
        Origin::Mail(letters) => {
            let stopped = Stopped { status: execution.status(), had_ended: status_before != Status::Running };
            let redriven = Redriven {
                count: execution.redrive_count(),
                at: execution.redriven_at().unwrap_or_default(),
            };
            for mail in letters {
                out.extend(
                    mail.call.map(|reply| Release::of(cause, Order::AnswerCall { reply, answer: Ok(()) })),
                );
                let stop = |reply| Release::of(cause, Order::AnswerStop { reply, answer: Ok(stopped) });
                out.extend(mail.stop.map(stop));
                let redrive =
                    |reply| Release::of(cause, Order::AnswerRedrive { reply, answer: Ok(redriven) });
                out.extend(mail.redrive.map(redrive));
            }
        }
        Origin::Timer => {}
    }
}

fn existing_answer(
    start: &StartArrival,
    existing: ExecutionKey,
    execution: &Execution,
) -> Result<Started, StartError> {
    if execution.input() != Some(&start.admitted.request().input) {
        let name = execution.info().name.clone();
        return Err(StartError::ExecutionAlreadyExists { name, existing });
    }
    Ok(Started { key: existing, info: execution.info().clone(), existed: true, end: end_of(execution) })
}

fn refuse_start(start: StartArrival, message: String, out: &mut Vec<Release>) {
    let answer = Err(StartError::Refused { message });
    out.push(Release::refusal(Order::AnswerStart { reply: start.reply, answer }));
}

/// How an execution ended, if it has.
pub(crate) fn end_of(execution: &Execution) -> Option<ExecutionEnd> {
    (execution.status() != Status::Running).then(|| ExecutionEnd {
        status: execution.status(),
        output: execution.output().cloned(),
        failure: execution.failure().cloned(),
        settled: execution.is_settled(),
        started_at: execution.started_at(),
        ended_at: execution.ended_at(),
        redrives: execution.redrive_count(),
    })
}

impl ExecutionEnd {
    /// Whether somebody who waits `until` then has waited long enough.
    pub(crate) fn satisfies(&self, until: Until) -> bool {
        until == Until::Ended || self.settled
    }
}
