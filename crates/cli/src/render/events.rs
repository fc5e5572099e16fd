//! Events for people and for programs: AWS's shape, and beside it who caused them and what was checked.

use std::collections::BTreeMap;

use asl::{Failure, Json, StateId};
use machine::event::{Check, Verdict};
use machine::{Event, Fact, FrameId, HistoryEvent, Revision};

use super::{contracts, short, table};

/// Characters of the details column.
const DETAIL_CHARS: usize = 100;

/// One event with everything that is shown of it.
pub(crate) struct Shown<'a> {
    revision: &'a Revision,
    event: &'a Event,
    /// As AWS shows it; `None` for a fact that AWS does not show.
    aws: Option<HistoryEvent>,
    state: Option<StateId>,
}

/// The events to show, in order; with `all` also those that AWS does not show.
pub(crate) fn shown<'a>(
    revision: &'a Revision,
    region: &'a str,
    events: &'a [Event],
    all: bool,
) -> impl Iterator<Item = Shown<'a>> {
    let mut projection = machine::history(revision, region, events).peekable();
    let mut states: BTreeMap<FrameId, StateId> = BTreeMap::new();
    events.iter().filter_map(move |event| {
        if let Fact::StateEntered { frame, state, .. } = &event.fact {
            states.insert(*frame, *state);
        }
        let state = frame_of(&event.fact).and_then(|frame| states.get(&frame)).copied();
        let aws = projection.next_if(|it| event.id > 0 && it.id == event.id);
        (all || aws.is_some()).then_some(Shown { revision, event, aws, state })
    })
}

/// A table of events.
pub(crate) fn table<'a>(shown: impl Iterator<Item = Shown<'a>>) -> String {
    let mut table = table::new(&["id", "time", "event", "state", "actor", "details"]);
    for it in shown {
        let id = if it.event.id > 0 { it.event.id.to_string() } else { "·".to_owned() };
        let state = it.state.map(|id| it.revision.machine.state(id).name.to_string()).unwrap_or_default();
        let at = it.event.at.to_string();
        let (kind, details) = (it.kind().to_owned(), it.details());
        table.add_row([id, at, kind, state, it.event.actor.to_string(), details]);
    }
    table::text(&table)
}

impl Shown<'_> {
    /// The event as one JSON object.
    pub(crate) fn to_json(&self) -> String {
        let previous = i64::try_from(self.event.previous).unwrap_or(i64::MAX);
        let id = i64::try_from(self.event.id).unwrap_or(i64::MAX);
        let mut fields = vec![
            ("timestamp", Json::from(self.event.at.to_string())),
            ("type", Json::from(self.kind())),
            ("id", Json::from(id)),
            ("previousEventId", Json::from(previous)),
        ];
        if let Some((name, details)) = self.aws.as_ref().and_then(|it| it.details.clone()) {
            fields.push((name, details));
        }
        fields.push(("actor", Json::from(self.event.actor.to_string())));
        let checks = checks_of(&self.event.fact);
        if !checks.is_empty() {
            fields.push(("checks", Json::array(checks.iter().map(|it| self.check_json(*it)))));
        }
        Json::object(fields).to_text()
    }

    fn kind(&self) -> &'static str {
        self.aws.as_ref().map_or_else(|| hidden_name(&self.event.fact), |it| it.event_type)
    }

    fn check_json(&self, check: Check) -> Json {
        let contract = self.revision.contracts.get(check.contract);
        let (verdict, violations) = match check.verdict {
            Verdict::Fits => ("fits", 0),
            Verdict::Violated { violations } => ("violated", violations),
            Verdict::Warned { violations } => ("warned", violations),
        };
        let schema = &contract.schema;
        Json::object([
            ("point", Json::from(self.revision.contracts.point(check.contract).as_str())),
            ("subject", schema.subject.as_deref().map_or(Json::Null, Json::from)),
            ("version", schema.version.map_or(Json::Null, Json::from)),
            ("fingerprint", Json::from(schema.fingerprint.to_string())),
            ("verdict", Json::from(verdict)),
            ("violations", Json::from(violations)),
        ])
    }

    /// What is worth a glance: failures, attempts, checks.
    fn details(&self) -> String {
        let mut parts = Vec::new();
        match &self.event.fact {
            Fact::TaskScheduled { attempt, .. } => parts.push(format!("attempt {attempt}")),
            Fact::MapIterationStarted { index, .. } => parts.push(format!("item {index}")),
            Fact::DistributedMapStarted { length, .. } if *length > 0 => {
                parts.push(format!("{length} items"));
            }
            Fact::MapRunStarted { arn, .. } => parts.push(arn.to_string()),
            Fact::MapRunRedriven { redrives, .. } => parts.push(format!("redrive {redrives}")),
            Fact::ExecutionRedriven { count, .. } => parts.push(format!("redrive {count}")),
            Fact::RetryScheduled { due, .. } | Fact::WaitScheduled { due, .. } => {
                parts.push(format!("until {}", due.at));
            }
            fact => parts.extend(failure_of(fact).map(failure_text)),
        }
        for check in checks_of(&self.event.fact) {
            let name = contracts::name(self.revision.contracts.get(check.contract));
            let point = self.revision.contracts.point(check.contract).as_str();
            parts.push(match check.verdict {
                Verdict::Fits => format!("{point} fits {name}"),
                Verdict::Violated { violations } => format!("{point} breaks {name} in {violations}"),
                Verdict::Warned { violations } => format!("{point} breaks {name} in {violations} (warned)"),
            });
        }
        short(&parts.join("; "), DETAIL_CHARS)
    }
}

