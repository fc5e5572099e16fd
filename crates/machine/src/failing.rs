//! A state has failed: Retry, then Catch, then the enclosing scope. Spec: `#errors`.

use asl::catch::{Catcher, CatcherOutput};
use asl::failure::{Occasion, matches};
use asl::jsonata::Location;
use asl::retry::Retrier;
use asl::state::StateKind;
use asl::{Failure, Fault, Json};
use contracts::point::Point;

use crate::activation::Activation;
use crate::dataflow::Sight;
use crate::event::Fact;
use crate::flow::Flow;
use crate::frame::Activity;
use crate::ids::FrameId;
use crate::{committed, dataflow, leaving, scope};

/// The state that `frame` is in has failed.
pub(crate) fn fail(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    fail_as(activation, frame, failure, Occasion::Other);
}

/// The same, where it matters on what occasion.
pub(crate) fn fail_as(activation: &mut Activation<'_>, frame: FrameId, failure: Failure, occasion: Occasion) {
    let inner = match (&activation.execution.visit(frame).activity, &kind(activation, frame).kind) {
        (Activity::Branches(_), StateKind::Map(_)) => Some(Fact::MapStateFailed { frame }),
        (Activity::Branches(_), _) => Some(Fact::ParallelStateFailed { frame }),
        (Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Task(_), _) => None,
    };
    fail_with(activation, frame, failure, occasion, inner);
}

/// The Map Run of a distributed Map has failed.
pub(crate) fn fail_map_run(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    let inner = Some(Fact::MapStateFailed { frame });
    fail_with(activation, frame, failure, Occasion::Other, inner);
}

/// Retry, or the event by which a state with work inside it fails, and Catch or the enclosing scope.
fn fail_with(
    activation: &mut Activation<'_>,
    frame: FrameId,
    failure: Failure,
    occasion: Occasion,
    inner: Option<Fact>,
) {
    let failure = committed::told(activation, frame, failure);
    if let Some(examined) = &mut activation.examined {
        examined.failure = Some(failure.clone());
    }
    if retried(activation, frame, &failure, occasion) {
        return;
    }
    if scope::is_final(&failure) {
        return scope::failed(activation, frame, failure);
    }
    if let Some(fact) = inner {
        activation.record_in(frame, fact);
    }
    if !caught(activation, frame, &failure, occasion) {
        scope::failed(activation, frame, failure);
    }
}

/// The state cannot be evaluated: it fails with AWS's preamble.
pub(crate) fn fail_evaluation(activation: &mut Activation<'_>, frame: FrameId, fault: Fault) {
    let failure = told(activation, frame, fault);
    fail(activation, frame, failure);
}

/// The failure of an evaluation, with AWS's preamble; one that has a place has an event of its own.
pub(crate) fn told(activation: &mut Activation<'_>, frame: FrameId, fault: Fault) -> Failure {
    let failure = located(activation, frame, &fault.failure);
    let Some(location) = fault.location else { return failure };
    let failure = committed::told(activation, frame, failure);
    let visit = activation.execution.visit(frame);
    let last = activation.execution.frame(frame).last;
    // AWS's event of what fails while a state is entered follows what the entering follows; that of a Wait its entering.
    let is_wait = matches!(kind(activation, frame).kind, StateKind::Wait(_));
    let previous = if last == visit.entered_event && !is_wait { visit.entered_previous } else { last };
    let state = Some(visit.state);
    let fact =
        Fact::EvaluationFailed { frame, state, location, failure: failure.clone(), checks: Vec::new() };
    activation.record(previous, fact);
    failure
}

/// A failure of evaluation, with AWS's preamble: which state, and which event it was entered by.
fn located(activation: &Activation<'_>, frame: FrameId, failure: &Failure) -> Failure {
    if activation.examined.is_some() {
        // AWS's TestState, which has no events, says it without.
        return failure.clone();
    }
    let visit = activation.execution.visit(frame);
    let name = &activation.execution.revision.machine.state(visit.state).name;
    let what = failure.cause.as_deref().unwrap_or("");
    let cause = format!(
        "An error occurred while executing the state '{name}' (entered at the event id #{}). {what}",
        visit.entered_event
    );
    Failure { error: failure.error.clone(), cause: Some(cause.into()) }
}

/// Schedules a retry if the first retrier that names the error has attempts left.
fn retried(activation: &mut Activation<'_>, frame: FrameId, failure: &Failure, occasion: Occasion) -> bool {
    let state = kind(activation, frame);
    let matching = retriers(&state.kind)
        .iter()
        .zip(0_u32..)
        .find(|(it, _)| matches(&it.error_equals, failure, occasion));
    let Some((retrier, index)) = matching else { return false };
    let said = activation.examined.as_ref().and_then(|examined| examined.retry_count);
    let retries = said.unwrap_or(activation.execution.visit(frame).retries[index as usize]);
    let jitter = activation.jitter();
    let Some(delay_seconds) = retrier.delay_seconds(retries + 1, jitter) else { return false };
    let due = activation.due(activation.now.plus_seconds(delay_seconds));
    activation.record_in(frame, Fact::RetryScheduled { frame, retrier: index, due });
    true
}

