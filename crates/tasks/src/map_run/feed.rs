//! The feed: items as they come, made into what children get: selected, held against their contract, put into batches.

use asl::measure::measure;
use asl::{Entropy, ErrorName, Failure, Json, JsonLimits, Payload};
use machine::map_run::{ItemCheck, ItemSelector, MapItem, MapRun, Plan};
use sha2::{Digest as _, Sha256};

use super::checkpoint::Checkpoint;
use super::children::{ChildInput, Quarantined, Share};
use crate::Buckets;
use crate::items::{self, Item, ItemSource, Items};
use crate::limits::ITEMS_PER_BATCH;

/// The children of a run that are still to be started.
pub(super) struct Feed<'a> {
    run: &'a MapRun,
    source: Source,
    selector: ItemSelector<'a>,
    open: Batch,
    /// What the next child's share will be, without its own items.
    share: Share,
    /// Bytes of a batch without its items: `{"BatchInput":…,"Items":[…]}`.
    around_bytes: usize,
    /// The number of the next item, and of the next child.
    item_next: u64,
    child_next: u64,
    input_bytes_max: usize,
    is_over: bool,
}

/// Where items come from.
enum Source {
    /// They stand in the state's input.
    Inline(Payload),
    Reader(Box<Items>),
}

/// Items that wait until their batch is full.
#[derive(Default)]
struct Batch {
    items: Vec<Json>,
    bytes: usize,
}

impl<'a> Feed<'a> {
    /// The children behind a checkpoint.
    pub(super) async fn open(buckets: &Buckets, run: &'a MapRun, from: &Checkpoint) -> Result<Self, Failure> {
        let source = match &run.items {
            Some(items) => Source::Inline(items.clone()),
            None => Source::Reader(Box::new(reader(buckets, run, from.items).await?)),
        };
        let selector = run.item_selector(&mut entropy(run, u64::MAX))?;
        Ok(Self {
            run,
            source,
            selector,
            open: Batch::default(),
            share: Share::default(),
            around_bytes: run.plan.batch_input.as_ref().map_or(0, bytes_of).saturating_add(28),
            item_next: from.items,
            child_next: from.children,
            input_bytes_max: run.revision.limits.payload_bytes_max,
            is_over: false,
        })
    }

    /// Whether there is none left.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Items that were read; when it is over, these are all there are.
    pub(super) fn items(&self) -> u64 {
        self.item_next
    }

    /// Some of the next children; none at the end. May be dropped while it waits: nothing is lost.
    pub(super) async fn next(&mut self) -> Result<Vec<ChildInput>, Failure> {
        let mut children = Vec::new();
        while children.is_empty() && !self.is_over {
            let items = self.source.next(self.item_next).await?;
            self.is_over = items.is_empty();
            for item in items {
                self.item_next = item.index + 1;
                self.take(&item, &mut children)?;
            }
            if self.is_over && self.share.quarantined.len() + self.open.items.len() > 0 {
                children.push(self.closed()?);
            }
        }
        Ok(children)
    }

    fn take(&mut self, item: &MapItem, children: &mut Vec<ChildInput>) -> Result<(), Failure> {
        let value = self.selector.select(item, || entropy(self.run, item.index))?;
        match self.selector.check(&value) {
            ItemCheck::Fits => {}
            ItemCheck::Fails(failure) => return Err(failure),
            ItemCheck::Quarantined(failure) => {
                self.share.set_aside(Quarantined { item: MapItem { value, ..item.clone() }, failure });
                if self.share.is_full() {
                    children.push(self.closed()?);
                }
                return Ok(());
            }
        }
        if !is_batched(&self.run.plan) {
            children.push(self.child(value, 1)?);
            return Ok(());
        }
        let bytes = bytes_of(&value);
        if self.is_full_with(bytes) {
            children.push(self.batched()?);
        }
        self.open.items.push(value);
        self.open.bytes = self.open.bytes.saturating_add(bytes).saturating_add(1);
        if self.run.plan.max_items_per_batch.is_some_and(|max| self.open.items.len() >= max as usize) {
            children.push(self.batched()?);
        }
        Ok(())
    }

    /// Whether one more item would make the batch too large. A batch has at least one.
    fn is_full_with(&self, bytes: usize) -> bool {
        let max = self.run.plan.max_input_bytes_per_batch.map_or(self.input_bytes_max, |max| max as usize);
        let together = self.open.bytes.saturating_add(bytes).saturating_add(self.around_bytes);
        !self.open.items.is_empty() && together > max
    }

