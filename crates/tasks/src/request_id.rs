//! What names a request to a service: the same for every delivery of one attempt.

use std::sync::Arc;

use runtime::TaskRequest;
use sha2::{Digest as _, Sha256};

/// A UUID of the attempt: a second delivery of it has the same, so a handler can know its own work again.
pub(crate) fn request_id(request: &TaskRequest) -> Arc<str> {
    let mut hash = Sha256::new();
    hash.update(request.key);
    hash.update(request.attempt.to_be_bytes());
    let mut bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("a digest has 32 bytes");
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into()
}
