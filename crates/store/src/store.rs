//! The trait: everything that the runtime asks of a store.

use std::sync::Arc;

use asl::{Failure, Payload, ScopeId, Timestamp};
use machine::{Actor, Event, ExecutionInfo, Status, Step, TimerId};

use crate::error::StoreError;
use crate::map_run::MapRunRecord;

/// Where an execution lives: ascending in the order of starts, with its shard in the upper bits (one shard on one node).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExecutionKey(pub i64);

impl ExecutionKey {
    /// Bits below the shard.
    pub const NUMBER_BITS: u32 = 48;

    /// The key of execution `number` (from 1) in `shard`.
    pub const fn new(shard: u16, number: u64) -> Self {
        debug_assert!(number < 1 << Self::NUMBER_BITS, "an execution number has 48 bits");
        #[expect(clippy::cast_possible_wrap, reason = "shards stay below 2^15, numbers below 2^48")]
        Self(((shard as u64) << Self::NUMBER_BITS | number) as i64)
    }
}

/// A revision's number in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RevisionKey(pub i64);

/// What is kept of a revision, so that an execution can be resumed without the files it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionRecord {
    /// The machine's name.
    pub name: Arc<str>,
    /// The machine's ARN.
    pub arn: Arc<str>,
    /// The role its tasks act as.
    pub role_arn: Arc<str>,
    /// The definition, byte for byte.
    pub definition: Arc<str>,
    /// What of it an execution runs: all of it, or the processor of a distributed Map.
    pub scope: ScopeId,
    /// `contracts::Contracts::to_pinned`, as JSON text.
    pub contracts: Arc<str>,
    /// Bytes of a payload.
    pub payload_bytes_max: u64,
    /// Events of one history; 0 means no bound.
    pub events_max: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
}

/// What opens an execution; goes with its first commit.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Id, name and ARN.
    pub info: ExecutionInfo,
    /// What it runs.
    pub revision: RevisionKey,
    /// When it was started.
    pub started_at: Timestamp,
    /// Who started it.
    pub started_by: Actor,
}

/// One activation of one execution, to be remembered.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Which execution.
    pub key: ExecutionKey,
    /// Which activation of it; activations count from 1. Two commits of one number never both succeed.
    pub activation: u64,
    /// Present on the first activation, absent on all others.
    pub opening: Option<Opening>,
    /// Events and payloads become one record; `SetTimer` and `ClearTimer` among the effects become timer rows.
    pub step: Step,
    /// How the execution stands after it. One that had ended may run again: it was redriven.
    pub status: Status,
    /// Whether nothing is owed after it.
    pub settled: bool,
    /// When it ended (last), unless it runs.
    pub closed_at: Option<Timestamp>,
}

/// What became of one member of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is remembered.
    Done,
    /// It would have opened an execution under a name that its machine has given away already. Nothing of it is remembered.
    NameTaken {
        /// The execution of that name.
        existing: ExecutionKey,
    },
}

/// An execution as it was remembered.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The index row.
    pub row: ExecutionRow,
    /// Activations remembered; the next has this number plus one.
    pub activations: u64,
    /// Every event, in order.
    pub events: Vec<Event>,
}

/// What the index knows of an execution.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionRow {
    /// Where it lives.
    pub key: ExecutionKey,
    /// Id, name and ARN.
    pub info: ExecutionInfo,
    /// What it runs.
    pub revision: RevisionKey,
    /// The machine's ARN.
    pub machine_arn: Arc<str>,
    /// How it stands.
    pub status: Status,
    /// Whether nothing is owed.
    pub settled: bool,
    /// When it was started.
    pub started_at: Timestamp,
    /// Who started it.
    pub started_by: Actor,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Why it is set aside, if it is.
    pub quarantine: Option<Arc<str>>,
}

/// How an execution is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// By where it lives.
    Key(ExecutionKey),
    /// By its id.
    Id(machine::ExecutionId),
    /// By its ARN.
    Arn(Arc<str>),
    /// By its name, whatever its machine; the newest of several.
    Name(Arc<str>),
    /// By machine and name.
    NameOf {
        /// The machine's ARN.
        machine_arn: Arc<str>,
        /// The execution's name.
        name: Arc<str>,
    },
}

