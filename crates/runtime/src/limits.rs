//! Every bound of the runtime.

use std::time::Duration;

/// Activations of one group commit.
pub const BATCH_MEMBERS_MAX: usize = 1_024;
/// Bytes of new payloads after which a group commit takes no further member.
pub const BATCH_BYTES_MAX: usize = 16 * 1_048_576;
/// Things that happened to one execution and are decided as one activation.
pub const ACTIVATION_INPUTS_MAX: usize = 256;
/// Events after which an activation takes no further input.
pub const ACTIVATION_EVENTS_MAX: usize = 2_000;
/// Bytes of new payloads after which an activation takes no further input.
pub const ACTIVATION_PAYLOAD_BYTES_MAX: usize = 262_144;
/// Timers that one turn fires.
pub const BATCH_TIMERS_MAX: usize = 512;
/// Executions kept in memory; the rest is loaded when something happens to it.
pub const RESIDENTS_MAX: usize = 10_000;
/// Revisions kept in memory.
pub const REVISIONS_MAX: usize = 1_000;
/// Rows of one page while executions are recovered.
pub const RECOVERY_ROWS_MAX: usize = 500;
/// Arrivals taken from the channel before a turn is made.
pub const DRAIN_MAX: usize = 4_096;
/// Requests that may wait for their commit at once; beyond it callers are told that the engine is busy.
pub const REQUESTS_MAX: usize = 16_384;
/// Tasks that run at once; more wait their turn.
pub const TASKS_CONCURRENT_MAX: usize = 256;
/// Committed activations that an observer may be behind before it is let go.
pub const OBSERVER_LAG_MAX: usize = 8_192;
/// Characters of an execution's name. AWS: 80.
pub const EXECUTION_NAME_CHARS_MAX: usize = 80;
/// Doubtful commits in a row of which nothing turned out to be remembered; then the store is taken for lost.
pub const DOUBTS_MAX: u32 = 5;
/// The longest sleep while a timer is set, so that a clock that jumps is noticed.
pub const SLEEP_MAX: Duration = Duration::from_secs(1);
/// The first pause after a store without room; doubles up to [`BACKOFF_MAX`].
pub const BACKOFF_MIN: Duration = Duration::from_millis(50);
/// The longest pause before a store without room is tried again.
pub const BACKOFF_MAX: Duration = Duration::from_secs(5);
