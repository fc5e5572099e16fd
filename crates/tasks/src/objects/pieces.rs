//! An object read piece by piece, for what is larger than a payload: never more of it in memory than was asked for.
//!
//! A folder's file stays open, so that a put meanwhile changes nothing of what is read. A service is asked for ranges of the
//! object that was found first, by its tag: one long answer would outlive the time of a request when its reader is slow.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use asl::{Failure, Json};
use bytes::Bytes;
use object_store::{GetOptions, GetRange};

use super::Buckets;
use super::error::Fault;
use super::folder::Walk;
use super::key::Key;
use super::list::Query;
use crate::limits::LIST_KEYS_MAX;

/// An object of some bucket, found and not yet read.
#[derive(Clone)]
pub(crate) struct Pieces {
    size_bytes: u64,
    place: Place,
}

#[derive(Clone)]
enum Place {
    File(Arc<File>),
    Service { buckets: Buckets, bucket: Arc<str>, key: Key, options: GetOptions },
}

/// All objects of a bucket that have a prefix, in the order of their keys.
pub(crate) struct Lister {
    buckets: Buckets,
    bucket: Arc<str>,
    prefix: Arc<str>,
    start_after: Option<Arc<str>>,
    place: Listed,
}

/// How far a listing is.
enum Listed {
    Walk(Box<Walk>),
    /// Where the next page begins; `None` at the beginning.
    Page(Option<String>),
    Ended,
}

impl Buckets {
    /// Finds an object, in the version asked for.
    pub(crate) async fn pieces(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Pieces, Failure> {
        self.find(bucket, key, version).await.map_err(|fault| fault.failure())
    }

    async fn find(&self, name: &str, key: &str, version: Option<&str>) -> Result<Pieces, Fault> {
        let bucket = self.get(name)?;
        let key = bucket.key(key)?;
        if let Some(file) = bucket.file(&key).await? {
            if version.is_some() {
                let problem = "$.VersionId: a bucket that is a folder keeps no versions; leave it out";
                return Err(Fault::InvalidArgument(problem.to_owned()));
            }
            let size_bytes = file.metadata().map_err(|error| Fault::Storage(error.to_string()))?.len();
            return Ok(Pieces { size_bytes, place: Place::File(Arc::new(file)) });
        }
        let options = GetOptions { version: version.map(str::to_owned), ..GetOptions::default() };
        let found = bucket.get(&key, options.clone().with_head(true), 0).await?;
        let options = GetOptions { if_match: found.meta.e_tag, ..options };
        let place = Place::Service { buckets: self.clone(), bucket: bucket.name.clone(), key, options };
        Ok(Pieces { size_bytes: found.meta.size, place })
    }

    /// Begins a listing.
    pub(crate) async fn list_all(
        &self,
        bucket: &str,
        prefix: &str,
        start_after: Option<&str>,
    ) -> Result<Lister, Failure> {
        let walk = async { self.get(bucket)?.walk(prefix, start_after.unwrap_or_default()).await };
        let place = match walk.await.map_err(|fault| fault.failure())? {
            Some(walk) => Listed::Walk(Box::new(walk)),
            None => Listed::Page(None),
        };
        let start_after = start_after.map(Arc::from);
        Ok(Lister { buckets: self.clone(), bucket: bucket.into(), prefix: prefix.into(), start_after, place })
    }
}

impl Lister {
    /// The next objects as `listObjectsV2` answers: `ETag`, `Key`, `LastModified`, `Size`, `StorageClass`. `None` at the end; a
    /// page of nothing is not the end. Looks into folders: for a thread that may wait.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Json>>, Failure> {
        self.more().await.map_err(|fault| fault.failure())
    }

    async fn more(&mut self) -> Result<Option<Vec<Json>>, Fault> {
        let bucket = self.buckets.get(&self.bucket)?;
        let token = match &mut self.place {
            Listed::Ended => return Ok(None),
            Listed::Page(token) => token.take(),
            Listed::Walk(walk) => {
                let key = walk.next().map_err(|error| Fault::Storage(error.to_string()))?;
                let Some(key) = key else { return Ok(None) };
                return Ok(Some(bucket.listed(&key).await?.into_iter().collect()));
            }
        };
        let (keys_max, start_after) = (LIST_KEYS_MAX, self.start_after.as_deref());
        let query =
            Query { prefix: &self.prefix, delimiter: None, keys_max, token: token.as_deref(), start_after };
        let answer = bucket.list(&query).await?;
        let next = answer.get("NextContinuationToken").and_then(Json::as_str).map(str::to_owned);
        self.place = next.map_or(Listed::Ended, |next| Listed::Page(Some(next)));
        let objects = answer.get("Contents").and_then(Json::as_array).map(<[Json]>::to_vec);
        Ok(Some(objects.unwrap_or_default()))
    }
}

impl Pieces {
    /// How large the object is.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The file, if the object is one: it is read without waiting for anybody.
    pub(crate) fn file(&self) -> Option<&File> {
        match &self.place {
            Place::File(file) => Some(file),
            Place::Service { .. } => None,
        }
    }

    /// These bytes of the object, all of them.
    pub(crate) async fn read(&self, range: Range<u64>) -> Result<Bytes, Failure> {
        match &self.place {
            Place::File(file) => read_file(file, &range).map_err(|error| {
                Fault::Storage(format!("bytes {}-{} could not be read: {error}", range.start, range.end))
                    .failure()
            }),
            Place::Service { buckets, bucket, key, options } => {
                let bytes_max = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
                let options = options.clone().with_range(Some(GetRange::Bounded(range)));
                let found = async { buckets.get(bucket)?.get(key, options, bytes_max).await };
                found.await.map(|found| found.body.into()).map_err(|fault| {
                    match fault {
                        Fault::Precondition => {
                            Fault::Client("the object was replaced while it was read".to_owned())
                        }
                        other => other,
                    }
                    .failure()
                })
            }
        }
    }
}

fn read_file(file: &File, range: &Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, range.start)?;
    Ok(bytes.into())
}
