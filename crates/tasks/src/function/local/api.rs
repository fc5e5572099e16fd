//! The Runtime API: how a worker asks for work and gives its answers. Source: AWS, "Using the Lambda runtime API", 2018-06-01.
//!
//! Every worker has an address of its own on the loopback interface, so who asks is known by where it asks. Extensions and
//! `SnapStart` are not served.

mod peer;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::desk::{Desk, Invocation, Reply};
use crate::limits::{FUNCTION_CONNECTIONS_MAX, FUNCTION_PAYLOAD_BYTES_MAX};

/// What every path begins with; there are clients that write two slashes before it.
const VERSION: &str = "2018-06-01/runtime/";

/// The API of one worker, before it serves.
#[derive(Debug)]
pub(super) struct Api {
    listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Api {
    /// An address for one worker.
    pub(super) async fn bind() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Serves until the future is dropped, and every connection with it.
    pub(super) async fn serve(self, desk: Arc<Desk>) {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let Ok((stream, peer)) = self.listener.accept().await else {
                // Out of descriptors, most likely: others may give some back.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                continue;
            };
            if connections.len() < FUNCTION_CONNECTIONS_MAX && peer::is_ours(peer, self.address) {
                connections.spawn(connection(stream, desk.clone()));
            }
        }
    }
}

async fn connection(stream: TcpStream, desk: Arc<Desk>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let desk = desk.clone();
        async move { Ok::<_, Infallible>(answer(request, &desk).await) }
    });
    // A worker that breaks off is noticed by its end.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

type Answer = Response<Full<Bytes>>;

async fn answer(request: Request<Incoming>, desk: &Desk) -> Answer {
    let (head, body) = request.into_parts();
    // Read in any case: a connection whose body lies unread is closed under the client.
    let body = read(body, FUNCTION_PAYLOAD_BYTES_MAX).await;
    let path = head.uri.path().trim_start_matches('/').strip_prefix(VERSION).unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    match (&head.method, &parts[..]) {
        (&Method::GET, ["invocation", "next"]) => next(desk).await,
        (&Method::POST, ["invocation", id, "response"]) => response(body, desk, id),
        (&Method::POST, ["invocation", id, "error"]) => error(&head.headers, body, desk, Some(id)),
        (&Method::POST, ["init", "error"]) => error(&head.headers, body, desk, None),
        _ => {
            refused(StatusCode::NOT_FOUND, "ResourceNotFound", "there is no such resource of the Runtime API")
        }
    }
}

async fn next(desk: &Desk) -> Answer {
    let Some(invocation) = desk.take().await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "Unknown", "there will be no more invocations");
    };
    let Invocation { request_id, function_arn, trace_id, client_context, payload, timeout, taken } =
        invocation;
    // Whoever waited may have gone.
    let _ = taken.send(());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let deadline_ms = (now + timeout).as_millis().to_string();
    let mut answer = Response::new(Full::new(payload));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("lambda-runtime-aws-request-id", &request_id);
    set("lambda-runtime-deadline-ms", &deadline_ms);
    set("lambda-runtime-invoked-function-arn", &function_arn);
    set("lambda-runtime-trace-id", &trace_id);
    if let Some(context) = &client_context {
        set("lambda-runtime-client-context", context);
    }
    answer
}

fn response(body: Read, desk: &Desk, id: &str) -> Answer {
    match body {
        Read::Whole(body, trailers) => {
            // A streamed answer may still fail in its last lines.
            let reply = match trailers.as_ref().and_then(streamed_error) {
                Some(error) => Reply::Error(error),
                None => Reply::Response(body),
            };
            if desk.reply(Some(id), reply) { accepted() } else { unknown_id() }
        }
        Read::TooLarge if desk.reply(Some(id), Reply::TooLarge) => {
            let words = "the answer is larger than an answer may be";
            refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", words)
        }
        Read::TooLarge => unknown_id(),
        Read::Broken => broken(),
    }
}

/// An error of an invocation, or of a worker that cannot begin.
fn error(headers: &HeaderMap, body: Read, desk: &Desk, id: Option<&str>) -> Answer {
    let named = headers.get("lambda-runtime-function-error-type");
    let named = named.and_then(|it| it.to_str().ok()).map(str::to_owned);
    let body = match body {
        Read::Whole(body, _) => body,
        Read::TooLarge => Bytes::new(),
        Read::Broken => return broken(),
    };
    if desk.reply(id, Reply::Error(error_body(body, named))) { accepted() } else { unknown_id() }
}

/// The error as it came; one without a body is named by its header.
fn error_body(body: Bytes, named: Option<String>) -> Bytes {
    match named {
        Some(name) if body.is_empty() => super::error_document(&name, "the runtime gave no message"),
        _ => body,
    }
}

/// The error that a streamed answer ended with, if it did.
fn streamed_error(trailers: &HeaderMap) -> Option<Bytes> {
    let name = trailers.get("lambda-runtime-function-error-type")?.to_str().ok()?.to_owned();
    let body = trailers.get("lambda-runtime-function-error-body");
    let body = body.and_then(|it| BASE64_STANDARD.decode(it.as_bytes()).ok()).unwrap_or_default();
    Some(error_body(body.into(), Some(name)))
}

enum Read {
    Whole(Bytes, Option<HeaderMap>),
    TooLarge,
    Broken,
}

/// Reads a body to its end, but keeps no more than `bytes_max` of it: a worker that is cut off would not hear why.
async fn read(mut body: Incoming, bytes_max: usize) -> Read {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX).min(bytes_max);
    let mut bytes = BytesMut::with_capacity(expected);
    let mut trailers = None;
    let mut is_too_large = false;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Read::Broken };
        match frame.into_data() {
            Ok(data) => {
                is_too_large |= bytes.len() + data.len() > bytes_max;
                if !is_too_large {
                    bytes.extend_from_slice(&data);
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    if is_too_large { Read::TooLarge } else { Read::Whole(bytes.freeze(), trailers) }
}

fn accepted() -> Answer {
    with(StatusCode::ACCEPTED, Bytes::from_static(br#"{"status":"OK"}"#))
}

fn broken() -> Answer {
    refused(StatusCode::BAD_REQUEST, "TruncatedResponse", "the body broke off")
}

fn unknown_id() -> Answer {
    refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

fn refused(status: StatusCode, error_type: &str, message: &str) -> Answer {
    with(status, super::error_document(error_type, message))
}

fn with(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
