//! A bucket that is a folder: an object is a file, its key the file's path.
//!
//! What is not yet whole lies in `staging#0`, a name that no key can have, and goes to its place by one rename (or, where
//! nothing may be there yet, one link). What a killed process leaves there is removed when a bucket is opened. `object_store`
//! reads, lists and deletes; it would stage beside the object, where nobody can tell what is left from what is in use.

mod list;
mod staging;
mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::Json;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _};

pub(super) use self::walk::Walk;

use self::staging::Staging;
use super::bucket::{Condition, Found, Put, ReadError, Stored, read};
use super::config::ConfigError;
use super::error::Fault;
use super::key::Key;
use super::list::Query;

/// An open folder.
pub(super) struct Folder {
    store: LocalFileSystem,
    /// The folder, without symbolic links in it.
    path: Arc<Path>,
    staging: Arc<Staging>,
}

impl Folder {
    /// Opens a folder that is there, and clears away what others left unfinished.
    pub(super) fn open(name: &Arc<str>, folder: PathBuf) -> Result<Self, ConfigError> {
        let failed =
            |problem: String| ConfigError::Folder { name: name.clone(), folder: folder.clone(), problem };
        let path = folder.canonicalize().map_err(|error| failed(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(&path).map_err(|error| failed(error.to_string()))?;
        let staging = Staging::open(&path).map_err(|error| failed(error.to_string()))?;
        Ok(Self { store, path: path.into(), staging: Arc::new(staging) })
    }

    pub(super) async fn get(&self, key: &Key, options: GetOptions, bytes_max: usize) -> Result<Found, Fault> {
        self.stay_inside(key).await?;
        let is_range = options.range.is_some();
        match read(&self.store, key.path(), options, bytes_max).await {
            Ok(found) => Ok(found),
            Err(ReadError::TooLarge { bytes, bytes_max }) => Err(Fault::TooLarge { bytes, bytes_max }),
            Err(ReadError::Broken { read, announced }) => {
                Err(Fault::Storage(format!("{read} of {announced} bytes could be read")))
            }
            Err(ReadError::Store(error)) => Err(self.unreadable(key, is_range, error).await),
        }
    }

    /// The file of an object, open.
    pub(super) async fn file(&self, key: &Key) -> Result<std::fs::File, Fault> {
        self.stay_inside(key).await?;
        let path = path_of(&self.path, key.as_str());
        let opened = blocking(move || {
            let file = std::fs::File::open(path);
            match file.and_then(|file| Ok((file.metadata()?.is_file(), file))) {
                Ok((true, file)) => Ok(Ok(file)),
                Ok((false, _)) => Ok(Err(Fault::NoSuchKey)),
                Err(error) => match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(Err(Fault::NoSuchKey)),
                    io::ErrorKind::PermissionDenied => Ok(Err(Fault::AccessDenied)),
                    _ => Err(error),
                },
            }
        });
        opened.await?
    }

    /// A range that begins past the end has no error of its own in the store.
    async fn unreadable(&self, key: &Key, is_range: bool, error: object_store::Error) -> Fault {
        match Fault::from(error) {
            Fault::Storage(_) if is_range && self.store.head(key.path()).await.is_ok() => Fault::InvalidRange,
            other => other,
        }
    }

    pub(super) async fn put(&self, put: Put) -> Result<Stored, Fault> {
        self.stay_inside(&put.key).await?;
        let Put { key, body, condition, .. } = put;
        let is_new = condition == Condition::Absent;
        let (staging, path) = (Arc::clone(&self.staging), path_of(&self.path, key.as_str()));
        let (body, written) = blocking(move || {
            let written = staging.put(&path, body.as_bytes(), is_new);
            Ok((body, written))
        })
        .await?;
        match written {
            Ok(()) => {}
            Err(error) if is_new && error.kind() == io::ErrorKind::AlreadyExists => {
                self.same_object(&key, &body).await?;
            }
            Err(error) => return Err(Fault::Storage(error.to_string())),
        }
        let e_tag = self.store.head(key.path()).await?.e_tag;
        Ok(Stored { e_tag, ..Stored::default() })
    }

    /// A second delivery of a put that must be the first finds its own object, and that is no conflict.
    async fn same_object(&self, key: &Key, body: &str) -> Result<(), Fault> {
        match self.get(key, GetOptions::default(), body.len()).await {
            Ok(found) if found.body == body.as_bytes() => Ok(()),
            Ok(_) | Err(Fault::TooLarge { .. }) => Err(Fault::Precondition),
            Err(other) => Err(other),
        }
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<(), Fault> {
        self.stay_inside(key).await?;
        match self.store.delete(key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // A removal survives a loss of power.
        let path = path_of(&self.path, key.as_str());
        blocking(move || match path.parent() {
            Some(parent) if parent.is_dir() => std::fs::File::open(parent)?.sync_all(),
            Some(_) | None => Ok(()),
        })
        .await
    }

    pub(super) async fn list(&self, name: &str, query: &Query<'_>) -> Result<Json, Fault> {
        list::page(self, name, query).await
    }

    /// All keys, one after the other.
    pub(super) async fn walk(&self, prefix: &str, start_after: &str) -> Result<Walk, Fault> {
        let (folder, prefix, after) = (Arc::clone(&self.path), prefix.to_owned(), start_after.to_owned());
        blocking(move || Walk::new(folder, &prefix, &after)).await
    }

    /// What a listing says of an object; nothing if it is gone.
    pub(super) async fn listed(&self, key: &str) -> Result<Option<Json>, Fault> {
        let Ok(path) = object_store::path::Path::parse(key) else { return Ok(None) };
        match self.store.head(&path).await {
            Ok(meta) => Ok(Some(list::object(key, &meta))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &self.store
    }

    /// Refuses a key whose path goes through a symbolic link, because that may lead out of the bucket.
    async fn stay_inside(&self, key: &Key) -> Result<(), Fault> {
        let (folder, segments) = (Arc::clone(&self.path), key.as_str().to_owned());
        blocking(move || goes_through_link(&folder, &segments)).await.and_then(|leads_out| {
            if leads_out { Err(Fault::InvalidKey("the key goes through a symbolic link")) } else { Ok(()) }
        })
    }

    /// Whether a listed key may be shown: the same question, for one that is already there.
    async fn are_inside(&self, keys: Vec<String>) -> Result<Vec<bool>, Fault> {
        let folder = Arc::clone(&self.path);
        blocking(move || keys.iter().map(|key| goes_through_link(&folder, key).map(|out| !out)).collect())
            .await
    }
}

fn path_of(folder: &Path, key: &str) -> PathBuf {
    key.split('/').fold(folder.to_path_buf(), |path, segment| path.join(segment))
}

fn goes_through_link(folder: &Path, key: &str) -> io::Result<bool> {
    let mut path = folder.to_path_buf();
    for segment in key.split('/') {
        path.push(segment);
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => return Ok(true),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| Fault::Storage(error.to_string())),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
