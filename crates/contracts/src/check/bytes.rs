//! Bytes as base64 text: looked at in place, never decoded.

/// How many bytes a base64 text stands for; `None` when it is not base64.
///
/// Standard alphabet, padded, and the unused bits of the last character zero, as RFC 4648 asks of strict readers.
pub(crate) fn base64_length(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(4) {
        return None;
    }
    let padding = bytes.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let digits = &bytes[..bytes.len() - padding];
    if !digits.iter().all(|byte| is_digit(*byte)) {
        return None;
    }
    let unused_mask = [0, 0b11, 0b1111][padding];
    if digits.last().is_some_and(|last| digit(*last) & unused_mask != 0) {
        return None;
    }
    Some((bytes.len() / 4 * 3 - padding) as u64)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// The six bits of a digit.
fn digit(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    }
}
