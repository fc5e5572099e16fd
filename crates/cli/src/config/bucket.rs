//! `[buckets.NAME]`: a folder, or a bucket of a service that speaks S3.

use std::time::Duration;

use tasks::{BucketPlace, S3Config};

use super::{Bucket, Reader};
use crate::files;

/// What only a service has.
const OF_SERVICES: [&str; 11] = [
    "region",
    "endpoint",
    "path_style",
    "allow_http",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "anonymous",
    "timeout_seconds",
    "connect_timeout_seconds",
    "retries",
];

impl Reader<'_> {
    /// Understands one bucket; `None` when that is not possible, which has been reported.
    pub(super) fn bucket(&mut self, name: String) -> Option<Bucket> {
        let key = |field: &str| format!("buckets.{name}.{field}");
        let place = match (self.text(&key("folder")), self.text(&key("url"))) {
            (Some(folder), None) => {
                let hint = "leave it out, or give the bucket a `url`";
                self.of_no_use(&format!("buckets.{name}"), &OF_SERVICES, "a bucket that is a folder", hint)
                    .ok()?;
                BucketPlace::Folder(files::joined(&self.base, &folder))
            }
            (None, Some(url)) => BucketPlace::S3(Box::new(self.service(&name, &url)?)),
            (Some(_), Some(_)) => {
                let message = format!("`buckets.{name}` has a `folder` and a `url`; it is at one of them");
                self.refuse(&key("url"), message, Some("leave one of them out".into()));
                return None;
            }
            (None, None) => {
                if !self.is_reported(&key("folder")) && !self.is_reported(&key("url")) {
                    let hint = "write `folder = \"PATH\"`, or `url = \"s3://BUCKET\"`";
                    let message = format!("`buckets.{name}` needs a `folder` or a `url`");
                    self.refuse(&format!("buckets.{name}"), message, Some(hint.into()));
                }
                return None;
            }
        };
        Some(Bucket { name, place })
    }

    fn service(&mut self, name: &str, url: &str) -> Option<S3Config> {
        let key = |field: &str| format!("buckets.{name}.{field}");
        let region = self.region(&key("region"));
        let credentials = self.credentials(&format!("buckets.{name}"));
        let mut config = match S3Config::of_url(url, region) {
            Ok(config) => config,
            Err(problem) => {
                self.refuse(&key("url"), format!("`{}` {problem}", key("url")), None);
                return None;
            }
        };
        config.credentials = credentials.ok()?;
        config.path_style = self.flag(&key("path_style"));
        config.allow_http = self.flag(&key("allow_http"));
        config.endpoint = self.endpoint(&key("endpoint"), config.allow_http).ok()?;
        config.timeout = Duration::from_secs(self.count(&key("timeout_seconds"), 30));
        config.connect_timeout = Duration::from_secs(self.count(&key("connect_timeout_seconds"), 5));
        config.retries_max = usize::try_from(self.count(&key("retries"), 3)).unwrap_or(usize::MAX);
        Some(config)
    }
}
