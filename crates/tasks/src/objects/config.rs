//! How a bucket is configured, and what can be wrong with that.

use std::path::PathBuf;
use std::sync::Arc;

/// One bucket that tasks may use.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    /// What `Bucket` says.
    pub name: Arc<str>,
    /// The folder that holds the objects; a key is a path in it.
    pub folder: PathBuf,
}

/// Why a configuration of buckets is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Two buckets of one name.
    #[error("bucket `{name}` is configured twice")]
    SameName {
        /// The name.
        name: Arc<str>,
    },
    /// A folder that cannot be used.
    #[error("bucket `{name}`: the folder `{}` cannot be used: {problem}", folder.display())]
    Folder {
        /// The bucket.
        name: Arc<str>,
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        problem: String,
    },
}
