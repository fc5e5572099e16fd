//! An answer: what came of a call, and how a state sees it.
//!
//! Source: AWS, "Invoke Lambda with Step Functions"; recorded envelopes. An error of a function is data of the service
//! (`FunctionError`, `errorType`); only the optimised forms make it the failure of the state.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::{Failure, Json, JsonLimits, Payload};
use bytes::Bytes;
use runtime::TaskOutcome;

use super::call::{Form, InvocationType};
use super::fault::Fault;
use super::now::now;
use crate::arguments::object_of;
use crate::limits::{CAUSE_CHARS_MAX, ERROR_CHARS_MAX, FUNCTION_PAYLOAD_BYTES_MAX};

/// What a service, or a worker behind ours, answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) invocation_type: InvocationType,
    pub(super) status: u16,
    pub(super) payload: Bytes,
    /// `Unhandled` or `Handled` where the payload is an error of the function.
    pub(super) function_error: Option<String>,
    pub(super) executed_version: Option<String>,
    /// The end of the log, in base64.
    pub(super) log_result: Option<String>,
    /// Names as AWS spells them, and values.
    pub(super) headers: Vec<(String, String)>,
    pub(super) request_id: Arc<str>,
}

impl Answer {
    /// What a state gets.
    pub(super) fn outcome(self, form: Form) -> TaskOutcome {
        let made = match form {
            Form::Direct => self.direct(),
            Form::Service => self.enveloped(),
            Form::Sdk => self.of_sdk(),
        };
        match made {
            Ok(output) => TaskOutcome::Succeeded { output },
            Err(failure) => TaskOutcome::Failed { failure },
        }
    }

    /// The payload itself, with its white space.
    fn direct(&self) -> Result<Payload, Failure> {
        self.check()?;
        self.parsed()
    }

    fn enveloped(&self) -> Result<Payload, Failure> {
        self.check()?;
        let payload = match self.invocation_type {
            InvocationType::RequestResponse => self.parsed()?.value().clone(),
            InvocationType::Event | InvocationType::DryRun => Json::string(""),
        };
        let text = |text: &Option<String>| text.as_deref().map(Json::string);
        let all =
            self.sorted_headers().map(|(name, value)| (Arc::from(name), Json::array([Json::string(value)])));
        let first = self.sorted_headers().map(|(name, value)| (Arc::<str>::from(name), Json::string(value)));
        let http = Json::object([
            ("AllHttpHeaders", Json::object::<Arc<str>>(all)),
            ("HttpHeaders", Json::object(first)),
            ("HttpStatusCode", Json::from(i64::from(self.status))),
        ]);
        Ok(Payload::new(object_of([
            ("ExecutedVersion", text(&self.executed_version)),
            ("LogResult", text(&self.log_result)),
            ("Payload", Some(payload)),
            ("SdkHttpMetadata", Some(http)),
            ("SdkResponseMetadata", Some(Json::object([("RequestId", Json::string(&*self.request_id))]))),
            ("StatusCode", Some(Json::from(i64::from(self.status)))),
        ])))
    }

    fn of_sdk(&self) -> Result<Payload, Failure> {
        let text = |text: &Option<String>| text.as_deref().map(Json::string);
        let payload = str::from_utf8(&self.payload).map_err(|_| self.unknown())?;
        Ok(Payload::new(object_of([
            ("ExecutedVersion", text(&self.executed_version)),
            ("FunctionError", text(&self.function_error)),
            ("LogResult", text(&self.log_result)),
            ("Payload", Some(Json::string(payload))),
            ("StatusCode", Some(Json::from(i64::from(self.status)))),
        ])))
    }

    /// The failure that the function reported, if it did.
    fn check(&self) -> Result<(), Failure> {
        if self.function_error.is_none() {
            return Ok(());
        }
        let Ok(payload) = self.parsed() else { return Err(self.unknown()) };
        match payload.value().get("errorType") {
            Some(Json::String(error)) if !error.is_empty() => {
                Err(Failure::new(cut(error, ERROR_CHARS_MAX), cut(payload.text(), CAUSE_CHARS_MAX)))
            }
            _ => Err(self.unknown()),
        }
    }

    fn parsed(&self) -> Result<Payload, Failure> {
        // What a function that returns nothing may send.
        let text = if self.payload.is_empty() {
            "null"
        } else {
            str::from_utf8(&self.payload).map_err(|_| self.unknown())?
        };
        let limits = JsonLimits::PAYLOAD.with_bytes_max(FUNCTION_PAYLOAD_BYTES_MAX);
        Payload::parse(text, limits).map_err(|_| self.unknown())
    }

    /// Neither an answer nor an error that says what it is: AWS's words.
    fn unknown(&self) -> Failure {
        let payload = String::from_utf8_lossy(&self.payload);
        let words = "The cause could not be determined because Lambda did not return an error type. Returned payload: ";
        Failure::new("Lambda.Unknown", cut(&format!("{words}{payload}"), CAUSE_CHARS_MAX))
    }

    fn sorted_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        headers.into_iter()
    }
}

/// The answer of our own service around a worker's payload.
pub(super) struct Local {
    pub(super) invocation_type: InvocationType,
    pub(super) payload: Bytes,
    pub(super) is_error: bool,
    pub(super) version: Option<Arc<str>>,
    pub(super) log_result: Option<String>,
    pub(super) request_id: Arc<str>,
    pub(super) trace_id: String,
}

impl From<Local> for Answer {
    fn from(local: Local) -> Self {
        let is_answered = local.invocation_type == InvocationType::RequestResponse;
        let version = local.version.as_deref().unwrap_or("$LATEST").to_owned();
        let date = now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let length = if is_answered { local.payload.len() } else { 0 };
        let mut headers = vec![
            ("Connection", "keep-alive".to_owned()),
            ("Content-Length", length.to_string()),
            ("Content-Type", "application/json".to_owned()),
            ("Date", date),
            ("x-amzn-Remapped-Content-Length", "0".to_owned()),
            ("x-amzn-RequestId", local.request_id.to_string()),
            ("X-Amzn-Trace-Id", local.trace_id),
        ];
        if is_answered {
            headers.push(("X-Amz-Executed-Version", version.clone()));
        }
        headers.extend(local.log_result.clone().map(|it| ("X-Amz-Log-Result", it)));
        Self {
            invocation_type: local.invocation_type,
            status: local.invocation_type.status(),
            payload: if is_answered { local.payload } else { Bytes::new() },
            function_error: (is_answered && local.is_error).then(|| "Unhandled".to_owned()),
            executed_version: is_answered.then_some(version),
            log_result: local.log_result,
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            request_id: local.request_id,
        }
    }
}

/// What a fault is to a state.
pub(super) fn failed(fault: &Fault, request_id: &str) -> TaskOutcome {
    TaskOutcome::Failed { failure: fault.failure(request_id) }
}

fn cut(text: &str, chars_max: usize) -> &str {
    text.char_indices().nth(chars_max).map_or(text, |(at, _)| &text[..at])
}
