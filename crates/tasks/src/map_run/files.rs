//! Results as files in a bucket: `SUCCEEDED_n`, `FAILED_n`, `QUARANTINED_n` (ours), and `manifest.json` over them. Source: AWS, "`ResultWriter`".
//!
//! A file that was put and is not in a checkpoint yet is put again after a crash, under the same name and with the same
//! results: those of the children behind the checkpoint, in their order.

use std::sync::Arc;

use asl::{Failure, Json, Number, Payload};
use machine::Status;
use machine::map_run::Place;

use super::children::ChildEnd;
use super::fault::Fault;
use super::form::{self, Form};
use crate::Buckets;
use crate::limits::RESULT_FILE_BYTES;

/// A number that no file of a run reaches: a file has a result of at least one of its items.
const NUMBER_MAX: usize = 100_000_000;

/// The files of one run.
#[derive(Debug)]
pub(super) struct Files {
    buckets: Buckets,
    bucket: Arc<str>,
    /// `<prefix>/<run id>`.
    folder: String,
    run_arn: Arc<str>,
    form: Form,
    succeeded: Kind,
    failed: Kind,
    quarantined: Kind,
}

/// The files of one kind.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    /// What is not put yet.
    body: String,
    /// Bytes of each file that was put; its number is in its name.
    put: Vec<u64>,
}

impl Files {
    pub(super) fn new(buckets: &Buckets, place: &Place, run_arn: &Arc<str>, form: Form) -> Self {
        let id = run_arn.rsplit(':').next().unwrap_or_default();
        let prefix = place.prefix.trim_end_matches('/');
        let folder = if prefix.is_empty() { id.to_owned() } else { format!("{prefix}/{id}") };
        Self {
            buckets: buckets.clone(),
            bucket: place.bucket.clone(),
            folder,
            run_arn: run_arn.clone(),
            form,
            succeeded: Kind::new("SUCCEEDED"),
            failed: Kind::new("FAILED"),
            quarantined: Kind::new("QUARANTINED"),
        }
    }

    /// Whether files may have the names that they will have: what is wrong with a place is said before a child is started.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let longest = self.form.key(&self.folder, self.quarantined.name, NUMBER_MAX);
        let checked = self.buckets.check_key(&self.bucket, &longest);
        checked.map_err(|failure| unwritable(&self.bucket, &longest, &failure))
    }

    pub(super) fn take(&mut self, end: &ChildEnd) {
        for it in &end.share.quarantined {
            self.form.append(&mut self.quarantined.body, &form::quarantined(it));
        }
        let Some(ran) = &end.ran else { return };
        let is_well = ran.end.status == Status::Succeeded;
        let kind = if is_well { &mut self.succeeded } else { &mut self.failed };
        for text in self.form.texts(ran) {
            self.form.append(&mut kind.body, &text);
        }
    }

    pub(super) fn is_due(&self) -> bool {
        let kinds = [&self.succeeded, &self.failed, &self.quarantined];
        kinds.into_iter().map(|kind| kind.body.len()).sum::<usize>() >= RESULT_FILE_BYTES
    }

    /// Puts what was taken since the last time.
    pub(super) async fn keep(&mut self) -> Result<Json, Fault> {
        for kind in [&mut self.succeeded, &mut self.failed, &mut self.quarantined] {
            if kind.body.is_empty() {
                continue;
            }
            let text = self.form.joined(kind.body.clone());
            let key = self.form.key(&self.folder, kind.name, kind.put.len());
            let bytes = text.len() as u64;
            put(&self.buckets, &self.bucket, &key, text).await?;
            kind.put.push(bytes);
            // Only now: what could not be put is put the next time.
            kind.body.clear();
        }
        let sizes = |kind: &Kind| (kind.name, Json::array(kind.put.iter().map(|bytes| Json::from(*bytes))));
        Ok(Json::object([&self.succeeded, &self.failed, &self.quarantined].map(sizes)))
    }

    pub(super) fn restore(&mut self, kept: &Json) {
        for kind in [&mut self.succeeded, &mut self.failed, &mut self.quarantined] {
            let files = kept.get(kind.name).and_then(Json::as_array).unwrap_or_default();
            kind.put = files.iter().filter_map(bytes_of).collect();
        }
    }

    /// Puts the manifest.
    pub(super) async fn finish(&mut self) -> Result<Payload, Fault> {
        let manifest = Json::object([
            ("DestinationBucket", Json::String(self.bucket.clone())),
            ("MapRunArn", Json::String(self.run_arn.clone())),
            ("ResultFiles", self.listed()),
        ]);
        let key = format!("{}/manifest.json", self.folder);
        put(&self.buckets, &self.bucket, &key, manifest.to_text()).await?;
        let details = [("Bucket", Json::String(self.bucket.clone())), ("Key", Json::from(key.as_str()))];
        Ok(Payload::new(Json::object([
            ("MapRunArn", Json::String(self.run_arn.clone())),
            ("ResultWriterDetails", Json::object(details)),
        ])))
    }

    fn listed(&self) -> Json {
        let files = |kind: &Kind| {
            let keys = (0..).map(|number| self.form.key(&self.folder, kind.name, number));
            Json::array(keys.zip(&kind.put).map(|(key, bytes)| file_json(&key, *bytes)))
        };
        let own = (!self.quarantined.put.is_empty()).then(|| ("QUARANTINED", files(&self.quarantined)));
        let kinds = [
            ("FAILED", files(&self.failed)),
            ("PENDING", Json::array([])),
            ("SUCCEEDED", files(&self.succeeded)),
        ];
        Json::object(kinds.into_iter().chain(own))
    }
}

impl Kind {
    fn new(name: &'static str) -> Self {
        Self { name, body: String::new(), put: Vec::new() }
    }
}

async fn put(buckets: &Buckets, bucket: &str, key: &str, text: String) -> Result<(), Fault> {
    buckets.put_text(bucket, key, text).await.map_err(|failure| unwritable(bucket, key, &failure))
}

fn unwritable(bucket: &str, key: &str, failure: &Failure) -> Fault {
    let cause = failure.cause.as_deref().unwrap_or_else(|| failure.error_str());
    let cause = format!("`{key}` cannot be written to the bucket `{bucket}`: {cause}");
    Fault::Work(Failure::new("States.ResultWriterFailed", cause))
}

fn file_json(key: &str, bytes: u64) -> Json {
    Json::object([("Key", Json::from(key)), ("Size", Json::from(bytes))])
}

fn bytes_of(file: &Json) -> Option<u64> {
    u64::try_from(file.as_number().and_then(Number::as_i64)?).ok()
}
