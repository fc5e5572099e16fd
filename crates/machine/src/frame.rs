//! Frames: the running scopes of an execution, as a tree. Data only; who changes them is `execution/fold.rs`.

use std::sync::Arc;

use asl::{Failure, Json, StateId, Timestamp, Variables};

use crate::event::{Due, Numbered, Reason};
use crate::ids::{FrameId, TaskId};
use crate::token::TaskToken;

/// One running scope: the machine itself, a branch of Parallel, an iteration of Map.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Whose child it is; `None` for the machine itself.
    pub(crate) parent: Option<Parent>,
    /// Where it stands in the tree of Map and Parallel; names effects together with `entries`.
    pub(crate) path: Arc<str>,
    /// The last visible event of this frame: what the next one is caused by.
    pub(crate) last: u64,
    /// States entered so far on this path.
    pub(crate) entries: u64,
    /// What its states can read; an inner frame starts with what the outer had.
    pub(crate) variables: Variables,
    /// The item of an iteration, for `$$.Map.Item`.
    pub(crate) item: Option<Item>,
    /// Where it is.
    pub(crate) at: At,
}

/// Whose child a frame is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parent {
    pub(crate) frame: FrameId,
    /// Which branch, or which item.
    pub(crate) index: u32,
}

/// The item of an iteration.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) index: u32,
    pub(crate) value: Json,
}

/// Where a frame is.
#[derive(Clone, Debug)]
pub(crate) enum At {
    /// On its way into a state.
    Before { state: StateId, input: Numbered },
    /// In a state. Boxed: a frame on its way is small.
    In(Box<Visit>),
    /// Out of its last state.
    Done { output: Numbered },
}

/// One visit to a state, through all its attempts.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) state: StateId,
    /// The raw input.
    pub(crate) input: Numbered,
    pub(crate) entered_at: Timestamp,
    /// The id of its `StateEntered`.
    pub(crate) entered_event: u64,
    /// The event that its `StateEntered` follows.
    pub(crate) entered_previous: u64,
    /// How many states had been entered on the frame's path, this one included.
    pub(crate) entry: u64,
    /// How often each retrier has been used.
    pub(crate) retries: Vec<u32>,
    /// Attempts begun: of the task, or runs of the branches.
    pub(crate) attempts: u32,
    /// The task, once one was scheduled; the same through all attempts.
    pub(crate) task: Option<TaskId>,
    /// The token of the attempt, where somebody outside answers it.
    pub(crate) token: Option<TaskToken>,
    /// Whether one of the attempts committed its effect; the entry has it for good, whatever fails afterwards.
    pub(crate) has_committed: bool,
    /// Whether a redrive brought it back, and it has not been taken up yet.
    pub(crate) is_redriven: bool,
    /// The branches of the last run, once they are over: if the state fails by them, a redrive goes on with those that did
    /// not succeed. Gone when another run is to come.
    pub(crate) run: Option<Box<Branches>>,
    /// The same of a distributed Map: its Map Run, once it has not succeeded, and the run's plan.
    pub(crate) map_run: Option<Box<(StartedMapRun, Numbered)>>,
    pub(crate) activity: Activity,
}

/// What a visit is busy with.
#[derive(Clone, Debug)]
pub(crate) enum Activity {
    /// Nothing that outlasts the transition.
    Deciding,
    /// A runner is at it.
    Task(RunningTask),
    /// A Wait state waits.
    Waiting(Due),
    /// A retry waits for its instant.
    Retrying(Due),
    /// Branches or iterations run.
    Branches(Branches),
}

/// A task that a runner is at.
#[derive(Clone, Debug)]
pub(crate) struct RunningTask {
    pub(crate) task: TaskId,
    pub(crate) arguments: Numbered,
    pub(crate) timeout_seconds: Option<u32>,
    pub(crate) heartbeat_seconds: Option<u32>,
    pub(crate) timeout: Option<Due>,
    pub(crate) heartbeat: Option<Due>,
    /// Why the attempt is being abandoned, if it is.
    pub(crate) abandoned: Option<Reason>,
    pub(crate) phase: Phase,
    /// The Map Run that the attempt is, of a distributed Map; its plan stands in `arguments`.
    pub(crate) map_run: Option<StartedMapRun>,
}

/// A Map Run as it was started.
#[derive(Clone, Debug)]
pub(crate) struct StartedMapRun {
    pub(crate) arn: Arc<str>,
    /// The items, where no reader reads them.
    pub(crate) items: Option<Numbered>,
    /// How often it was redriven.
    pub(crate) redrives: u32,
}

/// Who is at an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A runner is ordered to run it, or runs it.
    Ordered,
    /// A runner has handed it over, and waits for its end; it is ordered again after a crash.
    Awaited,
    /// The runner is done; whoever has the token answers.
    Submitted,
    /// An activity's workers may take it.
    Offered,
    /// One has.
    Taken,
}

/// Branches of Parallel, or iterations of Map, that run.
#[derive(Clone, Debug)]
pub(crate) struct Branches {
    /// Outputs of those that are done, by index.
    pub(crate) results: Vec<Option<Numbered>>,
    pub(crate) done: u32,
    pub(crate) live: u32,
    /// Map: the array of items, how many may run at once, and which comes next.
    pub(crate) items: Option<Numbered>,
    pub(crate) concurrency: u32,
    pub(crate) index_next: u32,
    /// What the state will fail with once every abandoned attempt below it is settled.
    pub(crate) failing: Option<Failure>,
    /// The children that failed or were aborted, as they stood; a redrive brings them back.
    pub(crate) fallen: Vec<(FrameId, Frame)>,
}

impl Branches {
    /// Whether every one of them has succeeded.
    pub(crate) fn is_complete(&self) -> bool {
        self.done as usize == self.results.len()
    }
}

impl Visit {
    /// The Map Run that is under way, with its plan.
    pub(crate) fn map_run_under_way(&self) -> Option<Box<(StartedMapRun, Numbered)>> {
        let Activity::Task(task) = &self.activity else { return None };
        Some(Box::new((task.map_run.clone()?, task.arguments.clone())))
    }
}

impl Frame {
    /// The visit, if the frame is in a state.
    pub(crate) fn visit(&self) -> Option<&Visit> {
        match &self.at {
            At::In(visit) => Some(visit),
            At::Before { .. } | At::Done { .. } => None,
        }
    }

    /// Whether it is on its way into a state, or back into one.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.at {
            At::Before { .. } => true,
            At::In(visit) => visit.is_redriven,
            At::Done { .. } => false,
        }
    }

    /// The visit, to change it.
    pub(crate) fn visit_mut(&mut self) -> Option<&mut Visit> {
        match &mut self.at {
            At::In(visit) => Some(visit),
            At::Before { .. } | At::Done { .. } => None,
        }
    }

    /// The task that a runner is at, if one is.
    pub(crate) fn task(&self) -> Option<&RunningTask> {
        match &self.visit()?.activity {
            Activity::Task(task) => Some(task),
            Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Branches(_) => None,
        }
    }

    /// The branches that run, if any do.
    pub(crate) fn branches(&self) -> Option<&Branches> {
        match &self.visit()?.activity {
            Activity::Branches(branches) => Some(branches),
            Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Task(_) => None,
        }
    }
}
