//! Confluent's framing of messages: the byte 0, the id of the schema in four bytes (big-endian), the datum.

use crate::limits::FOUND_CHARS_MAX;

/// What a framed message starts with.
const MAGIC: u8 = 0;

/// Why a message is not framed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// Fewer than five bytes.
    #[error("a message of {found} bytes, expected the byte 0 and four bytes of a schema id before the datum")]
    TooShort {
        /// How many there are.
        found: usize,
    },
    /// Another first byte.
    #[error("the message starts with {found}, expected the byte 0 of a message framed with a schema id")]
    Magic {
        /// The byte, and the text that it may belong to.
        found: String,
    },
}

/// The id of the schema, and the bytes of the datum.
pub fn parse(message: &[u8]) -> Result<(u32, &[u8]), FramingError> {
    let Some((head, datum)) = message.split_first_chunk::<5>() else {
        return Err(FramingError::TooShort { found: message.len() });
    };
    let [magic, id @ ..] = *head;
    if magic != MAGIC {
        return Err(FramingError::Magic { found: shown(magic, message) });
    }
    Ok((u32::from_be_bytes(id), datum))
}

/// A message of a datum that is of the schema with this id.
pub fn frame(schema_id: u32, datum: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(5 + datum.len());
    message.push(MAGIC);
    message.extend(schema_id.to_be_bytes());
    message.extend(datum);
    message
}

/// Text is what is most often sent by mistake.
fn shown(first: u8, message: &[u8]) -> String {
    match str::from_utf8(message) {
        Ok(text) if first.is_ascii_graphic() => {
            format!("byte {first} (text `{}`)", crate::check::found::cut(text.trim_end(), FOUND_CHARS_MAX))
        }
        _ => format!("byte {first}"),
    }
}
