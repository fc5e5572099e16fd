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
use super::bucket::Bucket;
use super::error::Fault;
use super::key::Key;
use super::list::Query;

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

/// One page of a listing.
pub(crate) struct Listed {
    /// As `listObjectsV2` answers: `ETag`, `Key`, `LastModified`, `Size`, `StorageClass`.
    pub(crate) objects: Vec<Json>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<String>,
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

    /// One page of the objects whose keys begin with `prefix`, in the order of their keys.
    pub(crate) async fn page(
        &self,
        bucket: &str,
        prefix: &str,
        start_after: Option<&str>,
        token: Option<&str>,
    ) -> Result<Listed, Failure> {
        let bucket: &Bucket = self.get(bucket).map_err(|fault| fault.failure())?;
        let keys_max = bucket.page_keys();
        let query = Query { prefix, delimiter: None, keys_max, token, start_after };
        let answer = bucket.list(&query).await.map_err(|fault| fault.failure())?;
        let objects = answer.get("Contents").and_then(Json::as_array).map(<[Json]>::to_vec);
        let next = answer.get("NextContinuationToken").and_then(Json::as_str).map(str::to_owned);
        Ok(Listed { objects: objects.unwrap_or_default(), next })
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
