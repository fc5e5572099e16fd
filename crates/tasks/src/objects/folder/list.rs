//! `listObjectsV2` of a folder: keys in the order of their bytes, a page at a time.

use std::collections::BTreeMap;

use asl::Json;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::TryStreamExt as _;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::Folder;
use crate::arguments::object_of;
use crate::limits::{KEY_BYTES_MAX, LIST_SCAN_MAX};
use crate::objects::answer::{e_tag, last_modified};
use crate::objects::error::Fault;
use crate::objects::list::{Page, Query};

/// One line of a listing.
enum Entry {
    Object(ObjectMeta),
    CommonPrefix,
}

/// One page.
pub(super) async fn page(folder: &Folder, name: &str, query: &Query<'_>) -> Result<Json, Fault> {
    let after = match query.token {
        Some(token) => Some(decoded(token)?),
        None => query.start_after.map(str::to_owned),
    };
    let mut entries = entries(folder, query, after.as_deref()).await?;
    // A page of nothing can lead nowhere: AWS does not call it truncated.
    let is_truncated = entries.len() > query.keys_max && query.keys_max > 0;
    entries.truncate(query.keys_max);
    let next = entries.last().filter(|_| is_truncated).map(|(name, _)| encoded(name));
    let names = entries.iter().map(|(name, _)| name.trim_end_matches('/').to_owned()).collect();
    let mut are_inside = folder.are_inside(names).await?.into_iter();
    entries.retain(|_| are_inside.next().unwrap_or(false));
    Ok(query.answer(name, page_of(&entries, next)))
}

/// The common prefix that stands for a key, if one does.
fn common_prefix<'k>(query: &Query<'_>, key: &'k str) -> Option<&'k str> {
    let delimiter = query.delimiter?;
    let rest = key.strip_prefix(query.prefix)?;
    let at = rest.find(delimiter)?;
    Some(&key[..query.prefix.len() + at + delimiter.len()])
}

/// The first entries behind the page's beginning, one more than fit on it, so that it is known whether more follow.
async fn entries(
    bucket: &Folder,
    query: &Query<'_>,
    after: Option<&str>,
) -> Result<Vec<(String, Entry)>, Fault> {
    let wanted = query.keys_max + 1;
    let Some(folder) = folder_of(query.prefix) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<String, Entry> = BTreeMap::new();
    let mut scanned = 0_usize;
    let mut stream = bucket.store().list(Some(&folder));
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
        let (name, entry) = match common_prefix(query, key) {
            Some(prefix) => (prefix.to_owned(), Entry::CommonPrefix),
            None => (key.to_owned(), Entry::Object(meta.clone())),
        };
        if after.is_some_and(|after| name.as_str() <= after) {
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

fn page_of(entries: &[(String, Entry)], next: Option<String>) -> Page {
    let mut page = Page { next, ..Page::default() };
    for (name, entry) in entries {
        match entry {
            Entry::Object(meta) => page.contents.push(object(name, meta)),
            Entry::CommonPrefix => page.prefixes.push(name.clone()),
        }
    }
    page
}

/// What a listing says of an object.
pub(super) fn object(key: &str, meta: &ObjectMeta) -> Json {
    object_of([
        ("ETag", e_tag(meta.e_tag.as_deref())),
        ("Key", Some(Json::from(key))),
        ("LastModified", last_modified(meta)),
        ("Size", Some(Json::from(meta.size))),
        ("StorageClass", Some(Json::from("STANDARD"))),
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
