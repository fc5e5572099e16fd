//! Remote functions: a service that speaks Lambda's Invoke API, AWS's or another.
//!
//! Source: Lambda, `Invoke` (2015-03-31). Calls are signed by `object_store`'s signer of Signature Version 4 where there are keys. A call is
//! sent once: whether it is sent again is for `Retry` to say.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpRequest, HttpRequestBody};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::answer::Answer;
use super::call::Call;
use super::config::RemoteConfig;
use super::fault::Fault;
use super::name::FunctionName;
use crate::innermost::innermost;
use crate::limits::{FUNCTION_ERROR_BODY_BYTES_MAX, FUNCTION_PAYLOAD_BYTES_MAX};
use crate::objects::S3Credentials;

/// A function of a service.
#[derive(Debug)]
pub(super) struct RemoteFunction {
    config: RemoteConfig,
    credential: Option<AwsCredential>,
    client: reqwest::Client,
}

impl RemoteFunction {
    pub(super) fn new(config: RemoteConfig) -> Result<Self, String> {
        // Whoever was first has chosen; ring is the only one that is built in.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
            .timeout(config.timeout)
            .connect_timeout(config.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .build()
            .map_err(|error| format!("no client can be made: {}", innermost(&error)))?;
        let credential = config.credentials.as_ref().map(S3Credentials::for_signing);
        Ok(Self { config, credential, client })
    }

    /// Makes the call.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, Fault> {
        let request = self.request(call)?;
        let response = self.client.execute(request).await.map_err(|error| trouble(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes_max =
            if status.is_success() { FUNCTION_PAYLOAD_BYTES_MAX } else { FUNCTION_ERROR_BODY_BYTES_MAX };
        let payload = read(response, bytes_max).await?;
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let request_id = text("x-amzn-requestid").map_or_else(|| call.request_id.clone(), Arc::from);
        if !status.is_success() {
            return Err(refusal(status.as_u16(), text("x-amzn-errortype"), &payload, &request_id));
        }
        Ok(Answer {
            invocation_type: call.invocation_type,
            status: status.as_u16(),
            payload,
            function_error: text("x-amz-function-error"),
            executed_version: text("x-amz-executed-version"),
            log_result: text("x-amz-log-result"),
            headers: spelled(&headers),
            request_id,
        })
    }

    fn request(&self, call: &Call) -> Result<reqwest::Request, Fault> {
        let url = self.url(call)?;
        let mut request = reqwest::Request::new(reqwest::Method::POST, url);
        let headers = request.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers.insert("x-amz-invocation-type", HeaderValue::from_static(call.invocation_type.as_str()));
        if call.wants_log {
            headers.insert("x-amz-log-type", HeaderValue::from_static("Tail"));
        }
        if let Some(context) = call.client_context.as_deref().and_then(|it| HeaderValue::from_str(it).ok()) {
            headers.insert("x-amz-client-context", context);
        }
        if let Some(credential) = &self.credential {
            self.sign(&mut request, credential, &call.payload)?;
        }
        *request.body_mut() = Some(call.payload.clone().into());
        Ok(request)
    }

    /// The name alone stands in the path, never an ARN: what has to be escaped there is signed differently by everybody.
    fn url(&self, call: &Call) -> Result<reqwest::Url, Fault> {
        let base = self.config.endpoint.trim_end_matches('/');
        let own = self.config.function.as_deref().and_then(FunctionName::parse);
        let name = own.as_ref().map_or(&call.name.name, |own| &own.name);
        let qualifier = call.name.qualifier.clone().or_else(|| own.as_ref()?.qualifier.clone());
        let mut url = reqwest::Url::parse(&format!("{base}/2015-03-31/functions/{name}/invocations"))
            .map_err(|error| Fault::Client(format!("the endpoint is no URL: {error}")))?;
        if let Some(qualifier) = &qualifier {
            url.query_pairs_mut().append_pair("Qualifier", qualifier);
        }
        Ok(url)
    }

    /// Adds `Authorization` and its companions: the signer works on the store's own kind of request.
    fn sign(
        &self,
        request: &mut reqwest::Request,
        credential: &AwsCredential,
        payload: &Bytes,
    ) -> Result<(), Fault> {
        let unusable = |problem: String| Fault::Client(format!("the call cannot be signed: {problem}"));
        let mut twin = HttpRequest::new(HttpRequestBody::from(payload.clone()));
        *twin.method_mut() = request.method().clone();
        *twin.uri_mut() = request.url().as_str().parse().map_err(|error| unusable(format!("{error}")))?;
        twin.headers_mut().clone_from(request.headers());
        AwsAuthorizer::new(credential, "lambda", &self.config.region)
            .try_authorize(&mut twin, None)
            .map_err(|error| unusable(error.to_string()))?;
        request.headers_mut().clone_from(twin.headers());
        Ok(())
    }
}

/// A body of at most `bytes_max` bytes.
async fn read(response: reqwest::Response, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut stream = response.bytes_stream();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = stream.try_next().await.map_err(|error| trouble(&error))? {
        if bytes.len() + chunk.len() > bytes_max {
            return Err(Fault::AnswerTooLarge { bytes_max });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// An error of the service: its name from the header, or from the body; its words from the body.
fn refusal(status: u16, header: Option<String>, body: &[u8], request_id: &str) -> Fault {
    let text = String::from_utf8_lossy(body);
    let document = asl::json::parse(&text, asl::JsonLimits::PAYLOAD).ok();
    let member = |name: &str| document.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let code = header.or_else(|| member("__type")).unwrap_or_else(|| "AWSLambdaException".to_owned());
    // `prefix#Name` and `Name:url` are both in use.
    let code = code.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let is_word = !code.is_empty() && code.len() <= 128 && code.bytes().all(|it| it.is_ascii_alphanumeric());
    let code = if is_word { code } else { "AWSLambdaException" };
    let message =
        member("Message").or_else(|| member("message")).unwrap_or_else(|| crate::arguments::shown(&text));
    Fault::Service { code: code.to_owned(), status, message, request_id: request_id.to_owned() }
}

fn trouble(error: &reqwest::Error) -> Fault {
    let reason = innermost(error);
    if error.is_timeout() && !error.is_connect() {
        return Fault::ClientTimeout(format!("no answer came in time: {reason}"));
    }
    Fault::Client(reason)
}

/// Headers under the names that AWS shows.
const SPELLINGS: [&str; 9] = [
    "Connection",
    "Content-Length",
    "Content-Type",
    "Date",
    "X-Amz-Executed-Version",
    "X-Amz-Log-Result",
    "x-amzn-Remapped-Content-Length",
    "x-amzn-RequestId",
    "X-Amzn-Trace-Id",
];

fn spelled(headers: &HeaderMap) -> Vec<(String, String)> {
    let spelling = |name: &HeaderName| {
        let known = SPELLINGS.into_iter().find(|it| it.eq_ignore_ascii_case(name.as_str()));
        known.unwrap_or(name.as_str()).to_owned()
    };
    let shown = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (spelling(name), shown(value))).collect()
}
