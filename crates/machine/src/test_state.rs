//! One state alone: what it makes of an input when its work answers as a mock says. AWS: `TestState`.
//!
//! The state is the interpreter's own; nothing of it is imitated but what is outside: the task, or the branches and
//! iterations. Source: `TestState`, `InspectionData`, <https://docs.aws.amazon.com/step-functions/>. Not here: a machine's own
//! contract and its `TimeoutSeconds`, which are no state's.

mod branches;
mod call;
mod examined;
mod inspection;
mod mock;
mod refusal;
mod shapes;
mod subject;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl::state::StateKind;
use asl::{Entropy, ErrorName, Failure, Json, Payload, StateId, Timestamp, Variables};

pub use self::call::Call;
pub(crate) use self::examined::{Examined, Stage};
pub use self::inspection::{ErrorDetails, Inspection, Level};
pub use self::mock::{Mock, Validation};
pub use self::refusal::{Refusal, RefusalKind};
pub use self::subject::{LONE_STATE, machine_around, state_named};
use crate::activation::Activation;
use crate::actor::Actor;
use crate::event::{Event, Fact, Numbered};
use crate::execution::{Execution, ExecutionInfo};
use crate::frame::{Activity, At, Frame, Visit};
use crate::ids::{FrameId, PayloadId};
use crate::input::{Callback, Input};
use crate::redrive;
use crate::revision::Revision;

/// What is asked of a state.
#[derive(Clone, Debug)]
pub struct Request {
    /// The state's raw input.
    pub input: Payload,
    /// The variables that it finds: an object.
    pub variables: Option<Json>,
    /// The context object that it finds, instead of one made up: an object.
    pub context: Option<Json>,
    /// What its work answers.
    pub mock: Mock,
    /// What has happened to it already.
    pub configuration: Configuration,
    /// Whether somebody says in whose name a Task state would call its service.
    pub has_role: bool,
    /// Whether secrets in HTTP requests are to be shown.
    pub reveals_secrets: bool,
}

/// What has happened to the state already. AWS: `TestStateConfiguration`.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// How often the retrier that names the mocked error has been used.
    pub retrier_retry_count: Option<u32>,
    /// The state inside a Parallel or Map that the mocked error comes from.
    pub error_caused_by_state: Option<Arc<str>>,
    /// How many iterations of a Map have failed.
    pub map_iteration_failure_count: Option<u32>,
    /// What the `ItemReader` of a Map has read: an array.
    pub map_item_reader_data: Option<Json>,
}

/// What came of a state.
#[derive(Clone, Debug)]
pub struct Tested {
    /// How it ended.
    pub outcome: Outcome,
    /// What it was seen to do on the way.
    pub inspection: Inspection,
}

/// How a state ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was left.
    Succeeded {
        /// What it put out.
        output: Payload,
        /// The state that follows, if one does.
        next: Option<Arc<str>>,
    },
    /// It failed, and a catcher took it.
    CaughtError {
        /// What failed.
        failure: Failure,
        /// What the catcher put out.
        output: Payload,
        /// The catcher's target.
        next: Option<Arc<str>>,
    },
    /// It failed, and would be tried again.
    Retriable {
        /// What failed.
        failure: Failure,
    },
    /// It failed, and nothing takes it.
    Failed {
        /// What failed.
        failure: Failure,
    },
}

impl Outcome {
    /// As AWS writes it.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::CaughtError { .. } => "CAUGHT_ERROR",
            Self::Retriable { .. } => "RETRIABLE",
            Self::Failed { .. } => "FAILED",
        }
    }

    /// What was put out, if anything was.
    pub fn output(&self) -> Option<&Payload> {
        match self {
            Self::Succeeded { output, .. } | Self::CaughtError { output, .. } => Some(output),
            Self::Retriable { .. } | Self::Failed { .. } => None,
        }
    }

    /// What failed, if something did.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::CaughtError { failure, .. } | Self::Retriable { failure } | Self::Failed { failure } => {
                Some(failure)
            }
            Self::Succeeded { .. } => None,
        }
    }

    /// The state that follows, if one does.
    pub fn next(&self) -> Option<&Arc<str>> {
        match self {
            Self::Succeeded { next, .. } | Self::CaughtError { next, .. } => next.as_ref(),
            Self::Retriable { .. } | Self::Failed { .. } => None,
        }
    }
}

/// Tests one state of a revision at `now`. Refuses what AWS refuses with an exception.
pub fn test_state(
    revision: Arc<Revision>,
    state: StateId,
    info: ExecutionInfo,
    request: &Request,
    now: Timestamp,
    entropy: &mut Entropy,
) -> Result<Tested, Refusal> {
    mock::check(&revision.machine, state, request)?;
    let variables = variables(request.variables.as_ref())?;
    let mut execution = staged(revision.clone(), info, state, request, variables, now);
    let mut activation = Activation::new(&mut execution, now, Actor::Engine, entropy);
    activation.examined = Some(Box::new(Examined::new(request.context.clone(), &request.configuration)));
    let kind = &revision.machine.state(state).kind;
    match kind {
        StateKind::Map(it) => branches::map(&mut activation, it, request)?,
        StateKind::Parallel(it) => branches::parallel(&mut activation, it, request),
        StateKind::Task(_) => {
            redrive::take_up(&mut activation, FrameId::ROOT);
            answer_task(&mut activation, &request.mock);
        }
        StateKind::Wait(_) => {
            redrive::take_up(&mut activation, FrameId::ROOT);
            pass_time(&mut activation);
        }
        StateKind::Fail(_) => {
            activation.see(Stage::AfterInputPath, request.input.value());
            redrive::take_up(&mut activation, FrameId::ROOT);
        }
        StateKind::Pass(_) | StateKind::Choice(_) | StateKind::Succeed(_) => {
            redrive::take_up(&mut activation, FrameId::ROOT);
        }
    }
    let examined = activation.examined.take().expect("it was put there");
    let step = activation.into_step();
    let inspection = inspection::of(revision.machine.state(state), request, &examined, &step.events, now);
    Ok(Tested { outcome: outcome(&revision, &examined, &step.events), inspection })
}

