//! What names a request to a service: the same for every delivery of one attempt.

use std::sync::Arc;

use runtime::TaskRequest;
use sha2::{Digest as _, Sha256};

/// A UUID of the attempt: a second delivery of it has the same, so a handler can know its own work again.
pub(crate) fn request_id(request: &TaskRequest) -> Arc<str> {
    let mut hash = Sha256::new();
    hash.update(request.key);
    hash.update(request.attempt.to_be_bytes());
    let bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("a digest has 32 bytes");
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().into()
}
