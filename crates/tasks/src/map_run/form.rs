//! What is written of a child: its description as AWS exports it, or its output.

use std::borrow::Cow;
use std::sync::Arc;

use asl::state::map::{OutputType, Transformation, WriterConfig};
use asl::{Json, Payload};
use machine::Status;

use super::children::{Quarantined, Ran};

/// What a run's results look like.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) config: WriterConfig,
    /// The machine of the children, whose ARN and whose executions' ARNs a description has.
    pub(super) machine_arn: Arc<str>,
}

impl Form {
    /// The texts of a child's results: one, or one for each element of a flattened output.
    pub(super) fn texts<'a>(&self, ran: &'a Ran) -> Vec<Cow<'a, str>> {
        let output = ran.end.output.as_ref().filter(|_| ran.end.status == Status::Succeeded);
        match (output, self.config.transformation) {
            // AWS: a failed child keeps its full record, whatever the transformation.
            (None, _) | (_, Transformation::None) => vec![Cow::Owned(self.description(ran))],
            (Some(output), Transformation::Compact) => vec![Cow::Borrowed(&**output.text())],
            (Some(output), Transformation::Flatten) => flattened(output),
        }
    }

    /// What the file of a number is called.
    pub(super) fn key(&self, folder: &str, kind: &str, number: usize) -> String {
        let extension = match self.config.output_type {
            OutputType::Json => "json",
            OutputType::JsonLines => "jsonl",
        };
        format!("{folder}/{kind}_{number}.{extension}")
    }

    /// Puts results together.
    pub(super) fn joined(&self, mut body: String) -> String {
        match self.config.output_type {
            OutputType::Json => {
                body.insert(0, '[');
                body.push(']');
                body
            }
            OutputType::JsonLines => body,
        }
    }

    /// Appends one result to others.
    pub(super) fn append(&self, body: &mut String, text: &str) {
        match self.config.output_type {
            OutputType::Json if body.is_empty() => body.push_str(text),
            OutputType::Json => {
                body.push(',');
                body.push_str(text);
            }
            OutputType::JsonLines => {
                // A text from outside may be written over several lines; inside of a string there is no such character.
                if text.contains(['\n', '\r']) {
                    body.extend(text.split(['\n', '\r']).map(str::trim));
                } else {
                    body.push_str(text);
                }
                body.push('\n');
            }
        }
    }

    /// `DescribeExecution` of a child, as AWS exports it.
    fn description(&self, ran: &Ran) -> String {
        let arn = format!("{}:{}", self.machine_arn.replacen(":stateMachine:", ":execution:", 1), ran.name);
        let included = || Json::object([("Included", Json::Bool(true))]);
        let text = |payload: &Payload| Json::String(payload.text().clone());
        let failure = ran.end.failure.as_ref();
        let output = ran.end.output.as_ref();
        let (redrive, reason) = redrive(ran.end.status);
        let members = [
            ("ExecutionArn", Some(Json::from(arn.as_str()))),
            ("Error", failure.and_then(|it| it.error.as_ref()).map(|it| Json::from(it.as_str()))),
            ("Cause", failure.and_then(|it| it.cause.clone()).map(Json::String)),
            ("Input", Some(text(&ran.input))),
            ("InputDetails", Some(included())),
            ("Name", Some(Json::String(ran.name.clone()))),
            ("Output", output.map(text)),
            ("OutputDetails", output.map(|_| included())),
            ("RedriveCount", Some(Json::from(ran.end.redrives))),
            ("RedriveStatus", Some(Json::from(redrive))),
            ("RedriveStatusReason", reason.map(Json::from)),
            ("StartDate", Some(Json::from(ran.end.started_at.to_string()))),
            ("StateMachineArn", Some(Json::String(self.machine_arn.clone()))),
            ("Status", Some(Json::from(ran.end.status.as_str()))),
            ("StopDate", Some(Json::from(ran.end.ended_at.to_string()))),
        ];
        Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?)))).to_text()
    }
}

/// An item that broke its contract, with all that is wrong with it.
pub(super) fn quarantined(it: &Quarantined) -> String {
    let cause = it.failure.cause.clone().map(Json::String);
    let members = [
        ("Index", Some(Json::from(it.item.index))),
        ("Key", it.item.key.clone().map(Json::String)),
        ("Source", it.item.source.clone().map(Json::String)),
        ("Item", Some(it.item.value.clone())),
        ("Error", Some(Json::from(it.failure.error_str()))),
        ("Cause", cause),
    ];
    Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?)))).to_text()
}

fn redrive(status: Status) -> (&'static str, Option<&'static str>) {
    if status == Status::Succeeded {
        return ("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven"));
    }
    ("REDRIVABLE", None)
}

fn flattened(output: &Payload) -> Vec<Cow<'_, str>> {
    match output.value().as_array() {
        Some(elements) => elements.iter().map(|element| Cow::Owned(element.to_text())).collect(),
        None => vec![Cow::Borrowed(&**output.text())],
    }
}
