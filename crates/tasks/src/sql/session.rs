//! A session: one connection to a database, as the rule needs it. SQLite and PostgreSQL implement the same trait.
//!
//! A session is used by one thread at a time and blocks it. Whoever waits asynchronously does so outside (`database.rs`).

use std::sync::Arc;

use asl::Json;

use super::dialect::Dialect;
use super::fault::Fault;

/// One value that goes to a database or comes from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number whose exact text counts: more digits than 64 bits hold, or a fraction.
    Number(Arc<str>),
    Real(f64),
    Text(Arc<str>),
    Blob(Vec<u8>),
    /// ISO 8601; ends in `Z` where the type has a time zone.
    Timestamp(Arc<str>),
    Array(Vec<Value>),
    /// An array or an object that goes to a database; any JSON that comes from one.
    Json(Json),
}

/// One named value of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    /// Without the colon.
    pub(crate) name: Arc<str>,
    pub(crate) value: Value,
    pub(crate) hint: Hint,
}

/// What a caller said about the type of a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Hint {
    /// Plain JSON: the statement decides what it becomes.
    #[default]
    Plain,
    /// A text that the statement decides about, already in the database's own form.
    Text,
    Boolean,
    Long,
    Double,
    Blob,
    Decimal,
    Timestamp,
    Date,
    Time,
    Uuid,
    Json,
}

/// One statement, ready to be sent: it has passed the guard, and every `:name` in it has a value.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Arc<str>,
    pub(crate) parameters: Vec<Parameter>,
}

/// What a statement gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// Empty where the statement returns no rows.
    pub(crate) columns: Vec<Arc<str>>,
    /// The columns' types, where the database types columns and not values.
    pub(crate) types: Vec<ColumnType>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// Rows inserted, updated or deleted.
    pub(crate) updated: u64,
}

/// The type of a column, in the words of JDBC, which are those of AWS's answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// The database's name for it.
    pub(crate) name: Arc<str>,
    /// A number of `java.sql.Types`.
    pub(crate) code: i32,
    /// The same of an array's elements; 0 for what is no array.
    pub(crate) element_code: i32,
    pub(crate) precision: i32,
    pub(crate) scale: i32,
    pub(crate) is_signed: bool,
    pub(crate) is_case_sensitive: bool,
}

/// What is known after COMMIT was sent.
#[derive(Clone, Debug)]
pub(crate) enum CommitOutcome {
    Committed,
    /// The database says that it did not happen.
    RolledBack(Fault),
    /// No answer, or one that says nothing. Only inserting the claim again settles it.
    Ambiguous,
}

/// How strictly a transaction is kept apart from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Isolation {
    #[default]
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

/// Bytes of an answer to one of our own statements, apart from a recorded outcome.
pub(crate) const OWN_BYTES_MAX: usize = 4_096;

/// Stops the statement that its session runs at this moment, from any thread; a no-op between statements.
pub(crate) trait Canceller: Send + Sync {
    fn cancel(&self);
}

/// One connection.
pub(crate) trait Session: Send {
    /// Begins a transaction that may write.
    fn begin(&mut self, isolation: Isolation) -> Result<(), Fault>;

    /// Runs one statement and reads all of its rows; more than about `bytes_max` bytes of them is `Class::TooLarge`.
    fn execute(&mut self, statement: &Statement, bytes_max: usize) -> Result<Answer, Fault>;

    /// Whether the transaction that `begin` began is still the current one.
    fn in_transaction(&mut self) -> bool;

    /// Sends COMMIT. Whatever it says, the session is outside of any transaction afterwards, or poisoned.
    fn commit(&mut self) -> CommitOutcome;

    /// Runs `record`, which must change exactly one row, and commits. `None`: it changed none, and nothing was committed.
    ///
    /// A database that can check the count itself, and the transaction with it, may send both in one go.
    fn conclude(&mut self, record: &Statement) -> Result<Option<CommitOutcome>, Fault> {
        let is_recorded = self.execute(record, OWN_BYTES_MAX)?.updated == 1;
        Ok(is_recorded.then(|| self.commit()))
    }

    /// Rolls back whatever is open; a session that cannot is poisoned.
    fn rollback(&mut self);

    /// Closes instead of going back to the pool.
    fn poison(&mut self);

    /// Whether the session must not be used again.
    fn is_poisoned(&self) -> bool;

    /// Whether a session that lay idle can still be used, as far as that is seen without asking the server.
    fn is_alive(&mut self) -> bool {
        true
    }

    /// What stops a running statement.
    fn canceller(&self) -> Arc<dyn Canceller>;
}

/// Opens sessions of one database, and knows its dialect.
pub(crate) trait Connector: Send + Sync {
    /// Opens a session on which `baton_claim` is there.
    fn connect(&self) -> Result<Box<dyn Session>, Fault>;

    /// Opens a session, whether the claims are there or not.
    fn connect_bare(&self) -> Result<Box<dyn Session>, Fault>;

    /// What makes the table of claims.
    fn claim_table(&self) -> &'static str;

    /// How many transactions the database lets write at once, if it is bounded.
    fn writers_max(&self) -> Option<usize>;

    /// How SQL is written for it.
    fn dialect(&self) -> Dialect;
}
