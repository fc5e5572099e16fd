//! The frame around a record: format, checksums, and where its two sections lie.
//!
//! Not here: what the sections say (`form.rs`).

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::form::{Activation, StoredPayload};
use super::{FORMAT, alike};
use crate::limits::RECORD_BYTES_MAX;

/// Format (1), checksum (4) and length (4) of the first section.
const HEAD_BYTES: usize = 9;
/// The format whose payloads have their whole texts each; still read.
const FORMAT_OF_WHOLE_TEXTS: u8 = 1;
/// The format of what is sealed whole.
const SEALED_FORMAT: u8 = 1;
/// Checksum before the second section.
const CHECKSUM_BYTES: usize = 4;
/// What most records stay below, to grow the buffer at most once or twice.
const USUAL_BYTES: usize = 512;

/// A record whose checksums hold, unless they are asked for.
#[derive(Debug)]
pub(super) struct Sections<'a> {
    /// Head and events as they stand.
    front: &'a [u8],
    /// The checksum of `back` and `back`.
    back_checksum: u32,
    back: &'a [u8],
}

/// A whole record.
pub(super) fn write(
    activation: &Activation<'_>,
    payloads: &[StoredPayload<'_>],
) -> Result<Vec<u8>, RecordError> {
    let longest = payloads.iter().map(|it| it.text.len()).max().unwrap_or_default();
    let mut bytes = Vec::with_capacity(USUAL_BYTES + longest + 24 * payloads.len());
    bytes.push(FORMAT);
    bytes.extend_from_slice(&[0; HEAD_BYTES - 1]);
    let mut bytes = append(activation, bytes)?;
    let length = bytes.len() - HEAD_BYTES;
    let length = u32::try_from(length)
        .map_err(|_| RecordError::TooLarge { found: length, limit: RECORD_BYTES_MAX })?;
    bytes[5..HEAD_BYTES].copy_from_slice(&length.to_le_bytes());
    let checksum = front_checksum(&bytes);
    bytes[1..5].copy_from_slice(&checksum.to_le_bytes());
    append_payloads(bytes, payloads)
}

/// Looks where the sections lie, and checks the first.
pub(super) fn read(record: &[u8]) -> Result<Sections<'_>, RecordError> {
    let short = |expected| RecordError::TooShort { found: record.len(), expected };
    let format = *record.first().ok_or(short(HEAD_BYTES))?;
    if !(FORMAT_OF_WHOLE_TEXTS..=FORMAT).contains(&format) {
        return Err(RecordError::UnknownFormat { found: format, known: FORMAT });
    }
    let expected = u32_at(record, 1).ok_or(short(HEAD_BYTES))?;
    let length = u32_at(record, 5).ok_or(short(HEAD_BYTES))? as usize;
    let front_end = HEAD_BYTES + length;
    let front = record.get(..front_end).ok_or(short(front_end + CHECKSUM_BYTES))?;
    check("events", front_checksum(front), expected)?;
    let back_checksum = u32_at(record, front_end).ok_or(short(front_end + CHECKSUM_BYTES))?;
    Ok(Sections { front, back_checksum, back: &record[front_end + CHECKSUM_BYTES..] })
}

impl<'a> Sections<'a> {
    /// The events.
    pub(super) fn activation(&self) -> Result<Activation<'a>, RecordError> {
        whole(&self.front[HEAD_BYTES..])
    }

    /// The payloads, if they are those that were written.
    pub(super) fn payloads(&self) -> Result<Vec<StoredPayload<'a>>, RecordError> {
        check("payloads", crc32c::crc32c(self.back), self.back_checksum)?;
        match self.front[0] {
            FORMAT_OF_WHOLE_TEXTS => whole(self.back),
            _ => alike::unfold(whole(self.back)?, RECORD_BYTES_MAX),
        }
    }

    /// The same events with other payloads.
    pub(super) fn with_payloads(&self, payloads: &[StoredPayload<'_>]) -> Result<Vec<u8>, RecordError> {
        append_payloads(self.front.to_vec(), payloads)
    }
}

/// One sealed value: format, checksum, contents. For what is stored whole, such as a revision.
pub(super) fn seal(value: &impl Serialize) -> Result<Vec<u8>, RecordError> {
    let mut bytes = append(value, vec![SEALED_FORMAT, 0, 0, 0, 0])?;
    let checksum = front_checksum(&bytes);
    bytes[1..5].copy_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

/// The contents of a sealed value.
pub(super) fn unseal<'a, T: Deserialize<'a>>(sealed: &'a [u8]) -> Result<T, RecordError> {
    let short = RecordError::TooShort { found: sealed.len(), expected: 5 };
    let format = *sealed.first().ok_or(short.clone())?;
    if format != SEALED_FORMAT {
        return Err(RecordError::UnknownFormat { found: format, known: SEALED_FORMAT });
    }
    let expected = u32_at(sealed, 1).ok_or(short)?;
    check("contents", front_checksum(sealed), expected)?;
    whole(&sealed[5..])
}

fn append_payloads(mut bytes: Vec<u8>, payloads: &[StoredPayload<'_>]) -> Result<Vec<u8>, RecordError> {
    let at = bytes.len();
    bytes.extend_from_slice(&[0; CHECKSUM_BYTES]);
    let mut bytes = match bytes[0] {
        FORMAT_OF_WHOLE_TEXTS => append(payloads, bytes)?,
        _ => append(&alike::squeeze(payloads), bytes)?,
    };
    let checksum = crc32c::crc32c(&bytes[at + CHECKSUM_BYTES..]);
    bytes[at..at + CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

fn append(value: &(impl Serialize + ?Sized), bytes: Vec<u8>) -> Result<Vec<u8>, RecordError> {
    postcard::to_extend(value, bytes)
        .map_err(|_| RecordError::Malformed { what: "a value has no stored form" })
}

fn whole<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, RecordError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(RecordError::Malformed { what: "something follows its end" }),
        Err(_) => Err(RecordError::Malformed { what: "its contents do not have the form of its format" }),
    }
}

fn check(section: &'static str, found: u32, expected: u32) -> Result<(), RecordError> {
    if found == expected { Ok(()) } else { Err(RecordError::Damaged { section, found, expected }) }
}

/// Over the format and everything after the checksum itself.
fn front_checksum(front: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&front[..1]), &front[5..])
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().expect("four bytes")))
}
