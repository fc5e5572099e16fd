//! AWS's history, as a projection of the events. Source: `GetExecutionHistory`.
//!
//! What AWS does not show (ids 0) is left out; everything else keeps its id, so the projection is gap-free as the log is.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::state::StateKind;
use asl::{Failure, Json, StateId, Timestamp};

use crate::event::{Event, Fact, Numbered};
use crate::ids::FrameId;
use crate::revision::Revision;

/// One event as AWS shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// From 1, without gap.
    pub id: u64,
    /// The event that led to it; 0 for the first ones.
    pub previous_event_id: u64,
    /// When.
    pub timestamp: Timestamp,
    /// For example `TaskStateEntered`.
    pub event_type: &'static str,
    /// The name of the details member and its value, for types that have one.
    pub details: Option<(&'static str, Json)>,
}

/// The events that AWS shows, as it shows them. `region` is what `TaskScheduled` names.
pub fn history<'a>(
    revision: &'a Revision,
    region: &'a str,
    events: impl IntoIterator<Item = &'a Event> + 'a,
) -> impl Iterator<Item = HistoryEvent> + 'a {
    let mut projection = Projection { revision, region, frames: BTreeMap::new() };
    events.into_iter().filter_map(move |event| projection.event(event))
}

/// What has to be remembered from one event to the next: where each frame is, and whose child it is.
struct Projection<'a> {
    revision: &'a Revision,
    region: &'a str,
    frames: BTreeMap<FrameId, Place>,
}

#[derive(Clone, Default)]
struct Place {
    state: Option<StateId>,
    /// The Map it iterates for, and which item.
    iteration: Option<(StateId, u32)>,
    /// The ARN of its last Map Run.
    map_run: Option<Arc<str>>,
    /// The role that its task's `Credentials` named last.
    role_arn: Option<Arc<str>>,
}

