//! Timestamps: an instant in milliseconds, and its RFC 3339 text.

/// An instant: milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    pub unix_ms: i64,
}

impl Timestamp {
    /// The instant of so many milliseconds.
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self { unix_ms }
    }

    /// Reads RFC 3339 as the States Language narrows it: `T` and `Z` are upper case, an offset is required.
    pub fn parse(_text: &str) -> Option<Self> {
        todo!()
    }

    /// This instant plus a number of seconds, rounded up to a whole millisecond and saturating at the far end.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast from float saturates, which is what is wanted"
        )]
        let add_ms = (seconds * 1_000.0).ceil() as i64;
        Self { unix_ms: self.unix_ms.saturating_add(add_ms) }
    }

    /// This instant plus a number of milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self { unix_ms: self.unix_ms.saturating_add(ms) }
    }
}

/// `2026-11-24T09:30:00.123Z`, as AWS writes it in the context object.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
