//! The driver of one Map Run: starts children while there is room, takes their results in order, keeps checkpoints.

use std::collections::VecDeque;
use std::sync::Arc;

use asl::state::map::{OutputType, Transformation, WriterConfig};
use asl::{Failure, Payload};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use machine::map_run::MapRun;
use runtime::{
    Clock as _, EngineHandle, Lookup, MapRunCounts, MapRunRecord, MapRunStatus, SystemClock, TaskOutcome,
    TaskRequest,
};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::PAUSE;
use super::checkpoint::{Checkpoint, End};
use super::children::{self, ChildEnd, ChildInput, Children};
use super::fault::Fault;
use super::feed::Feed;
use super::files::Files;
use super::form::Form;
use super::sink::{Collected, Sink};
use super::tally::Tally;
use super::window::Window;
use crate::Buckets;
use crate::called_off::CallOff;
use crate::limits::{MAP_RUN_CHILDREN_MAX, MAP_RUN_INPUT_BYTES_MAX, MAP_RUN_SHOWN_EVERY, MAP_RUN_WINDOW_MAX};

/// AWS's name and words for it.
const EXCEEDED: (&str, &str) =
    ("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded");

/// One run under way.
pub(super) struct Driver<'a> {
    buckets: &'a Buckets,
    engine: &'a EngineHandle,
    run: &'a MapRun,
    record: MapRunRecord,
    checkpoint: Checkpoint,
    children: Arc<Children>,
    /// Whether somebody else may have started children that nobody here waits for.
    is_taken_up: bool,
    sink: Sink,
    /// As things stand now; the checkpoint has its own.
    tally: Tally,
}

impl<'a> Driver<'a> {
    /// A run at its last checkpoint: the beginning, or where a process that is gone has left it.
    pub(super) async fn open(
        buckets: &'a Buckets,
        engine: &'a EngineHandle,
        run: &'a MapRun,
        request: &TaskRequest,
    ) -> Result<Self, Fault> {
        let found = engine.map_run_async(run.arn.clone()).await?;
        let is_taken_up = found.is_some();
        let record = match found {
            Some(record) if record.redrives < run.redrives => redriven(engine, record, run).await?,
            Some(record) => record,
            None => new_record(engine, run, request).await?,
        };
        let checkpoint = Checkpoint::parse(&record.checkpoint)?;
        let children = Arc::new(Children::of(engine, run, checkpoint.redriven_at).await?);
        let mut sink = sink(buckets, run, &children, request);
        if let Some(kept) = &checkpoint.sink {
            sink.restore(kept);
        }
        let tally = checkpoint.tally;
        Ok(Self { buckets, engine, run, record, checkpoint, children, is_taken_up, sink, tally })
    }

    /// Drives the run to its end.
    pub(super) async fn drive(mut self, call_off: &CallOff) -> Result<TaskOutcome, Fault> {
        if let Some(end) = self.checkpoint.end.clone() {
            return Ok(outcome(end));
        }
        if self.record.status == MapRunStatus::Aborted {
            return Err(Fault::CalledOff);
        }
        let worked = match self.checkpoint.doom.clone() {
            Some(failure) => Err(Fault::Work(failure)),
            None => self.work(call_off).await,
        };
        if !matches!(worked, Err(Fault::Engine(_))) {
            self.stop_others().await?;
        }
        let output = match worked {
            Ok(()) => self.output().await,
            Err(fault) => Err(fault),
        };
        match output {
            Ok(output) => self.end(MapRunStatus::Succeeded, End::Succeeded(output)).await,
            Err(Fault::Work(failure)) => {
                // What went wrong first is what is told.
                let _ = self.leave_results().await;
                self.end(MapRunStatus::Failed, End::Failed(failure)).await
            }
            Err(fault) => Err(fault),
        }
    }

    /// Starts children and takes their results until there are none left, or until the run has failed and none is under way.
    async fn work(&mut self, call_off: &CallOff) -> Result<(), Fault> {
        self.sink.check()?;
        let mut feed = Feed::open(self.buckets, self.run, &self.checkpoint).await?;
        let mut window = Window::new(self.checkpoint.children);
        let (mut ready, mut under_way) = (VecDeque::new(), FuturesUnordered::new());
        let mut shown = ticker();
        let mut fault: Option<Fault> = None;
        loop {
            while fault.is_none() && self.has_room(&window, under_way.len()) {
                let Some(child) = ready.pop_front() else { break };
                under_way.push(self.started(child, &mut window));
            }
            let is_whole = feed.is_over() && ready.is_empty();
            let is_fed = fault.is_some() || is_whole;
            if is_fed && under_way.is_empty() {
                return fault.map_or(Ok(()), Err);
            }
            let happened = tokio::select! {
                () = call_off.told(), if fault.is_none() => Err(Fault::CalledOff),
                Some(ended) = under_way.next(), if !under_way.is_empty() => self.ended(ended, &mut window),
                fed = feed.next(), if !is_fed && ready.is_empty() => {
                    fed.map(|children| ready.extend(children)).map_err(Fault::from)
                }
                _ = shown.tick() => self.show_news().await,
            };
            let happened = happened.and_then(|()| self.ended_too(&mut under_way, &mut window));
            let happened = match happened {
                Ok(()) => self.take(&mut window).await,
                fault => fault,
            };
            let happened = happened.and_then(|()| self.tolerated(feed.is_over().then(|| feed.items())));
            if let Err(engine @ Fault::Engine(_)) = happened {
                return Err(engine);
            }
            if let (Err(found), None) = (happened, &fault) {
                self.doom(&found).await?;
                fault = Some(found);
                self.children.stop();
            }
        }
    }

