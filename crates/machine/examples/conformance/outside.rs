//! The world outside, played from a recording: a task is answered as AWS's history says that it was answered.

use std::collections::VecDeque;

use asl::{ErrorName, Failure, JsonLimits, Payload, Timestamp};
use machine::{Callback, Input, TaskOrder, TaskToken};
use serde_json::Value;

/// The answers that a recording holds, in its order.
#[derive(Default)]
pub(crate) struct Outside {
    answers: VecDeque<Answer>,
}

/// How an attempt ended.
enum Answer {
    Succeeded(String),
    /// The end comes later, from the service or from whoever has the token; this is what the service said first.
    Submitted(String),
    Failed(Failure),
    /// Nobody answered; the state's own timer rings.
    TimedOut,
}

impl Outside {
    /// The answers in `events`.
    pub(crate) fn new(events: &[Value]) -> Self {
        Self { answers: events.iter().filter_map(answer).collect() }
    }

    /// The answers to an order: what the service said first, and the end, by the service or by whoever has the token.
    pub(crate) fn answer(
        &mut self,
        order: &TaskOrder,
        token: Option<TaskToken>,
        now: Timestamp,
    ) -> Vec<Input> {
        let mut inputs = Vec::new();
        while let Some(Answer::Submitted(output)) = self.answers.front() {
            let answer = match token {
                Some(_) => Answer::Succeeded(output.clone()),
                None => Answer::Submitted(output.clone()),
            };
            inputs.extend(runner_input(order, now, answer));
            self.answers.pop_front();
        }
        let last = self.answers.pop_front();
        inputs.extend(last.and_then(|last| match token {
            None => runner_input(order, now, last),
            Some(token) => callback(last).map(|callback| Input::CalledBack { token, callback }),
        }));
        inputs
    }
}

/// What a runner reports.
fn runner_input(order: &TaskOrder, began_at: Timestamp, answer: Answer) -> Option<Input> {
    let (task, attempt) = (order.task, order.attempt);
    match answer {
        Answer::Succeeded(output) => {
            Some(Input::TaskSucceeded { task, attempt, began_at, output: payload(output) })
        }
        Answer::Submitted(output) => {
            Some(Input::TaskSubmitted { task, attempt, began_at, output: payload(output) })
        }
        Answer::Failed(failure) => Some(Input::TaskFailed { task, attempt, began_at, failure }),
        Answer::TimedOut => None,
    }
}

/// What whoever has the token says.
fn callback(answer: Answer) -> Option<Callback> {
    match answer {
        Answer::Succeeded(output) | Answer::Submitted(output) => {
            Some(Callback::Succeeded { output: payload(output) })
        }
        Answer::Failed(failure) => Some(Callback::Failed { failure }),
        Answer::TimedOut => None,
    }
}

fn payload(output: String) -> Payload {
    let limits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);
    Payload::parse(output, limits).expect("a recorded output is JSON")
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
        "TaskSubmitted" => Some(Answer::Submitted(text("output").unwrap_or_else(|| "null".into()))),
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
