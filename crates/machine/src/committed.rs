//! Failures behind a COMMIT: a SQL task has taken effect, and its state fails all the same; the cause says so.
//!
//! Which answers mean that something was committed is told by the resource: `baton:sql:*` and `aws-sdk:rdsdata:*`, but
//! for what begins or undoes a transaction, and for a statement inside one (`TransactionId`), which is not committed yet.
//! Documented in `docs/reference/sql.md`, "Failures behind the COMMIT".

#[cfg(test)]
mod tests;

use asl::resource::{Resource, ResourceKind};
use asl::state::StateKind;
use asl::{Failure, Json, JsonLimits, json};

use crate::activation::Activation;
use crate::failing::StateRef;
use crate::frame::{Activity, Visit};
use crate::ids::FrameId;

/// The member of a cause, and its value.
const EFFECT: &str = "effect";
const COMMITTED: &str = "committed";

/// Whether an answer of this task means that an effect was committed.
pub(crate) fn commits(resource: &Resource, arguments: &Json) -> bool {
    let ResourceKind::Service { service, action } = &resource.kind else { return false };
    if !matches!(&**service, "baton:sql" | "aws-sdk:rdsdata") {
        return false;
    }
    match &**action {
        "commitTransaction" => true,
        "beginTransaction" | "rollbackTransaction" => false,
        _ => arguments.get("TransactionId").is_none_or(Json::is_null),
    }
}

/// The failure as it is told of a state: with the effect in its cause, if this entry of the state has committed one.
pub(crate) fn told(activation: &Activation<'_>, frame: FrameId, failure: Failure) -> Failure {
    if activation.execution.visit(frame).has_committed { marked(failure) } else { failure }
}

/// The same for an attempt that has just answered well, and whose answer cannot be taken.
pub(crate) fn told_of_answer(activation: &Activation<'_>, frame: FrameId, failure: Failure) -> Failure {
    let visit = activation.execution.visit(frame);
    let state = StateRef::of(activation, frame);
    if visit.has_committed || answer_commits(visit, &state.kind) { marked(failure) } else { failure }
}

/// Whether a good answer to the attempt that runs means that an effect was committed.
pub(crate) fn answer_commits(visit: &Visit, kind: &StateKind) -> bool {
    match (&visit.activity, kind) {
        (Activity::Task(running), StateKind::Task(it)) => {
            commits(&it.resource, running.arguments.payload.value())
        }
        _ => false,
    }
}

/// Whether a failure's cause says that an effect was committed.
pub(crate) fn is_marked(failure: &Failure) -> bool {
    failure
        .cause
        .as_deref()
        .and_then(object)
        .is_some_and(|cause| cause.get(EFFECT).and_then(Json::as_str) == Some(COMMITTED))
}

/// The cause with `"effect":"committed"`: one more member of a JSON object, or an object around a text.
fn marked(failure: Failure) -> Failure {
    if is_marked(&failure) {
        return failure;
    }
    let effect = Json::from(COMMITTED);
    let cause = match failure.cause.as_deref().map(|cause| (object(cause), cause)) {
        Some((Some(Json::Object(members)), _)) => Json::Object(members.with(EFFECT, effect).into()),
        Some((_, text)) => Json::object([(EFFECT, effect), ("message", Json::from(text))]),
        None => Json::object([(EFFECT, effect)]),
    };
    Failure { error: failure.error, cause: Some(cause.to_text().into()) }
}

/// The JSON object that a cause is, if it is one.
fn object(cause: &str) -> Option<Json> {
    if !cause.starts_with('{') {
        return None;
    }
    json::parse(cause, JsonLimits::PAYLOAD).ok().filter(|cause| cause.as_object().is_some())
}
