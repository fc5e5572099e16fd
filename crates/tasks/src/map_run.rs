//! Map Runs: the work of a distributed Map. Items become child executions of this engine, their results an output or files.
//!
//! Once: a child has the number of its item (or batch) in its name, so a run that is taken up after a crash finds the children
//! that it has started, and goes on behind its last checkpoint; files of results are written anew under the same names. A run
//! that is abandoned stops its children. Source: AWS, "Using Map state in Distributed mode". Must be polled inside a tokio
//! runtime. Not here: what an item becomes (`machine::map_run`), how items are read (`items.rs`).

mod checkpoint;
mod children;
mod driver;
mod fault;
mod feed;
mod files;
mod form;
mod sink;
mod tally;
#[cfg(test)]
mod tests;
mod window;

use std::sync::Arc;
use std::time::Duration;

use asl::Failure;
use asl::resource::Resource;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use machine::map_run::MapRun;
use runtime::task_runner::MAP_RUN_RESOURCE;
use runtime::{
    AbandonOutcome, Clock as _, EngineHandle, MapRunStatus, SystemClock, TaskOutcome, TaskRequest, TaskRunner,
};

use self::driver::Driver;
use self::fault::Fault;
use crate::Buckets;
use crate::called_off::{Attempts, CallOff};
use crate::engine_link::EngineLink;
use crate::limits::MAP_RUN_PAUSE;

/// Between two tries while the engine is busy, or a run that was called off ends.
const PAUSE: Duration = Duration::from_millis(50);
/// Rows of one page of children that are stopped.
const PAGE_ROWS: usize = 500;

/// Drives Map Runs.
#[derive(Debug)]
pub struct MapRunner {
    buckets: Buckets,
    attempts: Attempts,
    engine: EngineLink,
}

impl MapRunner {
    /// A runner that reads items from `buckets` and writes results to them. Runs wait until [`Self::connect`] says where
    /// executions are started.
    pub fn new(buckets: Buckets) -> Self {
        Self { buckets, attempts: Attempts::default(), engine: EngineLink::default() }
    }

    /// Says which engine executions are started on: the one that these runs belong to.
    pub fn connect(&self, engine: EngineHandle) {
        self.engine.connect(engine);
    }

    async fn attempt(&self, request: TaskRequest) -> TaskOutcome {
        let Some(run) = request.map_run.clone() else { return not_a_map_run(&request) };
        let registered = self.attempts.register(&request, Arc::default());
        let engine = self.engine.engine().await;
        let call_off = &registered.call_off;
        loop {
            match self.driven(&engine, &run, &request, call_off).await {
                Ok(outcome) => return outcome,
                Err(Fault::Work(failure)) => return TaskOutcome::Failed { failure },
                Err(Fault::CalledOff) => return TaskOutcome::Barred,
                // What is not told is delivered again, once there is an engine again; who calls it off ends the rest.
                Err(Fault::Engine(_)) if engine.has_stopped() || call_off.is_off() => {
                    return TaskOutcome::Barred;
                }
                Err(Fault::Engine(_)) => tokio::time::sleep(MAP_RUN_PAUSE).await,
            }
        }
    }

    async fn driven(
        &self,
        engine: &EngineHandle,
        run: &MapRun,
        request: &TaskRequest,
        call_off: &CallOff,
    ) -> Result<TaskOutcome, Fault> {
        Driver::open(&self.buckets, engine, run, request).await?.drive(call_off).await
    }

    /// Ends a Map Run: first whoever drives it here, then whatever children are left.
    async fn called_off(&self, request: TaskRequest) -> AbandonOutcome {
        let Some(run) = request.map_run.clone() else { return AbandonOutcome::Barred };
        while self.attempts.is_under_way(&request) {
            self.attempts.call_off(&request);
            tokio::time::sleep(PAUSE).await;
        }
        let engine = self.engine.engine().await;
        // A store that cannot be asked now is asked again: no child may outlive its run.
        while self.stop_children(&engine, &run).await.is_err() && !engine.has_stopped() {
            tokio::time::sleep(PAUSE).await;
        }
        AbandonOutcome::Barred
    }

    async fn stop_children(&self, engine: &EngineHandle, run: &MapRun) -> Result<(), Fault> {
        let Some(mut record) = engine.map_run_async(run.arn.clone()).await? else { return Ok(()) };
        children::stop_all(engine, &record.machine_arn, &run.arn).await?;
        if record.status == MapRunStatus::Running {
            record.status = MapRunStatus::Aborted;
            record.stopped_at = Some(SystemClock.now());
            engine.save_map_run_async(record).await?;
        }
        Ok(())
    }
}

/// A Task state that names the resource of Map Runs has none.
fn not_a_map_run(request: &TaskRequest) -> TaskOutcome {
    let cause = format!("`{}` is a distributed Map's, and no Task state's", request.resource.arn);
    TaskOutcome::Failed { failure: Failure::new("Task.NoRunner", cause) }
}

impl TaskRunner for MapRunner {
    fn name(&self, request: &TaskRequest) -> Arc<str> {
        let arn = request.map_run.as_ref().and_then(|run| run.arn.rsplit('/').next());
        arn.map_or_else(|| "map-run".into(), |label| format!("map-run:{label}").into())
    }

    fn accepts(&self, resource: &Resource) -> bool {
        &*resource.arn == MAP_RUN_RESOURCE
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
