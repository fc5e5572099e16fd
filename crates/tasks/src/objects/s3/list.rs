//! `listObjectsV2` of a service: its own page, with its own tokens; keys as they are, also those that no path can be.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use asl::Json;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use serde::Deserialize;

use super::S3;
use crate::arguments::object_of;
use crate::objects::answer::e_tag;
use crate::objects::error::Fault;
use crate::objects::list::{Page, Query};

/// The body of an answer. AWS: `ListObjectsV2`, "Response Syntax".
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listing {
    contents: Vec<Object>,
    common_prefixes: Vec<Prefix>,
    is_truncated: bool,
    next_continuation_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Object {
    key: String,
    size: u64,
    last_modified: Option<String>,
    #[serde(rename = "ETag")]
    e_tag: Option<String>,
    storage_class: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Prefix {
    prefix: String,
}

/// One page.
pub(super) async fn page(s3: &S3, name: &str, query: &Query<'_>) -> Result<Json, Fault> {
    if query.keys_max == 0 {
        // Some services take 0 for "as many as you like".
        return Ok(query.answer(name, Page::default()));
    }
    let prefix = format!("{}{}", s3.prefix, query.prefix);
    let options = PaginatedListOptions {
        offset: query.start_after.map(|after| format!("{}{after}", s3.prefix)),
        delimiter: query.delimiter.map(|it| Cow::Owned(it.to_owned())),
        max_keys: Some(query.keys_max),
        page_token: query.token.map(str::to_owned),
        ..PaginatedListOptions::default()
    };
    let asked = s3.store.list_paginated((!prefix.is_empty()).then_some(&prefix), options);
    let (_, seen) = s3.ask(asked).await?;
    let listing = parse(&seen.body)
        .map_err(|problem| Fault::Client(format!("the answer of {} cannot be read: {problem}", s3.shown)))?;
    Ok(query.answer(name, page_of(listing, &s3.prefix)))
}

fn parse(bytes: &[u8]) -> Result<Listing, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    quick_xml::de::from_str(text).map_err(|error| error.to_string())
}

fn page_of(listing: Listing, prefix: &str) -> Page {
    let own = |key: &str| key.strip_prefix(prefix).unwrap_or(key).to_owned();
    let contents = listing.contents.iter().map(|object| {
        object_of([
            ("ETag", e_tag(object.e_tag.as_deref())),
            ("Key", Some(Json::from(own(&object.key)))),
            ("LastModified", object.last_modified.as_deref().map(|it| Json::from(whole_seconds(it)))),
            ("Size", Some(Json::from(object.size))),
            ("StorageClass", object.storage_class.as_deref().map(Json::from)),
        ])
    });
    Page {
        contents: contents.collect(),
        prefixes: listing.common_prefixes.iter().map(|it| own(&it.prefix)).collect(),
        next: listing.next_continuation_token.filter(|_| listing.is_truncated),
    }
}

/// An instant in whole seconds, as AWS's answers give it; what is none stays as it is.
fn whole_seconds(text: &str) -> String {
    match text.parse::<jiff::Timestamp>().map(|it| jiff::Timestamp::from_second(it.as_second())) {
        Ok(Ok(instant)) => instant.to_string(),
        _ => text.to_owned(),
    }
}
