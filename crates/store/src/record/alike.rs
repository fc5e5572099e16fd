//! Texts that are mostly like one before them: what they have in common at both ends is not stored again.
//!
//! A state that changes one member of a large payload makes a payload of its own, and most of its text is known. Only texts
//! of one record are compared, so that a record is read without any other.

use std::borrow::Cow;

use super::error::RecordError;
use super::form::{StoredPayload, StoredText, TextPayload};

/// A text is compared with so many before it: a task's answer may stand between two states of one payload.
const LOOK_BACK: usize = 3;
/// Bytes that must be saved.
const SAVED_BYTES_MIN: usize = 64;
/// Bytes that are compared at once.
const STRIDE: usize = 32;

/// Payloads as they are stored, each by its difference from one before it where that is shorter.
pub(super) fn squeeze<'a>(payloads: &'a [StoredPayload<'a>]) -> Vec<TextPayload<'a>> {
    let text = |at: usize| payloads[at].text.as_ref();
    (0..payloads.len())
        .map(|at| {
            // A shorter text cannot save that much.
            let look_back = if text(at).len() < SAVED_BYTES_MIN { 0 } else { LOOK_BACK };
            let bases = at.saturating_sub(look_back)..at;
            let shared = bases.map(|base| (base, Shared::of(text(base), text(at))));
            let best = shared.max_by_key(|(_, shared)| shared.head + shared.tail);
            let stored = best.and_then(|(base, shared)| shared.stored(base, text(at)));
            let text = stored.unwrap_or_else(|| StoredText::Whole(text(at)));
            TextPayload { number: payloads[at].number, salt: payloads[at].salt, text }
        })
        .collect()
}

/// The payloads with their whole texts. Refuses a text that is like none before it, and more than `limit` bytes of text.
pub(super) fn unfold(
    stored: Vec<TextPayload<'_>>,
    limit: usize,
) -> Result<Vec<StoredPayload<'_>>, RecordError> {
    let mut payloads: Vec<StoredPayload<'_>> = Vec::with_capacity(stored.len());
    let mut found = 0_usize;
    for TextPayload { number, salt, text } in stored {
        let text = match text {
            StoredText::Whole(text) => Cow::Borrowed(text),
            StoredText::Alike { base, head, tail, middle } => {
                let base = payloads.get(base as usize).ok_or(MALFORMED)?;
                Cow::Owned(joined(&base.text, head as usize, middle, tail as usize).ok_or(MALFORMED)?)
            }
        };
        found = found.saturating_add(text.len());
        if found > limit {
            return Err(RecordError::TooLarge { found, limit });
        }
        payloads.push(StoredPayload { number, salt, text });
    }
    Ok(payloads)
}

const MALFORMED: RecordError = RecordError::Malformed { what: "a payload is like one that is not there" };

/// The ends of `base` do not overlap, so that no text is longer than what it is made of.
fn joined(base: &str, head: usize, middle: &str, tail: usize) -> Option<String> {
    let rest = base.get(head..)?;
    let tail = rest.get(rest.len().checked_sub(tail)?..)?;
    Some([&base[..head], middle, tail].concat())
}

/// Bytes that two texts have in common, at their beginnings and, apart from that, at their ends.
#[derive(Clone, Copy)]
struct Shared {
    head: usize,
    tail: usize,
}

impl Shared {
    fn of(base: &str, text: &str) -> Self {
        // Where characters begin is the same in both, as far as they are the same.
        let head = text.floor_char_boundary(common(base.as_bytes(), text.as_bytes()));
        let (base, text) = (&base[head..], &text[head..]);
        let tail = common_end(base.as_bytes(), text.as_bytes());
        Self { head, tail: text.len() - text.ceil_char_boundary(text.len() - tail) }
    }

    /// The form of `text`, if that is short enough to be worth it.
    fn stored(self, base: usize, text: &str) -> Option<StoredText<'_>> {
        if self.head + self.tail < SAVED_BYTES_MIN {
            return None;
        }
        let number = |count: usize| u32::try_from(count).ok();
        let middle = &text[self.head..text.len() - self.tail];
        let (base, head, tail) = (number(base)?, number(self.head)?, number(self.tail)?);
        Some(StoredText::Alike { base, head, tail, middle })
    }
}

fn common(a: &[u8], b: &[u8]) -> usize {
    let strides = a.chunks_exact(STRIDE).zip(b.chunks_exact(STRIDE)).take_while(|(a, b)| a == b).count();
    let at = strides * STRIDE;
    at + a[at..].iter().zip(&b[at..]).take_while(|(a, b)| a == b).count()
}

fn common_end(a: &[u8], b: &[u8]) -> usize {
    let strides = a.rchunks_exact(STRIDE).zip(b.rchunks_exact(STRIDE)).take_while(|(a, b)| a == b).count();
    let at = strides * STRIDE;
    let rest = a[..a.len() - at].iter().rev().zip(b[..b.len() - at].iter().rev());
    at + rest.take_while(|(a, b)| a == b).count()
}
