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
/// Time that one statement waits for a lock of PostgreSQL where the configuration names none. (Ours.)
pub const LOCK_TIMEOUT_MS: u64 = 5_000;
/// Connections to one database where the configuration names none. (Ours.)
pub const CONNECTIONS: usize = 8;
/// Hosts of one PostgreSQL URL. (Ours.)
pub const HOSTS_MAX: usize = 16;
/// How long a PostgreSQL connection may take to be opened where its URL names nothing. (Ours.)
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a statement that was cancelled may go on before its connection is cut. (Ours.)
pub const CANCEL_GRACE: Duration = Duration::from_secs(5);
/// How long a transaction may wait for its engine before PostgreSQL ends it: an engine that is frozen holds no lock for ever. (Ours.)
pub const IDLE_IN_TRANSACTION: Duration = Duration::from_mins(1);
/// How long what was sent may stay unacknowledged, and how long a silent connection goes unprobed. (Ours.)
pub const TCP_SILENCE: Duration = Duration::from_secs(30);
/// Prepared statements that one PostgreSQL connection keeps. (Ours.)
pub const PREPARED_MAX: usize = 256;
/// Types of a PostgreSQL database, beyond the built-in ones, that one connection remembers. (Ours.)
pub const TYPES_MAX: usize = 10_000;
/// Dimensions of a PostgreSQL array. PostgreSQL: 6.
pub const ARRAY_DIMENSIONS_MAX: usize = 6;
/// Bytes of one message of PostgreSQL that carries no rows. (Ours.)
pub const MESSAGE_BYTES_MAX: usize = 1_048_576;
/// Bytes of one message of PostgreSQL, whatever the answer may have. PostgreSQL: 1 GiB.
pub const ROW_BYTES_MAX: usize = 1_073_741_824;
/// Characters of a number that stays a number in JSON; a longer one of `numeric` becomes a string. (Ours.)
pub const NUMBER_CHARS_MAX: usize = 1_000;
/// Sets of parameters of one `batchExecuteStatement`. AWS bounds the request, at 4 MiB.
pub const PARAMETER_SETS_MAX: usize = 10_000;
/// Claims that one statement of a collection of old ones removes. (Ours.)
pub const CLAIMS_PER_BATCH: u32 = 1_000;
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
/// Objects that one page of a listing may pass over in its folder before it is refused, and names of one folder that a
/// distributed Map may list. (Ours.)
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

/// Bytes of what a function is sent and of what it answers. AWS: 6 MiB, and room for what stands around an answer.
pub const FUNCTION_PAYLOAD_BYTES_MAX: usize = 6 * 1_048_576;
/// Bytes of what a function is sent that nobody waits for. AWS: 1 MiB.
pub const FUNCTION_EVENT_BYTES_MAX: usize = 1_048_576;
/// Bytes of a client context, decoded. AWS: 3,583.
pub const CLIENT_CONTEXT_BYTES_MAX: usize = 3_583;
/// Characters of a function's name, its ARN or a part of it. AWS: 170, of names without ARN 140.
pub const FUNCTION_NAME_CHARS_MAX: usize = 170;
/// Times that a call is made again that nobody waits for, and that failed. AWS: 2.
pub const FUNCTION_EVENT_RETRIES: u32 = 2;
/// Workers of one function where the configuration names none. AWS: 1,000 of an account.
pub const FUNCTION_CONCURRENCY: usize = 10;
/// Resident memory of one worker where the configuration names none. AWS: 128.
pub const FUNCTION_MEMORY_MIB: u64 = 512;
/// Memory that a worker may ask for beyond that, resident or not, before the system refuses it. (Ours.)
pub const FUNCTION_MEMORY_HEADROOM_MIB: u64 = 512;
/// Time of one invocation where the configuration names none. AWS: 3 s, at most 900.
pub const FUNCTION_TIMEOUT: Duration = Duration::from_mins(1);
/// Time until a new worker asks for its first invocation, where the configuration names none. AWS: 10 s.
pub const FUNCTION_INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a worker is kept that nobody needs, where the configuration names none. (Ours.)
pub const FUNCTION_IDLE: Duration = Duration::from_mins(10);
/// Time until a connection to a remote function is there, where the configuration names none. (Ours.)
pub const FUNCTION_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the memory of a worker that is at work is looked up. (Ours.)
pub const FUNCTION_MEMORY_LOOKUP: Duration = Duration::from_millis(50);
/// Processes of one worker whose memory is counted. (Ours.)
pub const FUNCTION_PROCESSES_MAX: usize = 256;
/// How long after a worker's death its last word may still arrive. (Ours.)
pub const FUNCTION_LAST_WORD: Duration = Duration::from_millis(100);
/// Connections of one worker to its Runtime API. (Ours.)
pub const FUNCTION_CONNECTIONS_MAX: usize = 16;
/// Bytes of a worker's output that are logged of one invocation; more is counted and dropped. (Ours.)
pub const FUNCTION_LOG_BYTES_MAX: usize = 1_048_576;
/// Bytes of one line of the log; a longer one is broken. AWS: 256 KiB of one event.
pub const FUNCTION_LOG_LINE_BYTES_MAX: usize = 16_384;
/// Bytes of a log file before it becomes the old one; there is one old one. (Ours.)
pub const FUNCTION_LOG_FILE_BYTES_MAX: u64 = 10 * 1_048_576;
/// Bytes of `LogResult`. AWS: 4 KiB.
pub const FUNCTION_LOG_TAIL_BYTES: usize = 4_096;
/// Bytes of a remote answer that is an error and no function's. (Ours.)
pub const FUNCTION_ERROR_BODY_BYTES_MAX: usize = 65_536;
/// Characters of an error's name. AWS: 256.
pub const ERROR_CHARS_MAX: usize = 256;
/// Characters of a cause. AWS: 32,768.
pub const CAUSE_CHARS_MAX: usize = 32_768;
/// How long what a worker has just written may take to be read, where somebody wants the end of the log. (Ours.)
pub const FUNCTION_LOG_SETTLE: Duration = Duration::from_millis(10);
/// Executions that may have started each other, one inside the other.
pub(crate) const NESTED_DEPTH_MAX: usize = 32;

