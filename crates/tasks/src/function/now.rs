//! The time of day, for logs and headers: nothing is decided by it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, to the millisecond.
pub(super) fn now() -> jiff::Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX)
}
