//! A call: which machine is started, under which name, with which input.

use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::{Json, JsonLimits, Payload};
use runtime::TaskRequest;

use super::fault::Fault;
use crate::arguments::Fields;
use crate::request_id::request_id;

/// What a state wants of the execution that it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `states:startExecution`: that it was started.
    RequestResponse,
    /// `states:startExecution.waitForTaskToken`: the same; somebody has the token.
    WaitForTaskToken,
    /// `states:startExecution.sync`: its end, input and output as texts.
    Sync,
    /// `states:startExecution.sync:2`: its end, input and output as JSON.
    Sync2,
    /// `aws-sdk:sfn:startExecution`: that it was started, as the SDK has it.
    Sdk,
}

impl Pattern {
    /// The pattern of a resource; `None` if it starts no execution.
    pub(super) fn of(resource: &Resource) -> Option<Self> {
        let ResourceKind::Service { service, action } = &resource.kind else { return None };
        match (&**service, &**action) {
            ("states", "startExecution") => Some(Self::RequestResponse),
            ("states", "startExecution.waitForTaskToken") => Some(Self::WaitForTaskToken),
            ("states", "startExecution.sync") => Some(Self::Sync),
            ("states", "startExecution.sync:2") => Some(Self::Sync2),
            ("aws-sdk:sfn", "startExecution") => Some(Self::Sdk),
            _ => None,
        }
    }

    /// Whether the task is over only when the execution is.
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Sync | Self::Sync2)
    }
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) machine_arn: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) input: Payload,
}

impl Call {
    /// Understands what a state sent. Without `Name` the name follows from the attempt.
    pub(super) fn of(request: &TaskRequest) -> Result<Self, Fault> {
        let known = ["StateMachineArn", "Name", "Input", "TraceHeader"];
        let fields = Fields::of(request.arguments.value(), "$", &known)?;
        fields.text("TraceHeader")?;
        Ok(Self {
            machine_arn: fields.required_text("StateMachineArn")?.into(),
            name: fields.text("Name")?.map_or_else(|| request_id(request), Into::into),
            input: input(fields.value("Input"))?,
        })
    }
}

/// A text is the input's text, anything else the input itself.
fn input(value: Option<&Json>) -> Result<Payload, Fault> {
    match value {
        None => Ok(Payload::new(Json::empty_object())),
        Some(Json::String(text)) => {
            Payload::parse(&**text, JsonLimits::PAYLOAD).map_err(|problem| Fault::Input(problem.to_string()))
        }
        Some(value) => Ok(Payload::new(value.clone())),
    }
}
