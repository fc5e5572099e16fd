//! Child executions of one Map Run: how one is started, found again after a crash, waited for, stopped.

use std::sync::Arc;

use asl::measure::measure;
use asl::{ErrorName, Failure, Payload, Timestamp};
use machine::map_run::{MapItem, MapRun};
use machine::{Actor, NotRedrivable, Revision, Status};
use runtime::{
    AccessError, Clock as _, EngineHandle, ExecutionEnd, ExecutionFilter, ExecutionKey, ExecutionRow, Lookup,
    RedriveError, RevisionKey, StartError, StartRequest, Started, SystemClock,
};
use tokio::sync::{Semaphore, watch};

use super::fault::Fault;
use super::{PAGE_ROWS, PAUSE};
use crate::limits::{MAP_RUN_STARTS_MAX, QUARANTINED_BYTES_PER_SHARE, QUARANTINED_PER_SHARE};

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
    /// Bytes of those.
    pub(super) quarantined_bytes: usize,
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

    /// One more item has broken its contract.
    pub(super) fn set_aside(&mut self, it: Quarantined) {
        let item = measure(&it.item.value, usize::MAX, usize::MAX).unwrap_or(0);
        self.quarantined_bytes += item + it.failure.cause.as_ref().map_or(0, |cause| cause.len());
        self.quarantined.push(it);
    }

    /// Whether no more items are set aside with this child.
    pub(super) fn is_full(&self) -> bool {
        self.quarantined.len() >= QUARANTINED_PER_SHARE
            || self.quarantined_bytes >= QUARANTINED_BYTES_PER_SHARE
    }
}

impl ChildInput {
    /// Bytes that are held for it while it is under way.
    pub(super) fn bytes(&self) -> usize {
        self.share.quarantined_bytes + self.input.as_ref().map_or(0, |input| input.text().len())
    }
}

/// How one ended.
#[derive(Clone, Debug)]
pub(super) struct ChildEnd {
    pub(super) index: u64,
    pub(super) share: Share,
    /// Nothing where there was no child, or none was started any more.
    pub(super) ran: Option<Ran>,
}

/// A child execution that has ended.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) input: Payload,
    pub(super) name: Arc<str>,
    pub(super) end: ExecutionEnd,
    /// Where it lives, if it does.
    pub(super) key: Option<ExecutionKey>,
    /// Whether its output and its failure were let go, because there was no room for them.
    pub(super) is_let_go: bool,
}

impl Ran {
    /// Lets go of what can be read again.
    pub(super) fn let_go(&mut self) {
        if self.key.is_some() {
            self.is_let_go = true;
            (self.end.output, self.end.failure) = (None, None);
        }
    }
}

/// A child execution when it is asked for.
enum Begun {
    /// It is under way.
    Running(ExecutionKey),
    /// It has ended, perhaps long ago.
    Ended(ExecutionKey, ExecutionEnd),
    /// It can never be.
    Refused(String),
    /// It is not started any more.
    NotStarted,
}

/// The children of one Map Run.
pub(super) struct Children {
    engine: EngineHandle,
    revision: Arc<Revision>,
    revision_key: RevisionKey,
    run_arn: Arc<str>,
    prefix: String,
    /// When the run was redriven: what had ended badly before goes on.
    redriven_at: Option<Timestamp>,
    starting: Semaphore,
    stopping: watch::Sender<bool>,
}

impl Children {
    /// The children of a run, none of which is started yet.
    pub(super) async fn of(
        engine: &EngineHandle,
        run: &MapRun,
        redriven_at: Option<Timestamp>,
    ) -> Result<Self, Fault> {
        let revision = Arc::new(run.child_revision());
        let revision_key = engine.save_revision_async(&revision, SystemClock.now(), Actor::Engine).await?;
        Ok(Self {
            engine: engine.clone(),
            revision,
            revision_key,
            run_arn: run.arn.clone(),
            prefix: prefix(&run.arn),
            redriven_at,
            starting: Semaphore::new(MAP_RUN_STARTS_MAX),
            stopping: watch::Sender::new(false),
        })
    }

    /// The machine that they run.
    pub(super) fn machine_arn(&self) -> &Arc<str> {
        &self.revision.arn
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
        let (key, end) = match self.begun(&name, &input).await? {
            Begun::Running(key) => (Some(key), self.ended(key).await?),
            Begun::Ended(key, end) if self.is_to_go_on(&end) => (Some(key), self.redriven(key, end).await?),
            Begun::Ended(key, end) => (Some(key), end),
            Begun::Refused(reason) => (None, failed(reason)),
            Begun::NotStarted => return Ok(ChildEnd { index, share, ran: None }),
        };
        Ok(ChildEnd { index, share, ran: Some(Ran { input, name, end, key, is_let_go: false }) })
    }

