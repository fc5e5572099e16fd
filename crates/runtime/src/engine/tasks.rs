//! Tasks: attempts that run on the caller's runtime, a bounded number at once, each at most once in this process.
//!
//! A future is never dropped before it is done. A runner that panics may have taken effect: it is asked to abandon its
//! attempt, and what it then says is what is reported.

use std::collections::HashMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use asl::{Failure, Timestamp};
use machine::{Actor, Fate, Input, TaskId};
use store::ExecutionKey;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::engine::handle::{Line, Message};
use crate::limits::{BACKOFF_MAX, BACKOFF_MIN};
use crate::shard::arrival::Arrival;
use crate::shard::release::TaskJob;
use crate::task_runner::{AbandonOutcome, Submission, TaskOutcome, TaskRequest, TaskRunner};

/// What names an attempt within this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_field_names, reason = "`attempt` is the number's name everywhere")]
struct Attempt {
    key: ExecutionKey,
    task: TaskId,
    attempt: u32,
    is_abandonment: bool,
}

/// The end of an attempt, or of its abandonment.
pub(crate) struct TaskReport {
    attempt: Attempt,
    actor: Actor,
    /// `None` where nothing is to be reported.
    input: Option<Input>,
}

/// Attempts that run or wait for their turn.
pub(crate) struct TaskPool {
    live: HashMap<Attempt, Arc<AtomicBool>>,
    context: Arc<Context>,
    tokio: Handle,
}

struct Context {
    runners: Vec<Arc<dyn TaskRunner>>,
    clock: Arc<dyn Clock>,
    line: Line,
    running: Semaphore,
    /// Of their own: tasks that hang must not keep anybody from abandoning them.
    abandoning: Semaphore,
}

impl TaskPool {
    pub(crate) fn new(
        runners: Vec<Arc<dyn TaskRunner>>,
        tokio: Handle,
        clock: Arc<dyn Clock>,
        line: Line,
        concurrent_max: usize,
    ) -> Self {
        let permits = concurrent_max.clamp(1, Semaphore::MAX_PERMITS);
        let (running, abandoning) = (Semaphore::new(permits), Semaphore::new(permits));
        let context = Arc::new(Context { runners, clock, line, running, abandoning });
        Self { live: HashMap::new(), context, tokio }
    }

    /// Runs an attempt, unless it is at it already.
    pub(crate) fn run(&mut self, job: TaskJob) {
        let attempt = Attempt::of(&job, false);
        let is_called_off = Arc::new(AtomicBool::new(false));
        if self.live.contains_key(&attempt) {
            return;
        }
        self.live.insert(attempt, is_called_off.clone());
        let context = self.context.clone();
        self.tokio.spawn(async move { context.run(attempt, job, &is_called_off).await });
    }

    /// Abandons an attempt; one that still waits for its turn will not begin.
    pub(crate) fn abandon(&mut self, job: TaskJob) {
        if let Some(is_called_off) = self.live.get(&Attempt::of(&job, false)) {
            is_called_off.store(true, Ordering::Release);
        }
        let attempt = Attempt::of(&job, true);
        if self.live.contains_key(&attempt) {
            return;
        }
        self.live.insert(attempt, Arc::default());
        let context = self.context.clone();
        self.tokio.spawn(async move { context.abandon(attempt, job).await });
    }

    /// An attempt is over; what is to be delivered of it.
    pub(crate) fn done(&mut self, report: TaskReport) -> Option<Arrival> {
        let TaskReport { attempt, actor, input } = report;
        self.live.remove(&attempt);
        input.map(|input| Arrival::Deliver { key: attempt.key, actor, input })
    }
}

impl Context {
    async fn run(&self, attempt: Attempt, job: TaskJob, is_called_off: &AtomicBool) {
        let needs_place =
            !self.runner(&job.request).is_some_and(|it| it.waits_for_engine(&job.request.resource));
        let permit = async { if needs_place { self.running.acquire().await.map(Some) } else { Ok(None) } };
        let Ok(_permit) = permit.await else { return };
        if is_called_off.load(Ordering::Acquire) || self.line.is_closed() {
            return self.report(attempt, Actor::Engine, None);
        }
        let began_at = self.clock.now();
        let Some(runner) = self.runner(&job.request) else {
            let failure = self.no_runner(&job.request);
            let input = Input::TaskFailed { task: job.task, attempt: attempt.attempt, began_at, failure };
            return self.report(attempt, Actor::Engine, Some(input));
        };
        let actor = Actor::Worker(runner.name(&job.request));
        let submission = self.submission(&job, actor.clone(), began_at);
        let request = TaskRequest { submission, ..job.request.clone() };
        // The call itself may panic, before there is a future.
        let work = async move { runner.run(request).await };
        let outcome = match guarded(work).await {
            Some(outcome) => outcome,
            None => self.fate_after_panic(runner, &job.request).await,
        };
        let input = input_of(&job, began_at, outcome);
        self.report(attempt, actor, input);
    }

