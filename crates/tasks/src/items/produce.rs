//! The thread that reads: which objects, one after the other, and batches of their items.

use std::ops::ControlFlow;
use std::sync::Arc;

use asl::state::map::{ManifestType, ReaderAction};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use super::fault::ItemsFault;
use super::form::{self, Decoded, Form};
use super::listing::Listing;
use super::manifest::{Manifest, ManifestKind};
use super::{Item, ItemSource};
use crate::Buckets;
use crate::arguments::{Fields, Refused};
use crate::limits::{ITEM_BATCH_BYTES, ITEMS_PER_BATCH};
use crate::objects::Pieces;

/// Items that are passed over before it is asked again whether anybody listens.
const ITEMS_PER_SKIP: u64 = 1_000_000;

/// Items that were decoded at once; none say that there are no more.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
}

/// What is to be read.
#[derive(Debug)]
pub(super) struct Job {
    /// Items to pass over.
    pub(super) skip: u64,
    items_max: u64,
    work: Work,
}

enum Work {
    /// The items of one object.
    Object { object: Pieces, source: Arc<str>, form: Form },
    /// The objects of a listing, or the items in them.
    Listing(Listing),
    /// The items of the objects that an object names.
    Manifest(Manifest),
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Object { source, form, .. } => f.debug_tuple("Object").field(source).field(form).finish(),
            Self::Listing(listing) => listing.fmt(f),
            Self::Manifest(manifest) => manifest.fmt(f),
        }
    }
}

impl Job {
    /// Reads the arguments of a source, and finds its object.
    pub(super) async fn open(
        buckets: &Buckets,
        source: &ItemSource,
        items_max: u64,
    ) -> Result<Self, ItemsFault> {
        let work = match source.action {
            ReaderAction::GetObject => object(buckets, source).await?,
            ReaderAction::ListObjects => Work::Listing(Listing::of(buckets, source)?),
        };
        Ok(Self { skip: 0, items_max, work })
    }

    /// Begins to read, on a thread of its own: one of the runtime's would be missing there for as long as the items last.
    pub(super) fn start(self, sender: Sender<Result<Batch, ItemsFault>>) {
        let (runtime, spare) = (Handle::current(), sender.clone());
        let thread = std::thread::Builder::new().name("items".to_owned());
        if let Err(error) = thread.spawn(move || self.produce(&runtime, &sender)) {
            // The channel is empty, so that there is room.
            let _ =
                spare.try_send(Err(ItemsFault::new(format!("no thread can be had to read items: {error}"))));
        }
    }

    /// Reads until the end, which is a batch of nothing, or a fault. Without either, something of ours went wrong.
    fn produce(self, runtime: &Handle, sender: &Sender<Result<Batch, ItemsFault>>) {
        let mut sink = Sink::new(sender, self.skip, self.items_max);
        let ended = self.work.run(runtime, &mut sink);
        // What stands before a fault is sound.
        if sink.flush().is_continue() {
            // Nobody listens any more: then nobody wants to know.
            let _ = sender.blocking_send(ended.map(|_| Batch { items: Vec::new() }));
        }
    }
}

/// The arguments are not those of an `ItemReader`.
pub(super) fn refused(refused: Refused) -> ItemsFault {
    ItemsFault::new(format!("the arguments of `ItemReader`: {refused}"))
}

/// Where an object stands, as AWS writes it.
pub(super) fn uri(bucket: &str, key: &str) -> Arc<str> {
    format!("S3://{bucket}/{key}").into()
}