type Details = Option<(&'static str, Json)>;

impl Projection<'_> {
    fn event(&mut self, event: &Event) -> Option<HistoryEvent> {
        self.follow(&event.fact);
        let (event_type, details) = self.shown(&event.fact)?;
        let previous_event_id = event.previous;
        Some(HistoryEvent { id: event.id, previous_event_id, timestamp: event.at, event_type, details })
    }

    fn follow(&mut self, fact: &Fact) {
        match fact {
            Fact::StateEntered { frame, state, .. } => {
                let place = self.frames.entry(*frame).or_default();
                place.state = Some(*state);
                place.role_arn = None;
            }
            Fact::MapIterationStarted { frame, child, index, .. } => {
                let map = self.frames.get(frame).and_then(|place| place.state);
                let iteration = map.map(|map| (map, *index));
                let place = Place { iteration, ..Place::default() };
                self.frames.insert(*child, place);
            }
            Fact::CredentialsEvaluated { frame, role_arn } => {
                self.frames.entry(*frame).or_default().role_arn = Some(role_arn.clone());
            }
            Fact::MapRunStarted { frame, arn, .. } => {
                self.frames.entry(*frame).or_default().map_run = Some(arn.clone());
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each fact")]
    fn shown(&self, fact: &Fact) -> Option<(&'static str, Details)> {
        Some(match fact {
            Fact::ExecutionStarted { input, .. } => {
                let role = ("roleArn", Json::String(self.revision.role_arn.clone()));
                (
                    "ExecutionStarted",
                    details("executionStartedEventDetails", data("input", input).chain([role])),
                )
            }
            Fact::ExecutionSucceeded { output, .. } => {
                ("ExecutionSucceeded", details("executionSucceededEventDetails", data("output", output)))
            }
            Fact::ExecutionFailed { failure, .. } => {
                ("ExecutionFailed", details("executionFailedEventDetails", error(failure)))
            }
            Fact::ExecutionTimedOut { failure } => {
                ("ExecutionTimedOut", details("executionTimedOutEventDetails", error(failure)))
            }
            Fact::ExecutionAborted { failure } => {
                ("ExecutionAborted", details("executionAbortedEventDetails", error(failure)))
            }
            Fact::ExecutionRedriven { count, .. } => {
                let members = [("redriveCount", Json::from(*count))];
                ("ExecutionRedriven", details("executionRedrivenEventDetails", members))
            }
            Fact::StateEntered { state, input, .. } => {
                let members = [("name", self.name(*state))].into_iter().chain(data("input", input));
                (entered(self.kind(*state)), details("stateEnteredEventDetails", members))
            }
            Fact::StateExited { state, output, assigned, .. } => {
                let members = [("name", self.name(*state))].into_iter().chain(data("output", output));
                (
                    exited(self.kind(*state)),
                    details("stateExitedEventDetails", members.chain(variables(assigned))),
                )
            }
            Fact::EvaluationFailed { state, location, failure, .. } => {
                let state = state.iter().map(|state| ("state", self.name(*state)));
                let location = [("location", Json::String(location.clone()))];
                let members = error(failure).chain(location).chain(state);
                ("EvaluationFailed", details("evaluationFailedEventDetails", members))
            }
            Fact::TaskScheduled { frame, arguments, timeout_seconds, heartbeat_seconds, .. } => {
                self.scheduled(*frame, arguments, *timeout_seconds, *heartbeat_seconds)?
            }
            Fact::TaskStarted { frame } => self.task(*frame, "Started", |_| Vec::new())?,
            Fact::ActivityStarted { frame, worker, .. } => self.task(*frame, "Started", |_| {
                worker.iter().map(|worker| ("workerName", Json::String(worker.clone()))).collect()
            })?,
            Fact::TaskSubmitted { frame, output } => {
                self.task(*frame, "Submitted", |_| data("output", output).collect())?
            }
            Fact::TaskSucceeded { frame, output, .. } => {
                self.task(*frame, "Succeeded", |_| data("output", output).collect())?
            }
            Fact::TaskFailed { frame, failure } => {
                self.task(*frame, "Failed", |_| error(failure).collect())?
            }
            Fact::TaskTimedOut { frame, failure } => {
                self.task(*frame, "TimedOut", |_| error(failure).collect())?
            }
            Fact::StateAborted { frame } => (aborted(self.kind(self.state(*frame)?)), None),
            Fact::MapStateStarted { items, .. } => {
                let length = items.payload.value().as_array().map_or(0, <[Json]>::len);
                (
                    "MapStateStarted",
                    details("mapStateStartedEventDetails", [("length", Json::from(length as u64))]),
                )
            }
            Fact::DistributedMapStarted { length, .. } => {
                let members = [("length", Json::from(*length))];
                ("MapStateStarted", details("mapStateStartedEventDetails", members))
            }
            Fact::MapRunStarted { arn, .. } => {
                let members = [("mapRunArn", Json::String(arn.clone()))];
                ("MapRunStarted", details("mapRunStartedEventDetails", members))
            }
            Fact::MapRunRedriven { frame, redrives, .. } => {
                let arn = self.frames.get(frame).and_then(|place| place.map_run.clone());
                let arn = ("mapRunArn", arn.map_or(Json::Null, Json::String));
                let members = [arn, ("redriveCount", Json::from(*redrives))];
                ("MapRunRedriven", details("mapRunRedrivenEventDetails", members))
            }
            Fact::MapRunSucceeded { .. } => ("MapRunSucceeded", None),
            Fact::MapRunFailed { failure, .. } => {
                ("MapRunFailed", details("mapRunFailedEventDetails", error(failure)))
            }
            Fact::MapRunAborted { .. } => ("MapRunAborted", None),
            Fact::MapIterationStarted { child, .. } => {
                ("MapIterationStarted", self.iteration(*child, "mapIterationStartedEventDetails"))
            }
            Fact::MapIterationSucceeded { child } => {
                ("MapIterationSucceeded", self.iteration(*child, "mapIterationSucceededEventDetails"))
            }
            Fact::MapIterationFailed { child } => {
                ("MapIterationFailed", self.iteration(*child, "mapIterationFailedEventDetails"))
            }
            Fact::MapIterationAborted { child } => {
                ("MapIterationAborted", self.iteration(*child, "mapIterationAbortedEventDetails"))
            }
            Fact::MapStateSucceeded { .. } => ("MapStateSucceeded", None),
            Fact::MapStateFailed { .. } => ("MapStateFailed", None),
            Fact::ParallelStateStarted { .. } => ("ParallelStateStarted", None),
            Fact::ParallelStateSucceeded { .. } => ("ParallelStateSucceeded", None),
            Fact::ParallelStateFailed { .. } => ("ParallelStateFailed", None),
            Fact::TaskAbandonRequested { .. }
            | Fact::TaskSettled { .. }
            | Fact::HeartbeatRecorded { .. }
            | Fact::TokenIssued { .. }
            | Fact::CredentialsEvaluated { .. }
            | Fact::RetryScheduled { .. }
            | Fact::WaitScheduled { .. }
            | Fact::BranchSucceeded { .. }
            | Fact::BranchFailed { .. }
            | Fact::BranchAborted { .. }
            | Fact::StateRedriven { .. }
            | Fact::FailureHeld { .. } => return None,
        })
    }

    fn scheduled(
        &self,
        frame: FrameId,
        arguments: &Numbered,
        timeout_seconds: Option<u32>,
        heartbeat_seconds: Option<u32>,
    ) -> Option<(&'static str, Details)> {
        let resource = self.resource(frame)?;
        let timeouts = timeout_seconds.map(|it| ("timeoutInSeconds", Json::from(it))).into_iter();
        let timeouts = timeouts.chain(heartbeat_seconds.map(|it| ("heartbeatInSeconds", Json::from(it))));
        let arn = || [("resource", Json::String(resource.arn.clone()))].into_iter();
        let role_arn = self.frames.get(&frame).and_then(|place| place.role_arn.clone());
        let credentials =
            role_arn.map(|it| ("taskCredentials", Json::object([("roleArn", Json::String(it))])));
        Some(match &resource.kind {
            ResourceKind::Function => {
                let members = arn().chain(data("input", arguments)).chain(timeouts).chain(credentials);
                ("LambdaFunctionScheduled", details("lambdaFunctionScheduledEventDetails", members))
            }
            ResourceKind::Activity => {
                let members = arn().chain(data("input", arguments)).chain(timeouts);
                ("ActivityScheduled", details("activityScheduledEventDetails", members))
            }
            ResourceKind::Service { .. } => {
                let parameters = ("parameters", Json::String(arguments.payload.text().clone()));
                let region = ("region", Json::from(self.region));
                let members =
                    service(resource).chain([region, parameters]).chain(timeouts).chain(credentials);
                ("TaskScheduled", details("taskScheduledEventDetails", members))
            }
        })
    }

    /// An event of a running task, whose type and details go by its resource.
    fn task(
        &self,
        frame: FrameId,
        what: &str,
        members: impl FnOnce(&Resource) -> Vec<(&'static str, Json)>,
    ) -> Option<(&'static str, Details)> {
        let resource = self.resource(frame)?;
        let (event_type, name) = task_event(&resource.kind, what)?;
        let members = members(resource);
        let is_service = matches!(resource.kind, ResourceKind::Service { .. });
        let own: Vec<_> = if is_service { service(resource).collect() } else { Vec::new() };
        let has_details = is_service || what != "Started" || matches!(resource.kind, ResourceKind::Activity);
        Some((event_type, if has_details { details(name, own.into_iter().chain(members)) } else { None }))
    }

    fn iteration(&self, child: FrameId, name: &'static str) -> Details {
        let (map, index) = self.frames.get(&child)?.iteration?;
        details(name, [("name", self.name(map)), ("index", Json::from(index))])
    }

    fn state(&self, frame: FrameId) -> Option<StateId> {
        self.frames.get(&frame)?.state
    }

    fn resource(&self, frame: FrameId) -> Option<&Resource> {
        match self.kind(self.state(frame)?) {
            StateKind::Task(task) => Some(&task.resource),
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_)
            | StateKind::Parallel(_)
            | StateKind::Map(_) => None,
        }
    }

    fn kind(&self, state: StateId) -> &StateKind {
        &self.revision.machine.state(state).kind
    }

    fn name(&self, state: StateId) -> Json {
        Json::String(self.revision.machine.state(state).name.clone())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside `None` in a table of both")]
fn details(name: &'static str, members: impl IntoIterator<Item = (&'static str, Json)>) -> Details {
    Some((name, Json::object(members)))
}

/// A payload's text, and that it was not cut.
fn data(name: &'static str, payload: &Numbered) -> impl Iterator<Item = (&'static str, Json)> + use<> {
    let details = if name == "input" { "inputDetails" } else { "outputDetails" };
    let text = Json::String(payload.payload.text().clone());
    [(name, text), (details, Json::object([("truncated", Json::Bool(false))]))].into_iter()
}

/// Error and cause; what is missing is left out.
fn error(failure: &Failure) -> impl Iterator<Item = (&'static str, Json)> + use<> {
    let error = failure.error.as_ref().map(|error| ("error", Json::from(error.as_str())));
    let cause = failure.cause.clone().map(|cause| ("cause", Json::String(cause)));
    error.into_iter().chain(cause)
}

/// Variables as AWS shows them: each value as its JSON text.
fn variables(assigned: &[(Arc<str>, Json)]) -> Vec<(&'static str, Json)> {
    if assigned.is_empty() {
        return Vec::new();
    }
    let values =
        Json::object(assigned.iter().map(|(name, value)| (name.clone(), Json::from(value.to_text()))));
    vec![
        ("assignedVariables", values),
        ("assignedVariablesDetails", Json::object([("truncated", Json::Bool(false))])),
    ]
}

fn service(resource: &Resource) -> impl Iterator<Item = (&'static str, Json)> + use<> {
    let (service, action) = match &resource.kind {
        ResourceKind::Service { service, action } => (service.clone(), action.clone()),
        ResourceKind::Function | ResourceKind::Activity => ("".into(), resource.arn.clone()),
    };
    [("resourceType", Json::String(service)), ("resource", Json::String(action))].into_iter()
}

fn task_event(kind: &ResourceKind, what: &str) -> Option<(&'static str, &'static str)> {
    Some(match (kind, what) {
        (ResourceKind::Service { .. }, "Started") => ("TaskStarted", "taskStartedEventDetails"),
        (ResourceKind::Service { .. }, "Submitted") => ("TaskSubmitted", "taskSubmittedEventDetails"),
        (ResourceKind::Service { .. }, "Succeeded") => ("TaskSucceeded", "taskSucceededEventDetails"),
        (ResourceKind::Service { .. }, "Failed") => ("TaskFailed", "taskFailedEventDetails"),
        (ResourceKind::Service { .. }, "TimedOut") => ("TaskTimedOut", "taskTimedOutEventDetails"),
        (ResourceKind::Function, "Started") => ("LambdaFunctionStarted", ""),
        (ResourceKind::Function, "Succeeded") => {
            ("LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails")
        }
        (ResourceKind::Function, "Failed") => ("LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"),
        (ResourceKind::Function, "TimedOut") => {
            ("LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails")
        }
        (ResourceKind::Activity, "Started") => ("ActivityStarted", "activityStartedEventDetails"),
        (ResourceKind::Activity, "Succeeded") => ("ActivitySucceeded", "activitySucceededEventDetails"),
        (ResourceKind::Activity, "Failed") => ("ActivityFailed", "activityFailedEventDetails"),
        (ResourceKind::Activity, "TimedOut") => ("ActivityTimedOut", "activityTimedOutEventDetails"),
        _ => return None,
    })
}

fn entered(kind: &StateKind) -> &'static str {
    match kind {
        StateKind::Task(_) => "TaskStateEntered",
        StateKind::Pass(_) => "PassStateEntered",
        StateKind::Choice(_) => "ChoiceStateEntered",
        StateKind::Wait(_) => "WaitStateEntered",
        StateKind::Succeed(_) => "SucceedStateEntered",
        StateKind::Fail(_) => "FailStateEntered",
        StateKind::Parallel(_) => "ParallelStateEntered",
        StateKind::Map(_) => "MapStateEntered",
    }
}

fn exited(kind: &StateKind) -> &'static str {
    match kind {
        StateKind::Task(_) => "TaskStateExited",
        StateKind::Pass(_) => "PassStateExited",
        StateKind::Choice(_) => "ChoiceStateExited",
        StateKind::Wait(_) => "WaitStateExited",
        StateKind::Succeed(_) => "SucceedStateExited",
        StateKind::Fail(_) => "FailStateExited",
        StateKind::Parallel(_) => "ParallelStateExited",
        StateKind::Map(_) => "MapStateExited",
    }
}

/// Only the four that can be interrupted have such an event.
fn aborted(kind: &StateKind) -> &'static str {
    match kind {
        StateKind::Wait(_) => "WaitStateAborted",
        StateKind::Map(_) => "MapStateAborted",
        StateKind::Parallel(_) => "ParallelStateAborted",
        StateKind::Task(_)
        | StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => "TaskStateAborted",
    }
}
