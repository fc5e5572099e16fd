//! The context object (`$$`). Source: AWS, "Accessing execution data from the Context object".

use asl::Json;
use asl::state::StateKind;

use crate::execution::Execution;
use crate::frame::{Frame, Item, Visit};
use crate::ids::FrameId;
use crate::token::TaskToken;

/// The context object of a frame; `item` where a Map's selector is evaluated before its iteration has a frame.
pub(crate) fn object(execution: &Execution, frame: FrameId, item: Option<&Item>) -> Json {
    let mut members = vec![("Execution", of_execution(execution)), ("StateMachine", of_machine(execution))];
    if let Some(visit) = execution.frame(frame).visit() {
        members.push(("State", of_state(execution, visit)));
    }
    if let Some(token) = execution.frame(frame).visit().and_then(|visit| token(execution, visit)) {
        members.push(("Task", Json::object([("Token", Json::from(token.to_string()))])));
    }
    if let Some(item) = item.or_else(|| nearest_item(execution, frame)) {
        members.push(("Map", of_map(item)));
    }
    Json::object(members)
}

fn of_execution(execution: &Execution) -> Json {
    let input = execution.input.as_ref().map_or(Json::Null, |input| input.value().clone());
    let redriven_at = execution.redriven_at.map(|at| ("RedriveTime", Json::from(at.to_string())));
    let members = [
        ("Id", Json::String(execution.info.arn.clone())),
        ("Input", input),
        ("StartTime", Json::from(execution.started_at.to_string())),
        ("Name", Json::String(execution.info.name.clone())),
        ("RoleArn", Json::String(execution.revision.role_arn.clone())),
        ("RedriveCount", Json::from(execution.redrives)),
    ];
    Json::object(members.into_iter().chain(redriven_at))
}

fn of_machine(execution: &Execution) -> Json {
    Json::object([
        ("Id", Json::String(execution.revision.arn.clone())),
        ("Name", Json::String(execution.revision.name.clone())),
    ])
}

fn of_state(execution: &Execution, visit: &Visit) -> Json {
    let state = execution.revision.machine.state(visit.state);
    let mut members = vec![
        ("Name", Json::String(state.name.clone())),
        ("EnteredTime", Json::from(visit.entered_at.to_string())),
    ];
    // AWS shows the count for states that can be retried.
    if matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)) {
        members.push(("RetryCount", Json::from(visit.retries.iter().sum::<u32>())));
    }
    Json::object(members)
}

/// AWS shows a token to states that wait for somebody to send it back, and an activity's to its worker alone.
fn token(execution: &Execution, visit: &Visit) -> Option<TaskToken> {
    let StateKind::Task(task) = &execution.revision.machine.state(visit.state).kind else { return None };
    visit.token.filter(|_| task.resource.waits_for_token())
}

/// `$$.Map` of an iteration.
pub(crate) fn of_map(item: &Item) -> Json {
    Json::object([("Item", of_item(item))])
}

fn of_item(item: &Item) -> Json {
    Json::object([("Index", Json::from(item.index)), ("Value", item.value.clone())])
}

/// The item of the innermost iteration around `frame`.
fn nearest_item(execution: &Execution, frame: FrameId) -> Option<&Item> {
    let mut at: Option<&Frame> = Some(execution.frame(frame));
    while let Some(frame) = at {
        if frame.item.is_some() {
            return frame.item.as_ref();
        }
        at = frame.parent.map(|parent| execution.frame(parent.frame));
    }
    None
}
