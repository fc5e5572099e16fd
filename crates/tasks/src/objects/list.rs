//! `listObjectsV2`: keys in the order of their bytes, a page at a time.

use std::collections::BTreeMap;

use asl::Json;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::TryStreamExt as _;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::answer::{e_tag, last_modified};
use super::bucket::Bucket;
use super::error::Fault;
use crate::arguments::{Fields, object_of};
use crate::limits::{KEY_BYTES_MAX, LIST_KEYS_MAX, LIST_SCAN_MAX};

const FIELDS: [&str; 6] = ["Bucket", "Prefix", "Delimiter", "MaxKeys", "ContinuationToken", "StartAfter"];

/// What is asked.
struct Query<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    keys_max: usize,
    token: Option<&'a str>,
    start_after: Option<&'a str>,
    /// Where the page begins: behind this entry.
    after: Option<String>,
}

/// One line of a listing.
enum Entry {
    Object(ObjectMeta),
    CommonPrefix,
}

/// One page.
pub(super) async fn list(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let query = Query::read(&Fields::of(arguments, "$", &FIELDS)?)?;
    let mut entries = entries(bucket, &query).await?;
    // A page of nothing can lead nowhere: AWS does not call it truncated.
    let is_truncated = entries.len() > query.keys_max && query.keys_max > 0;
    entries.truncate(query.keys_max);
    let next = entries.last().filter(|_| is_truncated).map(|(name, _)| encoded(name));
    let names = entries.iter().map(|(name, _)| name.trim_end_matches('/').to_owned()).collect();
    let mut are_inside = bucket.are_inside(names).await?.into_iter();
    entries.retain(|_| are_inside.next().unwrap_or(false));
    Ok(page(bucket, &query, &entries, next))
}

impl<'a> Query<'a> {
    fn read(fields: &Fields<'a>) -> Result<Self, Fault> {
        let token = fields.text("ContinuationToken")?;
        let start_after = fields.text("StartAfter")?;
        let after = match token {
            Some(token) => Some(decoded(token)?),
            None => start_after.map(str::to_owned),
        };
        let keys_max = fields.count("MaxKeys")?.map_or(LIST_KEYS_MAX, |count| {
            usize::try_from(count).map_or(LIST_KEYS_MAX, |count| count.min(LIST_KEYS_MAX))
        });
        Ok(Self {
            prefix: fields.text("Prefix")?.unwrap_or_default(),
            delimiter: fields.text("Delimiter")?.filter(|delimiter| !delimiter.is_empty()),
            keys_max,
            token,
            start_after,
            after,
        })
    }

    /// The common prefix that stands for a key, if one does.
    fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.delimiter?;
        let rest = key.strip_prefix(self.prefix)?;
        let at = rest.find(delimiter)?;
        Some(&key[..self.prefix.len() + at + delimiter.len()])
    }
}

/// The first entries behind the page's beginning, one more than fit on it, so that it is known whether more follow.
async fn entries(bucket: &Bucket, query: &Query<'_>) -> Result<Vec<(String, Entry)>, Fault> {
    let wanted = query.keys_max + 1;
    let Some(folder) = folder_of(query.prefix) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<String, Entry> = BTreeMap::new();
    let mut scanned = 0_usize;
    let mut stream = bucket.store.list(Some(&folder));
    while let Some(meta) = next_of(&mut stream).await? {
        scanned += 1;
        if scanned > LIST_SCAN_MAX {
            let problem = format!("$.Prefix: more than {LIST_SCAN_MAX} objects lie here; narrow the prefix");
            return Err(Fault::InvalidArgument(problem));
        }
        let key = meta.location.as_ref();
        if !key.starts_with(query.prefix) {
            continue;
        }
        let (name, entry) = match query.common_prefix(key) {
            Some(prefix) => (prefix.to_owned(), Entry::CommonPrefix),
            None => (key.to_owned(), Entry::Object(meta.clone())),
        };
        if query.after.as_deref().is_some_and(|after| name.as_str() <= after) {
            continue;
        }
        found.insert(name, entry);
        if found.len() > wanted {
            found.pop_last();
        }
    }
    Ok(found.into_iter().collect())
}

async fn next_of(
    stream: &mut (impl futures_util::Stream<Item = object_store::Result<ObjectMeta>> + Unpin),
) -> Result<Option<ObjectMeta>, Fault> {
    match stream.try_next().await {
        Ok(next) => Ok(next),
        // The folder of the prefix is not there: no key has the prefix.
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The deepest folder that holds all keys of a prefix; the root is the empty path. `None` if no key can have the prefix.
fn folder_of(prefix: &str) -> Option<Path> {
    let Some((folder, _)) = prefix.rsplit_once('/') else { return Some(Path::default()) };
    let is_foreign = |segment| matches!(segment, "" | "." | "..");
    if prefix.len() > KEY_BYTES_MAX || folder.split('/').any(is_foreign) {
        return None;
    }
    Path::parse(folder).ok()
}

fn page(bucket: &Bucket, query: &Query<'_>, entries: &[(String, Entry)], next: Option<String>) -> Json {
    let mut contents = Vec::new();
    let mut prefixes = Vec::new();
    for (name, entry) in entries {
        match entry {
            Entry::Object(meta) => contents.push(object_of([
                ("ETag", e_tag(meta.e_tag.as_deref())),
                ("Key", Some(Json::from(name.as_str()))),
                ("LastModified", last_modified(meta)),
                ("Size", Some(Json::from(meta.size))),
                ("StorageClass", Some(Json::from("STANDARD"))),
            ])),
            Entry::CommonPrefix => prefixes.push(Json::object([("Prefix", Json::from(name.as_str()))])),
        }
    }
    object_of([
        ("CommonPrefixes", query.delimiter.map(|_| Json::array(prefixes))),
        ("Contents", Some(Json::array(contents))),
        ("ContinuationToken", query.token.map(Json::from)),
        ("Delimiter", query.delimiter.map(Json::from)),
        ("IsTruncated", Some(Json::Bool(next.is_some()))),
        ("KeyCount", Some(Json::from(entries.len() as u64))),
        ("MaxKeys", Some(Json::from(query.keys_max as u64))),
        ("Name", Some(Json::from(&*bucket.name))),
        ("NextContinuationToken", next.map(Json::from)),
        ("Prefix", Some(Json::from(query.prefix))),
        ("StartAfter", query.start_after.map(Json::from)),
    ])
}

fn encoded(name: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(name)
}

fn decoded(token: &str) -> Result<String, Fault> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|name| name.len() <= 2 * KEY_BYTES_MAX)
        .ok_or_else(|| {
            Fault::InvalidArgument(
                "$.ContinuationToken: the continuation token provided is incorrect".to_owned(),
            )
        })
}
