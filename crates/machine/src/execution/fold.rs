//! The fold: how each remembered event changes an execution. Touches, does not choose, evaluates no expression.
//!
//! This file and `fold/redriven.rs` are the only ones that change an [`Execution`]; life and recovery both go through them.

mod redriven;

use std::sync::Arc;

use asl::resource::ResourceKind;
use asl::state::StateKind;
use asl::{Failure, StateId};

use crate::committed;
use crate::event::{Due, Event, Fact, Numbered, Reason};
use crate::execution::{Execution, Status};
use crate::failing::retriers;
use crate::frame::{Activity, At, Branches, Frame, Item, Parent, Phase, RunningTask, StartedMapRun, Visit};
use crate::ids::{FrameId, TaskId, TimerId};
use crate::token::{Secret, TaskToken};

impl Execution {
    /// Takes one remembered event into account. Touches, does not choose, evaluates no expression.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each fact")]
    pub fn apply(&mut self, event: &Event) {
        if event.id > 0 {
            assert_eq!(event.id, self.next.event, "the history of {} has a gap", self.info.arn);
            self.next.event = event.id + 1;
        }
        match &event.fact {
            Fact::ExecutionStarted { input, timeout, .. } => self.started(event, input, *timeout),
            Fact::ExecutionSucceeded { output, .. } => {
                self.number(output);
                self.output = Some(output.payload.clone());
                self.ended(event, Status::Succeeded, None);
            }
            Fact::ExecutionFailed { failure, .. } => self.ended(event, Status::Failed, Some(failure)),
            Fact::ExecutionTimedOut { failure } => self.ended(event, Status::TimedOut, Some(failure)),
            Fact::ExecutionAborted { failure } => self.ended(event, Status::Aborted, Some(failure)),
            Fact::ExecutionRedriven { count, timeout } => self.redriven(event, *count, *timeout),
            Fact::StateRedriven { frame, .. } => self.taken_up(event, *frame),
            Fact::StateEntered { frame, state, input, .. } => self.entered(event, *frame, *state, input),
            Fact::StateExited { frame, output, assigned, next, .. } => {
                self.number(output);
                let frame_id = *frame;
                let frame = self.touch(frame_id, event);
                for (name, value) in assigned {
                    frame.variables.set(name.clone(), value.clone());
                }
                self.moved_on(frame_id, *next, output.clone());
            }
            Fact::EvaluationFailed { frame, .. } | Fact::TaskStarted { frame } => {
                _ = self.touch(*frame, event);
            }
            Fact::TokenIssued { frame, task, attempt, secret } => {
                self.token_issued(*frame, *task, *attempt, *secret);
            }
            Fact::TaskScheduled { frame, .. } => self.scheduled(*frame, event),
            Fact::ActivityStarted { frame, heartbeat, .. } => {
                self.activity_started(*frame, event, *heartbeat);
            }
            Fact::TaskSubmitted { frame, output } => self.submitted(*frame, event, output),
            Fact::HeartbeatRecorded { frame, due } => self.heartbeat_recorded(*frame, *due),
            Fact::TaskSucceeded { frame, output, .. } => {
                self.number(output);
                self.touch(*frame, event);
                self.task_ended(*frame, || true);
            }
            Fact::TaskFailed { frame, failure } => {
                self.touch(*frame, event);
                self.task_ended(*frame, || committed::is_marked(failure));
            }
            Fact::TaskTimedOut { frame, .. } => {
                self.touch(*frame, event);
                self.task_ended(*frame, || false);
            }
            Fact::TaskAbandonRequested { frame, reason } => self.abandon_requested(*frame, reason),
            Fact::TaskSettled { frame, committed } => {
                committed.iter().for_each(|output| self.number(output));
                self.settled(*frame, committed.is_some());
            }
            // AWS lets what follows follow the event before: `last` stays. A role is only told.
            Fact::StateAborted { .. } | Fact::CredentialsEvaluated { .. } => {}
            Fact::RetryScheduled { frame, retrier, due } => self.retry_scheduled(*frame, *retrier, *due),
            Fact::WaitScheduled { frame, due } => {
                self.timer(due.timer);
                self.visit_mut(*frame).activity = Activity::Waiting(*due);
            }
            Fact::MapStateStarted { frame, items, concurrency } => {
                self.number(items);
                self.touch(*frame, event);
                let count = items.payload.value().as_array().map_or(0, <[asl::Json]>::len);
                self.branches_started(*frame, branches(count, Some(items.clone()), *concurrency));
            }
            Fact::DistributedMapStarted { frame, .. } => _ = self.touch(*frame, event),
            Fact::MapRunStarted { frame, .. } => self.map_run_started(*frame, event),
            Fact::MapRunSucceeded { frame, output } => {
                self.number(output);
                self.touch(*frame, event);
                self.visit_mut(*frame).activity = Activity::Deciding;
            }
            Fact::MapRunRedriven { frame, .. } => self.map_run_redriven(*frame, event),
            Fact::MapRunFailed { frame, .. } | Fact::MapRunAborted { frame } => {
                self.touch(*frame, event);
                let visit = self.visit_mut(*frame);
                visit.map_run = visit.map_run_under_way();
                visit.activity = Activity::Deciding;
            }
            Fact::MapIterationStarted { frame, child, index, input, .. } => {
                self.iteration_started(event, *frame, *child, *index, input);
            }
            Fact::ParallelStateStarted { frame, input, child_first } => {
                self.parallel_started(event, *frame, input, *child_first);
            }
            Fact::MapIterationSucceeded { child } | Fact::BranchSucceeded { child } => {
                self.child_succeeded(event, *child);
            }
            Fact::MapIterationFailed { child } | Fact::BranchFailed { child } => {
                let ended = self.child_ended(*child);
                self.fell(*child, ended);
            }
            // Wound up: what the state above fails by is the child that failed, not this one.
            Fact::MapIterationAborted { child } | Fact::BranchAborted { child } => {
                let gone = self.child_gone(*child);
                self.fell(*child, gone);
            }
            Fact::FailureHeld { frame, failure } => {
                if let Activity::Branches(branches) = &mut self.visit_mut(*frame).activity {
                    branches.failing = Some(failure.clone());
                }
            }
            // AWS lets the state's exit follow the last inner event, not this one: `last` stays.
            Fact::MapStateSucceeded { frame } | Fact::ParallelStateSucceeded { frame } => {
                self.branches_ended(*frame);
            }
            Fact::MapStateFailed { frame } | Fact::ParallelStateFailed { frame } => {
                self.touch(*frame, event);
                self.branches_ended(*frame);
            }
        }
    }

