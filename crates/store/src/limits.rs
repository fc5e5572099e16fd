//! Every bound of the store.

/// Bytes of one activation record; SQLite itself takes 1 GB.
pub const RECORD_BYTES_MAX: usize = 256 * 1_048_576;
/// Rows of one page of a list.
pub const LIST_ROWS_MAX: usize = 1_000;