    /// Reads again what of an end was let go.
    pub(super) async fn recall(&self, ran: &mut Ran) -> Result<(), Fault> {
        if let (true, Some(key)) = (ran.is_let_go, ran.key) {
            let end = self.ended(key).await?;
            (ran.end.output, ran.end.failure) = (end.output, end.failure);
            ran.is_let_go = false;
        }
        Ok(())
    }

    /// Whether a redrive of the run has brought back a child that ended like this.
    fn is_to_go_on(&self, end: &ExecutionEnd) -> bool {
        let is_before = self.redriven_at.is_some_and(|at| end.ended_at <= at);
        end.status != Status::Succeeded && is_before && !*self.stopping.borrow()
    }

    async fn begun(&self, name: &Arc<str>, input: &Payload) -> Result<Begun, Fault> {
        let Ok(_place) = self.starting.acquire().await else { return Err(Fault::CalledOff) };
        let start = StartRequest {
            revision: self.revision.clone(),
            revision_key: self.revision_key,
            name: Some(name.clone()),
            input: input.clone(),
            actor: Actor::Principal(self.run_arn.clone()),
        };
        while !*self.stopping.borrow() {
            match self.engine.start_async(start.clone()).await {
                Ok(Started { key, end: Some(end), .. }) => return Ok(Begun::Ended(key, end)),
                Ok(started) => return Ok(Begun::Running(started.key)),
                Err(StartError::Busy { .. }) => tokio::time::sleep(PAUSE).await,
                // The name has the run and the number in it, so it is ours, whatever its input was then.
                Err(StartError::ExecutionAlreadyExists { existing, .. }) => {
                    return self.found(existing).await;
                }
                Err(error @ (StartError::Refused { .. } | StartError::InvalidExecutionInput { .. })) => {
                    return Ok(Begun::Refused(error.to_string()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Begun::NotStarted)
    }

    /// A child that was started with another input: what it was made of has changed.
    async fn found(&self, key: ExecutionKey) -> Result<Begun, Fault> {
        let row = self.engine.find_async(Lookup::Key(key)).await?;
        match row.map(|row| row.status) {
            Some(Status::Succeeded | Status::Failed | Status::TimedOut | Status::Aborted) => {
                Ok(Begun::Ended(key, self.ended(key).await?))
            }
            Some(Status::Running) | None => Ok(Begun::Running(key)),
        }
    }

    /// Redrives a child that had not succeeded; one that cannot be stays as it is.
    async fn redriven(&self, key: ExecutionKey, end: ExecutionEnd) -> Result<ExecutionEnd, Fault> {
        while !*self.stopping.borrow() {
            let actor = Actor::Principal(self.run_arn.clone());
            match self.engine.redrive_async(key, actor).await {
                Ok(_) | Err(RedriveError::NotRedrivable(NotRedrivable::Running)) => {
                    return self.ended(key).await;
                }
                // Unsettled: a task that ran when it was stopped is being ended.
                Err(
                    RedriveError::Access(AccessError::Busy { .. } | AccessError::Store { .. })
                    | RedriveError::NotRedrivable(NotRedrivable::Unsettled),
                ) => tokio::time::sleep(PAUSE).await,
                Err(
                    RedriveError::Access(AccessError::Quarantined { .. }) | RedriveError::NotRedrivable(_),
                ) => return Ok(end),
                Err(RedriveError::Access(error)) => return Err(error.into()),
            }
        }
        Ok(end)
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
            Err(AccessError::Quarantined { reason, .. }) => {
                Ok(failed(format!("the execution is set aside: {reason}")))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// An execution that was set aside, or that cannot be, counts as one that failed: the others go on.
fn failed(reason: String) -> ExecutionEnd {
    let now = SystemClock.now();
    ExecutionEnd {
        status: Status::Failed,
        output: None,
        failure: Some(Failure::new(ErrorName::RUNTIME, reason)),
        settled: false,
        started_at: now,
        ended_at: now,
        redrives: 0,
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

/// Stops whatever children of a run there are, whoever started them.
pub(super) async fn stop_all(
    engine: &EngineHandle,
    machine_arn: &Arc<str>,
    run_arn: &Arc<str>,
) -> Result<(), Fault> {
    let filter = ExecutionFilter {
        machine_arn: Some(machine_arn.clone()),
        status: Some(Status::Running),
        ..ExecutionFilter::default()
    };
    let is_ours = |row: &&ExecutionRow| matches!(&row.started_by, Actor::Principal(by) if by == run_arn);
    let mut before = None;
    loop {
        let rows = engine.list_async(filter.clone(), before, PAGE_ROWS).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        before = Some(last.key);
        for row in rows.iter().filter(is_ours) {
            stop(engine, row.key, run_arn).await?;
        }
    }
}