    fn started(&mut self, event: &Event, input: &Numbered, timeout: Option<Due>) {
        self.number(input);
        self.started_at = event.at;
        self.input = Some(input.payload.clone());
        self.timeout = timeout.map(|due| due.timer);
        timeout.iter().for_each(|due| self.timer(due.timer));
        let root = self.revision.machine.scope(self.revision.scope);
        let frame = Frame {
            parent: None,
            path: "".into(),
            // AWS's first StateEntered names no cause.
            last: 0,
            entries: 0,
            variables: asl::Variables::default(),
            item: None,
            at: At::Before { state: root.start_at, input: input.clone() },
        };
        self.frames.insert(FrameId::ROOT, frame);
        self.ready.push_back(FrameId::ROOT);
    }

    /// Keeps the frames whose attempts are still to be settled; the others only for a redrive.
    fn ended(&mut self, event: &Event, status: Status, failure: Option<&Failure>) {
        self.status = status;
        self.failure = failure.cloned();
        self.ended_at = Some(event.at);
        self.ready.clear();
        self.timeout = None;
        let frames = std::mem::take(&mut self.frames);
        let unsettled = frames.iter().filter(|(_, frame)| frame.task().is_some());
        self.frames = unsettled.map(|(id, frame)| (*id, frame.clone())).collect();
        if status != Status::Succeeded {
            self.unsuccessful = frames;
        }
        for frame in self.frames.values_mut() {
            frame.parent = None;
            if let Some(Visit { activity: Activity::Task(task), .. }) = frame.visit_mut() {
                task.abandoned = Some(Reason::Doomed);
                task.timeout = None;
                task.heartbeat = None;
            }
        }
    }

    fn entered(&mut self, event: &Event, id: FrameId, state: StateId, input: &Numbered) {
        self.number(input);
        self.no_longer_ready(id);
        let retriers = retriers(&self.revision.machine.state(state).kind).len();
        let frame = self.touch(id, event);
        frame.entries += 1;
        let visit = Visit {
            state,
            input: input.clone(),
            entered_at: event.at,
            entered_event: event.id,
            entered_previous: event.previous,
            entry: frame.entries,
            retries: vec![0; retriers],
            attempts: 0,
            task: None,
            token: None,
            has_committed: false,
            is_redriven: false,
            run: None,
            map_run: None,
            activity: Activity::Deciding,
        };
        frame.at = At::In(Box::new(visit));
    }