/// Which executions a list shows.
#[derive(Clone, Debug, Default)]
pub struct ExecutionFilter {
    /// Only of this machine.
    pub machine_arn: Option<Arc<str>>,
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those that something is still owed to.
    pub unsettled: bool,
    /// Only of whole machines: not the children of Map Runs, whose machine is `<machine>/<label>`.
    pub whole_machines: bool,
}

/// A timer whose instant has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Whose.
    pub key: ExecutionKey,
    /// Which.
    pub timer: TimerId,
    /// When it was due.
    pub due_at: Timestamp,
}

/// What must survive. One process, one `Store`; every method is one transaction.
pub trait Store: Send {
    /// What identifies this store for ever, drawn when it was created; part of every SQL claim's key.
    fn engine_id(&self) -> [u8; 16];

    /// Where the next execution will live. Not reserved: a number that is never committed is given again.
    fn next_key(&self) -> ExecutionKey;

    /// Remembers a batch, all of it or nothing of it (but for members whose name is taken, which are left out).
    ///
    /// Crash before it returns: the batch may or may not be remembered; deciding it again is harmless.
    /// `Rejected`, `Full`: nothing is remembered. `Unknown`: it may be; nothing may be released, [`Store::reopen`] and re-read.
    fn commit(&mut self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError>;

    /// Remembers a revision; the same revision again gives the same key. Crash before it returns: harmless to repeat.
    fn save_revision(&mut self, revision: &RevisionRecord) -> Result<RevisionKey, StoreError>;

    /// The revision of this key.
    fn revision(&mut self, key: RevisionKey) -> Result<RevisionRecord, StoreError>;

    /// Everything remembered of an execution. `Corrupt` names the record at fault; nothing is guessed around it.
    fn load(&mut self, key: ExecutionKey) -> Result<Loaded, StoreError>;

    /// One execution's index row.
    fn find(&mut self, lookup: &Lookup) -> Result<Option<ExecutionRow>, StoreError>;

    /// Index rows, newest first, at most `limit`, older than `before` where given.
    fn list(
        &mut self,
        filter: &ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError>;

    /// Timers due at `now`, earliest first, at most `limit`. A timer goes when a commit clears it, so asking again is harmless.
    fn due_timers(&mut self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// The instant of the earliest timer of an execution that is not set aside.
    fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError>;

    /// Sets an execution aside: it is shown, and neither decided nor fired until [`Store::reinstate`].
    /// Crash before it returns: the fault will be met again.
    fn quarantine(&mut self, key: ExecutionKey, reason: &str) -> Result<(), StoreError>;

    /// Takes up again an execution that was set aside: it is loaded and its timers fire as before. Whether it can be read is
    /// the caller's question; whatever still keeps it from going on sets it aside anew. One that is not set aside stays as it
    /// is. Crash before it returns: harmless to repeat. `Corrupt` when its index row is damaged.
    fn reinstate(&mut self, key: ExecutionKey) -> Result<(), StoreError>;

    /// Remembers a Map Run, in place of what was remembered of it. Crash before it returns: either stands.
    fn save_map_run(&mut self, run: &MapRunRecord) -> Result<(), StoreError>;

    /// The Map Run of this ARN.
    fn map_run(&mut self, arn: &str) -> Result<Option<MapRunRecord>, StoreError>;

    /// The Map Runs of an execution, oldest first.
    fn map_runs(&mut self, execution: ExecutionKey) -> Result<Vec<MapRunRecord>, StoreError>;

    /// Closes everything and opens it again, after an `Unknown`. What is then read is what is remembered.
    fn reopen(&mut self) -> Result<(), StoreError>;
}

/// Input, output and failure of an execution, for lists and summaries; read from its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The input.
    pub input: Option<Payload>,
    /// The output.
    pub output: Option<Payload>,
    /// The failure.
    pub failure: Option<Failure>,
}
