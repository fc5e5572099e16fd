//! A call: what a Task state asks of which function, read from its resource and its arguments.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::{Json, JsonLimits};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use runtime::TaskRequest;

use super::fault::Fault;
use super::name::FunctionName;
use crate::arguments::{Fields, Refused, shown};
use crate::called_off::CallOff;
use crate::limits::{CLIENT_CONTEXT_BYTES_MAX, FUNCTION_EVENT_BYTES_MAX, FUNCTION_PAYLOAD_BYTES_MAX};
use crate::request_id::request_id;

/// How a state names a function, which decides how the answer looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Its own ARN as `Resource`: arguments and answer are the payload itself.
    Direct,
    /// `lambda:invoke`: the answer stands in an envelope, an error of the function fails the state.
    Service,
    /// `aws-sdk:lambda:invoke`: as the SDK has it; payloads are texts, an error of the function is an answer.
    Sdk,
}

impl Form {
    /// The form of a resource; `None` if it names no function.
    pub(super) fn of(resource: &Resource) -> Option<Self> {
        match &resource.kind {
            ResourceKind::Function => Some(Self::Direct),
            ResourceKind::Activity => None,
            ResourceKind::Service { service, action } => match (&**service, &**action) {
                ("lambda", "invoke" | "invoke.waitForTaskToken") => Some(Self::Service),
                ("aws-sdk:lambda", "invoke" | "invoke.waitForTaskToken") => Some(Self::Sdk),
                _ => None,
            },
        }
    }
}

/// `InvocationType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvocationType {
    /// The caller waits for the answer.
    RequestResponse,
    /// Nobody waits for the answer.
    Event,
    /// Nothing is called.
    DryRun,
}

impl InvocationType {
    /// As AWS writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::RequestResponse => "RequestResponse",
            Self::Event => "Event",
            Self::DryRun => "DryRun",
        }
    }

    /// The status of an answer that is no error.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::RequestResponse => 200,
            Self::Event => 202,
            Self::DryRun => 204,
        }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: FunctionName,
    pub(super) payload: Bytes,
    pub(super) invocation_type: InvocationType,
    /// Whether the end of the log is wanted (`LogType: Tail`).
    pub(super) wants_log: bool,
    /// `ClientContext`, as it came: base64 of a JSON text.
    pub(super) client_context: Option<String>,
    /// A UUID: the same for every delivery of one attempt.
    pub(super) request_id: Arc<str>,
    /// Whether the wait for it has ended.
    pub(super) ended: Arc<CallOff>,
}

impl Call {
    /// Understands what a state sent.
    pub(super) fn of(request: &TaskRequest, form: Form) -> Result<Self, Fault> {
        match form {
            Form::Direct => direct(request),
            Form::Service | Form::Sdk => service(request),
        }
    }

    /// The client context, decoded: what a worker is given of it.
    pub(super) fn client_context_text(&self) -> Option<String> {
        let bytes = BASE64_STANDARD.decode(self.client_context.as_deref()?).ok()?;
        // Checked when it was read.
        String::from_utf8(bytes).ok()
    }
}

fn direct(request: &TaskRequest) -> Result<Call, Fault> {
    sized(Call {
        name: name_of(request, Form::Direct)?,
        payload: Bytes::copy_from_slice(request.arguments.text().as_bytes()),
        invocation_type: InvocationType::RequestResponse,
        wants_log: false,
        client_context: None,
        request_id: request_id(request),
        ended: Arc::default(),
    })
}

/// The function that a request means.
pub(super) fn name_of(request: &TaskRequest, form: Form) -> Result<FunctionName, Fault> {
    match form {
        Form::Direct => {
            let arn = &request.resource.arn;
            FunctionName::parse(arn).ok_or_else(|| unnamed(arn))
        }
        Form::Service | Form::Sdk => named(&Fields::of(request.arguments.value(), "$", &FIELDS)?),
    }
}

