//! A schema that is pinned: which subject and version, which fingerprint, compiled for checking.

use std::sync::Arc;

/// SHA-256 of the schema's parsing canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A pinned schema.
#[derive(Debug)]
pub struct Schema {
    /// The subject; `None` for a schema written in place.
    pub subject: Option<Arc<str>>,
    /// The version; `None` for a schema written in place.
    pub version: Option<u32>,
    /// What identifies its meaning.
    pub fingerprint: Fingerprint,
    /// The text as it was read.
    pub text: Arc<str>,
    /// The commit it came from, where known.
    pub commit: Option<Arc<str>>,
}

/// 64 hexadecimal digits.
impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
