//! `putObject` and `deleteObject`.

use asl::Json;
use object_store::{Attribute, Attributes};

use super::answer::{condition, e_tag, from_headers, header, in_order};
use super::bucket::{Bucket, Condition, Put};
use super::error::Fault;
use crate::arguments::{Fields, shown};
use crate::limits::METADATA_BYTES_MAX;

/// What may be said of an object that is put.
const KNOWN: [&str; 12] = [
    "Bucket",
    "Key",
    "Body",
    "ContentType",
    "Metadata",
    "IfNoneMatch",
    "IfMatch",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "StorageClass",
];

/// What a folder has no place for.
const OF_SERVICES: [&str; 7] = [
    "Metadata",
    "IfMatch",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "StorageClass",
];

/// What an answer may hold besides the tag.
const OF_ANSWERS: [&str; 4] = ["Expiration", "SSEKMSKeyId", "ServerSideEncryption", "VersionId"];

/// Puts an object, whole or not at all; it is kept when this returns.
pub(super) async fn put(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &KNOWN)?;
    if !bucket.keeps_attributes() {
        refuse_those_of_services(&fields)?;
    }
    let put = Put {
        attributes: attributes_of(&fields)?,
        condition: condition_of(&fields)?,
        body: match fields.value("Body") {
            None => String::new(),
            Some(Json::String(text)) => text.to_string(),
            Some(other) => other.to_text(),
        },
        key: bucket.key(fields.required_text("Key")?)?,
    };
    let stored = bucket.put(put).await?;
    let mut more = from_headers(&stored.headers);
    // Some services repeat what they were told; AWS's answer has no such fields.
    more.retain(|(name, _)| OF_ANSWERS.contains(name));
    Ok(in_order([("ETag", e_tag(stored.e_tag.as_deref()))], more))
}

/// Puts a text that is JSON, in place of what was there.
pub(super) async fn put_text(bucket: &Bucket, key: &str, text: String) -> Result<(), Fault> {
    let mut attributes = Attributes::new();
    if bucket.keeps_attributes() {
        attributes.insert(Attribute::ContentType, "application/json".into());
    }
    let put = Put { attributes, condition: Condition::None, body: text, key: bucket.key(key)? };
    bucket.put(put).await.map(drop)
}

/// Removes an object; that there is none is no failure, as on S3.
pub(super) async fn delete(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &["Bucket", "Key"])?;
    let key = bucket.key(fields.required_text("Key")?)?;
    let headers = bucket.delete(&key).await?;
    let marker = header(&headers, "x-amz-delete-marker").map(|it| Json::Bool(it.as_str() == Some("true")));
    Ok(in_order([("DeleteMarker", marker), ("VersionId", header(&headers, "x-amz-version-id"))], Vec::new()))
}

fn refuse_those_of_services(fields: &Fields<'_>) -> Result<(), Fault> {
    let Some(name) = OF_SERVICES.into_iter().find(|name| fields.value(name).is_some()) else {
        return Ok(());
    };
    let problem = match name {
        "Metadata" => "keeps no metadata".to_owned(),
        "IfMatch" => "knows no condition but `IfNoneMatch`".to_owned(),
        other => format!("has no place for a {other}"),
    };
    Err(Fault::InvalidArgument(format!("$.{name}: a bucket that is a folder {problem}; leave it out")))
}

fn condition_of(fields: &Fields<'_>) -> Result<Condition, Fault> {
    match (fields.text("IfNoneMatch")?, fields.text("IfMatch")?) {
        (None, None) => Ok(Condition::None),
        (Some("*"), None) => Ok(Condition::Absent),
        (None, Some(tag)) => Ok(Condition::Tag(condition(tag))),
        (Some(_), None) => Err(Fault::InvalidArgument("$.IfNoneMatch: only `*` is served here".to_owned())),
        (Some(_), Some(_)) => Err(Fault::InvalidArgument("$.IfMatch: excludes `IfNoneMatch`".to_owned())),
    }
}

fn attributes_of(fields: &Fields<'_>) -> Result<Attributes, Fault> {
    let mut attributes = Attributes::new();
    for (name, attribute) in [
        ("ContentType", Attribute::ContentType),
        ("CacheControl", Attribute::CacheControl),
        ("ContentDisposition", Attribute::ContentDisposition),
        ("ContentEncoding", Attribute::ContentEncoding),
        ("ContentLanguage", Attribute::ContentLanguage),
        ("StorageClass", Attribute::StorageClass),
    ] {
        if let Some(text) = fields.text(name)? {
            check_header(&fields.place(name), text)?;
            attributes.insert(attribute, text.to_owned().into());
        }
    }
    let Some(metadata) = fields.value("Metadata") else { return Ok(attributes) };
    let place = fields.place("Metadata");
    let object = metadata.as_object().ok_or_else(|| {
        Fault::InvalidArgument(format!("{place}: expected an object, found {}", metadata.kind()))
    })?;
    let mut bytes = 0;
    for (name, value) in object.iter() {
        let place = format!("{place}.{}", shown(name));
        let text = value.as_str().ok_or_else(|| {
            Fault::InvalidArgument(format!("{place}: expected a string, found {}", value.kind()))
        })?;
        let is_name = |it: u8| it.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&it);
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(Fault::InvalidArgument(format!("{place}: is no name of a header")));
        }
        check_header(&place, text)?;
        bytes += name.len() + text.len();
        attributes.insert(Attribute::Metadata(name.to_ascii_lowercase().into()), text.to_owned().into());
    }
    if bytes > METADATA_BYTES_MAX {
        let problem = format!("{place}: has {bytes} bytes, at most {METADATA_BYTES_MAX} are kept");
        return Err(Fault::InvalidArgument(problem));
    }
    Ok(attributes)
}

/// A header holds visible ASCII and blanks; anything else would be lost or read as something else.
fn check_header(place: &str, text: &str) -> Result<(), Fault> {
    let is_allowed = text.bytes().all(|it| it == b' ' || it.is_ascii_graphic());
    if is_allowed && text.trim() == text && text.len() <= METADATA_BYTES_MAX {
        return Ok(());
    }
    let problem = format!(
        "{place}: travels in a header: ASCII without control characters or blanks at its ends, at most {METADATA_BYTES_MAX} bytes"
    );
    Err(Fault::InvalidArgument(problem))
}
