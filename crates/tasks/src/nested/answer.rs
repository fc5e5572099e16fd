//! What a state learns of the execution that it started. Shapes: recorded answers of AWS.

use std::sync::Arc;

use asl::{ErrorName, Failure, Json, Payload, Timestamp};
use machine::Status;
use runtime::{ExecutionEnd, ExecutionRow, TaskOutcome, TaskRequest};

use super::call::{Call, Pattern};
use crate::arguments::object_of;
use crate::limits::CAUSE_CHARS_MAX;
use crate::request_id::request_id;

/// That it was started.
pub(super) fn submitted(pattern: Pattern, row: &ExecutionRow, request: &TaskRequest) -> Payload {
    let arn = ("ExecutionArn", Json::string(row.info.arn.clone()));
    let started = ("StartDate", Json::string(row.started_at.to_string()));
    if pattern == Pattern::Sdk {
        return Payload::new(Json::object([arn, started]));
    }
    let id = request_id(request);
    let headers = [
        ("x-amzn-RequestId", id.to_string()),
        ("connection", "keep-alive".to_owned()),
        ("Date", row.started_at.to_string()),
        ("Content-Type", "application/x-amz-json-1.0".to_owned()),
    ];
    let all = headers.iter().map(|(name, value)| (*name, Json::array([Json::string(value.as_str())])));
    let first = headers.iter().map(|(name, value)| (*name, Json::string(value.as_str())));
    let http = Json::object([
        ("AllHttpHeaders", Json::object(all)),
        ("HttpHeaders", Json::object(first)),
        ("HttpStatusCode", Json::from(200_i64)),
    ]);
    let metadata = ("SdkResponseMetadata", Json::object([("RequestId", Json::string(id))]));
    Payload::new(Json::object([arn, ("SdkHttpMetadata", http), metadata, started]))
}

/// That it has ended: `DescribeExecution`'s answer, which is the cause where it did not end well.
pub(super) fn ended(pattern: Pattern, call: &Call, row: &ExecutionRow, end: &ExecutionEnd) -> TaskOutcome {
    let cause = end.failure.as_ref().and_then(|it| it.cause.clone());
    if end.status == Status::Succeeded {
        return TaskOutcome::Succeeded { output: Payload::new(described(pattern, call, row, end, None)) };
    }
    let text = |cause| described(pattern, call, row, end, cause).to_text();
    TaskOutcome::Failed { failure: Failure::new(ErrorName::TASK_FAILED, fitting(cause, text)) }
}

/// The description with as much of the child's own cause as fits: a cause inside a cause is escaped once more at each level, so
/// that it would double again and again.
fn fitting(mut cause: Option<Arc<str>>, text: impl Fn(Option<Arc<str>>) -> String) -> String {
    loop {
        let whole = text(cause.clone());
        if whole.chars().count() <= CAUSE_CHARS_MAX {
            return whole;
        }
        match cause.filter(|it| !it.is_empty()) {
            Some(long) => {
                cause = Some(long.chars().take(long.chars().count() / 2).collect::<String>().into());
            }
            // The input alone is too long.
            None => return whole.chars().take(CAUSE_CHARS_MAX).collect(),
        }
    }
}

fn described(
    pattern: Pattern,
    call: &Call,
    row: &ExecutionRow,
    end: &ExecutionEnd,
    cause: Option<Arc<str>>,
) -> Json {
    let included = || Some(Json::object([("Included", Json::Bool(true))]));
    let is_json = pattern == Pattern::Sync2 && end.status == Status::Succeeded;
    let data = |payload: &Payload| {
        if is_json { payload.value().clone() } else { Json::String(payload.text().clone()) }
    };
    let failure = end.failure.as_ref();
    let instant = |at: Timestamp| Json::from(at.unix_ms);
    object_of([
        ("Cause", cause.map(Json::String)),
        ("Error", failure.and_then(|it| it.error.as_ref()).map(|it| Json::from(it.as_str()))),
        ("ExecutionArn", Some(Json::String(row.info.arn.clone()))),
        ("Input", Some(data(&call.input))),
        ("InputDetails", included()),
        ("Name", Some(Json::String(row.info.name.clone()))),
        ("Output", end.output.as_ref().map(data)),
        ("OutputDetails", end.output.as_ref().and_then(|_| included())),
        ("StartDate", Some(instant(row.started_at))),
        ("StateMachineArn", Some(Json::String(row.machine_arn.clone()))),
        ("Status", Some(Json::from(end.status.as_str()))),
        ("StopDate", row.closed_at.map(instant)),
    ])
}
