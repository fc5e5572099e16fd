//! How an execution starts and ends.

use asl::{ErrorName, Failure, Payload};
use contracts::point::Point;

use crate::activation::Activation;
use crate::event::{Due, Fact, Numbered};
use crate::ids::FrameId;

/// The first event. The door has held the input against the machine's contract; it is recorded here that it did.
pub(crate) fn start(activation: &mut Activation<'_>, input: Payload) {
    assert!(activation.execution.input.is_none(), "an execution starts once");
    let timeout = deadline(activation);
    let contract = activation.execution.revision.own_contracts().input;
    let held = activation.hold_against(None, Point::Input, contract, input.value());
    let input = activation.number(input);
    activation.record(0, Fact::ExecutionStarted { input, timeout, checks: held.checks });
    if let Some(violation) = held.violation {
        end(
            activation,
            0,
            |failure| Fact::ExecutionFailed { failure, checks: vec![violation.check] },
            violation.failure,
        );
    }
}

/// The timer of the machine's `TimeoutSeconds`, which runs from now on.
pub(crate) fn deadline(activation: &mut Activation<'_>) -> Option<Due> {
    let seconds = activation.execution.revision.timeout_seconds()?;
    Some(activation.due(activation.now.plus_seconds(f64::from(seconds))))
}

/// The root frame is done: the machine's own contract has the last word.
pub(crate) fn succeed(activation: &mut Activation<'_>, output: Numbered) {
    let contract = activation.execution.revision.own_contracts().output;
    let held = activation.hold_against(None, Point::Output, contract, output.payload.value());
    let Some(violation) = held.violation else {
        activation.record_in(FrameId::ROOT, Fact::ExecutionSucceeded { output, checks: held.checks });
        return;
    };
    let evaluation = Fact::EvaluationFailed {
        frame: FrameId::ROOT,
        state: None,
        location: violation.location.into(),
        failure: violation.failure.clone(),
        checks: vec![violation.check],
    };
    activation.record(0, evaluation);
    fail(activation, FrameId::ROOT, violation.failure);
}

/// The execution fails by what happened in `frame`.
pub(crate) fn fail(activation: &mut Activation<'_>, frame: FrameId, failure: Failure) {
    let previous = activation.execution.frames.get(&frame).map_or(0, |frame| frame.last);
    end(activation, previous, |failure| Fact::ExecutionFailed { failure, checks: Vec::new() }, failure);
}

/// The machine's own `TimeoutSeconds` has run out.
pub(crate) fn timed_out(activation: &mut Activation<'_>) {
    let failure = Failure { error: Some(ErrorName::TIMEOUT.into()), cause: None };
    end(activation, 0, |failure| Fact::ExecutionTimedOut { failure }, failure);
}

/// Somebody stops the execution. It ends at once; attempts that may still take effect are settled behind it.
pub(crate) fn stop(activation: &mut Activation<'_>, failure: Failure) {
    if activation.execution.status == crate::Status::Running {
        end(activation, 0, |failure| Fact::ExecutionAborted { failure }, failure);
    }
}

/// Whether the history has reached its bound, in which case its last event has just been written.
pub(crate) fn history_is_full(activation: &mut Activation<'_>) -> bool {
    let limit = activation.execution.revision.limits.events_max;
    if limit == 0 || activation.execution.next.event < limit {
        return false;
    }
    let cause = format!("The execution reached the maximum number of history events ({limit}).");
    fail(activation, FrameId::ROOT, Failure::runtime(cause));
    true
}

/// The last event; `previous` is what led to it, 0 for what came from outside.
fn end(activation: &mut Activation<'_>, previous: u64, fact: impl FnOnce(Failure) -> Fact, failure: Failure) {
    let running = activation.execution.frames.iter().filter_map(|(id, frame)| Some((*id, frame.task()?)));
    let abandon: Vec<FrameId> =
        running.filter(|(_, task)| task.abandoned.is_none()).map(|(id, _)| id).collect();
    abandon.into_iter().for_each(|frame| activation.order_abandon(frame));
    activation.record(previous, fact(failure));
}
