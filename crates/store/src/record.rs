//! The stored form of an activation: versioned, checksummed, independent of the domain types.
//!
//! A record has two sections with a checksum each: the events, which refer to payloads by number, and the payloads, each
//! once. Erasing a payload rewrites the second section only; the events, and every hash over them, stay as they are.
//! The layout is drawn in `docs/internals/records.md`.
//!
//! Not here: where records are kept (`sqlite.rs`).

mod alike;
mod error;
mod fact;
mod form;
mod frame;
mod map_run;
mod revision;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Json, JsonLimits, Payload};
use machine::event::Numbered;
use machine::{Actor, Event, PayloadId, Step};
use sha2::{Digest as _, Sha256};

pub use self::error::RecordError;
pub use self::map_run::{decode_map_run, encode_map_run};
pub use self::revision::{decode_revision, encode_revision, revision_digest};

use self::form::{Activation, StoredActor, StoredDigest, StoredEvent, StoredPayload};
use crate::limits::RECORD_BYTES_MAX;
use crate::store::ExecutionKey;

/// The newest format, which is written. Format 1 is read.
pub const FORMAT: u8 = 2;

/// Wider than any limit under which a text was accepted: what was remembered must be readable, whatever the settings are
/// today. Only the depth is bounded (readers recurse).
const READ_LIMITS: JsonLimits = JsonLimits {
    bytes_max: RECORD_BYTES_MAX,
    depth_max: 512,
    keys_max: usize::MAX,
    number_chars_max: usize::MAX,
};

/// The record of activation `activation` of execution `key`: the events and payloads of `step`, not its effects.
pub fn encode(key: ExecutionKey, activation: u64, step: &Step) -> Result<Vec<u8>, RecordError> {
    let mut actors = Actors::default();
    let mut clock = Clock::default();
    let mut events = Vec::with_capacity(step.events.len());
    for event in &step.events {
        let actor = actors.number(&event.actor);
        events.push(clock.squeeze(event, actor));
    }
    let digests = step
        .payloads
        .iter()
        .map(|it| StoredDigest { number: it.id.0, digest: payload_digest(&it.salt, it.payload.text()) })
        .collect();
    let payloads: Vec<StoredPayload<'_>> = step
        .payloads
        .iter()
        .map(|it| StoredPayload { number: it.id.0, salt: it.salt, text: Cow::Borrowed(&**it.payload.text()) })
        .collect();
    // What is read back may mean no more than this; a longer sum would be refused then.
    let texts = payloads.iter().map(|it| it.text.len()).sum();
    if texts > RECORD_BYTES_MAX {
        return Err(RecordError::TooLarge { found: texts, limit: RECORD_BYTES_MAX });
    }
    let activation =
        Activation { execution: key.0, number: activation, actors: actors.list, digests, events };
    let bytes = frame::write(&activation, &payloads)?;
    if bytes.len() > RECORD_BYTES_MAX {
        return Err(RecordError::TooLarge { found: bytes.len(), limit: RECORD_BYTES_MAX });
    }
    Ok(bytes)
}

