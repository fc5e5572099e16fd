//! The objects of a bucket as items, or (`LOAD_AND_FLATTEN`) the items that stand in them.

use std::ops::ControlFlow;
use std::sync::Arc;

use asl::Json;
use tokio::runtime::Handle;

use super::ItemSource;
use super::fault::ItemsFault;
use super::form::{Decoded, Form};
use super::produce::{Sink, read_object, refused, uri};
use crate::Buckets;
use crate::arguments::{Fields, Refused, object_of};

/// Bytes that an object's entry in a listing takes besides its key, about.
const ENTRY_BYTES: usize = 200;

/// What to list, and what to make of it.
pub(super) struct Listing {
    buckets: Buckets,
    bucket: Arc<str>,
    prefix: Arc<str>,
    start_after: Option<Arc<str>>,
    /// The form of the items in the objects, if these are wanted and not the objects.
    form: Option<Form>,
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Listing").field(&self.bucket).field(&self.prefix).field(&self.form).finish()
    }
}

impl Listing {
    pub(super) fn of(buckets: &Buckets, source: &ItemSource) -> Result<Self, ItemsFault> {
        let known = ["Bucket", "Prefix", "StartAfter", "ExpectedBucketOwner"];
        let read = || {
            let fields = Fields::of(&source.arguments, "$", &known)?;
            let prefix = fields.text("Prefix")?.unwrap_or_default();
            Ok((fields.required_text("Bucket")?, prefix, fields.text("StartAfter")?))
        };
        let (bucket, prefix, start_after) = read().map_err(|it: Refused| refused(it))?;
        let form = if source.config.loads_and_flattens { Form::of(&source.config) } else { None };
        Ok(Self {
            buckets: buckets.clone(),
            bucket: bucket.into(),
            prefix: prefix.into(),
            start_after: start_after.map(Arc::from),
            form,
        })
    }

    /// Lists until everything has been read, or nobody wants more.
    pub(super) fn run(self, runtime: &Handle, sink: &mut Sink<'_>) -> Result<ControlFlow<()>, ItemsFault> {
        let source: Arc<str> = format!("S3://{}", self.bucket).into();
        let failed = |failure| ItemsFault::failed(&source, &failure);
        let lister = self.buckets.list_all(&self.bucket, &self.prefix, self.start_after.as_deref());
        let mut lister = runtime.block_on(lister).map_err(failed)?;
        while let Some(objects) = runtime.block_on(lister.next()).map_err(failed)? {
            for object in &objects {
                let flow = match &self.form {
                    None if sink.is_full() => ControlFlow::Break(()),
                    None => sink.push(entry(object), Some(&source)),
                    Some(form) => self.load(object, form, runtime, sink)?,
                };
                if flow.is_break() {
                    return Ok(flow);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads the items of a listed object. What only stands for a folder has none.
    fn load(
        &self,
        object: &Json,
        form: &Form,
        runtime: &Handle,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ItemsFault> {
        let key = object.get("Key").and_then(Json::as_str).unwrap_or_default();
        if key.ends_with('/') {
            return Ok(ControlFlow::Continue(()));
        }
        let source = uri(&self.bucket, key);
        let pieces = runtime.block_on(self.buckets.pieces(&self.bucket, key, None));
        let pieces = pieces.map_err(|failure| ItemsFault::failed(&source, &failure))?;
        read_object(&pieces, &source, form, runtime, sink)
    }
}

/// An object as AWS hands it to a child: `Etag`, and an instant in seconds.
fn entry(object: &Json) -> Decoded {
    let field = |name: &str| object.get(name).cloned();
    let second = object.get("LastModified").and_then(Json::as_str).and_then(|text| {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Json::from(instant.as_second()))
    });
    let key_bytes = object.get("Key").and_then(Json::as_str).map_or(0, str::len);
    let value = object_of([
        ("Etag", field("ETag")),
        ("Key", field("Key")),
        ("LastModified", second),
        ("Size", field("Size")),
        ("StorageClass", field("StorageClass")),
    ]);
    Decoded { value, key: None, bytes: ENTRY_BYTES + key_bytes }
}
