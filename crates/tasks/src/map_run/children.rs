//! Child executions of one Map Run: how one is started, found again after a crash, waited for, stopped.

use std::sync::Arc;

use asl::{ErrorName, Failure, Payload};
use machine::map_run::{MapItem, MapRun};
use machine::{Actor, Revision, Status};
use runtime::{
    AccessError, Clock as _, EngineHandle, ExecutionEnd, ExecutionKey, ExecutionRow, RedriveError,
    RevisionKey, StartError, StartRequest, SystemClock,
};
use tokio::sync::{Semaphore, watch};

use super::PAUSE;
use super::fault::Fault;
use crate::limits::MAP_RUN_STARTS_MAX;

/// What one child execution gets.
#[derive(Clone, Debug)]
pub(super) struct ChildInput {
    /// Its number, from 0.
    pub(super) index: u64,
    pub(super) share: Share,
    /// What it is started with. Nothing where the last items of all are quarantined: then there is no execution.
    pub(super) input: Option<Payload>,
}

/// The items since the child before: those that a child is for, and those that no child is for.
#[derive(Clone, Debug, Default)]
pub(super) struct Share {
    /// How many items it is for.
    pub(super) items: u64,
    /// Items that broke their contract.
    pub(super) quarantined: Vec<Quarantined>,
}

/// An item that broke its contract.
#[derive(Clone, Debug)]
pub(super) struct Quarantined {
    pub(super) item: MapItem,
    pub(super) failure: Failure,
}

impl Share {
    /// Items of the source.
    pub(super) fn len(&self) -> u64 {
        self.items + self.quarantined.len() as u64
    }
}

/// How one ended.
#[derive(Clone, Debug)]
pub(super) struct ChildEnd {
    pub(super) index: u64,
    pub(super) share: Share,
    pub(super) ran: Option<Ran>,
}

/// A child execution that has ended.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) input: Payload,
    pub(super) name: Arc<str>,
    pub(super) end: ExecutionEnd,
}

/// The children of one Map Run.
pub(super) struct Children {
    engine: EngineHandle,
    revision: Arc<Revision>,
    revision_key: RevisionKey,
    run_arn: Arc<str>,
    prefix: String,
    /// Whether those that have not succeeded go on.
    is_redrive: bool,
    starting: Semaphore,
    stopping: watch::Sender<bool>,
}

impl Children {
    /// The children of a run, none of which is started yet.
    pub(super) async fn of(engine: &EngineHandle, run: &MapRun) -> Result<Self, Fault> {
        let revision = Arc::new(run.child_revision());
        let revision_key = engine.save_revision_async(&revision, SystemClock.now(), Actor::Engine).await?;
        Ok(Self {
            engine: engine.clone(),
            revision,
            revision_key,
            run_arn: run.arn.clone(),
            prefix: prefix(&run.arn),
            is_redrive: run.redrives > 0,
            starting: Semaphore::new(MAP_RUN_STARTS_MAX),
            stopping: watch::Sender::new(false),
        })
    }

    /// The machine that they run.
    pub(super) fn machine_arn(&self) -> &Arc<str> {
        &self.revision.arn
    }

    /// Whether an execution was started by this run.
    pub(super) fn is_of(row: &ExecutionRow, run_arn: &str) -> bool {
        matches!(&row.started_by, Actor::Principal(by) if &**by == run_arn)
    }

    /// Ends those that are under way; none that comes behind them goes on either.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Starts a child, or finds the one that was started before a crash, and waits for its end.
    pub(super) async fn run(&self, child: ChildInput) -> Result<ChildEnd, Fault> {
        let ChildInput { index, share, input } = child;
        let Some(input) = input else { return Ok(ChildEnd { index, share, ran: None }) };
        let name: Arc<str> = format!("{}-{index}", self.prefix).into();
        let (key, end) = self.started(&name, &input).await?;
        let end = match end {
            Some(end) if self.is_redrive && end.status != Status::Succeeded => {
                self.redriven(key, end).await?
            }
            Some(end) => end,
            None => self.ended(key).await?,
        };
        Ok(ChildEnd { index, share, ran: Some(Ran { input, name, end }) })
    }

    async fn started(
        &self,
        name: &Arc<str>,
        input: &Payload,
    ) -> Result<(ExecutionKey, Option<ExecutionEnd>), Fault> {
        let Ok(_place) = self.starting.acquire().await else { return Err(Fault::CalledOff) };
        loop {
            let start = StartRequest {
                revision: self.revision.clone(),
                revision_key: self.revision_key,
                name: Some(name.clone()),
                input: input.clone(),
                actor: Actor::Principal(self.run_arn.clone()),
            };
            match self.engine.start_async(start).await {
                Ok(started) => return Ok((started.key, started.end)),
                Err(StartError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
                // The name has the run and the number in it, so it is ours, whatever its input was then.
                Err(StartError::ExecutionAlreadyExists { existing, .. }) => return Ok((existing, None)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Redrives a child that had not succeeded; one that cannot be stays as it is.
    async fn redriven(&self, key: ExecutionKey, end: ExecutionEnd) -> Result<ExecutionEnd, Fault> {
        loop {
            let actor = Actor::Principal(self.run_arn.clone());
            match self.engine.redrive_async(key, actor).await {
                Ok(_) => return self.ended(key).await,
                Err(RedriveError::Access(AccessError::Busy { .. } | AccessError::Store { .. })) => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(
                    RedriveError::Access(AccessError::Quarantined { .. }) | RedriveError::NotRedrivable(_),
                ) => return Ok(end),
                Err(RedriveError::Access(error)) => return Err(error.into()),
            }
        }
    }

    async fn ended(&self, key: ExecutionKey) -> Result<ExecutionEnd, Fault> {
        let mut stopping = self.stopping.subscribe();
        let ended = tokio::select! {
            ended = self.engine.wait_for_child(key) => ended,
            // The sender lives as long as this.
            () = async { drop(stopping.wait_for(|is_stopping| *is_stopping).await) } => {
                stop(&self.engine, key, &self.run_arn).await?;
                self.engine.wait_for_child(key).await
            }
        };
        match ended {
            Ok(end) => Ok(end),
            Err(AccessError::Quarantined { reason, .. }) => Ok(set_aside(&reason)),
            Err(error) => Err(error.into()),
        }
    }
}

/// An execution that was set aside counts as one that failed: the others go on.
fn set_aside(reason: &str) -> ExecutionEnd {
    let now = SystemClock.now();
    ExecutionEnd {
        status: Status::Failed,
        output: None,
        failure: Some(Failure::new(ErrorName::RUNTIME, format!("the execution is set aside: {reason}"))),
        settled: false,
        started_at: now,
        ended_at: now,
    }
}

/// What the names of a run's children begin with: half of the run's own UUID, which keeps them short.
fn prefix(run_arn: &str) -> String {
    let id = run_arn.rsplit(':').next().unwrap_or_default();
    id.chars().filter(|char| *char != '-').take(16).collect()
}

/// Stops a child, however long the stop cannot be remembered.
pub(super) async fn stop(engine: &EngineHandle, key: ExecutionKey, run_arn: &Arc<str>) -> Result<(), Fault> {
    loop {
        let failure = Failure { error: None, cause: None };
        match engine.stop_async(key, failure, Actor::Principal(run_arn.clone())).await {
            Err(AccessError::Busy { .. } | AccessError::Store { .. }) => tokio::time::sleep(PAUSE).await,
            Ok(_) | Err(AccessError::Quarantined { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
