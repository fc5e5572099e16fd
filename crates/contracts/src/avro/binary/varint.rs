//! Numbers of variable length, zig-zag: small ones of either sign take few bytes.

/// Bytes of the longest encoding of 64 bits.
pub(crate) const BYTES_MAX: usize = 10;

/// Appends `value`.
pub(crate) fn push(value: i64, out: &mut Vec<u8>) {
    let mut rest = (value << 1 ^ value >> 63).cast_unsigned();
    while rest >= 0x80 {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end inside it.
    End,
    /// It has more than 64 bits.
    TooLong,
}

/// The number at the start of `bytes`, and how many bytes it takes.
pub(crate) fn read(bytes: &[u8]) -> Result<(i64, usize), Fault> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().take(BYTES_MAX).enumerate() {
        let bits = u64::from(byte & 0x7f);
        if at == BYTES_MAX - 1 && byte > 1 {
            return Err(Fault::TooLong);
        }
        value |= bits << (7 * at);
        if byte < 0x80 {
            return Ok(((value >> 1).cast_signed() ^ -(value & 1).cast_signed(), at + 1));
        }
    }
    Err(if bytes.len() < BYTES_MAX { Fault::End } else { Fault::TooLong })
}
