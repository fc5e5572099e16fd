//! A bucket of a service that speaks S3: AWS and many others.
//!
//! `object_store` signs, sends, sends again and resumes a body that broke off. What it does not hand out (the service's own
//! error, an answer's headers, keys of a listing that are no paths) is noted on the way by `exchange`.

mod exchange;
mod fault;
mod list;

use std::future::Future;
use std::sync::Arc;

use asl::Json;
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, HeaderMap, ObjectStore, ObjectStoreExt as _, PutMode,
    PutOptions, PutPayload, RetryConfig, StaticCredentialProvider, UpdateVersion,
};

use self::exchange::{Connector, Seen};
use super::bucket::{Condition, Found, Put, ReadError, Stored, read};
use super::config::{ConfigError, S3Config};
use super::error::Fault;
use super::key::Key;
use super::list::Query;
use crate::limits::BUCKET_BACKOFF_MAX;

/// A service's bucket, ready to be asked. Nothing has been asked yet.
pub(super) struct S3 {
    store: AmazonS3,
    /// What stands before every key, with `/` at its end; or nothing.
    prefix: String,
    /// How the service is called in messages.
    shown: String,
}

impl S3 {
    pub(super) fn open(name: &Arc<str>, config: S3Config) -> Result<Self, ConfigError> {
        let failed = |problem: String| ConfigError::Service { name: name.clone(), problem };
        let connector = Connector::new(&config).map_err(failed)?;
        let shown = config.endpoint.clone().unwrap_or_else(|| format!("S3 in {}", config.region));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_virtual_hosted_style_request(!config.path_style)
            .with_client_options(ClientOptions::new().with_allow_http(config.allow_http))
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_disable_bulk_delete(true)
            .with_retry(retry(&config))
            .with_http_connector(connector);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint_of(endpoint, &config));
        }
        builder = match &config.credentials {
            None => builder.with_skip_signature(true),
            Some(it) => builder.with_credentials(Arc::new(StaticCredentialProvider::new(it.for_signing()))),
        };
        let store = builder.build().map_err(|error| failed(format!("cannot be used: {error}")))?;
        Ok(Self { store, prefix: config.prefix, shown })
    }

    /// The key as the service knows it.
    pub(super) fn path(&self, key: &Key) -> Result<Path, Fault> {
        key.behind(&self.prefix)
    }

    pub(super) async fn get(&self, key: &Key, options: GetOptions, bytes_max: usize) -> Result<Found, Fault> {
        let path = self.path(key)?;
        let (found, seen) = exchange::observed(read(&self.store, &path, options, bytes_max)).await;
        match found {
            Ok(mut found) => {
                found.headers = seen.headers;
                Ok(found)
            }
            Err(ReadError::Store(error)) => Err(self.fault(&error, &seen)),
            Err(ReadError::TooLarge { bytes, bytes_max }) => Err(Fault::TooLarge { bytes, bytes_max }),
            Err(ReadError::Broken { read, announced }) => {
                Err(Fault::Client(format!("{} sent {read} of {announced} bytes", self.shown)))
            }
        }
    }

    pub(super) async fn put(&self, put: Put) -> Result<Stored, Fault> {
        let Put { key, body, condition, attributes } = put;
        let mode = match &condition {
            Condition::None => PutMode::Overwrite,
            Condition::Absent => PutMode::Create,
            Condition::Tag(tag) => PutMode::Update(UpdateVersion { e_tag: Some(tag.clone()), version: None }),
        };
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        let path = self.path(&key)?;
        let body = bytes::Bytes::from(body);
        let payload = PutPayload::from(body.clone());
        let (put, seen) = exchange::observed(self.store.put_opts(&path, payload, options)).await;
        match put {
            Ok(put) => Ok(Stored { e_tag: put.e_tag, headers: seen.headers }),
            Err(_) if condition != Condition::None && seen.status == Some(412) => {
                self.same_object(&key, &body).await
            }
            Err(error) => Err(self.fault(&error, &seen)),
        }
    }

    /// A second delivery of a put under a condition finds its own object, and that is no conflict.
    async fn same_object(&self, key: &Key, body: &[u8]) -> Result<Stored, Fault> {
        match self.get(key, GetOptions::default(), body.len()).await {
            Ok(found) if found.body == body => Ok(Stored { e_tag: found.meta.e_tag, headers: found.headers }),
            Ok(_) | Err(Fault::TooLarge { .. } | Fault::NoSuchKey) => Err(Fault::Precondition),
            Err(other) => Err(other),
        }
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<HeaderMap, Fault> {
        let path = self.path(key)?;
        let (deleted, seen) = exchange::observed(self.store.delete(&path)).await;
        match deleted {
            Ok(()) => Ok(seen.headers),
            Err(error) => match self.fault(&error, &seen) {
                Fault::NoSuchKey => Ok(HeaderMap::new()),
                other => Err(other),
            },
        }
    }

    pub(super) async fn list(&self, name: &str, query: &Query<'_>) -> Result<Json, Fault> {
        list::page(self, name, query).await
    }

    fn fault(&self, error: &Error, seen: &Seen) -> Fault {
        fault::of(error, seen, &self.shown)
    }

    /// Carries out what is asked of the store, and says what was seen of the service meanwhile.
    async fn ask<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<(T, Seen), Fault> {
        let (result, seen) = exchange::observed(work).await;
        match result {
            Ok(value) => Ok((value, seen)),
            Err(error) => Err(self.fault(&error, &seen)),
        }
    }
}

/// Where requests go. In the host's name the bucket stands before everything else.
fn endpoint_of(endpoint: &str, config: &S3Config) -> String {
    let endpoint = endpoint.trim_end_matches('/');
    match endpoint.split_once("://") {
        Some((scheme, host)) if !config.path_style => format!("{scheme}://{}.{host}", config.bucket),
        _ => endpoint.to_owned(),
    }
}

fn retry(config: &S3Config) -> RetryConfig {
    let times = u32::try_from(config.retries_max + 1).unwrap_or(u32::MAX);
    RetryConfig {
        backoff: BackoffConfig { max_backoff: BUCKET_BACKOFF_MAX, ..BackoffConfig::default() },
        max_retries: config.retries_max,
        // Each of them may take its whole time.
        retry_timeout: (config.timeout + BUCKET_BACKOFF_MAX).saturating_mul(times),
    }
}
