//! The items of an `ItemReader`: read from buckets as a stream, in bounded memory.
//!
//! A thread of its own decodes (`produce.rs`); batches wait in a short channel, so that whoever starts child executions never
//! waits for a whole object and an object never waits in memory. A form of items is a file beside this one; each says where
//! in the object something is wrong. Source: AWS, "`ItemReader`"; `AVRO` is ours.
//! Not here: `ItemSelector`, batches for children, which items have been run already.

mod avro;
mod csv;
mod fault;
mod form;
mod input;
mod json;
mod json_lines;
mod listing;
mod manifest;
mod parquet;
mod produce;
#[cfg(test)]
mod tests;
mod unpack;

use std::sync::Arc;
use std::vec::IntoIter;

use asl::Json;
use asl::state::map::{ReaderAction, ReaderConfig};
use tokio::sync::mpsc;

pub use self::fault::ItemsFault;

use self::produce::{Batch, Job};
use crate::Buckets;
use crate::limits::{ITEM_BATCHES, ITEMS_MAX};

/// An `ItemReader` whose templates have been filled in.
#[derive(Clone, Debug)]
pub struct ItemSource {
    /// `Resource`.
    pub action: ReaderAction,
    /// `ReaderConfig`; its `max_items` is not looked at.
    pub config: ReaderConfig,
    /// `Parameters` or `Arguments`: `Bucket`, `Key`, `Prefix` …
    pub arguments: Json,
    /// `MaxItems`; 0 and absence mean no bound of its own.
    pub max_items: Option<u64>,
}

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub value: Json,
    /// Its name, where the items are an object's members: `$$.Map.Item.Key`.
    pub key: Option<Arc<str>>,
    /// Where it stood: `$$.Map.Item.Source`.
    pub source: Option<Arc<str>>,
}

/// The items of a source, in their order. Dropping it ends the reading.
#[derive(Debug)]
pub struct Items {
    /// What will be read, until somebody asks.
    job: Option<Job>,
    batches: mpsc::Receiver<Result<Batch, ItemsFault>>,
    sender: Option<mpsc::Sender<Result<Batch, ItemsFault>>>,
    /// What is left of the last batch.
    rest: IntoIter<Item>,
    /// How the reading ended, if it did.
    ended: Option<Result<(), ItemsFault>>,
}

/// Looks at what a source says, and finds its object where it names one. Must be called inside a tokio runtime.
pub async fn open(buckets: &Buckets, source: ItemSource) -> Result<Items, ItemsFault> {
    let items_max = source.max_items.filter(|max| *max > 0).unwrap_or(ITEMS_MAX).min(ITEMS_MAX);
    let job = Job::open(buckets, &source, items_max).await?;
    let (sender, batches) = mpsc::channel(ITEM_BATCHES);
    Ok(Items { job: Some(job), batches, sender: Some(sender), rest: Vec::new().into_iter(), ended: None })
}

impl Items {
    /// Passes over the first `count` items, which count for `MaxItems` all the same. For a run that is taken up again.
    ///
    /// Of no effect once items have been asked for.
    pub fn skip(&mut self, count: u64) {
        if let Some(job) = &mut self.job {
            job.skip = count;
        }
    }

    /// The next items, at most `max` of them and no more than were decoded at once; none at the end. A fault stays.
    pub async fn next(&mut self, max: usize) -> Result<Vec<Item>, ItemsFault> {
        if let (Some(job), Some(sender)) = (self.job.take(), self.sender.take()) {
            job.start(sender);
        }
        if let Some(ended) = &self.ended
            && self.rest.len() == 0
        {
            return ended.clone().map(|()| Vec::new());
        }
        if self.rest.len() == 0 && max > 0 {
            match self.batches.recv().await {
                Some(Ok(batch)) if batch.items.is_empty() => self.ended = Some(Ok(())),
                Some(Ok(batch)) => self.rest = batch.items.into_iter(),
                Some(Err(fault)) => self.ended = Some(Err(fault)),
                // Never to be taken for the end: items would be missing, and nobody would know.
                None => self.ended = Some(Err(ItemsFault::new("the reading of items was given up"))),
            }
            if let Some(Err(fault)) = &self.ended {
                return Err(fault.clone());
            }
        }
        Ok(self.rest.by_ref().take(max).collect())
    }
}
