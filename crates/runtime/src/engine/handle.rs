//! The handle: how anybody asks the engine for something, from any thread. Blocking and asynchronous twins.
//!
//! The blocking ones must not be called on a thread that drives asynchronous tasks.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use asl::{Entropy, Failure, Timestamp};
use crossbeam_channel::{Receiver, Sender, unbounded};
use machine::{ActivityTask, Actor, Callback, Input, Revision, TaskToken};
use store::{
    ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup, MapRunRecord, RevisionKey, Store, StoreError,
};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::door::{StartError, StartRequest, admit};
use crate::engine::observers::channel;
use crate::engine::tasks::TaskReport;
use crate::reply::{Permit, Reply};
use crate::revision::record_of;
use crate::seed_source::{SeedSource as _, SharedSeeds};
use crate::shard::Counters;
use crate::shard::arrival::{
    AccessError, Arrival, CallError, ExecutionEnd, RedriveError, Redriven, StartArrival, Started, Stopped,
    Until,
};
use crate::shard::release::Committed;

/// What reaches the engine's thread.
pub(crate) enum Message {
    Arrival(Arrival),
    Task(TaskReport),
    Observe(Sender<Committed>),
    Read(Box<dyn FnOnce(&mut dyn Store) + Send>),
    Count(Reply<Counters>),
    Close,
}

/// The way to the engine's thread.
#[derive(Clone)]
pub(crate) struct Line(Arc<LineInner>);

struct LineInner {
    sender: Sender<Message>,
    /// Requests that wait for their answer.
    waiting: Arc<AtomicUsize>,
    requests_max: usize,
    is_closed: AtomicBool,
    /// Why the engine stopped, if nobody asked it to.
    stopped: OnceLock<Arc<str>>,
    clock: Arc<dyn Clock>,
    seeds: SharedSeeds,
}

impl Line {
    pub(crate) fn new(
        requests_max: usize,
        clock: Arc<dyn Clock>,
        seeds: SharedSeeds,
    ) -> (Self, Receiver<Message>) {
        // Unbounded, because what is sent is bounded at its source: requests by permits, reports by running tasks.
        let (sender, receiver) = unbounded();
        let inner = LineInner {
            sender,
            waiting: Arc::default(),
            requests_max,
            is_closed: AtomicBool::new(false),
            stopped: OnceLock::new(),
            clock,
            seeds,
        };
        (Self(Arc::new(inner)), receiver)
    }

    /// Whether it reached the engine; a closed engine lets everything fall.
    pub(crate) fn send(&self, message: Message) -> bool {
        self.0.sender.send(message).is_ok()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed.load(Ordering::Acquire)
    }

    pub(crate) fn stop(&self, message: Arc<str>) {
        // The first reason is the one that counts.
        let _ = self.0.stopped.set(message);
        self.0.is_closed.store(true, Ordering::Release);
    }

    fn permit(&self) -> Result<Permit, usize> {
        Permit::take(&self.0.waiting, self.0.requests_max).ok_or(self.0.requests_max)
    }
}

/// How to ask the engine for something.
#[derive(Clone)]
pub struct EngineHandle {
    line: Line,
}

impl EngineHandle {
    pub(crate) fn new(line: Line) -> Self {
        Self { line }
    }

    /// Starts an execution; returns when that is remembered. A name that is taken by an execution of the same input
    /// gives that one, whether it still runs or has ended.
    pub fn start(&self, request: StartRequest) -> Result<Started, StartError> {
        let answer = self.ask_start(request)?.blocking_recv();
        answer.unwrap_or_else(|_| Err(self.start_stopped()))
    }

    /// The asynchronous twin of [`Self::start`].
    pub async fn start_async(&self, request: StartRequest) -> Result<Started, StartError> {
        let answer = self.ask_start(request)?.await;
        answer.unwrap_or_else(|_| Err(self.start_stopped()))
    }

    /// Stops an execution; returns when that is remembered. Attempts that may still take effect are settled behind it.
    pub fn stop(&self, key: ExecutionKey, failure: Failure, actor: Actor) -> Result<Stopped, AccessError> {
        self.ask_stop(key, failure, actor).blocking_recv().unwrap_or(Err(AccessError::Stopped))
    }

    /// The asynchronous twin of [`Self::stop`].
    pub async fn stop_async(
        &self,
        key: ExecutionKey,
        failure: Failure,
        actor: Actor,
    ) -> Result<Stopped, AccessError> {
        self.ask_stop(key, failure, actor).await.unwrap_or(Err(AccessError::Stopped))
    }

    /// Redrives an execution that ended badly: it goes on from the states that did not succeed. Returns when that is
    /// remembered. AWS: `RedriveExecution`.
    pub fn redrive(&self, key: ExecutionKey, actor: Actor) -> Result<Redriven, RedriveError> {
        self.ask_redrive(key, actor)?.blocking_recv().unwrap_or(Err(AccessError::Stopped.into()))
    }

