//! The fields that several answers share.

use std::collections::BTreeMap;

use asl::Json;
use object_store::{HeaderMap, ObjectMeta};

/// What a folder says of every object, for it keeps no types.
pub(super) const CONTENT_TYPE: &str = "application/octet-stream";

/// An entity tag in its quotes.
pub(super) fn e_tag(tag: Option<&str>) -> Option<Json> {
    tag.map(|tag| Json::from(quoted(tag)))
}

/// The tags of a condition as the store compares them: each in quotes, whether they were written or not.
pub(super) fn condition(tags: &str) -> String {
    tags.split(',').map(|tag| quoted(tag.trim())).collect::<Vec<_>>().join(",")
}

fn quoted(tag: &str) -> String {
    if tag == "*" || tag.starts_with("W/") {
        tag.to_owned()
    } else {
        format!("\"{}\"", tag.trim_matches('"'))
    }
}

/// When the object was put, in whole seconds as AWS gives it; nothing where a service does not say.
pub(super) fn last_modified(meta: &ObjectMeta) -> Option<Json> {
    let second = Some(meta.last_modified.timestamp()).filter(|second| *second != 0)?;
    let instant = jiff::Timestamp::from_second(second).ok()?;
    Some(Json::from(instant.to_string()))
}

/// A header's text under the name that AWS's answers give it.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<Json> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(Json::from)
}

/// What a service says of an object besides its bytes, under AWS's names.
pub(super) const HEADERS: [(&str, &str); 10] = [
    ("CacheControl", "cache-control"),
    ("ContentDisposition", "content-disposition"),
    ("ContentEncoding", "content-encoding"),
    ("ContentLanguage", "content-language"),
    ("Expiration", "x-amz-expiration"),
    ("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"),
    ("ServerSideEncryption", "x-amz-server-side-encryption"),
    ("StorageClass", "x-amz-storage-class"),
    ("VersionId", "x-amz-version-id"),
    ("WebsiteRedirectLocation", "x-amz-website-redirect-location"),
];

/// The fields of `HEADERS` that a service sent.
pub(super) fn from_headers(headers: &HeaderMap) -> Vec<(&'static str, Json)> {
    HEADERS.iter().filter_map(|(field, name)| Some((*field, header(headers, name)?))).collect()
}

/// Fields in the order of their names, those without a value left out.
pub(super) fn in_order<const N: usize>(
    fields: [(&'static str, Option<Json>); N],
    more: Vec<(&'static str, Json)>,
) -> Json {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let sorted: BTreeMap<&'static str, Json> = given.chain(more).collect();
    Json::object(sorted)
}
