//! Every bound of this room.

/// Violations reported for one value; the rest is counted in `more`.
pub const VIOLATIONS_MAX: usize = 20;
/// Bytes of one schema text. A registry accepts 1 MiB.
pub const SCHEMA_BYTES_MAX: usize = 1_048_576;
/// Bytes of one schema text and of all the texts it refers to.
pub const SCHEMA_BYTES_TOTAL_MAX: usize = 4 * SCHEMA_BYTES_MAX;
/// Depth of schemas and values. The payload's own depth limit is 128.
pub const DEPTH_MAX: usize = 128;
/// Depth of a schema's JSON text: a record inside a record is three levels of JSON (field, fields, record).
pub const SCHEMA_JSON_DEPTH_MAX: usize = 3 * DEPTH_MAX;
/// Subjects that one schema may refer to, directly and indirectly.
pub const REFERENCES_MAX: usize = 64;
/// Subjects that refer to each other in a row.
pub const REFERENCE_DEPTH_MAX: usize = 16;
/// Union branches tried while one value is checked, in all; beyond it the value is refused.
pub const UNION_ATTEMPTS_MAX: usize = 100_000;
/// Values visited while union branches are tried, in all; beyond it the value is refused.
pub const UNION_STEPS_MAX: usize = 4_000_000;
/// Pairs of record branches compared when a union is looked through for ambiguity.
pub const AMBIGUITY_PAIRS_MAX: usize = 500;
/// Values made up while all unions of a schema are looked through for ambiguity.
pub const AMBIGUITY_STEPS_MAX: usize = 100_000;
/// Characters of a value that a violation shows in `found`.
pub const FOUND_CHARS_MAX: usize = 80;
/// Characters of a violation's `expected`.
pub const EXPECTED_CHARS_MAX: usize = 200;
/// Characters of a violation's `path`.
pub const PATH_CHARS_MAX: usize = 400;
/// Names compared for a "did you mean".
pub const HINT_NAMES_MAX: usize = 10_000;
/// Bytes of memory that one datum may take while it is read, written or resolved.
pub const DATUM_BYTES_MAX: usize = 16 * 1_048_576;
/// Arrays, maps and records inside each other in one datum.
pub const DATUM_DEPTH_MAX: usize = 64;
/// Items of one datum that take no bytes (null, records of nothing): an array could announce any number of them.
pub const ZERO_WIDTH_ITEMS_MAX: usize = 65_536;
/// Digits of a decimal that is turned into bytes, or of which bytes are turned into text; its scale likewise.
pub const DECIMAL_DIGITS_MAX: usize = 1_000;
/// Pairs of a writer's and a reader's type that one resolution, or one comparison for compatibility, may look at.
pub const RESOLUTION_PAIRS_MAX: usize = 100_000;
/// Bytes of metadata, schema included, in the header of a container file.
pub const CONTAINER_HEADER_BYTES_MAX: usize = 2 * SCHEMA_BYTES_MAX;
/// Bytes of one block of a container file, compressed and uncompressed.
pub const CONTAINER_BLOCK_BYTES_MAX: usize = 64 * 1_048_576;
/// Uncompressed bytes for each compressed byte of a block.
pub const CONTAINER_RATIO_MAX: usize = 100;
/// Uncompressed bytes of a block that may be reached at any ratio: small blocks of equal values compress very well.
pub const CONTAINER_RATIO_FREE_BYTES: usize = 1_048_576;
/// Bytes that a codec may keep to look back at (the window of zstandard, the dictionary of xz).
pub const CONTAINER_WINDOW_BYTES_MAX: usize = 32 * 1_048_576;
/// Bytes of values after which a block of a container file is written.
pub const CONTAINER_BLOCK_BYTES: usize = 65_536;
/// Fields, symbols and branches looked at in one resolution, or one comparison for compatibility.
pub const RESOLUTION_STEPS_MAX: usize = 1_000_000;
/// Reasons listed for one incompatibility; the verdict stands whatever is left out.
pub const INCOMPATIBILITIES_MAX: usize = 200;
/// Types tried for all the defaults of one schema: a default of few bytes may stand for a value of very many.
pub const DEFAULT_STEPS_MAX: usize = 1_000_000;