/// An execution that is in the state, and is about to do its work.
fn staged(
    revision: Arc<Revision>,
    info: ExecutionInfo,
    state: StateId,
    request: &Request,
    variables: Variables,
    now: Timestamp,
) -> Execution {
    let retriers = crate::failing::retriers(&revision.machine.state(state).kind).len();
    let mut retries = vec![0; retriers];
    if let (Some(first), Some(count)) = (retries.first_mut(), request.configuration.retrier_retry_count) {
        *first = count;
    }
    let visit = Visit {
        state,
        input: Numbered { id: PayloadId(0), payload: request.input.clone() },
        entered_at: now,
        entered_event: 0,
        entered_previous: 0,
        entry: 1,
        retries,
        attempts: 0,
        task: None,
        token: None,
        has_committed: false,
        is_redriven: true,
        run: None,
        map_run: None,
        activity: Activity::Deciding,
    };
    let frame = Frame {
        parent: None,
        path: "".into(),
        last: 0,
        entries: 1,
        variables,
        item: None,
        at: At::In(Box::new(visit)),
    };
    let mut execution = Execution::new(revision, info);
    execution.started_at = now;
    execution.input = Some(request.input.clone());
    execution.frames = BTreeMap::from([(FrameId::ROOT, frame)]);
    execution.ready = VecDeque::from([FrameId::ROOT]);
    execution.next.payload = 1;
    execution
}

fn variables(given: Option<&Json>) -> Result<Variables, Refusal> {
    let mut variables = Variables::default();
    let Some(given) = given else { return Ok(variables) };
    let members = given.as_object().ok_or_else(|| Refusal::validation("Variables must be a JSON object."))?;
    members.iter().for_each(|(name, value)| variables.set(name.clone(), value.clone()));
    Ok(variables)
}

/// The runner, or whoever has the token, answers as the mock says. A state whose arguments failed asks nobody.
fn answer_task(activation: &mut Activation<'_>, mock: &Mock) {
    let Some(visit) = activation.execution.frames.get(&FrameId::ROOT).and_then(Frame::visit) else { return };
    let (Activity::Task(running), token, attempt) = (&visit.activity, visit.token, visit.attempts) else {
        return;
    };
    let (task, began_at) = (running.task, activation.now);
    let answer = mock.result.clone().map(|text| mock::payload(&text));
    let failure = mock.error.clone();
    if let Some(token) = token {
        let callback = match (answer, failure) {
            (Some(output), _) => Callback::Succeeded { output },
            (None, Some(failure)) => Callback::Failed { failure },
            (None, None) => return,
        };
        activation.take(Input::ActivityTaken { task, attempt, worker: None });
        return activation.take(Input::CalledBack { token, callback });
    }
    match (answer, failure) {
        (Some(output), _) => activation.take(Input::TaskSucceeded { task, attempt, began_at, output }),
        (None, Some(failure)) => activation.take(Input::TaskFailed { task, attempt, began_at, failure }),
        (None, None) => {}
    }
}

/// Nobody waits: the instant comes at once.
fn pass_time(activation: &mut Activation<'_>) {
    let visit = activation.execution.frames.get(&FrameId::ROOT).and_then(Frame::visit);
    if visit.is_some_and(|visit| matches!(visit.activity, Activity::Waiting(_))) {
        crate::state::wait::waited(activation, FrameId::ROOT);
    }
}

/// What the first event says by which the state was done with; what follows is no longer its own.
fn outcome(revision: &Revision, examined: &Examined, events: &[Event]) -> Outcome {
    let seen = || examined.failure.clone().unwrap_or(Failure { error: None, cause: None });
    for event in events {
        match &event.fact {
            Fact::StateExited { output, next, .. } => {
                let next = next.map(|next| revision.machine.state(next).name.clone());
                let output = output.payload.clone();
                return match examined.catcher {
                    Some(_) => Outcome::CaughtError { failure: seen(), output, next },
                    None => Outcome::Succeeded { output, next },
                };
            }
            Fact::RetryScheduled { .. } => return Outcome::Retriable { failure: seen() },
            Fact::ExecutionFailed { failure, .. } => return Outcome::Failed { failure: failure.clone() },
            _ => {}
        }
    }
    // A mock is demanded of everything that would wait for an answer.
    let failure = Failure::new(ErrorName::RUNTIME, "The state did not come to an end.");
    Outcome::Failed { failure }
}
