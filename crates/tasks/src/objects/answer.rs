//! The fields that several answers share.

use asl::Json;
use object_store::ObjectMeta;

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
    if tag == "*" { tag.to_owned() } else { format!("\"{}\"", tag.trim_matches('"')) }
}

/// When the object was put, in whole seconds as AWS gives it.
pub(super) fn last_modified(meta: &ObjectMeta) -> Option<Json> {
    let instant = jiff::Timestamp::from_second(meta.last_modified.timestamp()).ok()?;
    Some(Json::from(instant.to_string()))
}
