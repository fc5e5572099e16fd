//! Every object of a folder, in the order of the keys' bytes, in one go: the names of one folder at each level are in memory.
//!
//! A page of a listing looks at the whole folder, which is right for one page and not for all of them.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::vec::IntoIter;

use super::{goes_through_link, path_of};
use crate::limits::LIST_SCAN_MAX;
use crate::objects::key::{Key, Rules};

/// A place between two keys of a folder.
pub(in crate::objects) struct Walk {
    folder: Arc<Path>,
    prefix: String,
    start_after: String,
    /// What is left of the folders that have been gone into, the innermost last.
    open: Vec<IntoIter<String>>,
}

impl Walk {
    /// Begins before the first key that has the prefix and stands behind `start_after`.
    pub(super) fn new(folder: Arc<Path>, prefix: &str, start_after: &str) -> io::Result<Self> {
        let mut walk =
            Self { folder, prefix: prefix.to_owned(), start_after: start_after.to_owned(), open: Vec::new() };
        let start = prefix.rfind('/').map_or("", |at| &prefix[..=at]);
        let segments = start.trim_end_matches('/');
        if start.is_empty() || is_inside(&walk.folder, segments)? {
            let names = walk.names(start)?;
            walk.open.push(names);
        }
        Ok(walk)
    }

    /// The next key.
    pub(in crate::objects) fn next(&mut self) -> io::Result<Option<String>> {
        while let Some(names) = self.open.last_mut() {
            match names.next() {
                None => {
                    self.open.pop();
                }
                Some(name) if name.ends_with('/') => {
                    let names = self.names(&name)?;
                    self.open.push(names);
                }
                Some(key) => return Ok(Some(key)),
            }
        }
        Ok(None)
    }

    /// The keys in a folder, itself a key that ends with `/` or nothing; folders among them too. In the order of the keys below.
    fn names(&self, folder: &str) -> io::Result<IntoIter<String>> {
        let entries = match std::fs::read_dir(path_of(&self.folder, folder.trim_end_matches('/'))) {
            Ok(entries) => entries,
            // It was removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new().into_iter()),
            Err(error) => return Err(error),
        };
        let mut keys = Vec::new();
        for (count, entry) in entries.enumerate() {
            if count >= LIST_SCAN_MAX {
                let problem = format!("`/{folder}` holds more than {LIST_SCAN_MAX} names; narrow the prefix");
                return Err(io::Error::other(problem));
            }
            let entry = entry?;
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let key = format!("{folder}{name}");
            // Symbolic links lead elsewhere, and what is no key is none of ours.
            if Key::parse(&key, Rules::Folder).is_err() {
                continue;
            }
            if kind.is_dir() && self.leads_on(&format!("{key}/")) {
                keys.push(key + "/");
            } else if kind.is_file() && key.starts_with(&self.prefix) && key > self.start_after {
                keys.push(key);
            }
        }
        keys.sort_unstable();
        Ok(keys.into_iter())
    }

    /// Whether keys that are wanted may stand in a folder.
    fn leads_on(&self, folder: &str) -> bool {
        let has_prefix = folder.starts_with(&self.prefix) || self.prefix.starts_with(folder);
        has_prefix && (folder > self.start_after.as_str() || self.start_after.starts_with(folder))
    }
}

/// Whether the segments lead to a folder inside the bucket.
fn is_inside(folder: &Path, segments: &str) -> io::Result<bool> {
    if Key::parse(segments, Rules::Folder).is_err() || goes_through_link(folder, segments)? {
        return Ok(false);
    }
    Ok(path_of(folder, segments).is_dir())
}