    /// What the runner says there goes the way of its report, and so before it.
    fn submission(&self, job: &TaskJob, actor: Actor, began_at: Timestamp) -> Submission {
        let (line, key, task, attempt) = (self.line.clone(), job.key, job.task, job.request.attempt);
        Submission::new(move |output| {
            let input = Input::TaskSubmitted { task, attempt, began_at, output };
            line.send(Message::Arrival(Arrival::Deliver { key, actor: actor.clone(), input }));
        })
    }

    async fn abandon(&self, attempt: Attempt, job: TaskJob) {
        let Ok(_permit) = self.abandoning.acquire().await else { return };
        let Some(runner) = self.runner(&job.request) else {
            // Nobody could have run it either.
            let input = Input::TaskAbandoned { task: job.task, attempt: attempt.attempt, fate: Fate::Barred };
            return self.report(attempt, Actor::Engine, Some(input));
        };
        let actor = Actor::Worker(runner.name(&job.request));
        let fate = match self.fate(runner, &job.request).await {
            AbandonOutcome::Barred => Fate::Barred,
            AbandonOutcome::Committed { output } => Fate::Committed { output },
        };
        let input = Input::TaskAbandoned { task: job.task, attempt: attempt.attempt, fate };
        self.report(attempt, actor, Some(input));
    }

    /// What became of an attempt whose runner panicked.
    async fn fate_after_panic(&self, runner: &dyn TaskRunner, request: &TaskRequest) -> TaskOutcome {
        match self.fate(runner, request).await {
            AbandonOutcome::Committed { output } => TaskOutcome::Succeeded { output },
            AbandonOutcome::Barred => {
                let cause = format!(
                    "the runner `{}` failed an assertion of its own while it was at `{}`; the attempt did not take effect",
                    runner.name(request),
                    request.resource.arn,
                );
                TaskOutcome::Failed { failure: Failure::new(asl::ErrorName::TASK_FAILED, cause) }
            }
        }
    }

    /// Asks the runner for the fate of an attempt until it says it; a panic is no answer.
    async fn fate(&self, runner: &dyn TaskRunner, request: &TaskRequest) -> AbandonOutcome {
        let mut pause: Duration = BACKOFF_MIN;
        loop {
            let ask = async { runner.abandon(request.clone()).await };
            if let Some(fate) = guarded(ask).await {
                return fate;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(BACKOFF_MAX);
        }
    }

    fn runner(&self, request: &TaskRequest) -> Option<&dyn TaskRunner> {
        self.runners.iter().find(|runner| runner.accepts(&request.resource)).map(|runner| &**runner)
    }

    fn no_runner(&self, request: &TaskRequest) -> Failure {
        let mut names: Vec<_> = self.runners.iter().map(|runner| runner.name(request)).collect();
        names.dedup();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let cause = format!(
            "no task runner takes the resource `{}`; runners that are set up: {known}",
            request.resource.arn
        );
        Failure::new("Task.NoRunner", cause)
    }

    fn report(&self, attempt: Attempt, actor: Actor, input: Option<Input>) {
        self.line.send(Message::Task(TaskReport { attempt, actor, input }));
    }
}

impl Attempt {
    fn of(job: &TaskJob, is_abandonment: bool) -> Self {
        Self { key: job.key, task: job.task, attempt: job.request.attempt, is_abandonment }
    }
}

/// What is delivered of an outcome. Of an attempt that lost its right to run, nothing is said.
fn input_of(job: &TaskJob, began_at: Timestamp, outcome: TaskOutcome) -> Option<Input> {
    let (task, attempt) = (job.task, job.request.attempt);
    match outcome {
        TaskOutcome::Succeeded { output } => Some(Input::TaskSucceeded { task, attempt, began_at, output }),
        TaskOutcome::Failed { failure } => Some(Input::TaskFailed { task, attempt, began_at, failure }),
        TaskOutcome::Barred => None,
    }
}

/// What a future gives; `None` if it panics, in which case it is not asked again.
async fn guarded<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}
