//! A key: what S3 accepts, less what a folder cannot hold without leaving it or confusing two keys.

#[cfg(test)]
mod tests;

use object_store::path::Path;

use super::error::Fault;
use crate::limits::{KEY_BYTES_MAX, KEY_SEGMENT_BYTES_MAX};

/// A key that names one file inside its bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(Path);

impl Key {
    /// Takes a key as it is: nothing is cleaned up, so that no two keys name one object.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::InvalidKey("the key is empty"));
        }
        if text.len() > KEY_BYTES_MAX {
            return Err(Fault::InvalidKey("the key has more than 1,024 bytes"));
        }
        if text.chars().any(|c| c.is_control() || c == '\\') {
            return Err(Fault::InvalidKey("the key has a control character or a backslash"));
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err(Fault::InvalidKey("the key begins or ends with `/`, or has two in a row")),
                "." | ".." => return Err(Fault::InvalidKey("the key has a segment `.` or `..`")),
                long if long.len() > KEY_SEGMENT_BYTES_MAX => {
                    return Err(Fault::InvalidKey("a segment of the key has more than 255 bytes"));
                }
                // The names under which a folder keeps what is not yet whole.
                staged if is_staged(staged) => {
                    return Err(Fault::InvalidKey("a segment of the key ends with `#` and digits"));
                }
                _ => {}
            }
        }
        Path::parse(text).map(Self).map_err(|_| Fault::InvalidKey("the key is not a path"))
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

fn is_staged(segment: &str) -> bool {
    segment
        .rsplit_once('#')
        .is_some_and(|(_, tail)| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit()))
}
