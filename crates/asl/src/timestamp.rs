//! Timestamps: an instant in milliseconds, and its RFC 3339 text.

#[cfg(test)]
mod tests;

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
    /// Digits below a millisecond are dropped. Spec: `#timestamps`.
    pub fn parse(text: &str) -> Option<Self> {
        if !is_narrow_rfc_3339(text) {
            return None;
        }
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self { unix_ms: instant.as_millisecond() })
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
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.unix_ms) {
            Ok(instant) => write!(f, "{instant:.3}"),
            Err(_) => write!(f, "{} ms after 1970", self.unix_ms),
        }
    }
}

/// The shape `YYYY-MM-DDTHH:MM:SS[.f…](Z|±HH:MM)`; whether the numbers make sense is judged afterwards.
fn is_narrow_rfc_3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |pattern: &[u8], bytes: &[u8]| {
        pattern.len() == bytes.len()
            && pattern
                .iter()
                .zip(bytes)
                .all(|(want, got)| if *want == b'0' { got.is_ascii_digit() } else { want == got })
    };
    let Some((head, tail)) = bytes.split_at_checked(19) else { return false };
    let fraction = tail
        .strip_prefix(b".")
        .map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let offset = if fraction > 0 { &tail[1 + fraction..] } else { tail };
    let is_offset = offset == b"Z" || fits(b"+00:00", offset) || fits(b"-00:00", offset);
    fits(b"0000-00-00T00:00:00", head) && is_offset && fraction <= 9
}
