//! Items in the objects that another object names: an S3 inventory's `manifest.json`, or the manifest of an `UNLOAD` by Athena.
//!
//! Source: AWS, "`ItemReader`"; S3, "Inventory manifest". An inventory's objects are CSV without a header; their names stand in
//! the manifest. A row of it is an item. Athena's manifest is CSV of one value each row, `s3://BUCKET/KEY`.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use asl::{Json, JsonLimits};
use tokio::runtime::Handle;

use super::csv::{Csv, Options};
use super::fault::{ItemsFault, Problem};
use super::form::{Decode as _, Form};
use super::input::Input;
use super::produce::{Sink, read_object, uri};
use super::unpack::unpack;
use crate::Buckets;
use crate::arguments::shown;
use crate::limits::MANIFEST_BYTES_MAX;
use crate::objects::Pieces;

/// An object that names others.
pub(super) struct Manifest {
    pub(super) buckets: Buckets,
    /// Where it stands itself.
    pub(super) bucket: Arc<str>,
    pub(super) source: Arc<str>,
    pub(super) object: Pieces,
    pub(super) kind: ManifestKind,
}

/// How an object names others.
#[derive(Debug)]
pub(super) enum ManifestKind {
    /// `manifest.json` of an inventory; with the options of its CSV, in which headers stand only if they are given.
    Inventory(Options),
    /// A list of objects, which hold items in this form.
    Athena(Form),
}

impl std::fmt::Debug for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Manifest").field(&self.source).field(&self.kind).finish()
    }
}

impl Manifest {
    /// Reads the objects in the order of the manifest.
    pub(super) fn run(self, runtime: &Handle, sink: &mut Sink<'_>) -> Result<ControlFlow<()>, ItemsFault> {
        match &self.kind {
            ManifestKind::Inventory(options) => self.inventory(options, runtime, sink),
            ManifestKind::Athena(form) => self.athena(form, runtime, sink),
        }
    }

    fn athena(
        &self,
        form: &Form,
        runtime: &Handle,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ItemsFault> {
        let fault = |problem| ItemsFault::of(&self.source, &problem);
        let list = unpack(Input::new(self.object.clone(), runtime.clone()))
            .map_err(|error| fault(Problem::io("byte 0", &error)))?;
        let options = Options { delimiter: b',', headers: Some(vec!["uri".into()]) };
        let mut list = Csv::new(list, &options).map_err(fault)?;
        while let Some(row) = list.next().map_err(fault)? {
            let named = row.value.get("uri").and_then(Json::as_str).unwrap_or_default();
            let (bucket, key) = bucket_and_key(named).ok_or_else(|| {
                let expected = "a row of the manifest is `s3://BUCKET/KEY`";
                fault(format!("{expected}, found `{}`", shown(named)).into())
            })?;
            if self.object_at(bucket, key, form, runtime, sink)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn inventory(
        &self,
        options: &Options,
        runtime: &Handle,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ItemsFault> {
        let fault = |problem: String| ItemsFault::of(&self.source, &problem.into());
        let text = self.text(runtime)?;
        let manifest = asl::json::parse(&text, JsonLimits::PAYLOAD.with_bytes_max(MANIFEST_BYTES_MAX))
            .map_err(|error| fault(format!("this is no manifest of an inventory: {error}")))?;
        let field = |name: &str| manifest.get(name).and_then(Json::as_str);
        let format = field("fileFormat").unwrap_or("CSV");
        if format != "CSV" {
            return Err(fault(format!(
                "the objects of an inventory are CSV here, found `{}`",
                shown(format)
            )));
        }
        let headers = match (&options.headers, field("fileSchema")) {
            (Some(given), _) => given.clone(),
            (None, Some(schema)) => schema.split(',').map(|name| Arc::from(name.trim())).collect(),
            (None, None) => return Err(fault("the manifest has no `fileSchema`".to_owned())),
        };
        let form = Form::Csv(Options { delimiter: options.delimiter, headers: Some(headers) });
        let bucket =
            field("destinationBucket").map_or(&*self.bucket, |arn| arn.rsplit(':').next().unwrap_or(arn));
        let files = manifest.get("files").and_then(Json::as_array);
        for file in files.ok_or_else(|| fault("the manifest has no `files`".to_owned()))? {
            let key = file.get("key").and_then(Json::as_str);
            let key = key.ok_or_else(|| fault("an element of `files` has no `key`".to_owned()))?;
            if self.object_at(bucket, key, &form, runtime, sink)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The text of the manifest, whole.
    fn text(&self, runtime: &Handle) -> Result<String, ItemsFault> {
        let fault = |problem: String| ItemsFault::of(&self.source, &problem.into());
        let mut text = String::new();
        let source = unpack(Input::new(self.object.clone(), runtime.clone()));
        let read =
            source.and_then(|source| source.take(MANIFEST_BYTES_MAX as u64 + 1).read_to_string(&mut text));
        read.map_err(|error| fault(error.to_string()))?;
        if text.len() > MANIFEST_BYTES_MAX {
            return Err(fault(format!("the manifest has more than {MANIFEST_BYTES_MAX} bytes")));
        }
        Ok(text)
    }

    fn object_at(
        &self,
        bucket: &str,
        key: &str,
        form: &Form,
        runtime: &Handle,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ItemsFault> {
        let source = uri(bucket, key);
        let pieces = runtime.block_on(self.buckets.pieces(bucket, key, None));
        let pieces = pieces.map_err(|failure| ItemsFault::failed(&source, &failure))?;
        read_object(&pieces, &source, form, runtime, sink)
    }
}

/// The parts of `s3://BUCKET/KEY`.
fn bucket_and_key(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.trim().split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("s3"))?.1;
    rest.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
}