/// The checks that an event carries.
pub(crate) fn checks_of(fact: &Fact) -> &[Check] {
    match fact {
        Fact::ExecutionStarted { checks, .. }
        | Fact::ExecutionSucceeded { checks, .. }
        | Fact::ExecutionFailed { checks, .. }
        | Fact::StateEntered { checks, .. }
        | Fact::StateRedriven { checks, .. }
        | Fact::StateExited { checks, .. }
        | Fact::EvaluationFailed { checks, .. }
        | Fact::TaskScheduled { checks, .. }
        | Fact::TaskSucceeded { checks, .. }
        | Fact::MapIterationStarted { checks, .. } => checks,
        _ => &[],
    }
}

fn failure_of(fact: &Fact) -> Option<&Failure> {
    match fact {
        Fact::ExecutionFailed { failure, .. }
        | Fact::ExecutionTimedOut { failure }
        | Fact::ExecutionAborted { failure }
        | Fact::EvaluationFailed { failure, .. }
        | Fact::TaskFailed { failure, .. }
        | Fact::TaskTimedOut { failure, .. }
        | Fact::MapRunFailed { failure, .. }
        | Fact::FailureHeld { failure, .. } => Some(failure),
        _ => None,
    }
}

fn failure_text(failure: &Failure) -> String {
    match &failure.cause {
        Some(cause) => format!("{}: {cause}", failure.error_str()),
        None => failure.error_str().to_owned(),
    }
}

/// The frame that an event concerns, where it concerns one.
pub(crate) fn frame_of(fact: &Fact) -> Option<FrameId> {
    Some(match fact {
        Fact::StateEntered { frame, .. }
        | Fact::StateExited { frame, .. }
        | Fact::EvaluationFailed { frame, .. }
        | Fact::TaskScheduled { frame, .. }
        | Fact::TaskStarted { frame }
        | Fact::TaskSucceeded { frame, .. }
        | Fact::TaskFailed { frame, .. }
        | Fact::TaskTimedOut { frame, .. }
        | Fact::TaskAbandonRequested { frame, .. }
        | Fact::TaskSettled { frame, .. }
        | Fact::StateAborted { frame }
        | Fact::RetryScheduled { frame, .. }
        | Fact::WaitScheduled { frame, .. }
        | Fact::HeartbeatRecorded { frame, .. }
        | Fact::TokenIssued { frame, .. }
        | Fact::CredentialsEvaluated { frame, .. }
        | Fact::ActivityStarted { frame, .. }
        | Fact::TaskSubmitted { frame, .. }
        | Fact::MapStateStarted { frame, .. }
        | Fact::MapIterationStarted { frame, .. }
        | Fact::MapStateSucceeded { frame }
        | Fact::MapStateFailed { frame }
        | Fact::ParallelStateStarted { frame, .. }
        | Fact::FailureHeld { frame, .. }
        | Fact::ParallelStateSucceeded { frame }
        | Fact::ParallelStateFailed { frame }
        | Fact::DistributedMapStarted { frame, .. }
        | Fact::MapRunStarted { frame, .. }
        | Fact::MapRunRedriven { frame, .. }
        | Fact::MapRunSucceeded { frame, .. }
        | Fact::MapRunFailed { frame, .. }
        | Fact::MapRunAborted { frame }
        | Fact::StateRedriven { frame, .. } => *frame,
        Fact::ExecutionStarted { .. }
        | Fact::ExecutionSucceeded { .. }
        | Fact::ExecutionFailed { .. }
        | Fact::ExecutionTimedOut { .. }
        | Fact::ExecutionAborted { .. }
        | Fact::ExecutionRedriven { .. }
        | Fact::MapIterationSucceeded { .. }
        | Fact::MapIterationFailed { .. }
        | Fact::MapIterationAborted { .. }
        | Fact::BranchSucceeded { .. }
        | Fact::BranchFailed { .. }
        | Fact::BranchAborted { .. } => return None,
    })
}

/// What we call a fact that AWS's history does not show.
fn hidden_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::TaskAbandonRequested { .. } => "TaskAbandonRequested",
        Fact::TaskSettled { .. } => "TaskSettled",
        Fact::RetryScheduled { .. } => "RetryScheduled",
        Fact::WaitScheduled { .. } => "WaitScheduled",
        Fact::HeartbeatRecorded { .. } => "HeartbeatRecorded",
        Fact::TokenIssued { .. } => "TokenIssued",
        Fact::CredentialsEvaluated { .. } => "CredentialsEvaluated",
        Fact::BranchSucceeded { .. } => "BranchSucceeded",
        Fact::BranchFailed { .. } => "BranchFailed",
        Fact::BranchAborted { .. } => "BranchAborted",
        Fact::FailureHeld { .. } => "FailureHeld",
        Fact::StateRedriven { .. } => "StateRedriven",
        _ => "Event",
    }
}