    /// What there is becomes a child's: of the items of the batch that is open, or of none if all were set aside.
    fn closed(&mut self) -> Result<ChildInput, Failure> {
        if self.open.items.is_empty() { Ok(self.numbered(0, None)) } else { self.batched() }
    }

    fn batched(&mut self) -> Result<ChildInput, Failure> {
        let Batch { items, .. } = std::mem::take(&mut self.open);
        let count = items.len() as u64;
        let value = self.selector.batch(items);
        self.child(value, count)
    }

    fn child(&mut self, value: Json, items: u64) -> Result<ChildInput, Failure> {
        let input = Payload::within(value, self.input_bytes_max, JsonLimits::PAYLOAD.depth_max).map_err(|_| {
            let what = if items == 1 { "item" } else { "batch" };
            let cause = format!(
                "the input of child execution {} of '{}', made of {items} {what}(s), is larger or deeper than a payload may be",
                self.child_next,
                self.run.state_name()
            );
            Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause)
        })?;
        Ok(self.numbered(items, Some(input)))
    }

    /// The next child, with whatever was quarantined since the one before.
    fn numbered(&mut self, items: u64, input: Option<Payload>) -> ChildInput {
        let index = self.child_next;
        self.child_next += 1;
        let share = Share { items, ..std::mem::take(&mut self.share) };
        ChildInput { index, share, input }
    }
}

/// Bytes of a value's text. What is too deep has more than there may be.
fn bytes_of(value: &Json) -> usize {
    measure(value, usize::MAX, JsonLimits::PAYLOAD.depth_max).unwrap_or(usize::MAX)
}

fn is_batched(plan: &Plan) -> bool {
    plan.max_items_per_batch.is_some()
        || plan.max_input_bytes_per_batch.is_some()
        || plan.batch_input.is_some()
}

async fn reader(buckets: &Buckets, run: &MapRun, skipped: u64) -> Result<Items, Failure> {
    let max_items = match run.plan.max_items {
        // AWS's words.
        Some(..0) => return Err(Failure::new("States.ItemReaderFailed", "field MaxItems must be positive")),
        max => max.map(i64::unsigned_abs),
    };
    let (_, distributed) = run.map();
    let Some(reader) = &distributed.item_reader else {
        return Err(Failure::new("States.ItemReaderFailed", "there are neither items nor a reader"));
    };
    let source = ItemSource {
        action: reader.action,
        config: reader.config.clone(),
        arguments: run.plan.reader.clone().unwrap_or_else(Json::empty_object),
        max_items,
    };
    let mut items = items::open(buckets, source).await.map_err(|fault| fault.failure())?;
    items.skip(skipped);
    Ok(items)
}

impl Source {
    async fn next(&mut self, index: u64) -> Result<Vec<MapItem>, Failure> {
        let items = match self {
            Self::Inline(items) => return Ok(inline(items.value(), index)),
            Self::Reader(items) => items.next(ITEMS_PER_BATCH).await.map_err(|fault| fault.failure())?,
        };
        let numbered = (index..).zip(items);
        let item = |(index, Item { value, key, source })| MapItem { index, value, key, source };
        Ok(numbered.map(item).collect())
    }
}

fn inline(items: &Json, from: u64) -> Vec<MapItem> {
    let skipped = usize::try_from(from).unwrap_or(usize::MAX);
    let elements = items.as_array().into_iter().flatten().map(|value| (None, value));
    let members = items.as_object().into_iter().flat_map(asl::Object::iter);
    let members = members.map(|(key, value)| (Some(key.clone()), value));
    let item =
        |(index, (key, value)): (u64, (_, &Json))| MapItem { index, value: value.clone(), key, source: None };
    (from..).zip(elements.chain(members).skip(skipped)).take(ITEMS_PER_BATCH).map(item).collect()
}

/// What an item's selector draws from: the same after a crash, so that the same child has the same input.
fn entropy(run: &MapRun, index: u64) -> Entropy {
    let mut hasher = Sha256::new();
    hasher.update(run.arn.as_bytes());
    hasher.update(index.to_le_bytes());
    Entropy::from_seed(hasher.finalize().into())
}
