//! The stored form of a revision.

use std::sync::Arc;

use asl::{ScopeId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::RecordError;
use super::form::StoredActor;
use super::frame;
use crate::store::RevisionRecord;

#[derive(Serialize, Deserialize)]
struct StoredRevision<'a> {
    name: &'a str,
    arn: &'a str,
    role_arn: &'a str,
    definition: &'a str,
    contracts: &'a str,
    payload_bytes_max: u64,
    events_max: u64,
    created_at: i64,
    #[serde(borrow)]
    created_by: StoredActor<'a>,
    scope: u32,
}

/// The stored form: format, checksum, contents.
pub fn encode_revision(revision: &RevisionRecord) -> Result<Vec<u8>, RecordError> {
    frame::seal(&StoredRevision {
        name: &revision.name,
        arn: &revision.arn,
        role_arn: &revision.role_arn,
        definition: &revision.definition,
        contracts: &revision.contracts,
        payload_bytes_max: revision.payload_bytes_max,
        events_max: revision.events_max,
        created_at: revision.created_at.unix_ms,
        created_by: StoredActor::of(&revision.created_by),
        scope: revision.scope.0,
    })
}

/// The revision that was stored.
pub fn decode_revision(sealed: &[u8]) -> Result<RevisionRecord, RecordError> {
    let stored: StoredRevision<'_> = frame::unseal(sealed)?;
    Ok(RevisionRecord {
        name: Arc::from(stored.name),
        arn: Arc::from(stored.arn),
        role_arn: Arc::from(stored.role_arn),
        definition: Arc::from(stored.definition),
        contracts: Arc::from(stored.contracts),
        payload_bytes_max: stored.payload_bytes_max,
        events_max: stored.events_max,
        created_at: Timestamp::from_unix_ms(stored.created_at),
        created_by: stored.created_by.restore(),
        scope: ScopeId(stored.scope),
    })
}

/// What makes two revisions the same: everything an execution can tell apart, so neither when nor by whom it was created.
pub fn revision_digest(revision: &RevisionRecord) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let texts =
        [&revision.name, &revision.arn, &revision.role_arn, &revision.definition, &revision.contracts];
    for text in texts {
        // The length first: otherwise text could move from one field to the next unnoticed.
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(revision.payload_bytes_max.to_le_bytes());
    hasher.update(revision.events_max.to_le_bytes());
    hasher.update(revision.scope.0.to_le_bytes());
    hasher.finalize().into()
}
