//! The functions that AWS Step Functions adds to the library: `$partition`, `$range`, `$hash`, `$random`, `$uuid`,
//! `$parse`. Optional: a caller registers them with [`functions`]. `$eval`, which AWS refuses, is in [`FORBIDDEN`].
//!
//! Spec: "JSONata functions provided by Step Functions" of the AWS documentation. What they make of odd arguments (no
//! size, no step, a range of one) is known from public reports of AWS's answers: it is nothing, not a failure.

#![expect(clippy::unnecessary_wraps, reason = "every function of the library has one shape")]

#[cfg(test)]
mod tests;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::error::Error;
use crate::functions::random_unit;
use crate::host::{Call, Functions, HostFunction};
use crate::value::Value;

/// What AWS refuses in an expression, for [`Expression::parse_without`](crate::Expression::parse_without).
pub const FORBIDDEN: &[&str] = &["eval"];
/// Items that `$range` makes. AWS: 360,145, by reports.
pub const RANGE_ITEMS_MAX: usize = 360_145;
/// Characters that `$hash` takes. AWS: 10,000.
pub const HASH_CHARS_MAX: usize = 10_000;

type Outcome = Result<Option<Value>, Error>;

/// All six.
pub fn functions() -> Functions {
    let function = |name, signature, arity, body: fn(&mut dyn Call, &[Option<Value>]) -> Outcome| {
        HostFunction::new(name, signature, arity, body).expect("the signatures written here can be read")
    };
    Functions::none()
        .with(function("partition", "<a-n:a>", 2, partition))
        .with(function("range", "<nnn?:x>", 3, range))
        .with(function("hash", "<s-s?:s>", 2, hash))
        .with(function("random", "<n?:n>", 1, random))
        .with(function("uuid", "<:s>", 0, uuid))
        .with(function("parse", "<s-:x>", 1, parse))
}

fn wrong(function: &'static str, message: impl Into<String>) -> Error {
    Error::new("D3137").about(function).saying(message)
}

/// `$partition(array, size)`: the array in pieces of `size`; nothing of an empty array, or without a size.
fn partition(call: &mut dyn Call, arguments: &[Option<Value>]) -> Outcome {
    let [Some(array), Some(size)] = arguments else { return Ok(None) };
    let size = size.as_f64().unwrap_or(0.0).trunc();
    let count = array.len().unwrap_or(0);
    if size < 1.0 || count == 0 {
        return Ok(None);
    }
    call.charge_steps(count)?;
    call.charge_bytes(count * 48)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; at least 1")]
    let size = size as usize;
    let items: Vec<Value> = (0..count).filter_map(|at| array.item(at)).collect();
    Ok(Some(Value::array(items.chunks(size).map(|it| Value::array(it.iter().cloned())))))
}

/// `$range(first, last, step)`: numbers from `first` to `last`, both included. One number stands for itself, and there is
/// nothing where the step does not lead from one to the other.
fn range(call: &mut dyn Call, arguments: &[Option<Value>]) -> Outcome {
    let [Some(first), Some(last), Some(step)] = arguments else { return Ok(None) };
    let whole = |it: &Value| it.as_f64().unwrap_or(0.0).trunc();
    let (first, last, step) = (whole(first), whole(last), whole(step));
    if step == 0.0 {
        return Ok(None);
    }
    let count = ((last - first) / step).floor() + 1.0;
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    if count > RANGE_ITEMS_MAX as f64 {
        return Err(wrong("range", format!("$range makes at most {RANGE_ITEMS_MAX} items, not {count}")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above")]
    let count = count.max(0.0) as u32;
    call.charge_steps(count as usize)?;
    call.charge_bytes(count as usize * 48)?;
    let number = |at: u32| Value::number(first + step * f64::from(at));
    Ok(match count {
        0 => None,
        1 => Some(number(0)),
        _ => Some(Value::array((0..count).map(number))),
    })
}

/// `$hash(text, algorithm)`: hexadecimal digits; nothing without an algorithm.
fn hash(call: &mut dyn Call, arguments: &[Option<Value>]) -> Outcome {
    let [Some(text), Some(algorithm)] = arguments else { return Ok(None) };
    let (text, algorithm) = (text.as_str().unwrap_or(""), algorithm.as_str().unwrap_or(""));
    if text.chars().count() > HASH_CHARS_MAX {
        return Err(wrong("hash", format!("$hash takes at most {HASH_CHARS_MAX} characters")));
    }
    call.charge_steps(text.len() / 64)?;
    let bytes = text.as_bytes();
    let digest = match algorithm {
        "MD5" => Md5::digest(bytes).to_vec(),
        "SHA-1" => Sha1::digest(bytes).to_vec(),
        "SHA-256" => Sha256::digest(bytes).to_vec(),
        "SHA-384" => Sha384::digest(bytes).to_vec(),
        "SHA-512" => Sha512::digest(bytes).to_vec(),
        _ => {
            return Err(wrong(
                "hash",
                "the second argument of $hash must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512",
            ));
        }
    };
    Ok(Some(Value::string(hex(&digest))))
}

/// `$random([seed])`: from 0 inclusive to 1 exclusive; the same seed gives the same number.
fn random(call: &mut dyn Call, arguments: &[Option<Value>]) -> Outcome {
    let bits = match arguments.first() {
        Some(Some(seed)) => {
            let digest = Sha256::digest(seed.as_f64().unwrap_or(0.0).to_bits().to_be_bytes());
            digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte))
        }
        _ => call.entropy(),
    };
    Ok(Some(Value::number(random_unit(bits))))
}

/// `$uuid()`: version 4.
fn uuid(call: &mut dyn Call, _: &[Option<Value>]) -> Outcome {
    let bits = (u128::from(call.entropy()) << 64) | u128::from(call.entropy());
    let mut bytes = bits.to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    Ok(Some(Value::string([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))))
}

/// `$parse(text)`: the value of JSON text.
fn parse(call: &mut dyn Call, arguments: &[Option<Value>]) -> Outcome {
    let [Some(text)] = arguments else { return Ok(None) };
    let text = text.as_str().unwrap_or("");
    call.charge_steps(text.len() / 8)?;
    call.charge_bytes(text.len() * 16)?;
    let value = Value::from_json(text);
    let value =
        value.map_err(|problem| wrong("parse", format!("the argument of $parse is not JSON: {problem}")))?;
    // `-0` is read as 0, as AWS does.
    Ok(Some(if value.as_f64() == Some(0.0) { Value::number(0.0) } else { value }))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
