//! A bucket: a folder as an object store, and the question whether a key stays inside it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use super::config::{BucketConfig, ConfigError};
use super::error::Fault;
use super::key::Key;

/// An open bucket.
pub(super) struct Bucket {
    pub(super) name: Arc<str>,
    pub(super) store: Arc<dyn ObjectStore>,
    /// The folder, without symbolic links in it.
    folder: Arc<Path>,
}

impl Bucket {
    /// Opens a folder that is there.
    pub(super) fn open(config: BucketConfig) -> Result<Self, ConfigError> {
        let failed = |problem: String| ConfigError::Folder {
            name: Arc::clone(&config.name),
            folder: config.folder.clone(),
            problem,
        };
        let folder = config.folder.canonicalize().map_err(|error| failed(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(error.to_string()))?;
        let store = Arc::new(store.with_fsync(true));
        Ok(Self { name: config.name, store, folder: folder.into() })
    }

    /// Refuses a key whose path goes through a symbolic link, because that may lead out of the bucket.
    pub(super) async fn stay_inside(&self, key: &Key) -> Result<(), Fault> {
        let (folder, segments) = (Arc::clone(&self.folder), key.as_str().to_owned());
        blocking(move || goes_through_link(&folder, &segments)).await.and_then(|leads_out| {
            if leads_out { Err(Fault::InvalidKey("the key goes through a symbolic link")) } else { Ok(()) }
        })
    }

    /// Whether a listed key may be shown: the same question, for one that is already there.
    pub(super) async fn are_inside(&self, keys: Vec<String>) -> Result<Vec<bool>, Fault> {
        let folder = Arc::clone(&self.folder);
        blocking(move || keys.iter().map(|key| goes_through_link(&folder, key).map(|out| !out)).collect())
            .await
    }

    /// Makes the removal of a key survive a loss of power.
    pub(super) async fn sync_parent(&self, key: &Key) -> Result<(), Fault> {
        let path = path_of(&self.folder, key.as_str());
        blocking(move || match path.parent() {
            Some(parent) if parent.is_dir() => std::fs::File::open(parent)?.sync_all(),
            Some(_) | None => Ok(()),
        })
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
