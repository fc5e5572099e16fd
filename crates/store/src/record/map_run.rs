//! The stored form of a Map Run. The order of fields and variants is the format: append, never reorder.

use asl::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::frame;
use crate::map_run::{MapRunCounts, MapRunRecord, MapRunStatus};
use crate::store::ExecutionKey;

#[derive(Serialize, Deserialize)]
struct StoredMapRun<'a> {
    arn: &'a str,
    execution: i64,
    machine_arn: &'a str,
    status: StoredStatus,
    started_at: i64,
    stopped_at: Option<i64>,
    max_concurrency: u32,
    tolerated_failure_count: u64,
    tolerated_failure_percentage: f64,
    items: StoredCounts,
    executions: StoredCounts,
    redrives: u32,
    checkpoint: &'a str,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredStatus {
    Running,
    Succeeded,
    Failed,
    Aborted,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct StoredCounts {
    pending: u64,
    running: u64,
    succeeded: u64,
    failed: u64,
    timed_out: u64,
    aborted: u64,
    results_written: u64,
    quarantined: u64,
}

/// The stored form: format, checksum, contents.
pub fn encode_map_run(run: &MapRunRecord) -> Result<Vec<u8>, RecordError> {
    frame::seal(&StoredMapRun {
        arn: &run.arn,
        execution: run.execution.0,
        machine_arn: &run.machine_arn,
        status: match run.status {
            MapRunStatus::Running => StoredStatus::Running,
            MapRunStatus::Succeeded => StoredStatus::Succeeded,
            MapRunStatus::Failed => StoredStatus::Failed,
            MapRunStatus::Aborted => StoredStatus::Aborted,
        },
        started_at: run.started_at.unix_ms,
        stopped_at: run.stopped_at.map(|at| at.unix_ms),
        max_concurrency: run.max_concurrency,
        tolerated_failure_count: run.tolerated_failure_count,
        tolerated_failure_percentage: run.tolerated_failure_percentage,
        items: StoredCounts::of(&run.items),
        executions: StoredCounts::of(&run.executions),
        redrives: run.redrives,
        checkpoint: &run.checkpoint,
    })
}

/// The Map Run that was stored.
pub fn decode_map_run(sealed: &[u8]) -> Result<MapRunRecord, RecordError> {
    let stored: StoredMapRun<'_> = frame::unseal(sealed)?;
    Ok(MapRunRecord {
        arn: stored.arn.into(),
        execution: ExecutionKey(stored.execution),
        machine_arn: stored.machine_arn.into(),
        status: match stored.status {
            StoredStatus::Running => MapRunStatus::Running,
            StoredStatus::Succeeded => MapRunStatus::Succeeded,
            StoredStatus::Failed => MapRunStatus::Failed,
            StoredStatus::Aborted => MapRunStatus::Aborted,
        },
        started_at: Timestamp::from_unix_ms(stored.started_at),
        stopped_at: stored.stopped_at.map(Timestamp::from_unix_ms),
        max_concurrency: stored.max_concurrency,
        tolerated_failure_count: stored.tolerated_failure_count,
        tolerated_failure_percentage: stored.tolerated_failure_percentage,
        items: stored.items.restore(),
        executions: stored.executions.restore(),
        redrives: stored.redrives,
        checkpoint: stored.checkpoint.into(),
    })
}

impl StoredCounts {
    fn of(counts: &MapRunCounts) -> Self {
        let MapRunCounts {
            pending,
            running,
            succeeded,
            failed,
            timed_out,
            aborted,
            results_written,
            quarantined,
        } = *counts;
        Self { pending, running, succeeded, failed, timed_out, aborted, results_written, quarantined }
    }

    fn restore(self) -> MapRunCounts {
        let Self { pending, running, succeeded, failed, timed_out, aborted, results_written, quarantined } =
            self;
        MapRunCounts { pending, running, succeeded, failed, timed_out, aborted, results_written, quarantined }
    }
}
