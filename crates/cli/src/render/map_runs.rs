//! Map Runs of an execution: a table for people, AWS's fields for programs.

use asl::Json;
use store::{MapRunCounts, MapRunRecord};

use super::{number, table as tables, time};

/// A row each.
pub(crate) fn table(runs: &[MapRunRecord]) -> String {
    let heads = [
        "map run",
        "status",
        "items done",
        "failed",
        "quarantined",
        "aborted",
        "under way",
        "children",
        "took",
    ];
    let mut table = tables::new(&heads);
    for run in runs {
        let items = &run.items;
        table.add_row([
            run.arn.rsplit(":mapRun:").next().unwrap_or_default().to_owned(),
            run.status.as_str().to_owned(),
            number(items.succeeded),
            number(items.failed + items.timed_out),
            number(items.quarantined),
            number(items.aborted),
            number(items.running),
            number(run.executions.total()),
            run.stopped_at.map_or_else(String::new, |at| time::duration(at.unix_ms - run.started_at.unix_ms)),
        ]);
    }
    tables::text(&table)
}

/// `DescribeMapRun`.
pub(crate) fn to_json(run: &MapRunRecord) -> Json {
    let percentage = asl::Number::from_f64(run.tolerated_failure_percentage).map_or(Json::Null, Json::Number);
    Json::object([
        ("mapRunArn", Json::from(&*run.arn)),
        ("stateMachineArn", Json::from(&*run.machine_arn)),
        ("status", Json::from(run.status.as_str())),
        ("startDate", Json::from(run.started_at.to_string())),
        ("stopDate", run.stopped_at.map_or(Json::Null, |at| Json::from(at.to_string()))),
        ("maxConcurrency", Json::from(run.max_concurrency)),
        ("toleratedFailureCount", Json::from(run.tolerated_failure_count)),
        ("toleratedFailurePercentage", percentage),
        ("itemCounts", counts(&run.items)),
        ("executionCounts", counts(&run.executions)),
        ("redriveCount", Json::from(run.redrives)),
    ])
}

fn counts(counts: &MapRunCounts) -> Json {
    Json::object([
        ("pending", Json::from(counts.pending)),
        ("running", Json::from(counts.running)),
        ("succeeded", Json::from(counts.succeeded)),
        ("failed", Json::from(counts.failed)),
        ("timedOut", Json::from(counts.timed_out)),
        ("aborted", Json::from(counts.aborted)),
        ("total", Json::from(counts.total())),
        ("resultsWritten", Json::from(counts.results_written)),
        ("quarantined", Json::from(counts.quarantined)),
    ])
}
