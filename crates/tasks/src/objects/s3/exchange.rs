//! What passes between us and a service: one client, and a note of the last answer.
//!
//! The note is kept with the task that asks (`observed`), because the store hands out neither an error's body nor a
//! header. Bodies that are not an object's are read here, bounded: a service that never stops talking takes no memory.

use std::cell::RefCell;
use std::future::Future;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::{ClientOptions, HeaderMap};

use crate::innermost::innermost;
use crate::limits::{ERROR_BODY_BYTES_MAX, LIST_BODY_BYTES_MAX};
use crate::objects::config::S3Config;

/// The last answer, or what came instead of one.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The answer's status.
    pub(super) status: Option<u16>,
    pub(super) headers: HeaderMap,
    /// The body of an error or of a listing.
    pub(super) body: Vec<u8>,
    /// Why there was no answer.
    pub(super) trouble: Option<Trouble>,
}

/// Why there was no answer, or no whole one.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) kind: HttpErrorKind,
    /// The innermost reason, in the system's words.
    pub(super) reason: String,
}

tokio::task_local! {
    static SEEN: RefCell<Seen>;
}

/// Carries `work` out and says what was seen last. What is asked outside of it is not noted.
pub(super) async fn observed<T>(work: impl Future<Output = T>) -> (T, Seen) {
    SEEN.scope(RefCell::default(), async {
        let done = work.await;
        (done, SEEN.with(RefCell::take))
    })
    .await
}

fn note(seen: Seen) {
    // Outside of `observed` nobody wants to know.
    let _ = SEEN.try_with(|it| it.replace(seen));
}

/// Makes the one client of a bucket.
#[derive(Debug)]
pub(super) struct Connector(HttpClient);

impl Connector {
    pub(super) fn new(config: &S3Config) -> Result<Self, String> {
        // Whoever was first has chosen; ring is the only one that is built in.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
            .timeout(config.timeout)
            .connect_timeout(config.connect_timeout)
            // A redirect is the service's way to say that the region is wrong; the signature would not fit anyway.
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| format!("no client can be made: {}", innermost(&error)))?;
        Ok(Self(HttpClient::new(Observer(HttpClient::new(client)))))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

/// Notes what passes.
#[derive(Debug)]
struct Observer(HttpClient);

#[async_trait]
impl HttpService for Observer {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let is_listing = request.uri().query().is_some_and(|query| query.contains("list-type=2"));
        let response = match self.0.execute(request).await {
            Ok(response) => response,
            Err(error) => return Err(noted(error)),
        };
        let (parts, body) = response.into_parts();
        let mut seen =
            Seen { status: Some(parts.status.as_u16()), headers: parts.headers.clone(), ..Seen::default() };
        let body = match (parts.status.is_success(), is_listing) {
            (true, false) => body,
            (true, true) => {
                seen.body = bounded(body, LIST_BODY_BYTES_MAX, true).await.map_err(noted)?;
                // Nothing for the store to read: it would refuse the page if one key of it is no path.
                HttpResponseBody::from("<ListBucketResult/>".to_owned())
            }
            (false, _) => {
                seen.body = bounded(body, ERROR_BODY_BYTES_MAX, false).await.unwrap_or_default();
                HttpResponseBody::from(seen.body.clone())
            }
        };
        note(seen);
        Ok(HttpResponse::from_parts(parts, body))
    }
}

fn noted(error: HttpError) -> HttpError {
    let trouble = Trouble { kind: error.kind(), reason: innermost(&error) };
    note(Seen { trouble: Some(trouble), ..Seen::default() });
    error
}

/// A body of at most `bytes_max` bytes; a longer one is an error where `is_whole`, and otherwise cut.
async fn bounded(body: HttpResponseBody, bytes_max: usize, is_whole: bool) -> Result<Vec<u8>, HttpError> {
    let mut stream = body.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        let room = bytes_max - bytes.len();
        if chunk.len() > room && is_whole {
            let problem = std::io::Error::other(format!("the answer has more than {bytes_max} bytes"));
            return Err(HttpError::new(HttpErrorKind::Decode, problem));
        }
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break;
        }
    }
    Ok(bytes)
}
