//! A session: one connection to a database, as the rule needs it. SQLite is the first; PostgreSQL implements the same trait.
//!
//! A session is used by one thread at a time and blocks it. Whoever waits asynchronously does so outside (`database.rs`).

use std::sync::Arc;

use super::fault::Fault;

/// One value that goes to a database or comes from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Arc<str>),
    Blob(Vec<u8>),
}

/// One statement, ready to be sent: it has passed the guard, and every `:name` in it has a value.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Arc<str>,
    /// Names without the colon.
    pub(crate) parameters: Vec<(Arc<str>, Value)>,
}

/// What a statement gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// Empty where the statement returns no rows.
    pub(crate) columns: Vec<Arc<str>>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// Rows inserted, updated or deleted.
    pub(crate) updated: u64,
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

    /// Rolls back whatever is open; a session that cannot is poisoned.
    fn rollback(&mut self);

    /// Closes instead of going back to the pool.
    fn poison(&mut self);

    /// Whether the session must not be used again.
    fn is_poisoned(&self) -> bool;

    /// What stops a running statement.
    fn canceller(&self) -> Arc<dyn Canceller>;
}

/// Opens sessions of one database, and knows its dialect.
pub(crate) trait Connector: Send + Sync {
    /// Opens a session on which `baton_claim` is there.
    fn connect(&self) -> Result<Box<dyn Session>, Fault>;

    /// How many transactions the database lets write at once, if it is bounded.
    fn writers_max(&self) -> Option<usize>;

    /// Refuses a text that is more than one statement, or that would leave the transaction.
    fn guard(&self, sql: &str) -> Result<(), Fault>;
}
