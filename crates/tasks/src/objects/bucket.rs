//! A bucket: its name, and where its objects are. The one page that sends an action to the place that carries it out.

use std::ops::Range;
use std::sync::Arc;

use asl::Json;
use object_store::{Attributes, GetOptions, HeaderMap, ObjectMeta, ObjectStore};

use super::config::{BucketConfig, BucketPlace, ConfigError};
use super::error::Fault;
use super::folder::{Folder, Walk};
use super::key::{Key, Rules};
use super::list::Query;
use super::s3::S3;

/// An open bucket.
pub(super) struct Bucket {
    pub(super) name: Arc<str>,
    place: Place,
}

enum Place {
    Folder(Folder),
    S3(S3),
}

/// An object that was found.
pub(super) struct Found {
    pub(super) meta: ObjectMeta,
    /// Which bytes were asked for.
    pub(super) range: Range<u64>,
    /// What the place knows of it: a folder knows nothing.
    pub(super) attributes: Attributes,
    /// What a service said of it besides.
    pub(super) headers: HeaderMap,
    /// Nothing, when only its head was asked for.
    pub(super) body: Vec<u8>,
}

/// An object to be put.
pub(super) struct Put {
    pub(super) key: Key,
    pub(super) body: String,
    pub(super) condition: Condition,
    pub(super) attributes: Attributes,
}

/// When an object may be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Always.
    None,
    /// Where there is none.
    Absent,
    /// Where the one that is there has this tag.
    Tag(String),
}

/// What is said of an object that was put.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored {
    pub(super) e_tag: Option<String>,
    pub(super) headers: HeaderMap,
}

impl Bucket {
    /// Opens a bucket; a folder must be there, a service is not asked.
    pub(super) fn open(config: BucketConfig) -> Result<Self, ConfigError> {
        let BucketConfig { name, place } = config;
        let place = match place {
            BucketPlace::Folder(folder) => Place::Folder(Folder::open(&name, folder)?),
            BucketPlace::S3(config) => Place::S3(S3::open(&name, *config)?),
        };
        Ok(Self { name, place })
    }

    /// A key that this bucket can hold.
    pub(super) fn key(&self, text: &str) -> Result<Key, Fault> {
        match &self.place {
            Place::Folder(_) => Key::parse(text, Rules::Folder),
            Place::S3(it) => {
                let key = Key::parse(text, Rules::Service)?;
                it.path(&key).map(|_| key)
            }
        }
    }

    /// Whether the place keeps types, metadata, versions and conditions on tags.
    pub(super) fn keeps_attributes(&self) -> bool {
        matches!(self.place, Place::S3(_))
    }

    /// Reads an object, or its head; more than `bytes_max` bytes are refused before any of them is read.
    pub(super) async fn get(&self, key: &Key, options: GetOptions, bytes_max: usize) -> Result<Found, Fault> {
        match &self.place {
            Place::Folder(it) => it.get(key, options, bytes_max).await,
            Place::S3(it) => it.get(key, options, bytes_max).await,
        }
    }

    /// The file that is the object; `None` where the objects are not files.
    pub(super) async fn file(&self, key: &Key) -> Result<Option<std::fs::File>, Fault> {
        match &self.place {
            Place::Folder(it) => it.file(key).await.map(Some),
            Place::S3(_) => Ok(None),
        }
    }

    /// All keys, where somebody can walk through them; `None` where they come in pages.
    pub(super) async fn walk(&self, prefix: &str, start_after: &str) -> Result<Option<Walk>, Fault> {
        match &self.place {
            Place::Folder(it) => it.walk(prefix, start_after).await.map(Some),
            Place::S3(_) => Ok(None),
        }
    }

    /// What a listing says of one key of a walk; nothing if its object is gone.
    pub(super) async fn listed(&self, key: &str) -> Result<Option<Json>, Fault> {
        match &self.place {
            Place::Folder(it) => it.listed(key).await,
            Place::S3(_) => Ok(None),
        }
    }

    /// Puts an object, whole or not at all; it is kept when this returns.
    pub(super) async fn put(&self, put: Put) -> Result<Stored, Fault> {
        match &self.place {
            Place::Folder(it) => it.put(put).await,
            Place::S3(it) => it.put(put).await,
        }
    }

    /// Removes an object; that there is none is no failure. Answers with what a service says of it.
    pub(super) async fn delete(&self, key: &Key) -> Result<HeaderMap, Fault> {
        match &self.place {
            Place::Folder(it) => it.delete(key).await.map(|()| HeaderMap::new()),
            Place::S3(it) => it.delete(key).await,
        }
    }

    /// One page of a listing.
    pub(super) async fn list(&self, query: &Query<'_>) -> Result<Json, Fault> {
        match &self.place {
            Place::Folder(it) => it.list(&self.name, query).await,
            Place::S3(it) => it.list(&self.name, query).await,
        }
    }
}

/// Why an object could not be read.
pub(super) enum ReadError {
    Store(object_store::Error),
    TooLarge {
        bytes: u64,
        bytes_max: usize,
    },
    /// Fewer or more bytes came than were announced.
    Broken {
        read: u64,
        announced: u64,
    },
}

/// Reads from any store.
pub(super) async fn read(
    store: &dyn ObjectStore,
    path: &object_store::path::Path,
    options: GetOptions,
    bytes_max: usize,
) -> Result<Found, ReadError> {
    let is_head = options.head;
    let result = store.get_opts(path, options).await.map_err(ReadError::Store)?;
    let (meta, range, attributes) = (result.meta.clone(), result.range.clone(), result.attributes.clone());
    let mut found = Found { meta, range, attributes, headers: HeaderMap::new(), body: Vec::new() };
    if is_head {
        return Ok(found);
    }
    let bytes = found.range.end.saturating_sub(found.range.start);
    // Before anything is read: an object may be larger than memory.
    if bytes > bytes_max as u64 {
        return Err(ReadError::TooLarge { bytes, bytes_max });
    }
    found.body = result.bytes().await.map_err(ReadError::Store)?.to_vec();
    if found.body.len() as u64 != bytes {
        return Err(ReadError::Broken { read: found.body.len() as u64, announced: bytes });
    }
    Ok(found)
}
