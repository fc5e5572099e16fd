//! Decimals: between the text of a number and the bytes of an unscaled integer.
//!
//! Both directions take time that grows with the square of the digits, so the digits are bounded.

use crate::limits::DECIMAL_DIGITS_MAX;

/// Digits that are handled at once: as many as 32 bits always hold.
const GROUP_DIGITS: usize = 9;

/// The unscaled integer of a numeric text (JSON's grammar) at `scale`: two's complement, big-endian, shortest.
///
/// `None` where digits would be lost or there are more of them than the limit.
pub(crate) fn unscaled(text: &str, scale: i64) -> Option<Vec<u8>> {
    let number = Number::read(text);
    if number.digits.is_empty() {
        return Some(vec![0]);
    }
    let zeros = usize::try_from(number.exponent.checked_add(scale)?).ok()?;
    if number.digits.len().checked_add(zeros)? > DECIMAL_DIGITS_MAX {
        return None;
    }
    let mut digits = number.digits;
    digits.resize(digits.len() + zeros, 0);
    let mut limbs = Vec::new();
    for group in digits.chunks(GROUP_DIGITS) {
        let (factor, value) =
            group.iter().fold((1, 0), |(factor, value), digit| (factor * 10, value * 10 + u32::from(*digit)));
        multiply_add(&mut limbs, factor, value);
    }
    Some(twos_complement(&limbs, number.negative))
}

/// The scale that a numeric text has: digits after its point, less its exponent; never below zero.
pub(crate) fn scale_of(text: &str) -> Option<i64> {
    let number = Number::read(text);
    let scale = number.written_exponent.checked_neg()?.max(0);
    usize::try_from(scale).is_ok_and(|scale| scale <= DECIMAL_DIGITS_MAX).then_some(scale)
}

/// `bytes` with the sign carried on to `size` bytes.
pub(crate) fn widened(bytes: Vec<u8>, size: usize) -> Option<Vec<u8>> {
    let more = size.checked_sub(bytes.len())?;
    let sign = if bytes.first().is_some_and(|first| first & 0x80 != 0) { 0xff } else { 0 };
    let mut out = vec![sign; more];
    out.extend(bytes);
    Some(out)
}

/// The text of an unscaled integer at `scale`, for example `-12.30`.
pub(crate) fn text(bytes: &[u8], scale: i64) -> Option<String> {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let sign_byte = if negative { 0xff } else { 0 };
    let start = bytes.iter().position(|&byte| byte != sign_byte).unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    // A byte holds less than two and a half digits.
    if bytes.len() * 12 / 5 > DECIMAL_DIGITS_MAX || scale.unsigned_abs() > DECIMAL_DIGITS_MAX as u64 {
        return None;
    }
    let mut limbs = magnitude(bytes, negative);
    let mut digits = Vec::new();
    while !limbs.is_empty() {
        let mut group = divide(&mut limbs, 10_u32.pow(9));
        for _ in 0..GROUP_DIGITS {
            digits.push(b'0' + (group % 10).to_le_bytes()[0]);
            group /= 10;
        }
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if scale < 0 && !digits.is_empty() {
        digits.splice(..0, std::iter::repeat_n(b'0', usize::try_from(-scale).ok()?));
    }
    let fraction = usize::try_from(scale.max(0)).ok()?;
    digits.resize(digits.len().max(fraction + 1), b'0');
    let mut out = String::with_capacity(digits.len() + 2);
    if negative {
        out.push('-');
    }
    for (at, &digit) in digits.iter().enumerate().rev() {
        out.push(char::from(digit));
        if at == fraction && at > 0 {
            out.push('.');
        }
    }
    Some(out)
}

/// A number as its text writes it: `± digits · 10^exponent`.
struct Number {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
    exponent: i64,
    /// The exponent of the last digit that is written, zero or not.
    written_exponent: i64,
}

impl Number {
    /// `text` is known to be a number in JSON's grammar.
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        // An exponent that does not fit is far beyond every limit, on either side.
        let far = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        let exponent = exponent.parse().unwrap_or(far).clamp(i64::MIN / 4, i64::MAX / 4);
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let written_exponent = exponent - i64::try_from(fraction.len()).unwrap_or(i64::MAX / 4);
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
        let start = all.iter().position(|digit| *digit != 0).unwrap_or(all.len());
        let end = all.iter().rposition(|digit| *digit != 0).map_or(start, |last| last + 1);
        let zeros = i64::try_from(all.len() - end).unwrap_or(0);
        Self {
            negative,
            digits: all[start..end].to_vec(),
            exponent: written_exponent + zeros,
            written_exponent,
        }
    }
}

/// `limbs * factor + more`; limbs of 32 bits, the least first.
fn multiply_add(limbs: &mut Vec<u32>, factor: u32, more: u32) {
    let mut carry = u64::from(more);
    for limb in limbs.iter_mut() {
        let sum = u64::from(*limb) * u64::from(factor) + carry;
        *limb = low(sum);
        carry = sum >> 32;
    }
    if carry > 0 {
        limbs.push(low(carry));
    }
}

/// Divides `limbs` by `divisor` and gives the rest.
fn divide(limbs: &mut Vec<u32>, divisor: u32) -> u32 {
    let mut rest = 0_u64;
    for limb in limbs.iter_mut().rev() {
        let value = rest << 32 | u64::from(*limb);
        *limb = low(value / u64::from(divisor));
        rest = value % u64::from(divisor);
    }
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    low(rest)
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits are masked")
}

fn twos_complement(limbs: &[u32], negative: bool) -> Vec<u8> {
    let mut bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    bytes.push(0);
    if negative {
        negate(&mut bytes);
    }
    let sign_byte = if negative { 0xff } else { 0 };
    while let [.., before, last] = *bytes
        && last == sign_byte
        && (before ^ last) & 0x80 == 0
    {
        bytes.pop();
    }
    bytes.reverse();
    bytes
}

/// The limbs of a number without its sign.
fn magnitude(big_endian: &[u8], negative: bool) -> Vec<u32> {
    let mut bytes: Vec<u8> = big_endian.iter().rev().copied().collect();
    if negative {
        // The sign byte that was cut off may be needed: -256 is `ff 00`.
        bytes.push(0xff);
        negate(&mut bytes);
    }
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let mut limbs: Vec<u32> =
        bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    limbs
}

/// Two's complement of little-endian bytes.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (value, overflow) = (!*byte).overflowing_add(u8::from(carry));
        *byte = value;
        carry = overflow;
    }
}
