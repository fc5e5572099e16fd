//! What can be wrong with a record.

use std::sync::Arc;

use asl::JsonError;

/// Why a record cannot be written or read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordError {
    /// More bytes than a record may have.
    #[error("the record has {found} bytes, at most {limit} are accepted")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// A format that this version does not know.
    #[error(
        "the record has format {found}, this version of Baton reads format {known}; use the version that wrote it"
    )]
    UnknownFormat {
        /// Found in the record.
        found: u8,
        /// The newest known.
        known: u8,
    },
    /// It ends too early.
    #[error("the record is cut short: it has {found} bytes and should have at least {expected}")]
    TooShort {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// The bytes are not those that were written.
    #[error("the {section} are damaged: checksum {found:08x}, {expected:08x} expected")]
    Damaged {
        /// `events`, `payloads` or `contents`.
        section: &'static str,
        /// The checksum of what is there.
        found: u32,
        /// The checksum of what was written.
        expected: u32,
    },
    /// The checksum holds, yet it cannot be understood.
    #[error("the record cannot be understood: {what}")]
    Malformed {
        /// What cannot be.
        what: &'static str,
    },
    /// It is a sound record of something else.
    #[error("the record found there is that of activation {activation} of execution number {execution}")]
    Misplaced {
        /// Whose it is.
        execution: i64,
        /// Which of it.
        activation: u64,
    },
    /// Events refer to a payload that is not there.
    #[error("payload {number} is missing")]
    PayloadMissing {
        /// Which.
        number: u32,
    },
    /// A payload is not the one that the events refer to.
    #[error("payload {number} is not the one that was remembered: its digest differs")]
    PayloadChanged {
        /// Which.
        number: u32,
    },
    /// A payload is not JSON.
    #[error("payload {number} cannot be read: {error}")]
    PayloadUnreadable {
        /// Which.
        number: u32,
        /// Why.
        error: JsonError,
    },
    /// The value of a variable is not JSON.
    #[error("the value of variable `{name}` cannot be read: {error}")]
    ValueUnreadable {
        /// Whose value.
        name: Arc<str>,
        /// Why.
        error: JsonError,
    },
}
