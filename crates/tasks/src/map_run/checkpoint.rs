//! The checkpoint: where a Map Run goes on after a crash. Everything before it is final, and its results are written.

use std::sync::Arc;

use asl::{Failure, Json, JsonLimits, Number, Payload, Timestamp};
use runtime::MapRunCounts;

use super::fault::Fault;
use super::tally::Tally;

/// What is known of a run for good.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Checkpoint {
    /// Children before it.
    pub(super) children: u64,
    /// Items before it.
    pub(super) items: u64,
    /// How those ended.
    pub(super) tally: Tally,
    /// The sink's own.
    pub(super) sink: Option<Json>,
    /// When it was last redriven: what children came to before is not final.
    pub(super) redriven_at: Option<Timestamp>,
    /// Why the run fails, once it does: its children may have been stopped for it, which is no end of their own.
    pub(super) doom: Option<Failure>,
    /// How the run ended, if it has.
    pub(super) end: Option<End>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    Succeeded(Payload),
    Failed(Failure),
}

impl Checkpoint {
    /// As it is remembered.
    pub(super) fn to_text(&self) -> Arc<str> {
        let end = self.end.as_ref().map(|end| match end {
            End::Succeeded(output) => Json::object([("Output", Json::String(output.text().clone()))]),
            End::Failed(failure) => failure_json(failure),
        });
        let members = [
            ("Children", Some(Json::from(self.children))),
            ("Items", Some(Json::from(self.items))),
            ("ItemCounts", Some(counts_json(&self.tally.items))),
            ("ExecutionCounts", Some(counts_json(&self.tally.executions))),
            ("Sink", self.sink.clone()),
            ("RedrivenAt", self.redriven_at.map(|at| Json::from(at.unix_ms))),
            ("Doom", self.doom.as_ref().map(failure_json)),
            ("End", end),
        ];
        Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?)))).to_text().into()
    }

    /// What was remembered.
    pub(super) fn parse(text: &Arc<str>) -> Result<Self, Fault> {
        let limits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);
        let unreadable = |problem| Fault::for_good(format!("its checkpoint cannot be read: {problem}"));
        let json = Payload::parse(text.clone(), limits).map_err(|error| unreadable(error.to_string()))?;
        let json = json.value();
        Ok(Self {
            children: whole(json, "Children"),
            items: whole(json, "Items"),
            tally: Tally { items: counts(json, "ItemCounts"), executions: counts(json, "ExecutionCounts") },
            sink: json.get("Sink").cloned(),
            redriven_at: json
                .get("RedrivenAt")
                .and_then(Json::as_number)
                .and_then(Number::as_i64)
                .map(Timestamp::from_unix_ms),
            doom: json.get("Doom").map(failure),
            end: json.get("End").map(end).transpose().map_err(unreadable)?,
        })
    }
}

fn end(json: &Json) -> Result<End, String> {
    if let Some(Json::String(output)) = json.get("Output") {
        let limits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);
        let output = Payload::parse(output.clone(), limits).map_err(|error| error.to_string())?;
        return Ok(End::Succeeded(output));
    }
    Ok(End::Failed(failure(json)))
}

fn failure_json(failure: &Failure) -> Json {
    Json::object([
        ("Error", Json::from(failure.error_str())),
        ("Cause", failure.cause.clone().map_or(Json::Null, Json::String)),
    ])
}

fn failure(json: &Json) -> Failure {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let error = text("Error").unwrap_or_default();
    Failure { error: Some(error.into()), cause: text("Cause").map(Into::into) }
}

fn whole(json: &Json, name: &str) -> u64 {
    let number = json.get(name).and_then(Json::as_number).and_then(Number::as_i64);
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

fn counts_json(counts: &MapRunCounts) -> Json {
    Json::object([
        ("Succeeded", Json::from(counts.succeeded)),
        ("Failed", Json::from(counts.failed)),
        ("TimedOut", Json::from(counts.timed_out)),
        ("Aborted", Json::from(counts.aborted)),
        ("ResultsWritten", Json::from(counts.results_written)),
        ("Quarantined", Json::from(counts.quarantined)),
    ])
}

fn counts(json: &Json, name: &str) -> MapRunCounts {
    let Some(json) = json.get(name) else { return MapRunCounts::default() };
    MapRunCounts {
        succeeded: whole(json, "Succeeded"),
        failed: whole(json, "Failed"),
        timed_out: whole(json, "TimedOut"),
        aborted: whole(json, "Aborted"),
        results_written: whole(json, "ResultsWritten"),
        quarantined: whole(json, "Quarantined"),
        ..MapRunCounts::default()
    }
}
