//! Every bound of this room.

/// Violations reported for one value; the rest is counted in `more`.
pub const VIOLATIONS_MAX: usize = 20;
/// Bytes of one schema text. A registry accepts 1 MiB.
pub const SCHEMA_BYTES_MAX: usize = 1_048_576;
/// Depth of schemas and values. The payload's own depth limit is 128.
pub const DEPTH_MAX: usize = 128;
/// Union branches tried while one value is checked, in all; beyond it the value is refused.
pub const UNION_ATTEMPTS_MAX: usize = 100_000;
/// Characters of a value that a violation shows in `found`.
pub const FOUND_CHARS_MAX: usize = 80;