/// The digest by which events refer to a payload: SHA-256 of salt and text.
pub fn payload_digest(salt: &[u8; 16], text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// The record without payload `number`: the section of the events keeps every byte. Nothing changes if it is not there.
pub fn erase(record: &[u8], number: PayloadId) -> Result<Vec<u8>, RecordError> {
    let sections = frame::read(record)?;
    let mut payloads = sections.payloads()?;
    payloads.retain(|it| it.number != number.0);
    sections.with_payloads(&payloads)
}

/// Reads the records of one execution, in order: later events refer to payloads of earlier records.
#[derive(Debug)]
pub struct Reader {
    key: ExecutionKey,
    payloads: Payloads,
    /// Actors repeat from record to record; their names are shared.
    actors: Vec<Actor>,
}

impl Reader {
    /// A reader of the records of execution `key`.
    pub fn new(key: ExecutionKey) -> Self {
        Self { key, payloads: Payloads::default(), actors: Vec::new() }
    }

    /// Appends the events of the record of activation `activation` to `events`.
    pub fn read(
        &mut self,
        activation: u64,
        record: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), RecordError> {
        let sections = frame::read(record)?;
        let stored = sections.activation()?;
        if (stored.execution, stored.number) != (self.key.0, activation) {
            return Err(RecordError::Misplaced { execution: stored.execution, activation: stored.number });
        }
        self.payloads.take(&stored.digests, &sections.payloads()?)?;
        let actors: Vec<Actor> = stored.actors.iter().map(|actor| self.actor(*actor)).collect();
        let mut clock = Clock::default();
        events.reserve(stored.events.len());
        for event in stored.events {
            events.push(clock.unfold(event, &actors, &self.payloads)?);
        }
        Ok(())
    }

    fn actor(&mut self, stored: StoredActor<'_>) -> Actor {
        if let Some(known) = self.actors.iter().find(|known| StoredActor::of(known) == stored) {
            return known.clone();
        }
        let actor = stored.restore();
        self.actors.push(actor.clone());
        actor
    }
}

/// The payloads read so far.
#[derive(Debug, Default)]
struct Payloads(BTreeMap<u32, Payload>);

impl Payloads {
    fn take(&mut self, digests: &[StoredDigest], payloads: &[StoredPayload<'_>]) -> Result<(), RecordError> {
        for payload in payloads {
            let number = payload.number;
            let digest = payload_digest(&payload.salt, &payload.text);
            if !digests.iter().any(|it| it.number == number && it.digest == digest) {
                return Err(RecordError::PayloadChanged { number });
            }
            let parsed = Payload::parse(&*payload.text, READ_LIMITS)
                .map_err(|error| RecordError::PayloadUnreadable { number, error })?;
            self.0.insert(number, parsed);
        }
        Ok(())
    }

    fn get(&self, number: u32) -> Result<Numbered, RecordError> {
        let payload = self.0.get(&number).ok_or(RecordError::PayloadMissing { number })?;
        Ok(Numbered { id: PayloadId(number), payload: payload.clone() })
    }
}

/// The actors of one record, each once.
#[derive(Default)]
struct Actors<'a> {
    list: Vec<StoredActor<'a>>,
}

impl<'a> Actors<'a> {
    fn number(&mut self, actor: &'a Actor) -> u32 {
        let actor = StoredActor::of(actor);
        // Neighbours mostly share their actor, so the scan starts at the end.
        let at = self.list.iter().rposition(|known| *known == actor).unwrap_or_else(|| {
            self.list.push(actor);
            self.list.len() - 1
        });
        u32::try_from(at).expect("fewer actors than events, and those are bounded")
    }
}

/// What the next event is told apart from: its neighbours differ from it by little, and small numbers are short.
/// All arithmetic wraps, so that every event has a form, however odd.
#[derive(Default)]
struct Clock {
    id: u64,
    at_ms: i64,
}

impl Clock {
    fn squeeze<'a>(&mut self, event: &'a Event, actor: u32) -> StoredEvent<'a> {
        let hidden = event.id == 0;
        let reference = if hidden { self.id } else { event.id };
        let stored = StoredEvent {
            tag: u64::from(actor) << 1 | u64::from(hidden),
            id: reference.wrapping_sub(self.id).cast_signed(),
            previous: reference.wrapping_sub(event.previous).cast_signed(),
            at: event.at.unix_ms.wrapping_sub(self.at_ms),
            fact: fact::StoredFact::of(&event.fact),
        };
        self.id = reference;
        self.at_ms = event.at.unix_ms;
        stored
    }

    fn unfold(
        &mut self,
        stored: StoredEvent<'_>,
        actors: &[Actor],
        payloads: &Payloads,
    ) -> Result<Event, RecordError> {
        let hidden = stored.tag & 1 == 1;
        let actor = usize::try_from(stored.tag >> 1).ok().and_then(|at| actors.get(at));
        let actor =
            actor.ok_or(RecordError::Malformed { what: "an event names an actor that is not listed" })?;
        self.id = self.id.wrapping_add(stored.id.cast_unsigned());
        self.at_ms = self.at_ms.wrapping_add(stored.at);
        Ok(Event {
            id: if hidden { 0 } else { self.id },
            previous: self.id.wrapping_sub(stored.previous.cast_unsigned()),
            at: asl::Timestamp::from_unix_ms(self.at_ms),
            actor: actor.clone(),
            fact: stored.fact.restore(payloads)?,
        })
    }
}

/// A value inside a fact, from its text.
fn parse_value(name: &str, text: &str) -> Result<Json, RecordError> {
    asl::json::parse(text, READ_LIMITS)
        .map_err(|error| RecordError::ValueUnreadable { name: Arc::from(name), error })
}