    fn started(
        &mut self,
        child: ChildInput,
        window: &mut Window,
    ) -> impl Future<Output = Result<ChildEnd, Fault>> + use<> {
        if child.input.is_some() {
            self.tally.started(child.share.items);
        }
        window.start(child.bytes());
        let children = self.children.clone();
        async move { children.run(child).await }
    }

    fn ended(&mut self, ended: Result<ChildEnd, Fault>, window: &mut Window) -> Result<(), Fault> {
        let end = ended?;
        match &end.ran {
            Some(ran) => self.tally.ended(ran.end.status, end.share.items),
            None if end.share.items > 0 => self.tally.not_started(end.share.items),
            None => {}
        }
        window.end(end);
        Ok(())
    }

    /// Whatever else has ended meanwhile: many end in one commit.
    fn ended_too(
        &mut self,
        under_way: &mut FuturesUnordered<impl Future<Output = Result<ChildEnd, Fault>>>,
        window: &mut Window,
    ) -> Result<(), Fault> {
        while let Some(Some(ended)) = under_way.next().now_or_never() {
            self.ended(ended, window)?;
        }
        Ok(())
    }

    fn has_room(&self, window: &Window, under_way: usize) -> bool {
        let children_max = match self.run.plan.max_concurrency as usize {
            0 => MAP_RUN_CHILDREN_MAX,
            max => max.min(MAP_RUN_CHILDREN_MAX),
        };
        under_way < children_max
            && window.len() < MAP_RUN_WINDOW_MAX
            && window.input_bytes() < MAP_RUN_INPUT_BYTES_MAX
    }

