//! What stands under the dashes: events as AWS's history shows them, orders, the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use asl::{ErrorName, Failure};
use machine::{Effect, Event, Execution, Fact, Revision, Status, TaskOrder, history};

use super::transcript::START_MS;

/// A step with more events than this is shown by its ends.
const EVENTS_SHOWN_MAX: usize = 60;

/// What has been said of an execution's end; it is said once.
#[derive(Default)]
pub(crate) struct Printer {
    ended: Option<Status>,
    settled: bool,
}

impl Printer {
    /// What one command led to: `news` are the last of `events`.
    pub(crate) fn block(
        &mut self,
        execution: &Execution,
        events: &[Event],
        news: usize,
        effects: &[Effect],
        more: bool,
    ) -> String {
        let revision = execution.revision();
        let types: BTreeMap<u64, &str> =
            history(revision, "us-east-1", events).map(|event| (event.id, event.event_type)).collect();
        let news = &events[events.len() - news..];
        if news.iter().any(|event| matches!(event.fact, Fact::ExecutionRedriven { .. })) {
            *self = Self::default();
        }
        let mut lines: Vec<String> = news.iter().map(|event| show_event(revision, &types, event)).collect();
        if lines.len() > EVENTS_SHOWN_MAX {
            let hidden = lines.len() - 6;
            lines.splice(3..lines.len() - 3, [format!("history  … {hidden} more")]);
        }
        lines.extend(effects.iter().map(|effect| show_effect(revision, effect)));
        if more {
            lines.push("more     the budget is used up".to_owned());
        }
        self.end(execution, &mut lines);
        if lines.is_empty() {
            lines.push("nothing".to_owned());
        }
        lines.join("\n") + "\n"
    }

    fn end(&mut self, execution: &Execution, lines: &mut Vec<String>) {
        let status = execution.status();
        if status != Status::Running && self.ended.is_none() {
            self.ended = Some(status);
            let output = execution.output().map(|it| short(it.text()));
            let what = output.unwrap_or_else(|| execution.failure().map(show_failure).unwrap_or_default());
            lines.push(format!("status   {} {what}", status.as_str()).trim_end().to_owned());
        }
        assert!(self.ended.is_none_or(|it| it == status), "an end is for ever");
        if self.ended.is_some() && !self.settled {
            self.settled = execution.is_settled();
            lines.push(if self.settled { "settled  yes" } else { "settled  no" }.to_owned());
        }
    }
}

