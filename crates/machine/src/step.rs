//! What one input leads to.

use asl::Payload;

use crate::effect::Effect;
use crate::event::Event;
use crate::ids::PayloadId;

/// What one input leads to: remember `events` and `payloads`, then perform `effects`. In that order, always.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Step {
    /// New facts, in order.
    pub events: Vec<Event>,
    /// The payloads they are the first to refer to, in order of number.
    pub payloads: Vec<NewPayload>,
    /// Orders to carry out once all that is remembered.
    pub effects: Vec<Effect>,
    /// The activation budget cut: once remembered, come back with [`crate::Input::Continue`].
    pub more: bool,
}

/// A payload that is stored for the first time.
#[derive(Clone, Debug)]
pub struct NewPayload {
    /// Its number.
    pub id: PayloadId,
    /// Value and text.
    pub payload: Payload,
    /// Salt of the digest by which events refer to it, so that the digest says nothing about an erased payload.
    pub salt: [u8; 16],
}