/// Bytes of one item as it stands in its object: a line, a row, an element. AWS: 8 MB. What a child execution gets of it has
/// the payload's limit.
pub const ITEM_BYTES_MAX: usize = 8 * 1_048_576;
/// Items of one Map Run. AWS: 100,000,000.
pub const ITEMS_MAX: u64 = 100_000_000;
/// Bytes of the header of a CSV object. AWS: 10 KiB.
pub const CSV_HEADER_BYTES_MAX: usize = 10_240;
/// Fields of one row of CSV. (Ours; the keys of a payload's object.)
pub const CSV_FIELDS_MAX: usize = 10_000;
/// Bytes of an object that are fetched at once from a service. (Ours.)
pub const OBJECT_PIECE_BYTES: u64 = 2 * 1_048_576;
/// Bytes that one object of items may be uncompressed. AWS: 10 GB.
pub const UNPACKED_BYTES_MAX: u64 = 10 * 1_073_741_824;
/// Bytes that a Zstandard frame may want to look back at. (Ours.)
pub const UNPACKED_WINDOW_BYTES_MAX: u64 = 8 * 1_048_576;
/// Items that are decoded before somebody asks for them: batches of so many, and so many batches. (Ours.)
pub const ITEMS_PER_BATCH: usize = 256;
/// Bytes of items after which a batch is handed on. (Ours.)
pub const ITEM_BATCH_BYTES: usize = 262_144;
/// Batches that wait. (Ours.)
pub const ITEM_BATCHES: usize = 4;
/// Bytes of a manifest. (Ours.)
pub const MANIFEST_BYTES_MAX: usize = 16 * 1_048_576;
/// Bytes of the footer of a Parquet object. AWS: 5 MB.
pub const PARQUET_FOOTER_BYTES_MAX: u64 = 5 * 1_048_576;
/// Bytes of a row group, uncompressed. AWS: 256 MB.
pub const PARQUET_ROW_GROUP_BYTES_MAX: u64 = 256 * 1_048_576;
/// Bytes of a page, compressed and uncompressed. (Ours; writers make pages of 1 MiB.)
pub const PARQUET_PAGE_BYTES_MAX: u64 = 64 * 1_048_576;
/// Bytes of the header of a page, its statistics included. (Ours.)
pub const PARQUET_HEADER_BYTES_MAX: u64 = 65_536;
/// Columns and groups of a schema. (Ours.)
pub const PARQUET_SCHEMA_ELEMENTS_MAX: u64 = 10_000;
/// Groups inside each other. (Ours.)
pub const PARQUET_DEPTH_MAX: usize = 64;
/// Values of one column of lists in one row group: a few bytes can stand for any number of them. (Ours.)
pub const PARQUET_LIST_VALUES_MAX: u64 = 4_000_000;

/// Child executions of one Map Run that are under way at once. AWS: 10,000.
pub const MAP_RUN_CHILDREN_MAX: usize = 10_000;
/// Child executions of one Map Run whose start is not remembered yet. (Ours.)
pub const MAP_RUN_STARTS_MAX: usize = 1_024;
/// Child executions of one Map Run that may be ahead of one that is not done. (Ours.)
pub const MAP_RUN_WINDOW_MAX: usize = 65_536;
/// Bytes of inputs of child executions that were started and whose results are not taken, and of items set aside beside
/// them; at least one is always started. (Ours.)
pub const MAP_RUN_INPUT_BYTES_MAX: usize = 64 * 1_048_576;
/// Bytes of results that wait for a child execution before them; what is more is read again when its turn has come. (Ours.)
pub const MAP_RUN_HELD_BYTES_MAX: usize = 32 * 1_048_576;
/// Items that broke their contract, and their bytes, that one child execution's share may have; with more of them they get a
/// number that no child execution has. (Ours.)
pub const QUARANTINED_PER_SHARE: usize = 256;
/// Bytes of them. (Ours.)
pub const QUARANTINED_BYTES_PER_SHARE: usize = 1_048_576;
/// How long a Map Run waits before it goes on from its checkpoint, where its engine could not do what it asked. (Ours.)
pub const MAP_RUN_PAUSE: Duration = Duration::from_secs(1);
/// Bytes of results that are put together into one file. (Ours.)
pub const RESULT_FILE_BYTES: usize = 8 * 1_048_576;
/// Child executions between two checkpoints of a Map Run whose results stand in the output. (Ours.)
pub const COLLECTED_PER_CHECKPOINT: usize = 4_096;
/// How often it is remembered how a Map Run stands. (Ours.)
pub const MAP_RUN_SHOWN_EVERY: Duration = Duration::from_secs(1);
