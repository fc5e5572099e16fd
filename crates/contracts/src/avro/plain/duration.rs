//! Durations: between ISO 8601 text and three little-endian numbers of 32 bits (months, days, milliseconds).

use crate::check::time;

/// The twelve bytes of a duration.
pub(crate) fn read(text: &str) -> Option<[u8; 12]> {
    let mut bytes = [0; 12];
    for (four, part) in bytes.chunks_exact_mut(4).zip(time::duration(text)?) {
        four.copy_from_slice(&part.to_le_bytes());
    }
    Some(bytes)
}

/// For example `P14M3DT1.500S`; nothing is carried over, for a month has no fixed days and a day no fixed seconds.
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 12] = bytes.try_into().ok()?;
    let part = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (months, days, millis) = (part(0), part(4), part(8));
    let mut parts = Vec::new();
    if months > 0 {
        parts.push(format!("{months}M"));
    }
    if days > 0 {
        parts.push(format!("{days}D"));
    }
    match (millis / 1_000, millis % 1_000) {
        (0, 0) if !parts.is_empty() => {}
        (seconds, 0) => parts.push(format!("T{seconds}S")),
        (seconds, rest) => parts.push(format!("T{seconds}.{rest:03}S")),
    }
    Some(format!("P{}", parts.concat()))
}