fn named(fields: &Fields<'_>) -> Result<FunctionName, Fault> {
    let written = fields.required_text("FunctionName")?;
    let name = FunctionName::parse(written).ok_or_else(|| unnamed(written))?;
    let Some(qualifier) = fields.text("Qualifier")? else { return Ok(name) };
    name.qualified(qualifier).ok_or_else(|| {
        let problem = format!("`{}` is no qualifier of `{}`", shown(qualifier), shown(written));
        Fault::from(Refused::new(fields.place("Qualifier"), problem))
    })
}

const FIELDS: [&str; 6] =
    ["FunctionName", "Payload", "InvocationType", "Qualifier", "ClientContext", "LogType"];

fn service(request: &TaskRequest) -> Result<Call, Fault> {
    let fields = Fields::of(request.arguments.value(), "$", &FIELDS)?;
    sized(Call {
        name: named(&fields)?,
        payload: payload(request.arguments.value().get("Payload"))?,
        invocation_type: invocation_type(&fields)?,
        wants_log: wants_log(&fields)?,
        client_context: client_context(&fields)?,
        request_id: request_id(request),
        ended: Arc::default(),
    })
}

/// What the function is sent. To the service a payload is bytes, which are JSON: a text is those bytes, as recorded.
fn payload(payload: Option<&Json>) -> Result<Bytes, Fault> {
    match payload {
        None | Some(Json::Null) => Ok(Bytes::from_static(b"{}")),
        Some(Json::String(text)) => {
            let limits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);
            asl::json::parse(text, limits).map_err(|problem| Fault::NoJson(problem.to_string()))?;
            Ok(Bytes::copy_from_slice(text.as_bytes()))
        }
        Some(value) => Ok(value.to_text().into()),
    }
}

fn invocation_type(fields: &Fields<'_>) -> Result<InvocationType, Refused> {
    match fields.text("InvocationType")? {
        None | Some("RequestResponse") => Ok(InvocationType::RequestResponse),
        Some("Event") => Ok(InvocationType::Event),
        Some("DryRun") => Ok(InvocationType::DryRun),
        Some(other) => {
            let problem = format!("is `RequestResponse`, `Event` or `DryRun`, found `{}`", shown(other));
            Err(Refused::new(fields.place("InvocationType"), problem))
        }
    }
}

fn wants_log(fields: &Fields<'_>) -> Result<bool, Refused> {
    match fields.text("LogType")? {
        None | Some("None") => Ok(false),
        Some("Tail") => Ok(true),
        Some(other) => {
            let problem = format!("is `None` or `Tail`, found `{}`", shown(other));
            Err(Refused::new(fields.place("LogType"), problem))
        }
    }
}

fn client_context(fields: &Fields<'_>) -> Result<Option<String>, Refused> {
    let Some(text) = fields.text("ClientContext")? else { return Ok(None) };
    let decoded = BASE64_STANDARD.decode(text).ok().filter(|bytes| bytes.len() <= CLIENT_CONTEXT_BYTES_MAX);
    // It travels in a header.
    let is_fit = decoded.is_some_and(|bytes| bytes.iter().all(|it| (b' '..=b'~').contains(it)));
    if is_fit {
        return Ok(Some(text.to_owned()));
    }
    let problem = format!(
        "is base64 of a JSON text of at most {CLIENT_CONTEXT_BYTES_MAX} bytes, of printable ASCII without line ends"
    );
    Err(Refused::new(fields.place("ClientContext"), problem))
}

fn sized(call: Call) -> Result<Call, Fault> {
    let bytes_max = match call.invocation_type {
        InvocationType::RequestResponse | InvocationType::DryRun => FUNCTION_PAYLOAD_BYTES_MAX,
        InvocationType::Event => FUNCTION_EVENT_BYTES_MAX,
    };
    let bytes = call.payload.len();
    if bytes > bytes_max { Err(Fault::RequestTooLarge { bytes, bytes_max }) } else { Ok(call) }
}

fn unnamed(text: &str) -> Fault {
    Fault::Invalid(format!("$.FunctionName: `{}` is no function's name, partial ARN or ARN", shown(text)))
}
