//! Callers that start one execution after the other and see each end: asynchronous ones, as a server's are.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use asl::Timestamp;
use machine::{Actor, Status};
use runtime::engine::Settings;
use runtime::shard::arrival::Until;
use runtime::{Engine, EngineHandle, ProcessSeeds, StartRequest, SystemClock, World};
use store::SqliteStore;

use crate::Failure;
use crate::machines::Machine;

/// What a run came to.
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) syncs_per_workflow: f64,
    pub(crate) cpu_s_per_1000: f64,
}

/// One row of the table.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    pub(crate) concurrency: usize,
    pub(crate) measured: &'a Measured,
}

impl Line<'_> {
    pub(crate) const HEAD: &'static str = "what                                          concurrency  workflows/s    p50 ms    p99 ms  syncs/workflow  CPU s/1,000";
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { per_second, p50_ms, p99_ms, syncs_per_workflow, cpu_s_per_1000 } = self.measured;
        write!(
            f,
            "{:<45} {:>11} {per_second:>12.0} {p50_ms:>9.3} {p99_ms:>9.3} {syncs_per_workflow:>15.4} {cpu_s_per_1000:>12.4}",
            self.name, self.concurrency
        )
    }
}

pub(crate) fn measure(
    folder: &Path,
    tokio: &tokio::runtime::Runtime,
    machine: Machine,
    concurrency: usize,
    patience: Duration,
) -> Result<Measured, Failure> {
    let world = World {
        store: Box::new(SqliteStore::open(folder, [1; 16])?),
        runners: Vec::new(),
        clock: Arc::new(SystemClock),
        seeds: Box::new(ProcessSeeds::from_system()?),
        tokio: tokio.handle().clone(),
    };
    let engine = Engine::start(world, Settings::default())?;
    let revision = machine.revision()?;
    let actor = Actor::User("bench".into());
    let revision_key = engine.handle().save_revision(&revision, Timestamp::default(), actor.clone())?;
    let request = StartRequest { revision, revision_key, name: None, input: machine.input()?, actor };
    let (cpu_before, began) = (cpu_seconds(), Instant::now());
    let deadline = began + patience;
    let callers: Vec<_> = (0..concurrency)
        .map(|_| {
            let (handle, request) = (engine.handle().clone(), request.clone());
            tokio.spawn(async move { call(&handle, &request, deadline).await })
        })
        .collect();
    let mut taken: Vec<Duration> = Vec::new();
    for caller in callers {
        taken.extend(tokio.block_on(caller)??);
    }
    let (elapsed, cpu) = (began.elapsed(), cpu_seconds() - cpu_before);
    let commits = engine.handle().counters().ok_or("the engine has stopped")?.commits;
    engine.drain();
    Ok(Measured::new(taken, elapsed, cpu, commits))
}

impl Measured {
    pub(crate) fn new(mut taken: Vec<Duration>, elapsed: Duration, cpu_s: f64, commits: u64) -> Self {
        taken.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        let (count, commits) = (taken.len() as f64, commits as f64);
        Self {
            per_second: count / elapsed.as_secs_f64(),
            p50_ms: quantile_ms(&taken, 50),
            p99_ms: quantile_ms(&taken, 99),
            syncs_per_workflow: commits / count,
            cpu_s_per_1000: cpu_s / count * 1_000.0,
        }
    }
}

/// Starts one workflow after the other and sees each end.
async fn call(
    handle: &EngineHandle,
    request: &StartRequest,
    deadline: Instant,
) -> Result<Vec<Duration>, Failure> {
    let mut taken = Vec::new();
    while Instant::now() < deadline {
        let began = Instant::now();
        let started = handle.start_async(request.clone()).await?;
        let end = match started.end {
            Some(end) => end,
            None => handle.wait_async(started.key, Until::Ended).await?,
        };
        taken.push(began.elapsed());
        if end.status != Status::Succeeded {
            return Err(format!("it ended as {}: {:?}", end.status.as_str(), end.failure).into());
        }
    }
    Ok(taken)
}

pub(crate) fn quantile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let at = sorted.len() * percent / 100;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}

/// User and system time of this process, from Linux's `/proc`; 0 where there is none.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
    ticks / 100.0
}
