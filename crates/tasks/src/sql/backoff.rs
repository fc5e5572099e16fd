//! How long to wait before a transaction is tried again. No randomness: the jitter is a hash of what is tried.

#[cfg(test)]
mod tests;

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::limits::{BACKOFF_MAX, BACKOFF_MIN};

/// The pause before retry number `retry`, which counts from 1: doubled each time, between half of that and all of it.
pub(crate) fn pause(key: &[u8; 32], attempt: u32, retry: u32) -> Duration {
    debug_assert!(retry >= 1, "retries count from 1");
    let doublings = (retry - 1).min(20);
    let full = BACKOFF_MIN.saturating_mul(1 << doublings).min(BACKOFF_MAX);
    full / 2 + (full / 2).mul_f64(jitter(key, attempt, retry))
}

/// A number in `0.0..1.0` that two attempts, and two retries of one, do not share.
fn jitter(key: &[u8; 32], attempt: u32, retry: u32) -> f64 {
    let hash =
        Sha256::new().chain_update(key).chain_update(attempt.to_be_bytes()).chain_update(retry.to_be_bytes());
    let digest = hash.finalize();
    f64::from(u16::from_be_bytes([digest[0], digest[1]])) / 65_536.0
}
