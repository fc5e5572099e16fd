//! Nested executions: a task that starts an execution of this engine, and may wait for its end.
//!
//! Once: an execution is started under a name that follows from the state's entry and attempt, or under the name that the task
//! gives; a second delivery finds the first one's execution. A task that is abandoned stops the execution that it waits for.
//! Source: AWS, "Start a new AWS Step Functions state machine from a running execution". Must be polled inside a tokio runtime.

mod answer;
mod call;
mod fault;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asl::resource::Resource;
use asl::{Failure, Json};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use machine::{Actor, Revision, Status};
use runtime::{
    AbandonOutcome, AccessError, Clock as _, EngineHandle, ExecutionEnd, ExecutionKey, ExecutionRow, Lookup,
    RevisionKey, StartError, StartRequest, Started, SystemClock, TaskOutcome, TaskRequest, TaskRunner,
};

use self::call::{Call, Pattern};
use self::fault::Fault;
use crate::called_off::{Attempts, CallOff};
use crate::engine_link::EngineLink;
use crate::limits::NESTED_DEPTH_MAX;

/// Between two tries while the engine is busy.
const PAUSE: Duration = Duration::from_millis(100);

/// Starts executions of the machines that it knows.
pub struct NestedRunner {
    machines: HashMap<Arc<str>, Arc<Revision>>,
    saved: Mutex<HashMap<Arc<str>, RevisionKey>>,
    attempts: Attempts,
    engine: EngineLink,
}

impl NestedRunner {
    /// A runner for `machines`. Tasks wait until [`Self::connect`] says where executions are started.
    pub fn new(machines: impl IntoIterator<Item = Arc<Revision>>) -> Self {
        Self {
            machines: machines.into_iter().map(|it| (it.arn.clone(), it)).collect(),
            saved: Mutex::default(),
            attempts: Attempts::default(),
            engine: EngineLink::default(),
        }
    }

    /// Says which engine executions are started on: the one that these tasks run for.
    pub fn connect(&self, engine: EngineHandle) {
        self.engine.connect(engine);
    }

    async fn attempt(&self, request: TaskRequest) -> TaskOutcome {
        let Some(pattern) = Pattern::of(&request.resource) else { return TaskOutcome::Barred };
        let registered = self.attempts.register(&request, Arc::default());
        match self.started(pattern, &request, &registered.call_off).await {
            Ok(outcome) => outcome,
            Err(fault) => TaskOutcome::Failed { failure: fault.failure(pattern, &request) },
        }
    }

    async fn started(
        &self,
        pattern: Pattern,
        request: &TaskRequest,
        call_off: &CallOff,
    ) -> Result<TaskOutcome, Fault> {
        let call = Call::of(request)?;
        let engine = self.engine.engine().await;
        let (started, row) = self.start(&engine, &call, request).await?;
        // Whoever called it off looked for the execution before it was there.
        if pattern.waits() && call_off.is_off() {
            stop(&engine, started.key, request).await?;
            return Ok(TaskOutcome::Barred);
        }
        if !pattern.waits() {
            return Ok(TaskOutcome::Succeeded { output: answer::submitted(pattern, &row, request) });
        }
        request.submission.tell(answer::submitted(pattern, &row, request));
        let end = match started.end {
            Some(end) => end,
            None => wait(&engine, started.key).await?,
        };
        // What it came to stands with the rest of it.
        let row = find(&engine, Lookup::Key(started.key)).await?.unwrap_or(row);
        Ok(answer::ended(pattern, &call, &row, &end))
    }

