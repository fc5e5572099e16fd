//! What is kept of a Map Run: how it stands, its counts, and where its driver goes on after a crash.

use std::sync::Arc;

use asl::Timestamp;

use crate::store::ExecutionKey;

/// A Map Run. AWS: `DescribeMapRun`.
#[derive(Clone, Debug, PartialEq)]
pub struct MapRunRecord {
    /// Its ARN.
    pub arn: Arc<str>,
    /// The execution whose state it runs.
    pub execution: ExecutionKey,
    /// The machine of its child executions: `…:stateMachine:<machine>/<label>`.
    pub machine_arn: Arc<str>,
    /// How it stands.
    pub status: MapRunStatus,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// Child executions that may run at once; 0 means no bound of its own.
    pub max_concurrency: u32,
    /// Failed items that are tolerated.
    pub tolerated_failure_count: u64,
    /// The share of failed items that is tolerated, in hundredths.
    pub tolerated_failure_percentage: f64,
    /// Items, by how they stand.
    pub items: MapRunCounts,
    /// Child executions, by how they stand.
    pub executions: MapRunCounts,
    /// How often it was redriven.
    pub redrives: u32,
    /// Where its driver goes on: text of the driver's own.
    pub checkpoint: Arc<str>,
}

/// How a Map Run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapRunStatus {
    /// It goes on.
    Running,
    /// It ended well.
    Succeeded,
    /// It failed.
    Failed,
    /// Its execution ended, or wanted it no more.
    Aborted,
}

impl MapRunStatus {
    /// As AWS writes it: `RUNNING`, `SUCCEEDED`, `FAILED`, `ABORTED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
        }
    }
}

/// How many there are of each standing. AWS: `MapRunItemCounts`, `MapRunExecutionCounts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapRunCounts {
    /// Read, and not started.
    pub pending: u64,
    /// Under way.
    pub running: u64,
    /// Ended well.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
    /// Ran over their time.
    pub timed_out: u64,
    /// Stopped.
    pub aborted: u64,
    /// Whose results are written.
    pub results_written: u64,
    /// Set aside, because they broke their contract. Not in AWS's counts.
    pub quarantined: u64,
}

impl MapRunCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.pending + self.running + self.ended() + self.quarantined
    }

    /// Those that have ended, however.
    pub fn ended(&self) -> u64 {
        self.succeeded + self.failed + self.timed_out + self.aborted
    }
}
