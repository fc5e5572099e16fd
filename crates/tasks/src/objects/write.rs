//! `putObject` and `deleteObject`.

use asl::Json;
use object_store::{Error, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};

use super::answer::e_tag;
use super::bucket::Bucket;
use super::error::Fault;
use super::key::Key;
use super::read::key_of;
use crate::arguments::{Fields, object_of};

/// Puts an object, whole or not at all; it is on disk before this returns.
pub(super) async fn put(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let known = ["Bucket", "Key", "Body", "ContentType", "Metadata", "IfNoneMatch"];
    let fields = Fields::of(arguments, "$", &known)?;
    fields.text("ContentType")?;
    if fields.value("Metadata").is_some() {
        let problem = "$.Metadata: a bucket that is a folder keeps no metadata; leave it out";
        return Err(Fault::InvalidArgument(problem.to_owned()));
    }
    let mode = match fields.text("IfNoneMatch")? {
        None => PutMode::Overwrite,
        Some("*") => PutMode::Create,
        Some(_) => {
            return Err(Fault::InvalidArgument("$.IfNoneMatch: only `*` is served here".to_owned()));
        }
    };
    let body = match fields.value("Body") {
        None => String::new(),
        Some(Json::String(text)) => text.to_string(),
        Some(other) => other.to_text(),
    };
    let key = key_of(bucket, &fields).await?;
    let options = PutOptions::from(mode);
    let e_tag_new = match bucket.store.put_opts(key.path(), PutPayload::from(body.clone()), options).await {
        Ok(result) => result.e_tag,
        Err(Error::AlreadyExists { .. }) => same_object(bucket, &key, &body).await?,
        Err(error) => return Err(error.into()),
    };
    Ok(object_of([("ETag", e_tag(e_tag_new.as_deref()))]))
}

/// A second delivery of a put that must be the first finds its own object, and that is no conflict.
async fn same_object(bucket: &Bucket, key: &Key, body: &str) -> Result<Option<String>, Fault> {
    let meta = bucket.store.head(key.path()).await?;
    if meta.size != body.len() as u64 {
        return Err(Fault::Precondition);
    }
    let found = bucket.store.get(key.path()).await?.bytes().await?;
    if found != body.as_bytes() {
        return Err(Fault::Precondition);
    }
    Ok(meta.e_tag)
}

/// Removes an object; that there is none is no failure, as on S3.
pub(super) async fn delete(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &["Bucket", "Key"])?;
    let key = key_of(bucket, &fields).await?;
    match bucket.store.delete(key.path()).await {
        Ok(()) | Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    bucket.sync_parent(&key).await?;
    Ok(Json::empty_object())
}
