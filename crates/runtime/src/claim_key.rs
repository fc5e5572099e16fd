//! The claim key: what names a task's effect for ever, equal for every attempt and every delivery of one state entry.
//!
//! SHA-256 of engine id, execution id, path and entry, each preceded by its length, so that no two different entries
//! read as the same bytes. The attempt is left out on purpose: with it, a retry would be a second effect.

#[cfg(test)]
mod tests;

use machine::ExecutionId;
use sha2::{Digest as _, Sha256};

/// One state entry of one execution of one engine.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What identifies the store for ever.
    pub engine: [u8; 16],
    /// What identifies the execution for ever.
    pub execution: ExecutionId,
    /// The place in the tree of Map and Parallel.
    pub path: &'a str,
    /// Which entry on that path; counts from 1.
    pub entry: u64,
}

/// The key of a state entry.
pub fn claim_key(entry: &Entry<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in [&entry.engine[..], &entry.execution.0, entry.path.as_bytes(), &entry.entry.to_be_bytes()] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}
