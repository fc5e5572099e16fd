//! A key: what S3 accepts, less what its bucket's place could not tell from another key.

#[cfg(test)]
mod tests;

use object_store::path::Path;

use super::error::Fault;
use crate::limits::{KEY_BYTES_MAX, KEY_SEGMENT_BYTES_MAX};

/// Where a key will be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// In a folder, as a path.
    Folder,
    /// With a service, in a URL.
    Service,
}

/// A key that names one object of its bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(Path);

impl Key {
    /// Takes a key as it is: nothing is cleaned up, so that no two keys name one object.
    pub(super) fn parse(text: &str, rules: Rules) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::InvalidKey("the key is empty"));
        }
        if text.len() > KEY_BYTES_MAX {
            return Err(Fault::InvalidKey("the key has more than 1,024 bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err(Fault::InvalidKey("the key has a control character"));
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err(Fault::InvalidKey("the key begins or ends with `/`, or has two in a row")),
                "." | ".." => return Err(Fault::InvalidKey("the key has a segment `.` or `..`")),
                _ => {}
            }
        }
        match rules {
            Rules::Folder => check_path(text)?,
            Rules::Service => {}
        }
        Path::parse(text).map(Self).map_err(|_| Fault::InvalidKey("the key is not a path"))
    }

    /// The same key behind a prefix that the bucket puts before all of its keys.
    pub(super) fn behind(&self, prefix: &str) -> Result<Path, Fault> {
        if prefix.is_empty() {
            return Ok(self.0.clone());
        }
        Self::parse(&format!("{prefix}{}", self.as_str()), Rules::Service).map(|key| key.0)
    }

    /// The place in the store.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// What a folder would lose or confuse.
fn check_path(text: &str) -> Result<(), Fault> {
    if text.contains('\\') {
        return Err(Fault::InvalidKey("the key has a backslash"));
    }
    for segment in text.split('/') {
        if segment.len() > KEY_SEGMENT_BYTES_MAX {
            return Err(Fault::InvalidKey("a segment of the key has more than 255 bytes"));
        }
        // The names under which a folder keeps what is not yet whole.
        if is_staged(segment) {
            return Err(Fault::InvalidKey("a segment of the key ends with `#` and digits"));
        }
    }
    Ok(())
}

fn is_staged(segment: &str) -> bool {
    segment
        .rsplit_once('#')
        .is_some_and(|(_, tail)| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit()))
}