/// Takes the first catcher that names the error, if there is one.
fn caught(activation: &mut Activation<'_>, frame: FrameId, failure: &Failure, occasion: Occasion) -> bool {
    let state = kind(activation, frame);
    let matching =
        catchers(&state.kind).iter().enumerate().find(|(_, it)| matches(&it.error_equals, failure, occasion));
    let Some((index, catcher)) = matching else { return false };
    if let Some(examined) = &mut activation.examined {
        examined.catcher = Some(index);
    }
    let contract = activation.execution.revision.contracts.catcher(state.id, index).output;
    match catcher_output(activation, frame, catcher, index, failure) {
        Ok(caught) => {
            let held =
                activation.hold_against(Some(state.id), Point::Output, contract, caught.output.value());
            if let Some(violation) = held.violation {
                // The catcher's own product is at fault: nobody below this scope can take it.
                let location = violation.location.into();
                let failure = committed::told(activation, frame, violation.failure);
                let checks = vec![violation.check];
                let state = Some(state.id);
                let fact =
                    Fact::EvaluationFailed { frame, state, location, failure: failure.clone(), checks };
                activation.record(0, fact);
                scope::failed(activation, frame, failure);
            } else {
                let leaving = leaving::Leaving { next: Some(catcher.next), checks: held.checks, ..caught };
                leaving::leave(activation, frame, leaving);
            }
        }
        Err(Fault { failure, location: None }) => {
            let failure = committed::told(activation, frame, failure);
            scope::failed(activation, frame, failure);
        }
        Err(fault) => {
            let failure = told(activation, frame, fault);
            scope::failed(activation, frame, failure);
        }
    }
    true
}

/// `{"Error": …, "Cause": …}`, put into the raw input; `$` of `Assign` is the error object.
fn catcher_output(
    activation: &mut Activation<'_>,
    frame: FrameId,
    catcher: &Catcher,
    index: usize,
    failure: &Failure,
) -> Result<leaving::Leaving, Fault> {
    let error = error_object(failure);
    let sight = Sight { error_output: Some(&error), ..Sight::default() };
    let catch = Location::field("Catch");
    let at = catch.index(index);
    let output = match &catcher.output {
        CatcherOutput::Path(result_path) => {
            let input = Flow::Kept(activation.execution.visit(frame).input.clone());
            dataflow::place(result_path, input, Flow::Made(error.clone()))?
        }
        CatcherOutput::Jsonata(template) => {
            let (template, at) = (template.as_ref(), at.key("Output"));
            dataflow::render(activation, frame, template, &at, sight, Flow::Made(error.clone()))?
        }
    };
    if let Flow::Made(value) = &output {
        // Were it left to the state's exit, a catcher of `States.DataLimitExceeded` would be asked again, for ever.
        activation.fits(value, &kind(activation, frame).name)?;
    }
    let assign = catcher.assign.as_ref();
    let assigned = dataflow::assign(activation, frame, assign, &at.key("Assign"), sight, &error)?;
    Ok(leaving::Leaving { output, assigned, next: None, checks: Vec::new() })
}

/// What a catcher sees. AWS leaves a missing member out of history, and shows both to the catcher's target.
fn error_object(failure: &Failure) -> Json {
    let error = failure.error.iter().map(|error| ("Error", Json::from(error.as_str())));
    let cause = failure.cause.iter().map(|cause| ("Cause", Json::String(cause.clone())));
    Json::object(error.chain(cause))
}

fn kind(activation: &Activation<'_>, frame: FrameId) -> StateRef {
    let state = activation.execution.visit(frame).state;
    StateRef { revision: activation.execution.revision.clone(), state }
}

/// A state of a revision that is held while the execution changes.
pub(crate) struct StateRef {
    revision: std::sync::Arc<crate::Revision>,
    state: asl::StateId,
}

impl std::ops::Deref for StateRef {
    type Target = asl::State;

    fn deref(&self) -> &asl::State {
        self.revision.machine.state(self.state)
    }
}

impl StateRef {
    /// The state that a frame is in.
    pub(crate) fn of(activation: &Activation<'_>, frame: FrameId) -> Self {
        kind(activation, frame)
    }
}

pub(crate) fn retriers(kind: &StateKind) -> &[Retrier] {
    match kind {
        StateKind::Task(it) => &it.retry,
        StateKind::Parallel(it) => &it.retry,
        StateKind::Map(it) => &it.retry,
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => &[],
    }
}

fn catchers(kind: &StateKind) -> &[Catcher] {
    match kind {
        StateKind::Task(it) => &it.catch,
        StateKind::Parallel(it) => &it.catch,
        StateKind::Map(it) => &it.catch,
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => &[],
    }
}
