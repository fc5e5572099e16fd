//! The fields that several answers share.

use asl::Json;
use object_store::ObjectMeta;

/// What a folder says of every object, for it keeps no types.
pub(super) const CONTENT_TYPE: &str = "application/octet-stream";

/// An entity tag in its quotes.
pub(super) fn e_tag(tag: Option<&str>) -> Option<Json> {
    tag.map(|tag| Json::from(format!("\"{tag}\"")))
}

/// A tag as the store compares it: without quotes. `*` and lists stay what they are.
pub(super) fn bare(tag: &str) -> String {
    tag.replace('"', "").trim().to_owned()
}

/// When the object was put, in whole seconds as AWS gives it.
pub(super) fn last_modified(meta: &ObjectMeta) -> Option<Json> {
    let instant = jiff::Timestamp::from_second(meta.last_modified.timestamp()).ok()?;
    Some(Json::from(instant.to_string()))
}
