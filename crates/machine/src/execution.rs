//! An execution: what its events have made of it, and what an input leads to.

mod fold;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl::state::StateKind;
use asl::{Entropy, Failure, Payload, Timestamp};

use crate::activation::Activation;
use crate::actor::Actor;
use crate::effect::{Effect, TaskOrder};
use crate::frame::{Activity, Frame, Phase, Visit};
use crate::ids::{ExecutionId, FrameId, TaskId, TimerId};
use crate::input::Input;
use crate::map_run::MapRun;
use crate::revision::Revision;
use crate::step::Step;
use crate::token::TaskToken;

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

impl Status {
    /// As AWS writes it: `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}

/// One execution.
#[derive(Clone, Debug)]
pub struct Execution {
    pub(crate) revision: Arc<Revision>,
    pub(crate) info: ExecutionInfo,
    pub(crate) started_at: Timestamp,
    pub(crate) input: Option<Payload>,
    pub(crate) status: Status,
    pub(crate) output: Option<Payload>,
    pub(crate) failure: Option<Failure>,
    /// When it ended, if it has.
    pub(crate) ended_at: Option<Timestamp>,
    /// How often it was redriven, and when last.
    pub(crate) redrives: u32,
    pub(crate) redriven_at: Option<Timestamp>,
    /// The timer of the machine's own `TimeoutSeconds`.
    pub(crate) timeout: Option<TimerId>,
    /// Every live frame. INVARIANT: a frame's parent is live, and its number is smaller.
    pub(crate) frames: BTreeMap<FrameId, Frame>,
    /// What stood when it ended badly: where a redrive goes on. Empty while it runs, and after a good end.
    pub(crate) unsuccessful: BTreeMap<FrameId, Frame>,
    /// Frames on their way into a state (or back into one, after a redrive), in the order in which they came to be so; no
    /// others.
    pub(crate) ready: VecDeque<FrameId>,
    pub(crate) next: Next,
}

/// The numbers that are handed out next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    pub(crate) event: u64,
    pub(crate) frame: u32,
    pub(crate) task: u32,
    pub(crate) timer: u32,
    pub(crate) payload: u32,
}

impl Execution {
    /// An execution to which nothing has happened yet.
    pub fn new(revision: Arc<Revision>, info: ExecutionInfo) -> Self {
        Self {
            revision,
            info,
            started_at: Timestamp::default(),
            input: None,
            status: Status::Running,
            output: None,
            failure: None,
            ended_at: None,
            redrives: 0,
            redriven_at: None,
            timeout: None,
            frames: BTreeMap::new(),
            unsuccessful: BTreeMap::new(),
            ready: VecDeque::new(),
            next: Next { event: 1, frame: 1, task: 1, timer: 1, payload: 0 },
        }
    }

    /// What `input` leads to at `now`. Looks, does not touch.
    pub fn decide(&self, now: Timestamp, actor: Actor, input: Input, entropy: &mut Entropy) -> Step {
        self.clone().advance(now, actor, input, entropy)
    }

    /// The same as [`Self::decide`] with every event applied. If the step cannot be remembered, this value must be dropped
    /// and loaded again: what it holds has not happened.
    pub fn advance(&mut self, now: Timestamp, actor: Actor, input: Input, entropy: &mut Entropy) -> Step {
        let mut activation = Activation::new(self, now, actor, entropy);
        activation.take(input);
        activation.run();
        activation.into_step()
    }

    /// The effects that are owed: what must be performed (again) after a restart. Performing them twice is harmless.
    pub fn pending(&self) -> Vec<Effect> {
        self.frames
            .iter()
            .filter_map(|(id, frame)| Some((*id, frame.visit()?)))
            .flat_map(|(id, visit)| self.owed(id, visit))
            .collect()
    }