    /// The asynchronous twin of [`Self::redrive`].
    pub async fn redrive_async(&self, key: ExecutionKey, actor: Actor) -> Result<Redriven, RedriveError> {
        self.ask_redrive(key, actor)?.await.unwrap_or(Err(AccessError::Stopped.into()))
    }

    /// Answers a task whose token somebody has; returns when that is remembered. AWS: `SendTaskSuccess`, `SendTaskFailure`,
    /// `SendTaskHeartbeat`.
    pub fn call_back(&self, token: &str, callback: Callback, actor: Actor) -> Result<(), CallError> {
        let token = TaskToken::parse(token).ok_or(CallError::InvalidToken)?;
        let found = self.find(Lookup::Id(token.execution)).map_err(unreadable)?;
        let key = found.ok_or(CallError::TaskDoesNotExist)?.key;
        self.ask_call(key, Input::CalledBack { token, callback }, actor)
    }

    /// The tasks of activities of an execution that no worker has taken yet.
    pub fn activity_tasks(&self, key: ExecutionKey) -> Result<Vec<ActivityTask>, StoreError> {
        // Read there, and understood here: the engine's thread has commits to make.
        let (loaded, revision) = self.read(move |store| {
            let loaded = store.load(key)?;
            let revision = store.revision(loaded.row.revision)?;
            Ok((loaded, revision))
        })?;
        crate::shard::load::activity_tasks(loaded, &revision)
    }

    /// Takes a task of an activity for a worker; returns when that is remembered. Of several workers one succeeds.
    pub fn take_activity_task(
        &self,
        key: ExecutionKey,
        task: &ActivityTask,
        worker: Option<Arc<str>>,
    ) -> Result<(), CallError> {
        let actor = Actor::Worker(worker.clone().unwrap_or_else(|| "activity".into()));
        let TaskToken { task, attempt, .. } = task.token;
        self.ask_call(key, Input::ActivityTaken { task, attempt, worker }, actor)
    }

    fn ask_call(&self, key: ExecutionKey, input: Input, actor: Actor) -> Result<(), CallError> {
        let permit = self.line.permit().map_err(|waiting| AccessError::Busy { waiting })?;
        let (reply, answer) = Reply::with_permit(Some(permit));
        self.line.send(Message::Arrival(Arrival::Call { key, actor, input, reply }));
        answer.blocking_recv().unwrap_or(Err(AccessError::Stopped.into()))
    }

    /// Waits until an execution has ended, or is settled.
    pub fn wait(&self, key: ExecutionKey, until: Until) -> Result<ExecutionEnd, AccessError> {
        self.ask_wait(key, until)?.blocking_recv().unwrap_or(Err(AccessError::Stopped))
    }

    /// The asynchronous twin of [`Self::wait`].
    pub async fn wait_async(&self, key: ExecutionKey, until: Until) -> Result<ExecutionEnd, AccessError> {
        self.ask_wait(key, until)?.await.unwrap_or(Err(AccessError::Stopped))
    }

    /// Every activation that is remembered from now on, in order; but for those of the children of Map Runs.
    ///
    /// For showing progress, not for keeping it: an observer that falls [`crate::limits::OBSERVER_LAG_MAX`] behind is
    /// let go (its channel closes), because nothing waits for observers. How an execution ended is what [`Self::wait`]
    /// says; what happened is in the store.
    pub fn subscribe(&self) -> Receiver<Committed> {
        let (sender, receiver) = channel();
        self.line.send(Message::Observe(sender));
        receiver
    }

    /// Remembers a revision, so that executions of it can be started and resumed.
    pub fn save_revision(
        &self,
        revision: &Revision,
        created_at: Timestamp,
        created_by: Actor,
    ) -> Result<RevisionKey, StoreError> {
        let record = record_of(revision, created_at, created_by);
        self.read(move |store| store.save_revision(&record))
    }

    /// The asynchronous twin of [`Self::save_revision`].
    pub async fn save_revision_async(
        &self,
        revision: &Revision,
        created_at: Timestamp,
        created_by: Actor,
    ) -> Result<RevisionKey, StoreError> {
        let record = record_of(revision, created_at, created_by);
        self.read_async(move |store| store.save_revision(&record)).await
    }

    /// The asynchronous twin of [`Self::find`].
    pub async fn find_async(&self, lookup: Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        self.read_async(move |store| store.find(&lookup)).await
    }

    /// An execution's index row.
    pub fn find(&self, lookup: Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        self.read(move |store| store.find(&lookup))
    }

    /// Everything remembered of an execution.
    pub fn load(&self, key: ExecutionKey) -> Result<Loaded, StoreError> {
        self.read(move |store| store.load(key))
    }

    /// Index rows, newest first.
    pub fn list(
        &self,
        filter: ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        self.read(move |store| store.list(&filter, before, limit))
    }

