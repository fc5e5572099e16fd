//! Object tasks: objects in buckets, as `aws-sdk:s3` names them. A bucket is a folder, or one of a service that speaks S3.
//!
//! At least once, with the same end: putting twice leaves one object, deleting twice leaves none. A put is kept, whole, before
//! it is answered. Must be polled inside a tokio runtime. Not here: buckets are made and removed by their owner.

mod answer;
mod bucket;
mod config;
mod error;
mod folder;
mod key;
mod list;
mod pieces;
mod read;
mod s3;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::{ErrorName, Failure, Json, Payload};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};

pub use self::config::{BucketConfig, BucketPlace, ConfigError, S3Config, S3Credentials};
pub(crate) use self::pieces::Pieces;

use self::bucket::Bucket;
use self::error::Fault;

/// The configured buckets, opened. A clone shares them.
#[derive(Clone)]
pub struct Buckets(Arc<[Bucket]>);

impl Buckets {
    /// Opens `buckets`, whose folders must be there; services are not asked before a task asks them.
    pub fn open(buckets: Vec<BucketConfig>) -> Result<Self, ConfigError> {
        let mut opened: Vec<Bucket> = Vec::with_capacity(buckets.len());
        for config in buckets {
            if opened.iter().any(|bucket| bucket.name == config.name) {
                return Err(ConfigError::SameName { name: config.name });
            }
            opened.push(Bucket::open(config)?);
        }
        Ok(Self(opened.into()))
    }

    /// Puts a text that is JSON into one of them, whole, in place of what was there.
    pub(crate) async fn put_text(&self, bucket: &str, key: &str, text: String) -> Result<(), Failure> {
        let put = async { write::put_text(self.get(bucket)?, key, text).await };
        put.await.map_err(|fault: Fault| fault.failure())
    }

    /// Whether there is such a bucket and it may have an object of this key, as far as that can be said without asking anybody.
    pub(crate) fn check_key(&self, bucket: &str, key: &str) -> Result<(), Failure> {
        let checked = self.get(bucket).and_then(|bucket| bucket.key(key));
        checked.map(drop).map_err(|fault| fault.failure())
    }

    fn get(&self, name: &str) -> Result<&Bucket, Fault> {
        self.0.iter().find(|bucket| *bucket.name == *name).ok_or(Fault::NoSuchBucket)
    }
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|bucket| &bucket.name)).finish()
    }
}

/// Carries out object tasks on the configured buckets.
#[derive(Debug)]
pub struct ObjectsRunner {
    buckets: Buckets,
}

impl ObjectsRunner {
    /// A runner for `buckets`, whose folders must be there; services are not asked before a task asks them.
    pub fn new(buckets: Vec<BucketConfig>) -> Result<Self, ConfigError> {
        Buckets::open(buckets).map(Self::on)
    }

    /// A runner for buckets that are open.
    pub fn on(buckets: Buckets) -> Self {
        Self { buckets }
    }

    async fn answer(&self, request: &TaskRequest) -> Result<Json, Fault> {
        let arguments = request.arguments.value();
        let Some(action) = action_of(&request.resource) else {
            return Err(Fault::InvalidArgument(format!("`{}` is not served", request.resource.arn)));
        };
        let bucket = self.bucket(arguments)?;
        match action {
            Action::Put => write::put(bucket, arguments).await,
            Action::Delete => write::delete(bucket, arguments).await,
            Action::Get => read::get(bucket, arguments, request.result_bytes_max).await,
            Action::Head => read::head(bucket, arguments).await,
            Action::List => list::list(bucket, arguments).await,
        }
    }

    fn bucket(&self, arguments: &Json) -> Result<&Bucket, Fault> {
        let name = match arguments.get("Bucket") {
            Some(Json::String(name)) => name,
            Some(other) => {
                let problem = format!("$.Bucket: expected a string, found {}", other.kind());
                return Err(Fault::InvalidArgument(problem));
            }
            None => return Err(Fault::InvalidArgument("$.Bucket: is missing".to_owned())),
        };
        self.buckets.get(name)
    }
}

impl TaskRunner for ObjectsRunner {
    fn name(&self, request: &TaskRequest) -> Arc<str> {
        match self.bucket(request.arguments.value()) {
            Ok(bucket) => format!("objects:{}", bucket.name).into(),
            Err(_) => "objects".into(),
        }
    }

    fn accepts(&self, resource: &Resource) -> bool {
        action_of(resource).is_some()
    }

    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome> {
        async move {
            match self.answer(&request).await {
                Ok(output) => outcome(Payload::new(output), request.result_bytes_max),
                Err(fault) => TaskOutcome::Failed { failure: fault.failure() },
            }
        }
        .boxed()
    }

    /// An object task never promised more than "at least once".
    fn abandon(&self, _request: TaskRequest) -> BoxFuture<'_, AbandonOutcome> {
        async { AbandonOutcome::Barred }.boxed()
    }
}

fn outcome(output: Payload, bytes_max: usize) -> TaskOutcome {
    let bytes = output.text().len();
    if bytes <= bytes_max {
        return TaskOutcome::Succeeded { output };
    }
    let cause = format!("the answer has {bytes} bytes, at most {bytes_max} are accepted");
    TaskOutcome::Failed { failure: Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause) }
}

/// Which action a resource names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Put,
    Get,
    Head,
    Delete,
    List,
}

fn action_of(resource: &Resource) -> Option<Action> {
    match &resource.kind {
        ResourceKind::Service { service, action } if &**service == "aws-sdk:s3" => match &**action {
            "putObject" => Some(Action::Put),
            "getObject" => Some(Action::Get),
            "headObject" => Some(Action::Head),
            "deleteObject" => Some(Action::Delete),
            "listObjectsV2" => Some(Action::List),
            _ => None,
        },
        ResourceKind::Service { .. } | ResourceKind::Function | ResourceKind::Activity => None,
    }
}