    /// Here, and not where the activation takes it: a rebuilt execution must go on with the same frame.
    fn no_longer_ready(&mut self, id: FrameId) {
        if let Some(at) = self.ready.iter().position(|frame| *frame == id) {
            self.ready.remove(at);
        }
    }

    fn moved_on(&mut self, id: FrameId, next: Option<StateId>, output: Numbered) {
        let frame = self.frame_mut(id);
        match next {
            Some(state) => {
                frame.at = At::Before { state, input: output };
                self.ready.push_back(id);
            }
            None => frame.at = At::Done { output },
        }
    }

    fn scheduled(&mut self, id: FrameId, event: &Event) {
        let Fact::TaskScheduled {
            task,
            attempt,
            arguments,
            timeout_seconds,
            heartbeat_seconds,
            timeout,
            heartbeat,
            ..
        } = &event.fact
        else {
            unreachable!("only called for TaskScheduled");
        };
        self.number(arguments);
        self.next.task = self.next.task.max(task.0 + 1);
        [timeout, heartbeat].into_iter().flatten().for_each(|due| self.timer(due.timer));
        self.touch(id, event);
        let phase = self.phase_at_first(id);
        let visit = self.visit_mut(id);
        visit.task = Some(*task);
        visit.attempts = *attempt;
        visit.activity = Activity::Task(RunningTask {
            task: *task,
            arguments: arguments.clone(),
            timeout_seconds: *timeout_seconds,
            heartbeat_seconds: *heartbeat_seconds,
            timeout: *timeout,
            heartbeat: *heartbeat,
            abandoned: None,
            phase,
            map_run: None,
        });
    }

    fn map_run_started(&mut self, id: FrameId, event: &Event) {
        let Fact::MapRunStarted { task, attempt, arn, plan, items, .. } = &event.fact else {
            unreachable!("only called for MapRunStarted");
        };
        self.number(plan);
        items.iter().for_each(|items| self.number(items));
        self.next.task = self.next.task.max(task.0 + 1);
        self.touch(id, event);
        let started = StartedMapRun { arn: arn.clone(), items: items.clone(), redrives: 0 };
        self.map_run_ordered(id, *task, *attempt, plan, started);
    }

    fn map_run_redriven(&mut self, id: FrameId, event: &Event) {
        let Fact::MapRunRedriven { task, attempt, redrives, .. } = &event.fact else {
            unreachable!("only called for MapRunRedriven");
        };
        self.touch(id, event);
        let run = self.visit_mut(id).map_run.take();
        let (started, plan) = *run.expect("a Map Run that is redriven was started");
        let started = StartedMapRun { redrives: *redrives, ..started };
        self.map_run_ordered(id, *task, *attempt, &plan, started);
    }

    fn map_run_ordered(
        &mut self,
        id: FrameId,
        task: TaskId,
        attempt: u32,
        plan: &Numbered,
        started: StartedMapRun,
    ) {
        let visit = self.visit_mut(id);
        visit.task = Some(task);
        visit.attempts = attempt;
        visit.activity = Activity::Task(RunningTask {
            task,
            arguments: plan.clone(),
            timeout_seconds: None,
            heartbeat_seconds: None,
            timeout: None,
            heartbeat: None,
            abandoned: None,
            phase: Phase::Ordered,
            map_run: Some(started),
        });
    }

    /// Who is at an attempt when it is scheduled: an activity's workers are offered it, everything else has a runner.
    fn phase_at_first(&self, id: FrameId) -> Phase {
        match &self.revision.machine.state(self.visit(id).state).kind {
            StateKind::Task(task) if task.resource.kind == ResourceKind::Activity => Phase::Offered,
            _ => Phase::Ordered,
        }
    }

    /// Who is at an attempt once it is submitted: whoever has its token, or still its runner.
    fn phase_once_submitted(&self, id: FrameId) -> Phase {
        match &self.revision.machine.state(self.visit(id).state).kind {
            StateKind::Task(task) if task.resource.waits_for_token() => Phase::Submitted,
            _ => Phase::Awaited,
        }
    }

