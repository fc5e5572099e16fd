//! Every bound of the command.

/// Bytes of a configuration file.
pub(crate) const CONFIG_BYTES_MAX: u64 = 1_048_576;
/// Bytes of a definition that are read at all; what is accepted is `asl::JsonLimits::DEFINITION`.
pub(crate) const DEFINITION_BYTES_MAX: u64 = 4 * 1_048_576;
/// Bytes of a secret's file.
pub(crate) const SECRET_BYTES_MAX: u64 = 65_536;
/// The largest payload that may be configured; a record of the store has to hold it.
pub(crate) const PAYLOAD_BYTES_MAX: u64 = 64 * 1_048_576;
/// Entries of the schema folder that are looked at.
pub(crate) const SCHEMA_ENTRIES_MAX: usize = 10_000;
/// Bytes of a file inside `.git` that is looked at.
pub(crate) const GIT_FILE_BYTES_MAX: u64 = 16 * 1_048_576;
/// Candidates that an ambiguous prefix of an id shows.
pub(crate) const CANDIDATES_SHOWN_MAX: usize = 5;
/// Milliseconds between two lines of progress in a pipe.
pub(crate) const PROGRESS_LINE_MS: u64 = 1_000;
/// Test files of one `baton test`.
pub(crate) const TEST_FILES_MAX: usize = 10_000;
/// Folders inside each other that are searched for test files.
pub(crate) const TEST_FOLDERS_DEPTH_MAX: usize = 32;
