//! Ten Pass states, durable: workflows per second, latency, syncs and CPU, beside what the disk itself can do.
//!
//! `cargo run --release -p baton-runtime --example passes [-- SECONDS [FOLDER]]`; see `bench/README.md`.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use asl::{JsonLimits, Payload, Timestamp, parse_definition};
use contracts::Contracts;
use machine::{Actor, Limits, Revision};
use runtime::engine::Settings;
use runtime::{Engine, EngineHandle, ProcessSeeds, StartRequest, SystemClock, World};
use store::{RevisionRecord, SqliteStore, Store as _};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One line of the table.
struct Line {
    concurrency: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    syncs_per_workflow: f64,
    cpu_s_per_1000: f64,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().map_or(Ok(5.0), |text| text.parse())?;
    let parent = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent)?;
    let tokio = tokio::runtime::Runtime::new()?;
    let (syncs, sync_p50_ms) = disk(folder.path(), Duration::from_secs_f64(seconds.min(2.0)))?;
    println!("disk: {syncs:.0} appends of 4 KiB with fdatasync per second, p50 {sync_p50_ms:.3} ms");
    println!(
        "{:>11} {:>12} {:>9} {:>9} {:>15} {:>12}",
        "concurrency", "workflows/s", "p50 ms", "p99 ms", "syncs/workflow", "CPU s/1,000"
    );
    for concurrency in [1, 16, 128] {
        let line = measure(&folder.path().join(concurrency.to_string()), &tokio, concurrency, seconds)?;
        println!(
            "{:>11} {:>12.0} {:>9.3} {:>9.3} {:>15.3} {:>12.3}",
            line.concurrency,
            line.per_second,
            line.p50_ms,
            line.p99_ms,
            line.syncs_per_workflow,
            line.cpu_s_per_1000
        );
        println!(
            r#"{{"bench":"passes","concurrency":{},"per_second":{:.1},"p50_ms":{:.4},"p99_ms":{:.4},"syncs_per_workflow":{:.4},"cpu_s_per_1000":{:.4},"disk_syncs_per_second":{syncs:.1},"disk_sync_p50_ms":{sync_p50_ms:.4}}}"#,
            line.concurrency,
            line.per_second,
            line.p50_ms,
            line.p99_ms,
            line.syncs_per_workflow,
            line.cpu_s_per_1000
        );
    }
    Ok(())
}

fn measure(
    folder: &Path,
    tokio: &tokio::runtime::Runtime,
    concurrency: usize,
    seconds: f64,
) -> Result<Line, Failure> {
    let mut store = SqliteStore::open(folder, [1; 16])?;
    let revision = ten_passes()?;
    let revision_key = store.save_revision(&record(&revision))?;
    let world = World {
        store: Box::new(store),
        runners: Vec::new(),
        clock: Arc::new(SystemClock),
        seeds: Box::new(ProcessSeeds::from_system()?),
        tokio: tokio.handle().clone(),
    };
    let engine = Engine::start(world, Settings::default())?;
    let request = StartRequest {
        revision,
        revision_key,
        name: None,
        input: Payload::parse(r#"{"order":17,"lines":[{"sku":"a","quantity":2}]}"#, JsonLimits::PAYLOAD)?,
        actor: Actor::User("bench".into()),
    };
    let (cpu_before, began) = (cpu_seconds(), Instant::now());
    let deadline = began + Duration::from_secs_f64(seconds);
    let callers: Vec<_> = (0..concurrency)
        .map(|_| {
            let (handle, request) = (engine.handle().clone(), request.clone());
            std::thread::spawn(move || call(&handle, &request, deadline))
        })
        .collect();
    let mut taken: Vec<Duration> = Vec::new();
    for caller in callers {
        taken.extend(caller.join().map_err(|_| "a caller panicked")??);
    }
    let (elapsed, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
    let counters = engine.handle().counters().ok_or("the engine has stopped")?;
    engine.drain();
    taken.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let (count, commits) = (taken.len() as f64, counters.commits as f64);
    Ok(Line {
        concurrency,
        per_second: count / elapsed,
        p50_ms: quantile_ms(&taken, 50),
        p99_ms: quantile_ms(&taken, 99),
        syncs_per_workflow: commits / count,
        cpu_s_per_1000: cpu / count * 1_000.0,
    })
}

/// Starts one workflow after the other and sees each end.
fn call(handle: &EngineHandle, request: &StartRequest, deadline: Instant) -> Result<Vec<Duration>, Failure> {
    let mut taken = Vec::new();
    while Instant::now() < deadline {
        let began = Instant::now();
        let started = handle.start(request.clone())?;
        taken.push(began.elapsed());
        let end = started.end.ok_or("ten Pass states end in the commit that starts them")?;
        if end.status != machine::Status::Succeeded {
            return Err(format!("it ended as {}", end.status.as_str()).into());
        }
    }
    Ok(taken)
}

fn ten_passes() -> Result<Arc<Revision>, Failure> {
    let states: Vec<_> = (0..10)
        .map(|at| {
            let then = if at == 9 { r#""End":true"#.to_owned() } else { format!(r#""Next":"P{}""#, at + 1) };
            format!(r#""P{at}":{{"Type":"Pass",{then}}}"#)
        })
        .collect();
    let definition = format!(r#"{{"StartAt":"P0","States":{{{}}}}}"#, states.join(","));
    let machine = parse_definition(&definition).machine.ok_or("the definition is wrong")?;
    Ok(Arc::new(Revision {
        name: "passes".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:passes".into(),
        role_arn: "arn:aws:iam::000000000000:role/passes".into(),
        definition: definition.into(),
        machine,
        contracts: Contracts::default(),
        limits: Limits::default(),
    }))
}

fn record(revision: &Revision) -> RevisionRecord {
    RevisionRecord {
        name: revision.name.clone(),
        arn: revision.arn.clone(),
        role_arn: revision.role_arn.clone(),
        definition: revision.definition.clone(),
        contracts: "{}".into(),
        payload_bytes_max: 262_144,
        events_max: 0,
        created_at: Timestamp::default(),
        created_by: Actor::User("bench".into()),
    }
}

/// What the disk can do: appends of 4 KiB, each synced, one after the other.
fn disk(folder: &Path, patience: Duration) -> Result<(f64, f64), Failure> {
    let mut file = File::create(folder.join("appends"))?;
    let (block, began, mut taken) = ([7; 4_096], Instant::now(), Vec::new());
    while began.elapsed() < patience {
        let at = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        taken.push(at.elapsed());
    }
    taken.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let per_second = taken.len() as f64 / began.elapsed().as_secs_f64();
    Ok((per_second, quantile_ms(&taken, 50)))
}

fn quantile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let at = sorted.len() * percent / 100;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}

/// User and system time of this process, from Linux's `/proc`; 0 where there is none.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
    ticks / 100.0
}