    fn token_issued(&mut self, id: FrameId, task: TaskId, attempt: u32, secret: Secret) {
        self.next.task = self.next.task.max(task.0 + 1);
        let execution = self.info.id;
        let visit = self.visit_mut(id);
        visit.task = Some(task);
        visit.token = Some(TaskToken { execution, task, attempt, secret });
    }

    fn activity_started(&mut self, id: FrameId, event: &Event, heartbeat: Option<Due>) {
        heartbeat.iter().for_each(|due| self.timer(due.timer));
        self.touch(id, event);
        if let Activity::Task(task) = &mut self.visit_mut(id).activity {
            task.phase = Phase::Taken;
            task.heartbeat = heartbeat;
        }
    }

    fn submitted(&mut self, id: FrameId, event: &Event, output: &Numbered) {
        self.number(output);
        self.touch(id, event);
        let phase = self.phase_once_submitted(id);
        if let Activity::Task(task) = &mut self.visit_mut(id).activity {
            task.phase = phase;
        }
    }

    fn heartbeat_recorded(&mut self, id: FrameId, due: Due) {
        self.timer(due.timer);
        if let Activity::Task(task) = &mut self.visit_mut(id).activity {
            task.heartbeat = Some(due);
        }
    }

    fn abandon_requested(&mut self, id: FrameId, reason: &Reason) {
        if let Activity::Task(task) = &mut self.visit_mut(id).activity {
            task.abandoned = Some(reason.clone());
            task.timeout = None;
            task.heartbeat = None;
        }
    }

    /// An attempt is over; `took_effect` is what it would have committed, were it one that commits.
    /// Asked only then: a cause has to be read for it.
    fn task_ended(&mut self, id: FrameId, took_effect: impl FnOnce() -> bool) {
        let revision = self.revision.clone();
        let visit = self.visit_mut(id);
        let kind = &revision.machine.state(visit.state).kind;
        visit.has_committed = visit.has_committed || committed::answer_commits(visit, kind) && took_effect();
        visit.activity = Activity::Deciding;
    }

    fn retry_scheduled(&mut self, id: FrameId, retrier: u32, due: Due) {
        self.timer(due.timer);
        let visit = self.visit_mut(id);
        if let Some(count) = visit.retries.get_mut(retrier as usize) {
            *count += 1;
        }
        // All of it runs again.
        visit.run = None;
        visit.map_run = None;
        visit.activity = Activity::Retrying(due);
    }

    fn branches_started(&mut self, id: FrameId, branches: Branches) {
        let visit = self.visit_mut(id);
        visit.attempts += 1;
        visit.run = None;
        visit.activity = Activity::Branches(branches);
    }

    fn branches_ended(&mut self, id: FrameId) {
        let visit = self.visit_mut(id);
        if let Activity::Branches(branches) = std::mem::replace(&mut visit.activity, Activity::Deciding) {
            visit.run = Some(Box::new(branches));
        }
    }

    fn parallel_started(&mut self, event: &Event, id: FrameId, input: &Numbered, child_first: FrameId) {
        self.number(input);
        self.touch(id, event);
        let revision = self.revision.clone();
        let StateKind::Parallel(parallel) = &revision.machine.state(self.visit(id).state).kind else {
            unreachable!("the event was made for a Parallel state");
        };
        let count =
            u32::try_from(parallel.branches.len()).expect("a definition has fewer than 2^32 branches");
        let mut group = branches(parallel.branches.len(), None, count);
        group.live = count;
        group.index_next = count;
        self.branches_started(id, group);
        for (index, scope) in (0..count).zip(&parallel.branches) {
            let start_at = revision.machine.scope(*scope).start_at;
            self.child_started(event.id, id, FrameId(child_first.0 + index), index, start_at, input, None);
        }
    }

