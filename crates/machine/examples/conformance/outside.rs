//! The world outside, played from a recording: a task is answered as AWS's history says that it was answered.

use std::collections::VecDeque;

use asl::{ErrorName, Failure, JsonLimits, Payload, Timestamp};
use machine::{Input, TaskOrder};
use serde_json::Value;

/// The answers that a recording holds, in its order.
#[derive(Default)]
pub(crate) struct Outside {
    answers: VecDeque<Answer>,
}

/// How an attempt ended.
enum Answer {
    Succeeded(String),
    Failed(Failure),
    /// Nobody answered; the state's own timer rings.
    TimedOut,
}

impl Outside {
    /// The answers in `events`.
    pub(crate) fn new(events: &[Value]) -> Self {
        Self { answers: events.iter().filter_map(answer).collect() }
    }

    /// The answer to an order; `None` if there is none (any more).
    pub(crate) fn answer(&mut self, order: &TaskOrder, now: Timestamp) -> Option<Input> {
        let (task, attempt, began_at) = (order.task, order.attempt, now);
        match self.answers.pop_front()? {
            Answer::Succeeded(output) => {
                let limits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);
                let output = Payload::parse(output, limits).expect("a recorded output is JSON");
                Some(Input::TaskSucceeded { task, attempt, began_at, output })
            }
            Answer::Failed(failure) => Some(Input::TaskFailed { task, attempt, began_at, failure }),
            Answer::TimedOut => None,
        }
    }
}

fn answer(event: &Value) -> Option<Answer> {
    let kind = event["type"].as_str()?;
    let details = event.as_object()?.iter().find(|(key, _)| key.ends_with("EventDetails")).map(|(_, it)| it);
    let text = |name: &str| match details.map_or(&Value::Null, |details| &details[name]) {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        parsed => Some(parsed.to_string()),
    };
    match kind {
        "TaskSucceeded" | "LambdaFunctionSucceeded" | "ActivitySucceeded" => {
            Some(Answer::Succeeded(text("output").unwrap_or_else(|| "null".into())))
        }
        "TaskFailed" | "LambdaFunctionFailed" | "ActivityFailed" => {
            let error = text("error").map(ErrorName::new);
            if error.as_ref().is_some_and(|error| error.as_str() == ErrorName::DATA_LIMIT_EXCEEDED) {
                // What AWS could not take is not recorded, but that it was too large is.
                return Some(Answer::Succeeded(format!("\"{}\"", "x".repeat(300_000))));
            }
            let cause = text("cause").map(Into::into);
            Some(Answer::Failed(Failure { error, cause }))
        }
        "TaskTimedOut" | "LambdaFunctionTimedOut" | "ActivityTimedOut" => Some(Answer::TimedOut),
        _ => None,
    }
}
