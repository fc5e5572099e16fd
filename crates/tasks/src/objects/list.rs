//! `listObjectsV2`: what is asked.

use asl::Json;

use super::bucket::Bucket;
use super::error::Fault;
use crate::arguments::{Fields, object_of};
use crate::limits::LIST_KEYS_MAX;

const FIELDS: [&str; 6] = ["Bucket", "Prefix", "Delimiter", "MaxKeys", "ContinuationToken", "StartAfter"];

/// What is asked.
pub(super) struct Query<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    pub(super) keys_max: usize,
    pub(super) token: Option<&'a str>,
    pub(super) start_after: Option<&'a str>,
}

/// One page.
pub(super) async fn list(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let query = Query::read(&Fields::of(arguments, "$", &FIELDS)?)?;
    bucket.list(&query).await
}

impl<'a> Query<'a> {
    fn read(fields: &Fields<'a>) -> Result<Self, Fault> {
        let keys_max = fields.count("MaxKeys")?.map_or(LIST_KEYS_MAX, |count| {
            usize::try_from(count).map_or(LIST_KEYS_MAX, |count| count.min(LIST_KEYS_MAX))
        });
        Ok(Self {
            prefix: fields.text("Prefix")?.unwrap_or_default(),
            delimiter: fields.text("Delimiter")?.filter(|delimiter| !delimiter.is_empty()),
            keys_max,
            token: fields.text("ContinuationToken")?,
            start_after: fields.text("StartAfter")?,
        })
    }

    /// What every answer repeats of the question, with what was found.
    pub(super) fn answer(&self, name: &str, found: Page) -> Json {
        let count = (found.contents.len() + found.prefixes.len()) as u64;
        let prefix = |prefix: &String| Json::object([("Prefix", Json::from(prefix.as_str()))]);
        let prefixes = self.delimiter.map(|_| Json::array(found.prefixes.iter().map(prefix)));
        object_of([
            ("CommonPrefixes", prefixes),
            ("Contents", Some(Json::array(found.contents))),
            ("ContinuationToken", self.token.map(Json::from)),
            ("Delimiter", self.delimiter.map(Json::from)),
            ("IsTruncated", Some(Json::Bool(found.next.is_some()))),
            ("KeyCount", Some(Json::from(count))),
            ("MaxKeys", Some(Json::from(self.keys_max as u64))),
            ("Name", Some(Json::from(name))),
            ("NextContinuationToken", found.next.map(Json::from)),
            ("Prefix", Some(Json::from(self.prefix))),
            ("StartAfter", self.start_after.map(Json::from)),
        ])
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) contents: Vec<Json>,
    pub(super) prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}
