//! Numbers: random and add.

use super::call::{failure, integer};
use crate::env::Env;
use crate::{Entropy, Failure, Json};

pub(super) fn add(a: &Json, b: &Json) -> Result<Json, Failure> {
    let sum = within_32_bits(integer(a, "the first argument")?)?
        + within_32_bits(integer(b, "the second argument")?)?;
    within_32_bits(sum).map(Json::from)
}

fn within_32_bits(value: i64) -> Result<i64, Failure> {
    i32::try_from(value)
        .map(i64::from)
        .map_err(|_| failure(format!("{value} is outside -2147483648 to 2147483647")))
}

/// A whole number from `start` (included) to `end` (excluded). The same seed gives the same number, though not the one
/// that AWS gives: its generator is not documented and none of its answers is recorded.
pub(super) fn random(
    start: &Json,
    end: &Json,
    seed: Option<&Json>,
    env: &mut Env<'_>,
) -> Result<Json, Failure> {
    let start = integer(start, "the start")?;
    let end = integer(end, "the end")?;
    let width = u64::try_from(i128::from(end) - i128::from(start)).ok().filter(|width| *width > 0);
    let width = width.ok_or_else(|| failure("the start must be less than the end"))?;
    let bits = match seed {
        None => env.entropy.next_u64(),
        Some(seed) => seeded(integer(seed, "the seed")?),
    };
    // Multiplication instead of a remainder: no bias that anyone could notice.
    let offset = (u128::from(bits) * u128::from(width)) >> 64;
    let value = i128::from(start) + i128::try_from(offset).expect("less than 2^64");
    Ok(Json::from(i64::try_from(value).expect("between two 64-bit numbers")))
}

fn seeded(seed: i64) -> u64 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    Entropy::from_seed(bytes).next_u64()
}