    fn iteration_started(
        &mut self,
        event: &Event,
        id: FrameId,
        child: FrameId,
        index: u32,
        input: &Numbered,
    ) {
        self.number(input);
        let revision = self.revision.clone();
        let StateKind::Map(map) = &revision.machine.state(self.visit(id).state).kind else {
            unreachable!("the event was made for a Map state");
        };
        let mut item = None;
        if let Activity::Branches(branches) = &mut self.visit_mut(id).activity {
            branches.live += 1;
            branches.index_next = index + 1;
            let items = branches.items.as_ref().and_then(|items| items.payload.value().as_array());
            item = items
                .and_then(|items| items.get(index as usize))
                .map(|value| Item { index, value: value.clone() });
        }
        let start_at = revision.machine.scope(map.processor).start_at;
        self.child_started(event.id, id, child, index, start_at, input, item);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one child, named at both call sites")]
    fn child_started(
        &mut self,
        last: u64,
        parent: FrameId,
        child: FrameId,
        index: u32,
        start_at: StateId,
        input: &Numbered,
        item: Option<Item>,
    ) {
        self.next.frame = self.next.frame.max(child.0 + 1);
        let above = self.frame(parent);
        let visit = above.visit().expect("a parent is in its state");
        let frame = Frame {
            parent: Some(Parent { frame: parent, index }),
            path: child_path(&above.path, visit, index),
            last,
            entries: 0,
            variables: above.variables.clone(),
            item,
            at: At::Before { state: start_at, input: input.clone() },
        };
        self.frames.insert(child, frame);
        self.ready.push_back(child);
    }

    fn child_succeeded(&mut self, event: &Event, child: FrameId) {
        let Some((parent, frame)) = self.child_ended(child) else { return };
        let At::Done { output } = frame.at else { return };
        let index = frame.parent.map_or(0, |parent| parent.index as usize);
        if let Activity::Branches(branches) = &mut self.visit_mut(parent).activity {
            branches.done += 1;
            branches.results[index] = Some(output);
            // AWS lets the next iteration follow what this one did last, and the end of the Map the end of its last iteration.
            if event.id > 0 && branches.done as usize == branches.results.len() {
                self.frame_mut(parent).last = event.id;
            }
        }
    }

    /// Takes a child away that came to an end by itself: its parent goes on from the child's last event.
    fn child_ended(&mut self, child: FrameId) -> Option<(FrameId, Frame)> {
        let (parent, frame) = self.child_gone(child)?;
        self.frame_mut(parent).last = frame.last;
        Some((parent, frame))
    }

    /// Takes a child away.
    fn child_gone(&mut self, child: FrameId) -> Option<(FrameId, Frame)> {
        let frame = self.frames.remove(&child)?;
        if frame.is_ready() {
            self.ready.retain(|it| *it != child);
        }
        let parent = frame.parent?.frame;
        if let Activity::Branches(branches) = &mut self.visit_mut(parent).activity {
            branches.live -= 1;
        }
        Some((parent, frame))
    }

    /// A child that did not succeed is kept by its parent, for a redrive.
    fn fell(&mut self, child: FrameId, gone: Option<(FrameId, Frame)>) {
        let Some((parent, frame)) = gone else { return };
        if let Activity::Branches(branches) = &mut self.visit_mut(parent).activity {
            branches.fallen.push((child, frame));
        }
    }

    /// An attempt of an execution that has ended is settled.
    fn settled(&mut self, id: FrameId, took_effect: bool) {
        self.frames.remove(&id);
        let revision = self.revision.clone();
        if let Some(visit) = self.unsuccessful.get_mut(&id).and_then(Frame::visit_mut) {
            let kind = &revision.machine.state(visit.state).kind;
            visit.has_committed =
                visit.has_committed || took_effect && committed::answer_commits(visit, kind);
        }
    }

    /// The frame, whose last visible event this is from now on.
    fn touch(&mut self, id: FrameId, event: &Event) -> &mut Frame {
        let frame = self.frame_mut(id);
        if event.id > 0 {
            frame.last = event.id;
        }
        frame
    }

    fn frame_mut(&mut self, id: FrameId) -> &mut Frame {
        self.frames.get_mut(&id).expect("an event speaks of live frames only")
    }

    fn visit_mut(&mut self, id: FrameId) -> &mut Visit {
        self.frame_mut(id).visit_mut().expect("an event of a visit finds the frame in its state")
    }

    fn number(&mut self, payload: &Numbered) {
        self.next.payload = self.next.payload.max(payload.id.0 + 1);
    }

    fn timer(&mut self, timer: TimerId) {
        self.next.timer = self.next.timer.max(timer.0 + 1);
    }
}

fn branches(count: usize, items: Option<Numbered>, concurrency: u32) -> Branches {
    Branches {
        results: vec![None; count],
        done: 0,
        live: 0,
        items,
        concurrency,
        index_next: 0,
        failing: None,
        fallen: Vec::new(),
    }
}

/// `/<entry>.<run>/<index>` below the parent's path: a retried Parallel or Map enters its states anew, under new names.
fn child_path(parent: &str, visit: &Visit, index: u32) -> Arc<str> {
    format!("{parent}/{}.{}/{index}", visit.entry, visit.attempts).into()
}
