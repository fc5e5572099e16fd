//! AWS's history, as a projection of the events. Source: `GetExecutionHistory`.

use asl::{Json, Timestamp};

use crate::event::Event;
use crate::revision::Revision;

/// One event as AWS shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// From 1, without gap.
    pub id: u64,
    /// The event that led to it; 0 for the first ones.
    pub previous_event_id: u64,
    /// When.
    pub timestamp: Timestamp,
    /// For example `TaskStateEntered`.
    pub event_type: &'static str,
    /// The name of the details member and its value, for types that have one.
    pub details: Option<(&'static str, Json)>,
}

/// The events that AWS shows, as it shows them.
pub fn history<'a>(
    _revision: &'a Revision,
    _events: impl IntoIterator<Item = &'a Event> + 'a,
) -> impl Iterator<Item = HistoryEvent> + 'a {
    std::iter::empty()
}