    async fn start(
        &self,
        engine: &EngineHandle,
        call: &Call,
        request: &TaskRequest,
    ) -> Result<(Started, ExecutionRow), Fault> {
        let revision = self.machines.get(&call.machine_arn).ok_or_else(|| Fault::no_machine(call))?;
        check_depth(engine, request).await?;
        let revision_key = self.revision_key(engine, revision).await?;
        let actor = Actor::Principal(request.execution_arn.clone());
        let start = StartRequest {
            revision: revision.clone(),
            revision_key,
            name: Some(call.name.clone()),
            input: call.input.clone(),
            actor: actor.clone(),
        };
        let started = loop {
            match engine.start_async(start.clone()).await {
                Err(StartError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
                started => break started.map_err(|error| Fault::start(error, call))?,
            }
        };
        let row = find(engine, Lookup::Key(started.key)).await?;
        let row = row.ok_or_else(|| Fault::engine("an execution that was started is not there"))?;
        // The name of an execution that has ended may not be used again, but for a second delivery of whoever used it.
        let is_ours = request.is_redelivery && row.started_by == actor;
        if started.existed && started.end.is_some() && !is_ours {
            return Err(Fault::name_taken(call, &row));
        }
        Ok((started, row))
    }

    async fn revision_key(&self, engine: &EngineHandle, revision: &Revision) -> Result<RevisionKey, Fault> {
        let known = self.saved.lock().unwrap_or_else(PoisonError::into_inner).get(&revision.arn).copied();
        if let Some(key) = known {
            return Ok(key);
        }
        let saved = engine.save_revision_async(revision, SystemClock.now(), Actor::Engine).await;
        let key = saved.map_err(|error| Fault::engine(error.to_string()))?;
        self.saved.lock().unwrap_or_else(PoisonError::into_inner).insert(revision.arn.clone(), key);
        Ok(key)
    }

    /// Stops the execution that an attempt waits for; one that has ended well already has had its effect.
    async fn called_off(&self, request: TaskRequest) -> AbandonOutcome {
        let Some(pattern) = Pattern::of(&request.resource).filter(|it| it.waits()) else {
            return AbandonOutcome::Barred;
        };
        self.attempts.call_off(&request);
        let Ok(call) = Call::of(&request) else { return AbandonOutcome::Barred };
        let engine = self.engine.engine().await;
        let lookup = Lookup::NameOf { machine_arn: call.machine_arn.clone(), name: call.name.clone() };
        let is_ours = |row: &ExecutionRow| row.started_by == Actor::Principal(request.execution_arn.clone());
        let Ok(Some(row)) = find(&engine, lookup).await.map(|row| row.filter(is_ours)) else {
            return AbandonOutcome::Barred;
        };
        if row.status == Status::Running && stop(&engine, row.key, &request).await.is_err() {
            return AbandonOutcome::Barred;
        }
        let Ok(end) = wait(&engine, row.key).await else { return AbandonOutcome::Barred };
        let row = find(&engine, Lookup::Key(row.key)).await.ok().flatten().unwrap_or(row);
        match answer::ended(pattern, &call, &row, &end) {
            TaskOutcome::Succeeded { output } => AbandonOutcome::Committed { output },
            TaskOutcome::Failed { .. } | TaskOutcome::Barred => AbandonOutcome::Barred,
        }
    }
}

/// Executions that start each other for ever are stopped at some depth.
async fn check_depth(engine: &EngineHandle, request: &TaskRequest) -> Result<(), Fault> {
    let mut above = Some(Lookup::Arn(request.execution_arn.clone()));
    for _ in 0..NESTED_DEPTH_MAX {
        let Some(lookup) = above.take() else { return Ok(()) };
        above = match find(engine, lookup).await?.map(|row| row.started_by) {
            Some(Actor::Principal(name)) if name.contains(":execution:") => Some(Lookup::Arn(name)),
            // A child of a Map Run: above it is the execution that the run stands in.
            Some(Actor::Principal(name)) if name.contains(":mapRun:") => {
                let run = engine.map_run_async(name).await;
                run.map_err(|error| Fault::engine(error.to_string()))?.map(|run| Lookup::Key(run.execution))
            }
            _ => None,
        };
    }
    if above.is_none() { Ok(()) } else { Err(Fault::TooDeep) }
}

async fn find(engine: &EngineHandle, lookup: Lookup) -> Result<Option<ExecutionRow>, Fault> {
    engine.find_async(lookup).await.map_err(|error| Fault::engine(error.to_string()))
}

/// Stops an execution, however long the stop cannot be remembered. Fails for one that is set aside, and where the engine has
/// stopped: then the abandonment is delivered again.
async fn stop(engine: &EngineHandle, key: ExecutionKey, request: &TaskRequest) -> Result<(), Fault> {
    loop {
        let failure = Failure { error: None, cause: None };
        let actor = Actor::Principal(request.execution_arn.clone());
        match engine.stop_async(key, failure, actor).await {
            Err(AccessError::Busy { .. } | AccessError::Store { .. }) => tokio::time::sleep(PAUSE).await,
            stopped => return stopped.map(drop).map_err(|error| Fault::engine(error.to_string())),
        }
    }
}

/// Until an execution has ended. Takes no place among the requests: those that it waits for may need one.
async fn wait(engine: &EngineHandle, key: ExecutionKey) -> Result<ExecutionEnd, Fault> {
    engine.wait_for_child(key).await.map_err(|error| Fault::engine(error.to_string()))
}

impl TaskRunner for NestedRunner {
    fn name(&self, request: &TaskRequest) -> Arc<str> {
        let arn = request.arguments.value().get("StateMachineArn").and_then(Json::as_str);
        arn.and_then(|arn| arn.rsplit(':').next())
            .map_or_else(|| "execution".into(), |name| format!("execution:{name}").into())
    }

    fn accepts(&self, resource: &Resource) -> bool {
        Pattern::of(resource).is_some()
    }

    fn waits_for_engine(&self, _: &Resource) -> bool {
        true
    }

    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome> {
        self.attempt(request).boxed()
    }

    fn abandon(&self, request: TaskRequest) -> BoxFuture<'_, AbandonOutcome> {
        self.called_off(request).boxed()
    }
}

impl std::fmt::Debug for NestedRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NestedRunner").field("machines", &self.machines.keys()).finish_non_exhaustive()
    }
}
