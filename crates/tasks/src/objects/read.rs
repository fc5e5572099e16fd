//! `getObject` and `headObject`.

use std::ops::Range;

use asl::Json;
use object_store::{GetOptions, GetRange, ObjectStoreExt as _};

use super::answer::{CONTENT_TYPE, condition, e_tag, last_modified};
use super::bucket::Bucket;
use super::error::Fault;
use super::key::Key;
use crate::arguments::{Fields, object_of, shown};

/// The object and its body.
pub(super) async fn get(bucket: &Bucket, arguments: &Json, bytes_max: usize) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &["Bucket", "Key", "Range", "IfMatch", "IfNoneMatch"])?;
    let key = key_of(bucket, &fields).await?;
    let range = fields.text("Range")?.map(range_of).transpose()?;
    let options = options_of(&fields)?.with_range(range.clone());
    let result = match bucket.store.get_opts(key.path(), options).await {
        Ok(result) => result,
        Err(error) => return Err(unreadable(bucket, &key, range.is_some(), error).await),
    };
    let (meta, read) = (result.meta.clone(), result.range.clone());
    let bytes = read.end - read.start;
    // Before anything is read: an object may be larger than memory.
    if bytes > bytes_max as u64 {
        return Err(Fault::TooLarge { bytes, bytes_max });
    }
    let body = String::from_utf8(result.bytes().await?.to_vec()).map_err(|_| Fault::NotText)?;
    Ok(object_of([
        ("AcceptRanges", Some(Json::from("bytes"))),
        ("Body", Some(Json::from(body))),
        ("ContentLength", Some(Json::from(bytes))),
        ("ContentRange", range.map(|_| content_range(&read, meta.size))),
        ("ContentType", Some(Json::from(CONTENT_TYPE))),
        ("ETag", e_tag(meta.e_tag.as_deref())),
        ("LastModified", last_modified(&meta)),
        ("Metadata", Some(Json::empty_object())),
    ]))
}

/// The object without its body.
pub(super) async fn head(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &["Bucket", "Key", "IfMatch", "IfNoneMatch"])?;
    let key = key_of(bucket, &fields).await?;
    let options = options_of(&fields)?.with_head(true);
    let meta = bucket.store.get_opts(key.path(), options).await?.meta;
    Ok(object_of([
        ("AcceptRanges", Some(Json::from("bytes"))),
        ("ContentLength", Some(Json::from(meta.size))),
        ("ContentType", Some(Json::from(CONTENT_TYPE))),
        ("ETag", e_tag(meta.e_tag.as_deref())),
        ("LastModified", last_modified(&meta)),
        ("Metadata", Some(Json::empty_object())),
    ]))
}

/// The key among the arguments, which stays inside the bucket.
pub(super) async fn key_of(bucket: &Bucket, fields: &Fields<'_>) -> Result<Key, Fault> {
    let key = Key::parse(fields.required_text("Key")?)?;
    bucket.stay_inside(&key).await?;
    Ok(key)
}

fn options_of(fields: &Fields<'_>) -> Result<GetOptions, Fault> {
    Ok(GetOptions {
        if_match: fields.text("IfMatch")?.map(condition),
        if_none_match: fields.text("IfNoneMatch")?.map(condition),
        ..GetOptions::default()
    })
}

/// A range that begins past the end has no error of its own in the store.
async fn unreadable(bucket: &Bucket, key: &Key, is_range: bool, error: object_store::Error) -> Fault {
    match Fault::from(error) {
        Fault::Storage(_) if is_range && bucket.store.head(key.path()).await.is_ok() => Fault::InvalidRange,
        other => other,
    }
}

/// `bytes=0-9`, `bytes=5-`, `bytes=-5`.
fn range_of(text: &str) -> Result<GetRange, Fault> {
    let wrong = || {
        let problem =
            format!("$.Range: `{}` is not of the form `bytes=0-9`, `bytes=5-` or `bytes=-5`", shown(text));
        Fault::InvalidArgument(problem)
    };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number).ok_or_else(wrong)
    };
    let (first, last) =
        text.strip_prefix("bytes=").and_then(|rest| rest.split_once('-')).ok_or_else(wrong)?;
    match (first, last) {
        ("", last) => Ok(GetRange::Suffix(number(last)?)),
        (first, "") => Ok(GetRange::Offset(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(wrong());
            }
            Ok(GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

fn content_range(read: &Range<u64>, size: u64) -> Json {
    Json::from(format!("bytes {}-{}/{size}", read.start, read.end.saturating_sub(1)))
}