    /// Whether the budget cut the last activation: come back with [`Input::Continue`].
    pub fn is_interrupted(&self) -> bool {
        self.status == Status::Running && !self.ready.is_empty()
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether nothing is owed any more: it has ended, and every abandoned attempt is settled.
    pub fn is_settled(&self) -> bool {
        self.status != Status::Running && self.frames.is_empty()
    }

    /// The output, once it has succeeded.
    pub fn output(&self) -> Option<&Payload> {
        self.output.as_ref()
    }

    /// The input, once it has started.
    pub fn input(&self) -> Option<&Payload> {
        self.input.as_ref()
    }

    /// The failure, once it has ended badly.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The revision it runs.
    pub fn revision(&self) -> &Arc<Revision> {
        &self.revision
    }

    /// What was known of it before its first event.
    pub fn info(&self) -> &ExecutionInfo {
        &self.info
    }

    /// When it was started.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// When it ended; the beginning of time while it runs.
    pub fn ended_at(&self) -> Timestamp {
        self.ended_at.unwrap_or_default()
    }

    /// The frame of this number. INVARIANT: callers hold numbers of live frames only.
    pub(crate) fn frame(&self, id: FrameId) -> &Frame {
        self.frames.get(&id).expect("a frame that is spoken of is live")
    }

    /// The visit of a frame that is in a state.
    pub(crate) fn visit(&self, id: FrameId) -> &Visit {
        self.frame(id).visit().expect("the frame is in a state")
    }

    /// The frame whose task this is.
    pub(crate) fn frame_of_task(&self, task: TaskId) -> Option<FrameId> {
        let is_it = |frame: &Frame| frame.task().is_some_and(|running| running.task == task);
        self.frames.iter().find(|(_, frame)| is_it(frame)).map(|(id, _)| *id)
    }

    /// The frame whose running attempt has this token.
    pub(crate) fn frame_of_token(&self, token: &TaskToken) -> Option<FrameId> {
        let frame = self.frame_of_task(token.task)?;
        let is_asked = self.frame(frame).task().is_some_and(|running| running.abandoned.is_none());
        let is_it = self.visit(frame).token.is_some_and(|issued| issued.is_same(token));
        (is_it && is_asked && self.status == Status::Running).then_some(frame)
    }

    /// The frame whose attempt an activity's worker may take.
    pub(crate) fn frame_offering(&self, task: TaskId, attempt: u32) -> Option<FrameId> {
        let frame = self.frame_of_task(task)?;
        let is_it = self.visit(frame).attempts == attempt && self.offered(self.frame(frame)).is_some();
        is_it.then_some(frame)
    }

    /// The token of a task's running attempt, where somebody outside answers it.
    pub(crate) fn token_of(&self, task: TaskId) -> Option<TaskToken> {
        self.visit(self.frame_of_task(task)?).token
    }

    /// The order of an attempt that an activity's workers are offered.
    pub(crate) fn offered_order(&self, frame: FrameId) -> Option<TaskOrder> {
        self.offered(self.frames.get(&frame)?)?;
        self.task_order(frame)
    }

    /// Whether an input would be listened to: somebody with a token, or a worker, may come too late.
    pub fn expects(&self, input: &Input) -> bool {
        match input {
            Input::CalledBack { token, .. } => self.frame_of_token(token).is_some(),
            Input::ActivityTaken { task, attempt, .. } => self.frame_offering(*task, *attempt).is_some(),
            Input::Started { .. }
            | Input::TaskSucceeded { .. }
            | Input::TaskFailed { .. }
            | Input::TaskSubmitted { .. }
            | Input::TaskHeartbeat { .. }
            | Input::TaskAbandoned { .. }
            | Input::TimerFired { .. }
            | Input::StopRequested { .. }
            | Input::RedriveRequested
            | Input::Continue => true,
        }
    }

    /// The tasks of activities that no worker has taken yet.
    pub fn activity_tasks(&self) -> Vec<ActivityTask> {
        self.frames.values().filter_map(|frame| self.offered(frame)).collect()
    }

    fn offered(&self, frame: &Frame) -> Option<ActivityTask> {
        let (visit, running) = (frame.visit()?, frame.task()?);
        let is_offered = running.phase == Phase::Offered && running.abandoned.is_none();
        let StateKind::Task(task) = &self.revision.machine.state(visit.state).kind else { return None };
        (is_offered && self.status == Status::Running).then_some(ActivityTask {
            arn: task.resource.arn.clone(),
            token: visit.token?,
            input: running.arguments.payload.clone(),
        })
    }

    /// The frames whose parent is `parent`, in order.
    pub(crate) fn children(&self, parent: FrameId) -> Vec<FrameId> {
        let is_child = |frame: &Frame| frame.parent.is_some_and(|link| link.frame == parent);
        self.frames.iter().filter(|(_, frame)| is_child(frame)).map(|(id, _)| *id).collect()
    }

    /// The order that runs (or abandons) the current attempt of a frame's task.
    pub(crate) fn task_order(&self, id: FrameId) -> Option<TaskOrder> {
        let frame = self.frames.get(&id)?;
        let (visit, running) = (frame.visit()?, frame.task()?);
        Some(TaskOrder {
            task: running.task,
            attempt: visit.attempts,
            state: visit.state,
            path: frame.path.clone(),
            entry: visit.entry,
            arguments: running.arguments.payload.clone(),
            timeout_seconds: running.timeout_seconds,
            map_run: running.map_run.as_ref().map(|started| Arc::new(MapRun::of(self, id, started))),
        })
    }

    /// What a frame in a state is owed.
    fn owed(&self, id: FrameId, visit: &Visit) -> Vec<Effect> {
        match &visit.activity {
            Activity::Deciding | Activity::Branches(_) => Vec::new(),
            Activity::Waiting(due) | Activity::Retrying(due) => {
                vec![Effect::SetTimer { timer: due.timer, at: due.at }]
            }
            Activity::Task(running) => {
                let order = self.task_order(id).expect("the visit has a task");
                let timers = [running.timeout, running.heartbeat].into_iter().flatten();
                let task = match (running.abandoned.is_some(), running.phase) {
                    (true, _) => Some(Effect::AbandonTask(order)),
                    (false, Phase::Ordered | Phase::Awaited) => Some(Effect::RunTask(order)),
                    (false, Phase::Submitted | Phase::Offered | Phase::Taken) => None,
                };
                timers.map(|due| Effect::SetTimer { timer: due.timer, at: due.at }).chain(task).collect()
            }
        }
    }

    /// Whether an enclosing Parallel or Map is failing, so that this frame may only be wound up.
    pub(crate) fn is_doomed(&self, frame: FrameId) -> bool {
        let mut link = self.frame(frame).parent;
        while let Some(parent) = link {
            let above = self.frame(parent.frame);
            if above.branches().is_some_and(|branches| branches.failing.is_some()) {
                return true;
            }
            link = above.parent;
        }
        false
    }
}

/// A task that an activity's worker may take.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityTask {
    /// The activity's ARN.
    pub arn: Arc<str>,
    /// What the worker answers with; it names the task and the attempt.
    pub token: TaskToken,
    /// What the worker gets.
    pub input: Payload,
}