    /// Remembers a Map Run, in place of what was remembered of it.
    pub async fn save_map_run_async(&self, run: MapRunRecord) -> Result<(), StoreError> {
        self.read_async(move |store| store.save_map_run(&run)).await
    }

    /// The Map Run of this ARN.
    pub async fn map_run_async(&self, arn: Arc<str>) -> Result<Option<MapRunRecord>, StoreError> {
        self.read_async(move |store| store.map_run(&arn)).await
    }

    /// The Map Runs of an execution, oldest first.
    pub fn map_runs(&self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError> {
        self.read(move |store| store.map_runs(execution))
    }

    /// The asynchronous twin of [`Self::list`].
    pub async fn list_async(
        &self,
        filter: ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        self.read_async(move |store| store.list(&filter, before, limit)).await
    }

    /// Waits until an execution has ended that somebody here has started, and counts: it takes no place among the requests.
    pub async fn wait_for_child(&self, key: ExecutionKey) -> Result<ExecutionEnd, AccessError> {
        let (reply, answer) = Reply::new();
        self.line.send(Message::Arrival(Arrival::Wait { key, until: Until::Ended, reply }));
        answer.await.unwrap_or(Err(AccessError::Stopped))
    }

    /// What has been counted so far; `None` once the engine has stopped.
    pub fn counters(&self) -> Option<Counters> {
        let (reply, answer) = Reply::new();
        self.line.send(Message::Count(reply));
        answer.blocking_recv().ok()
    }

    /// Whether nothing that is asked from now on will be done.
    pub fn has_stopped(&self) -> bool {
        self.line.is_closed()
    }

    /// Takes no new work from now on; see [`super::Engine::drain`].
    pub fn close(&self) {
        self.line.0.is_closed.store(true, Ordering::Release);
        self.line.send(Message::Close);
    }

    fn ask_start(
        &self,
        request: StartRequest,
    ) -> Result<oneshot::Receiver<Result<Started, StartError>>, StartError> {
        if self.line.is_closed() {
            return Err(self.start_stopped());
        }
        let admitted = admit(request)?;
        let permit = self.line.permit().map_err(|waiting| StartError::Busy { waiting })?;
        let (reply, answer) = Reply::with_permit(Some(permit));
        let mut start = StartArrival::new(admitted, reply);
        // Here, and not on the engine's thread: what callers decide beside each other is only committed one after the other.
        start.decide(self.line.0.clock.now(), &mut Entropy::from_seed(self.line.0.seeds.clone().seed()));
        self.line.send(Message::Arrival(Arrival::Start(start)));
        Ok(answer)
    }

    /// Without a permit: a stop is let through even when the engine is busy.
    fn ask_stop(
        &self,
        key: ExecutionKey,
        failure: Failure,
        actor: Actor,
    ) -> oneshot::Receiver<Result<Stopped, AccessError>> {
        let (reply, answer) = Reply::new();
        self.line.send(Message::Arrival(Arrival::Stop { key, failure, actor, reply }));
        answer
    }

    fn ask_redrive(
        &self,
        key: ExecutionKey,
        actor: Actor,
    ) -> Result<oneshot::Receiver<Result<Redriven, RedriveError>>, RedriveError> {
        let permit = self.line.permit().map_err(|waiting| AccessError::Busy { waiting })?;
        let (reply, answer) = Reply::with_permit(Some(permit));
        self.line.send(Message::Arrival(Arrival::Redrive { key, actor, reply }));
        Ok(answer)
    }

    fn ask_wait(
        &self,
        key: ExecutionKey,
        until: Until,
    ) -> Result<oneshot::Receiver<Result<ExecutionEnd, AccessError>>, AccessError> {
        let permit = self.line.permit().map_err(|waiting| AccessError::Busy { waiting })?;
        let (reply, answer) = Reply::with_permit(Some(permit));
        self.line.send(Message::Arrival(Arrival::Wait { key, until, reply }));
        Ok(answer)
    }

    fn start_stopped(&self) -> StartError {
        StartError::Stopped { message: self.line.0.stopped.get().cloned() }
    }

    /// Asks the store, between two commits.
    fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask_store(ask).blocking_recv().unwrap_or_else(|_| Err(self.store_gone()))
    }

    async fn read_async<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask_store(ask).await.unwrap_or_else(|_| Err(self.store_gone()))
    }

    fn ask_store<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, StoreError>> {
        let (reply, answer) = Reply::new();
        self.line.send(Message::Read(Box::new(move |store| reply.send(ask(store)))));
        answer
    }

    fn store_gone(&self) -> StoreError {
        let message = self.line.0.stopped.get().map_or("the engine has stopped", |it| it).to_owned();
        StoreError::Unusable { message }
    }
}

fn unreadable(error: StoreError) -> CallError {
    AccessError::Store { message: error.to_string() }.into()
}

impl std::fmt::Debug for EngineHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineHandle").field("is_closed", &self.line.is_closed()).finish_non_exhaustive()
    }
}
