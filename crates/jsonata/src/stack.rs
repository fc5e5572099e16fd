//! Room on the stack for recursion whose depth a limit bounds.

use crate::limits::{STACK_RED_ZONE_BYTES, STACK_SEGMENT_BYTES};

/// Runs `work` with enough stack for one more level, adding a segment if the thread's own is nearly used up.
pub(crate) fn grow<R>(work: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STACK_RED_ZONE_BYTES, STACK_SEGMENT_BYTES, work)
}