/// A line of history; facts that AWS does not show stand in parentheses.
fn show_event(revision: &Revision, types: &BTreeMap<u64, &str>, event: &Event) -> String {
    let name = |state: &asl::StateId| revision.machine.state(*state).name.to_string();
    let what = match &event.fact {
        Fact::StateEntered { state, input, .. } => format!("{} {}", name(state), short(input.payload.text())),
        Fact::StateExited { state, output, assigned, .. } => {
            let assigned = assigned.iter().fold(String::new(), |text, (name, value)| {
                format!("{text} ${name}={}", short(&value.to_text()))
            });
            format!("{} {}{assigned}", name(state), short(output.payload.text()))
        }
        Fact::EvaluationFailed { location, failure, .. } => {
            format!("at {location}, {}", show_failure(failure))
        }
        Fact::TaskFailed { failure, .. }
        | Fact::TaskTimedOut { failure, .. }
        | Fact::ExecutionFailed { failure, .. }
        | Fact::ExecutionTimedOut { failure }
        | Fact::ExecutionAborted { failure }
        | Fact::FailureHeld { failure, .. } => show_failure(failure),
        Fact::TaskAbandonRequested { reason, .. } => format!("{reason:?}"),
        Fact::TaskSettled { committed, .. } => {
            committed.as_ref().map_or("barred", |_| "committed").to_owned()
        }
        Fact::RetryScheduled { retrier, .. } => format!("by retrier {retrier}"),
        Fact::MapStateStarted { concurrency, .. } => format!("concurrency {concurrency}"),
        Fact::MapIterationStarted { index, input, .. } => format!("{index} {}", short(input.payload.text())),
        Fact::DistributedMapStarted { length, .. } => format!("of {length} items"),
        Fact::MapRunStarted { task, attempt, plan, .. } => {
            format!("#{} attempt={attempt} {}", task.0, short(plan.payload.text()))
        }
        Fact::MapRunRedriven { task, attempt, redrives, .. } => {
            format!("#{} attempt={attempt} redrive={redrives}", task.0)
        }
        Fact::MapRunSucceeded { output, .. } => short(output.payload.text()),
        Fact::MapRunFailed { failure, .. } => show_failure(failure),
        Fact::ExecutionRedriven { count, .. } => format!("{count}"),
        Fact::StateRedriven { .. } => String::new(),
        Fact::ActivityStarted { worker, .. } => worker.as_deref().unwrap_or("").to_owned(),
        Fact::TaskSubmitted { output, .. } => short(output.payload.text()),
        Fact::CredentialsEvaluated { role_arn, .. } => role_arn.to_string(),
        Fact::TokenIssued { task, attempt, .. } => format!("#{} attempt={attempt}", task.0),
        Fact::ExecutionStarted { .. }
        | Fact::ExecutionSucceeded { .. }
        | Fact::TaskScheduled { .. }
        | Fact::TaskStarted { .. }
        | Fact::HeartbeatRecorded { .. }
        | Fact::TaskSucceeded { .. }
        | Fact::StateAborted { .. }
        | Fact::WaitScheduled { .. }
        | Fact::MapIterationSucceeded { .. }
        | Fact::MapIterationFailed { .. }
        | Fact::MapIterationAborted { .. }
        | Fact::MapStateSucceeded { .. }
        | Fact::MapStateFailed { .. }
        | Fact::MapRunAborted { .. }
        | Fact::ParallelStateStarted { .. }
        | Fact::BranchSucceeded { .. }
        | Fact::BranchFailed { .. }
        | Fact::BranchAborted { .. }
        | Fact::ParallelStateSucceeded { .. }
        | Fact::ParallelStateFailed { .. } => String::new(),
    };
    let warned = if format!("{:?}", event.fact).contains("Warned {") { " (contract warns)" } else { "" };
    let text = if let Some(shown) = types.get(&event.id) {
        // A cause is said where it is not the event before.
        let is_next = event.previous + 1 == event.id;
        let cause = if is_next { String::new() } else { format!("<{} ", event.previous) };
        format!("{} {cause}{shown} {what}", event.id).trim_end().to_owned()
    } else {
        let fact = format!("{:?}", event.fact);
        let fact = fact.split([' ', '{']).next().unwrap_or_default();
        format!("({})", format!("{fact} {what}").trim_end())
    };
    format!("history  {text}{warned}")
}

fn show_effect(revision: &Revision, effect: &Effect) -> String {
    let order = |verb: &str, it: &TaskOrder| {
        let state = &revision.machine.state(it.state).name;
        let mut line = format!("effect   {verb} #{} {state} entry={}@{}", it.task.0, it.path, it.entry);
        if it.attempt > 1 {
            write!(line, " attempt={}", it.attempt).expect("a string takes what is written to it");
        }
        format!("{line} {}", short(it.arguments.text()))
    };
    match effect {
        Effect::RunTask(it) => order("run-task", it),
        Effect::AbandonTask(it) => order("abandon-task", it),
        Effect::SetTimer { timer, at } => {
            let ms = at.unix_ms - START_MS;
            let millis = if ms % 1_000 == 0 { String::new() } else { format!(".{:03}", (ms % 1_000).abs()) };
            format!("effect   set-timer #{} at={}{millis}s", timer.0, ms / 1_000)
        }
        Effect::ClearTimer { timer } => format!("effect   clear-timer #{}", timer.0),
    }
}

fn show_failure(failure: &Failure) -> String {
    let error = failure.error.as_ref().map_or("(no error)", ErrorName::as_str);
    failure
        .cause
        .as_ref()
        .map_or_else(|| error.to_owned(), |cause| format!("{error}: {}", cause.replace('\n', " ⏎ ")))
}

/// A payload's text, cut where it is long.
fn short(text: &str) -> String {
    match text.char_indices().nth(160) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}
