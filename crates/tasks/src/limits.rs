//! Every bound of this room, with AWS's quota beside it where there is one.

use std::time::Duration;

/// Statements of one `baton:sql:transaction`. (Ours.)
pub const STATEMENTS_MAX: usize = 100;
/// Characters of one SQL text. AWS's Data API: 65,536.
pub const SQL_CHARS_MAX: usize = 65_536;
/// Parameters of one statement. (Ours.)
pub const PARAMETERS_MAX: usize = 1_000;
/// Characters of a database's name. AWS's Data API: 64.
pub const DATABASE_NAME_CHARS_MAX: usize = 64;
/// Levels that a statement may be nested before `sqlparser` gives up and the plain scan judges alone. (Ours.)
pub const SQL_DEPTH_MAX: usize = 50;
/// Times that a transaction is tried again in the engine before its error is reported. (Ours.)
pub const RETRIES_MAX: u32 = 10;
/// The first pause between two tries. (Ours.)
pub const BACKOFF_MIN: Duration = Duration::from_millis(1);
/// The longest pause between two tries. (Ours.)
pub const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// How long one try waits for a database that somebody else has locked. (Ours.)
pub const LOCK_WAIT: Duration = Duration::from_secs(1);
/// Time of one statement where the configuration names none. AWS's Data API: 45 s.
pub const STATEMENT_TIMEOUT_MS: u64 = 45_000;
/// Connections to one database where the configuration names none. (Ours.)
pub const CONNECTIONS: usize = 8;
/// Characters of a database's own message that a cause repeats. (Ours.)
pub const MESSAGE_CHARS_MAX: usize = 2_000;
/// Levels of JSON inside a `Parameters` value or an object's body. (That of payloads.)
pub const JSON_DEPTH_MAX: usize = 128;

/// Bytes of an object's key. AWS: 1,024.
pub const KEY_BYTES_MAX: usize = 1_024;
/// Bytes of one segment of a key: what file systems accept. (Ours.)
pub const KEY_SEGMENT_BYTES_MAX: usize = 255;
/// Keys of one page of a listing. AWS: 1,000.
pub const LIST_KEYS_MAX: usize = 1_000;
/// Objects that one listing may pass over in its folder before it is refused. (Ours.)
pub const LIST_SCAN_MAX: usize = 1_000_000;
/// Bytes of the user's metadata of an object. AWS: 2 KiB.
pub const METADATA_BYTES_MAX: usize = 2_048;
/// Bytes of an error's body that are read of a service. (Ours.)
pub const ERROR_BODY_BYTES_MAX: usize = 65_536;
/// Bytes of one page of a service's listing: 1,000 keys of 1,024 bytes, each byte escaped, and what stands around them. (Ours.)
pub const LIST_BODY_BYTES_MAX: usize = 16 * 1_048_576;
/// Time of one request to a service where the configuration names none. (Ours.)
pub const BUCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Time until a connection to a service is there, where the configuration names none. (Ours.)
pub const BUCKET_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Times that a request is sent again where the configuration names none. (AWS's SDKs: 2.)
pub const BUCKET_RETRIES: usize = 3;
/// The longest pause before a request is sent again. (Ours.)
pub const BUCKET_BACKOFF_MAX: Duration = Duration::from_secs(5);