async fn object(buckets: &Buckets, source: &ItemSource) -> Result<Work, ItemsFault> {
    let known = ["Bucket", "Key", "VersionId", "ExpectedBucketOwner"];
    let read = || {
        let fields = Fields::of(&source.arguments, "$", &known)?;
        Ok((fields.required_text("Bucket")?, fields.required_text("Key")?, fields.text("VersionId")?))
    };
    let (bucket, key, version) = read().map_err(refused)?;
    let source_uri = uri(bucket, key);
    let object = buckets.pieces(bucket, key, version).await;
    let object = object.map_err(|failure| ItemsFault::failed(&source_uri, &failure))?;
    let kind = match (source.config.manifest_type, Form::of(&source.config)) {
        (None, Some(form)) => return Ok(Work::Object { object, source: source_uri, form }),
        (Some(ManifestType::AthenaData), Some(form)) => ManifestKind::Athena(form),
        (Some(ManifestType::S3Inventory), _) | (_, None) => {
            ManifestKind::Inventory(form::csv_options(&source.config))
        }
    };
    let (buckets, bucket) = (buckets.clone(), bucket.into());
    Ok(Work::Manifest(Manifest { buckets, bucket, source: source_uri, object, kind }))
}

impl Work {
    /// Reads until everything has been read, or nobody wants more.
    fn run(self, runtime: &Handle, sink: &mut Sink<'_>) -> Result<ControlFlow<()>, ItemsFault> {
        match self {
            Self::Object { object, source, form } => read_object(&object, &source, &form, runtime, sink),
            Self::Listing(listing) => listing.run(runtime, sink),
            Self::Manifest(manifest) => manifest.run(runtime, sink),
        }
    }
}

/// Reads the items of one object.
pub(super) fn read_object(
    object: &Pieces,
    source: &Arc<str>,
    form: &Form,
    runtime: &Handle,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ItemsFault> {
    let fault = |problem| ItemsFault::of(source, &problem);
    if sink.is_full() {
        return Ok(ControlFlow::Break(()));
    }
    let mut decoder = form.decoder(object, runtime).map_err(fault)?;
    while sink.skip > 0 && !sink.is_full() {
        let wanted = sink.skip.min(sink.left).min(ITEMS_PER_SKIP);
        let skipped = decoder.skip(wanted).map_err(fault)?;
        sink.skipped(skipped);
        if sink.sender.is_closed() {
            return Ok(ControlFlow::Break(()));
        }
        if skipped < wanted {
            break;
        }
    }
    while !sink.is_full() {
        let Some(decoded) = decoder.next().map_err(fault)? else { return Ok(ControlFlow::Continue(())) };
        if sink.push(decoded, Some(source)).is_break() {
            break;
        }
    }
    Ok(ControlFlow::Break(()))
}

/// Where items go: into batches, and these to whoever asked.
pub(super) struct Sink<'a> {
    sender: &'a Sender<Result<Batch, ItemsFault>>,
    /// Items to pass over yet.
    skip: u64,
    /// Items that may still come, those passed over too.
    left: u64,
    items: Vec<Item>,
    bytes: usize,
}

impl<'a> Sink<'a> {
    fn new(sender: &'a Sender<Result<Batch, ItemsFault>>, skip: u64, items_max: u64) -> Self {
        Self { sender, skip, left: items_max, items: Vec::new(), bytes: 0 }
    }

    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    fn skipped(&mut self, count: u64) {
        self.skip -= count;
        self.left -= count;
    }

    /// Takes an item; `Break` if nobody wants more.
    pub(super) fn push(&mut self, decoded: Decoded, source: Option<&Arc<str>>) -> ControlFlow<()> {
        let Decoded { value, key, bytes } = decoded;
        self.left = self.left.saturating_sub(1);
        if self.skip > 0 {
            self.skip -= 1;
            return ControlFlow::Continue(());
        }
        self.items.push(Item { value, key, source: source.cloned() });
        self.bytes += bytes;
        if self.items.len() >= ITEMS_PER_BATCH || self.bytes >= ITEM_BATCH_BYTES {
            return self.flush();
        }
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        self.bytes = 0;
        if self.items.is_empty() {
            return ControlFlow::Continue(());
        }
        let items = std::mem::replace(&mut self.items, Vec::with_capacity(ITEMS_PER_BATCH));
        match self.sender.blocking_send(Ok(Batch { items })) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}
