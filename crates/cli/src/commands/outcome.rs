//! How an execution came out: the output on standard output, a summary for people on standard error.

use asl::{Json, Timestamp};
use machine::{Revision, Status};
use runtime::ExecutionEnd;
use runtime::shard::Counters;
use store::{ExecutionRow, Loaded};

use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::counts::Counts;
use crate::render;

/// One execution at its end.
pub(crate) struct Report<'a> {
    revision: &'a Revision,
    row: &'a ExecutionRow,
    end: &'a ExecutionEnd,
    existed: bool,
    counts: Counts,
    activations: u64,
    /// Of this process only; an execution that was resumed had others before.
    commits: Option<u64>,
}

impl<'a> Report<'a> {
    /// Counts over the whole remembered history, earlier processes included.
    pub(crate) fn new(
        revision: &'a Revision,
        loaded: &'a Loaded,
        end: &'a ExecutionEnd,
        existed: bool,
        counters: Option<Counters>,
    ) -> Self {
        let mut counts = Counts::default();
        counts.take(&loaded.events);
        let commits = counters.map(|it| it.commits);
        Self { revision, row: &loaded.row, end, existed, counts, activations: loaded.activations, commits }
    }

    /// Prints it; says how the process ends.
    pub(crate) fn print(&self, as_json: bool, quiet: bool) -> Result<Exit, CliError> {
        if as_json {
            render::answer(&self.to_json().to_text())?;
        } else if let Some(output) = &self.end.output {
            render::answer(output.text())?;
        }
        if let (false, Some(failure)) = (as_json && quiet, &self.end.failure) {
            render::failure::show(self.end.status, failure);
        }
        if !quiet {
            render::summary::show(&self.rows(), &self.counts.per_state(self.revision));
        }
        Ok(if self.end.status == Status::Succeeded { Exit::Succeeded } else { Exit::ExecutionFailed })
    }

    fn duration_ms(&self) -> i64 {
        let closed: Option<Timestamp> = self.row.closed_at;
        closed.map_or(0, |closed| closed.unix_ms.saturating_sub(self.row.started_at.unix_ms))
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let counts = &self.counts;
        let mut rows = vec![
            ("execution", render::execution(&self.row.info)),
            ("status", render::status(self.end.status)),
            ("duration", render::time::duration(self.duration_ms())),
            ("transitions", render::number(counts.transitions)),
            ("tasks", render::number(counts.tasks)),
            ("retries", render::number(counts.retries)),
            ("contract violations", render::number(counts.violations)),
        ];
        if counts.iterations_started > 0 {
            rows.push(("map iterations", render::number(counts.iterations_started)));
        }
        if counts.tasks_failed > 0 {
            rows.push(("attempts that failed", render::number(counts.tasks_failed)));
        }
        let commits = self.commits.map(|it| format!(" in {} commits of this process", render::number(it)));
        rows.push((
            "activations",
            format!("{}{}", render::number(self.activations), commits.unwrap_or_default()),
        ));
        rows
    }

    fn to_json(&self) -> Json {
        let failure = self.end.failure.as_ref();
        let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
        Json::object([
            ("status", Json::from(self.end.status.as_str())),
            ("output", self.end.output.as_ref().map_or(Json::Null, |it| it.value().clone())),
            ("error", text(failure.and_then(|it| it.error.as_ref()).map(asl::ErrorName::as_str))),
            ("cause", text(failure.and_then(|it| it.cause.as_deref()))),
            ("executionArn", Json::from(&*self.row.info.arn)),
            ("executionId", Json::from(self.row.info.id.to_string())),
            ("name", Json::from(&*self.row.info.name)),
            ("existed", Json::from(self.existed)),
            ("startDate", Json::from(self.row.started_at.to_string())),
            ("stopDate", self.row.closed_at.map_or(Json::Null, |it| Json::from(it.to_string()))),
            ("durationMs", Json::from(self.duration_ms())),
            ("counts", self.counts_json()),
        ])
    }

    fn counts_json(&self) -> Json {
        let counts = &self.counts;
        let states = counts.per_state(self.revision);
        Json::object([
            ("transitions", Json::from(counts.transitions)),
            ("tasks", Json::from(counts.tasks)),
            ("retries", Json::from(counts.retries)),
            ("violations", Json::from(counts.violations)),
            ("mapIterations", Json::from(counts.iterations_started)),
            ("activations", Json::from(self.activations)),
            ("commits", self.commits.map_or(Json::Null, Json::from)),
            ("states", Json::object(states.into_iter().map(|(name, count)| (name, Json::from(count))))),
        ])
    }
}
