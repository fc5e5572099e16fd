//! UUIDs: text of 8-4-4-4-12 hexadecimal digits, and sixteen bytes.

use std::fmt::Write as _;

/// Whether `text` is a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The bytes of a text that is a UUID.
pub(crate) fn bytes(text: &str) -> Option<[u8; 16]> {
    let mut digits = text.chars().filter_map(|digit| digit.to_digit(16));
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(digits.next()? * 16 + digits.next()?).ok()?;
    }
    Some(bytes)
}

/// The text of sixteen bytes.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    let mut out = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            out.push('-');
        }
        write!(out, "{byte:02x}").expect("writing to a string cannot fail");
    }
    Some(out)
}
