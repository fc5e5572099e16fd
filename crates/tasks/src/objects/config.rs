//! How a bucket is configured, and what can be wrong with that.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::Secret;
use crate::limits::{BUCKET_CONNECT_TIMEOUT, BUCKET_RETRIES, BUCKET_TIMEOUT};

/// One bucket that tasks may use.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    /// What `Bucket` says.
    pub name: Arc<str>,
    /// Where the objects are.
    pub place: BucketPlace,
}

/// Where a bucket's objects are.
#[derive(Clone, Debug)]
pub enum BucketPlace {
    /// In a folder; a key is a path in it.
    Folder(PathBuf),
    /// With a service that speaks S3.
    S3(Box<S3Config>),
}

/// A bucket of a service that speaks S3.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The bucket's name there.
    pub bucket: String,
    /// What stands before every key, with `/` at its end; or nothing.
    pub prefix: String,
    /// The region, which requests are signed for.
    pub region: String,
    /// Where the service is, if it is not AWS: `http://127.0.0.1:9000`.
    pub endpoint: Option<String>,
    /// Whether the bucket stands in the path (`ENDPOINT/BUCKET/KEY`) and not in the host's name.
    pub path_style: bool,
    /// Whether `http://` will do.
    pub allow_http: bool,
    /// Who asks; `None` for requests that are not signed.
    pub credentials: Option<S3Credentials>,
    /// Time of one request, its answer's body included.
    pub timeout: Duration,
    /// Time until a connection is there.
    pub connect_timeout: Duration,
    /// Times that a request is sent again inside one attempt, when the connection or the service failed.
    pub retries_max: usize,
}

/// An access key of AWS's kind.
#[derive(Clone, Debug)]
pub struct S3Credentials {
    /// The access key's id.
    pub access_key_id: Secret,
    /// The access key.
    pub secret_access_key: Secret,
    /// The token of a session, for keys that are lent.
    pub session_token: Option<Secret>,
}

impl S3Credentials {
    /// As the signer takes them.
    pub(crate) fn for_signing(&self) -> object_store::aws::AwsCredential {
        object_store::aws::AwsCredential {
            key_id: self.access_key_id.reveal().to_owned(),
            secret_key: self.secret_access_key.reveal().to_owned(),
            token: self.session_token.as_ref().map(|token| token.reveal().to_owned()),
        }
    }
}

impl S3Config {
    /// The bucket of `url`, `s3://BUCKET` or `s3://BUCKET/PREFIX`, as on AWS; unsigned until there are credentials.
    pub fn of_url(url: &str, region: impl Into<String>) -> Result<Self, String> {
        let rest = url
            .strip_prefix("s3://")
            .ok_or("is `s3://BUCKET` or `s3://BUCKET/PREFIX`, and begins with `s3://`")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        check_bucket(bucket)?;
        let prefix = prefix.trim_end_matches('/');
        if !prefix.is_empty() {
            super::key::Key::parse(prefix, super::key::Rules::Service)
                .map_err(|_| "has a prefix that no key can begin with")?;
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            region: region.into(),
            endpoint: None,
            path_style: false,
            allow_http: false,
            credentials: None,
            timeout: BUCKET_TIMEOUT,
            connect_timeout: BUCKET_CONNECT_TIMEOUT,
            retries_max: BUCKET_RETRIES,
        })
    }
}

/// Names of buckets, AWS: 3 to 63 of lower-case letters, digits, `.` and `-`. Other services know `_` and capitals too.
fn check_bucket(bucket: &str) -> Result<(), String> {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_allowed) {
        return Err("names a bucket of 3 to 63 letters, digits, `.`, `-` or `_`".to_owned());
    }
    Ok(())
}

/// Why a configuration of buckets is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two buckets of one name.
    #[error("bucket `{name}` is configured twice")]
    SameName {
        /// The name.
        name: Arc<str>,
    },
    /// A folder that cannot be used.
    #[error("bucket `{name}`: the folder `{}` cannot be used: {problem}", folder.display())]
    Folder {
        /// The bucket.
        name: Arc<str>,
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// A service that cannot be spoken to as it is configured.
    #[error("bucket `{name}`: {problem}")]
    Service {
        /// The bucket.
        name: Arc<str>,
        /// What is wrong.
        problem: String,
    },
}
