//! Twins of the domain types, as they are stored. Their fields' and variants' order is the format: append, never reorder.

use std::borrow::Cow;

use machine::Actor;
use machine::event::{Check, Due, Reason, Verdict};
use serde::{Deserialize, Serialize};

use super::fact::StoredFact;

/// The first section: what happened in one activation.
#[derive(Serialize, Deserialize)]
pub(super) struct Activation<'a> {
    /// Whose record this is, so that one that strayed is known.
    pub execution: i64,
    /// Which activation.
    pub number: u64,
    /// Who caused the events, each once.
    #[serde(borrow)]
    pub actors: Vec<StoredActor<'a>>,
    /// The digests of the payloads that were stored beside these events; they stay when a payload is erased.
    pub digests: Vec<StoredDigest>,
    /// The events, in order.
    #[serde(borrow)]
    pub events: Vec<StoredEvent<'a>>,
}

/// One event, by its difference from the one before it.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredEvent<'a> {
    /// The actor's place in the table, doubled; plus one if AWS does not show the event.
    pub tag: u64,
    /// Its number, less the number of the last event that AWS shows; 0 if it shows this one not.
    pub id: i64,
    /// How far back the event lies that led to it.
    pub previous: i64,
    /// Milliseconds since the event before; the first counts from the epoch.
    pub at: i64,
    /// What happened.
    #[serde(borrow)]
    pub fact: StoredFact<'a>,
}

/// The digest of a payload.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredDigest {
    /// The payload's number.
    pub number: u32,
    /// SHA-256 of salt and text.
    pub digest: [u8; 32],
}

/// A payload with its text, in the second section of format 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredPayload<'a> {
    /// Its number.
    pub number: u32,
    /// What its digest was salted with.
    pub salt: [u8; 16],
    /// As it came, or compact.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

/// A payload, in the second section of format 2.
#[derive(Serialize, Deserialize)]
pub(super) struct TextPayload<'a> {
    /// Its number.
    pub number: u32,
    /// What its digest was salted with.
    pub salt: [u8; 16],
    /// As it came, or compact.
    #[serde(borrow)]
    pub text: StoredText<'a>,
}

/// A text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum StoredText<'a> {
    /// All of it.
    Whole(&'a str),
    /// The first `head` bytes of an earlier text of the same record, `middle`, and its last `tail` bytes.
    Alike {
        /// Which text; they count from 0, in the order of the section.
        base: u32,
        /// Bytes of its beginning.
        head: u32,
        /// Bytes of its end.
        tail: u32,
        /// What stands between.
        middle: &'a str,
    },
}

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum StoredActor<'a> {
    User(&'a str),
    Principal(&'a str),
    Worker(&'a str),
    Timer,
    Engine,
}

impl<'a> StoredActor<'a> {
    pub(super) fn of(actor: &'a Actor) -> Self {
        match actor {
            Actor::User(name) => Self::User(name),
            Actor::Principal(name) => Self::Principal(name),
            Actor::Worker(name) => Self::Worker(name),
            Actor::Timer => Self::Timer,
            Actor::Engine => Self::Engine,
        }
    }

    pub(super) fn restore(self) -> Actor {
        match self {
            Self::User(name) => Actor::User(name.into()),
            Self::Principal(name) => Actor::Principal(name.into()),
            Self::Worker(name) => Actor::Worker(name.into()),
            Self::Timer => Actor::Timer,
            Self::Engine => Actor::Engine,
        }
    }
}

/// That a value was held against a contract.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct StoredCheck {
    contract: u32,
    verdict: StoredVerdict,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredVerdict {
    Fits,
    Violated { violations: u32 },
    Warned { violations: u32 },
}

impl StoredCheck {
    pub(super) fn of(check: &Check) -> Self {
        let verdict = match check.verdict {
            Verdict::Fits => StoredVerdict::Fits,
            Verdict::Violated { violations } => StoredVerdict::Violated { violations },
            Verdict::Warned { violations } => StoredVerdict::Warned { violations },
        };
        Self { contract: check.contract.0, verdict }
    }

    pub(super) fn restore(self) -> Check {
        let verdict = match self.verdict {
            StoredVerdict::Fits => Verdict::Fits,
            StoredVerdict::Violated { violations } => Verdict::Violated { violations },
            StoredVerdict::Warned { violations } => Verdict::Warned { violations },
        };
        Check { contract: contracts::bind::ContractId(self.contract), verdict }
    }
}

/// A timer and its instant.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct StoredDue {
    timer: u32,
    at: i64,
}

impl StoredDue {
    pub(super) fn of(due: Due) -> Self {
        Self { timer: due.timer.0, at: due.at.unix_ms }
    }

    pub(super) fn restore(self) -> Due {
        Due { timer: machine::TimerId(self.timer), at: asl::Timestamp::from_unix_ms(self.at) }
    }
}

/// Error and cause.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct StoredFailure<'a> {
    #[serde(borrow)]
    error: Option<&'a str>,
    #[serde(borrow)]
    cause: Option<&'a str>,
}

impl<'a> StoredFailure<'a> {
    pub(super) fn of(failure: &'a asl::Failure) -> Self {
        Self { error: failure.error.as_ref().map(asl::ErrorName::as_str), cause: failure.cause.as_deref() }
    }

    pub(super) fn restore(self) -> asl::Failure {
        asl::Failure { error: self.error.map(asl::ErrorName::from), cause: self.cause.map(Into::into) }
    }
}

/// Why an attempt is abandoned.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum StoredReason {
    Timeout,
    Heartbeat,
    Doomed,
}

impl StoredReason {
    pub(super) fn of(reason: &Reason) -> Self {
        match reason {
            Reason::Timeout => Self::Timeout,
            Reason::Heartbeat => Self::Heartbeat,
            Reason::Doomed => Self::Doomed,
        }
    }

    pub(super) fn restore(self) -> Reason {
        match self {
            Self::Timeout => Reason::Timeout,
            Self::Heartbeat => Reason::Heartbeat,
            Self::Doomed => Reason::Doomed,
        }
    }
}