    /// Takes the results that are next.
    async fn take(&mut self, window: &mut Window) -> Result<(), Fault> {
        while let Some(mut end) = window.take() {
            if let Some(ran) = &mut end.ran {
                self.children.recall(ran).await?;
            }
            self.sink.take(&end);
            self.checkpoint.children += 1;
            self.checkpoint.items += end.share.len();
            for tally in [&mut self.tally, &mut self.checkpoint.tally] {
                tally.quarantined(end.share.quarantined.len());
            }
            if let Some(ran) = &end.ran {
                self.tally.written(end.share.items);
                self.checkpoint.tally.take(ran.end.status, end.share.items);
            }
            if self.sink.is_due() {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Fails when more items have failed than is tolerated. A share is known only when all items are.
    fn tolerated(&self, total: Option<u64>) -> Result<(), Fault> {
        if !self.run.plan.is_exceeded(self.tally.failed_items(), total) {
            return Ok(());
        }
        Err(Fault::Work(Failure::new(EXCEEDED.0, EXCEEDED.1)))
    }

    /// The run fails: that is remembered before a child is stopped for it, so that after a crash it is no other failure.
    async fn doom(&mut self, fault: &Fault) -> Result<(), Fault> {
        let Fault::Work(failure) = fault else { return Ok(()) };
        self.checkpoint.doom = Some(failure.clone());
        match self.keep().await {
            // Results cannot be written; what they come to is not the first that went wrong.
            Err(Fault::Work(_)) => {
                self.record.checkpoint = self.checkpoint.to_text();
                self.show().await
            }
            kept => kept,
        }
    }

    /// Everything that was taken becomes final.
    async fn keep(&mut self) -> Result<(), Fault> {
        self.checkpoint.sink = Some(self.sink.keep().await?);
        self.record.checkpoint = self.checkpoint.to_text();
        self.show().await
    }

    /// Remembers how things stand, unless nothing has happened since: a run that only waits writes nothing.
    async fn show_news(&mut self) -> Result<(), Fault> {
        if (self.record.items, self.record.executions) == (self.tally.items, self.tally.executions) {
            return Ok(());
        }
        self.show().await
    }

    /// Remembers how things stand, at the last checkpoint.
    async fn show(&mut self) -> Result<(), Fault> {
        (self.record.items, self.record.executions) = (self.tally.items, self.tally.executions);
        save(self.engine, &self.record).await
    }

    /// Children of whoever drove the run before, which this one has not come to: none outlives its run.
    async fn stop_others(&self) -> Result<(), Fault> {
        if self.is_taken_up {
            children::stop_all(self.engine, self.children.machine_arn(), &self.run.arn).await?;
        }
        Ok(())
    }

    async fn output(&mut self) -> Result<Payload, Fault> {
        self.sink.keep().await?;
        self.sink.finish(self.run.state_name()).await
    }

    async fn leave_results(&mut self) -> Result<(), Fault> {
        self.sink.keep().await?;
        self.sink.give_up().await
    }

    async fn end(&mut self, status: MapRunStatus, end: End) -> Result<TaskOutcome, Fault> {
        self.checkpoint.end = Some(end.clone());
        // What was put together is the end, or stands in files.
        self.checkpoint.sink = None;
        self.record.checkpoint = self.checkpoint.to_text();
        self.record.status = status;
        self.record.stopped_at = Some(SystemClock.now());
        self.show().await?;
        Ok(outcome(end))
    }
}

fn outcome(end: End) -> TaskOutcome {
    match end {
        End::Succeeded(output) => TaskOutcome::Succeeded { output },
        End::Failed(failure) => TaskOutcome::Failed { failure },
    }
}

async fn new_record(
    engine: &EngineHandle,
    run: &MapRun,
    request: &TaskRequest,
) -> Result<MapRunRecord, Fault> {
    let execution = engine.find_async(Lookup::Arn(request.execution_arn.clone())).await?;
    let missing = || Fault::for_good(format!("there is no execution `{}`", request.execution_arn));
    let record = MapRunRecord {
        arn: run.arn.clone(),
        execution: execution.ok_or_else(missing)?.key,
        machine_arn: run.child_machine_arn(),
        status: MapRunStatus::Running,
        started_at: SystemClock.now(),
        stopped_at: None,
        max_concurrency: run.plan.max_concurrency,
        tolerated_failure_count: run.plan.tolerated_failure_count.unwrap_or(0).into(),
        tolerated_failure_percentage: run.plan.tolerated_failure_percentage.unwrap_or(0.0),
        items: MapRunCounts::default(),
        executions: MapRunCounts::default(),
        redrives: 0,
        checkpoint: Checkpoint::default().to_text(),
    };
    save(engine, &record).await?;
    Ok(record)
}

/// A run that is redriven begins anew, with the children that it has. Remembered before any of them goes on: those that end
/// badly from now on do not go on once more after a crash.
async fn redriven(engine: &EngineHandle, record: MapRunRecord, run: &MapRun) -> Result<MapRunRecord, Fault> {
    let checkpoint = Checkpoint { redriven_at: Some(SystemClock.now()), ..Checkpoint::default() };
    let record = MapRunRecord {
        status: MapRunStatus::Running,
        stopped_at: None,
        redrives: run.redrives,
        checkpoint: checkpoint.to_text(),
        ..record
    };
    save(engine, &record).await?;
    Ok(record)
}

/// Remembers a record, however long the store has no room for it. Fails where it never will, and where the engine has stopped.
async fn save(engine: &EngineHandle, record: &MapRunRecord) -> Result<(), Fault> {
    loop {
        match engine.save_map_run_async(record.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => match Fault::from(error) {
                Fault::Engine(_) if !engine.has_stopped() => tokio::time::sleep(PAUSE).await,
                fault => return Err(fault),
            },
        }
    }
}

fn sink(buckets: &Buckets, run: &MapRun, children: &Children, request: &TaskRequest) -> Sink {
    let (_, distributed) = run.map();
    let config = distributed.result_writer.as_ref().and_then(|writer| writer.config);
    // Without a writer, or with one that names no form: AWS puts outputs together, and exports descriptions.
    let unsaid = |transformation| WriterConfig { transformation, output_type: OutputType::Json };
    let machine_arn = children.machine_arn().clone();
    match &run.plan.writer {
        Some(place) => {
            let config = config.unwrap_or_else(|| unsaid(Transformation::None));
            Sink::Files(Box::new(Files::new(buckets, place, &run.arn, Form { config, machine_arn })))
        }
        None => {
            let config = config.unwrap_or_else(|| unsaid(Transformation::Compact));
            // An output is one JSON value, whatever its form would be in a file.
            let config = WriterConfig { output_type: OutputType::Json, ..config };
            Sink::Output(Collected::new(Form { config, machine_arn }, request.result_bytes_max))
        }
    }
}

fn ticker() -> Interval {
    let mut ticker = interval(MAP_RUN_SHOWN_EVERY);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticker
}
