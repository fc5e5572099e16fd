//! What a service's refusal means, in AWS's names and words.

#[cfg(test)]
mod tests;

use object_store::client::HttpErrorKind;
use serde::Deserialize;

use super::exchange::{Seen, Trouble};
use crate::arguments::shown;
use crate::innermost::innermost;
use crate::objects::error::Fault;

/// An error's body. AWS: "Error responses".
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    code: Option<String>,
    message: Option<String>,
}

/// The fault that `error` is, from what was seen of the service.
pub(super) fn of(error: &object_store::Error, seen: &Seen, service: &str) -> Fault {
    match (seen.status, &seen.trouble) {
        (Some(status @ 300..), _) => of_status(status, seen),
        (_, Some(trouble)) => Fault::Client(trouble_text(trouble, service)),
        // The answer began well and did not end so.
        (_, None) => Fault::Client(format!("the answer of {service} broke off: {}", innermost(error))),
    }
}

fn of_status(status: u16, seen: &Seen) -> Fault {
    let body = body(&seen.body);
    match (status, body.code.as_deref()) {
        (404, Some("NoSuchBucket")) => Fault::NoSuchBucket,
        (404, Some("NoSuchKey") | None) => Fault::NoSuchKey,
        (403, Some("InvalidObjectState")) => Fault::InvalidObjectState,
        (304, _) => Fault::NotModified,
        (412, _) => Fault::Precondition,
        (416, _) => Fault::InvalidRange,
        (300..=399, _) => {
            let region = seen.headers.get("x-amz-bucket-region").and_then(|it| it.to_str().ok());
            let region = region.map(|it| format!(": it is in `{}`", shown(it))).unwrap_or_default();
            let message =
                format!("the bucket is not in the region or at the endpoint that is configured{region}");
            Fault::Service { status, code: body.code.map(|it| shown(&it)), message }
        }
        (_, None) if status == 403 => Fault::AccessDenied,
        _ => {
            let said = body.message.filter(|it| !it.trim().is_empty()).map(|it| shown_long(&it));
            let message = said.unwrap_or_else(|| words(status, body.code.as_deref()).to_owned());
            Fault::Service { status, code: body.code.map(|it| shown(&it)), message }
        }
    }
}

/// The service's words, where it found some.
fn body(bytes: &[u8]) -> Body {
    let text = String::from_utf8_lossy(bytes);
    quick_xml::de::from_str(&text).unwrap_or_default()
}

/// AWS's words, for services that send none.
fn words(status: u16, code: Option<&str>) -> &'static str {
    match (code, status) {
        (Some("SignatureDoesNotMatch"), _) => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        (Some("InvalidAccessKeyId"), _) => {
            "The AWS Access Key Id you provided does not exist in our records."
        }
        (Some("AccessDenied"), _) | (_, 403) => "Access Denied",
        (Some("ExpiredToken"), _) => "The provided token has expired.",
        (Some("RequestTimeTooSkewed"), _) => {
            "The difference between the request time and the current time is too large."
        }
        (_, 400) => "Bad Request",
        (_, 401) => "Unauthorized",
        (_, 405) => "Method Not Allowed",
        (_, 409) => "Conflict",
        (_, 429) => "Too Many Requests",
        (_, 500) => "Internal Server Error",
        (_, 502) => "Bad Gateway",
        (_, 503) => "Service Unavailable",
        (_, 504) => "Gateway Timeout",
        _ => "the service refused",
    }
}

fn shown_long(text: &str) -> String {
    let clean = text.chars().map(|it| if it.is_control() { ' ' } else { it });
    clean.take(crate::limits::MESSAGE_CHARS_MAX).collect()
}

fn trouble_text(trouble: &Trouble, service: &str) -> String {
    let reason = &trouble.reason;
    match trouble.kind {
        HttpErrorKind::Connect => format!("{service} cannot be reached: {reason}"),
        HttpErrorKind::Timeout => format!("{service} did not answer in time: {reason}"),
        HttpErrorKind::Request | HttpErrorKind::Interrupted => {
            format!("the connection to {service} was lost: {reason}")
        }
        HttpErrorKind::Decode => format!("the answer of {service} cannot be read: {reason}"),
        _ => format!("{service}: {reason}"),
    }
}
