//! SQLite as a session: one connection, `BEGIN IMMEDIATE`, write-ahead log, every commit synced.

mod classify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, InterruptHandle, OpenFlags, ToSql};

use self::classify::fault;
use super::dialect::Dialect;
use super::fault::{Class, Fault};
use super::session::{
    Answer, Canceller, CommitOutcome, Connector, Isolation, Parameter, Session, Statement, Value,
};
use super::transaction::json_of;
use crate::arguments::shown;
use crate::limits::LOCK_WAIT;

const CLAIM_TABLE: &str = include_str!("sqlite/baton_claim.sql");

/// Opens one SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteConnector {
    pub(crate) file: PathBuf,
}

impl Connector for SqliteConnector {
    fn connect(&self) -> Result<Box<dyn Session>, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags(&self.file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| fault(&error))?;
        prepare(&connection).map_err(|error| fault(&error))?;
        let canceller = Arc::new(SqliteCanceller(connection.get_interrupt_handle()));
        let identity = identity_of(&self.file);
        Ok(Box::new(SqliteSession {
            connection,
            canceller,
            file: self.file.clone(),
            identity,
            is_poisoned: false,
        }))
    }

    fn connect_bare(&self) -> Result<Box<dyn Session>, Fault> {
        self.connect()
    }

    fn claim_table(&self) -> &'static str {
        CLAIM_TABLE
    }

    /// SQLite lets one transaction write at a time; to queue in here is fairer and faster than to poll its lock.
    fn writers_max(&self) -> Option<usize> {
        Some(1)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }
}

/// What tells this file from another of the same name; nothing where open files cannot be removed.
fn identity_of(file: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(file).ok().map(|metadata| (metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(LOCK_WAIT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.execute_batch(CLAIM_TABLE)
}

#[derive(Debug)]
struct SqliteSession {
    connection: Connection,
    canceller: Arc<SqliteCanceller>,
    file: PathBuf,
    /// Which file that was when it was opened.
    identity: Option<(u64, u64)>,
    is_poisoned: bool,
}

struct SqliteCanceller(InterruptHandle);

impl std::fmt::Debug for SqliteCanceller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteCanceller")
    }
}

impl Canceller for SqliteCanceller {
    fn cancel(&self) {
        self.0.interrupt();
    }
}

impl Session for SqliteSession {
    /// One isolation serves for all: a SQLite transaction that may write is alone.
    fn begin(&mut self, _isolation: Isolation) -> Result<(), Fault> {
        // A commit to a file that was removed or replaced would be seen by nobody.
        if identity_of(&self.file) != self.identity {
            self.poison();
            return Err(Fault::new(Class::ConnectionFailed, "the database's file was removed or replaced"));
        }
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| fault(&error))
    }

    fn execute(&mut self, statement: &Statement, bytes_max: usize) -> Result<Answer, Fault> {
        let changes_before = self.connection.total_changes();
        let mut answer = rows_of(&self.connection, statement, bytes_max)?;
        // `changes` keeps the count of an earlier statement when this one changed nothing.
        if self.connection.total_changes() != changes_before {
            answer.updated = self.connection.changes();
        }
        Ok(answer)
    }

    fn in_transaction(&mut self) -> bool {
        !self.connection.is_autocommit()
    }

    fn commit(&mut self) -> CommitOutcome {
        let Err(error) = self.connection.execute_batch("COMMIT") else {
            return CommitOutcome::Committed;
        };
        let fault = fault(&error);
        let is_open = !self.connection.is_autocommit();
        // A failed write or sync says nothing about what a later reader of the log will find.
        if is_open && fault.class != Class::ConnectionFailed {
            self.rollback();
            return CommitOutcome::RolledBack(fault);
        }
        self.rollback();
        self.poison();
        CommitOutcome::Ambiguous
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() && self.connection.execute_batch("ROLLBACK").is_err() {
            self.poison();
        }
    }

    fn poison(&mut self) {
        self.is_poisoned = true;
    }

    fn is_poisoned(&self) -> bool {
        self.is_poisoned
    }

    fn canceller(&self) -> Arc<dyn Canceller> {
        Arc::clone(&self.canceller) as Arc<dyn Canceller>
    }
}

fn rows_of(connection: &Connection, statement: &Statement, bytes_max: usize) -> Result<Answer, Fault> {
    // Not from a cache: the columns of a statement that was prepared before a table changed would be the old ones.
    let mut prepared = connection.prepare(&statement.sql).map_err(|error| fault(&error))?;
    for Parameter { name, value, .. } in &statement.parameters {
        let name = format!(":{name}");
        prepared.raw_bind_parameter(name.as_str(), value).map_err(|error| fault(&error))?;
    }
    let columns: Vec<Arc<str>> = prepared.column_names().map(Arc::from).collect();
    let mut answer = Answer { columns, ..Answer::default() };
    let mut bytes = 0_usize;
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(|error| fault(&error))? {
        let mut values = Vec::with_capacity(answer.columns.len());
        for (at, column) in answer.columns.iter().enumerate() {
            let value = value_of(row.get_ref(at).map_err(|error| fault(&error))?, column)?;
            bytes += size_of(&value);
            values.push(value);
        }
        // Column names are not counted: some answers do not repeat them in each row.
        bytes += 2;
        if bytes > bytes_max {
            return Err(Fault::new(Class::TooLarge, format!("the rows have more than {bytes_max} bytes")));
        }
        answer.rows.push(values);
    }
    Ok(answer)
}

/// The bytes that a value takes at least in any answer.
fn size_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(text) | Value::Number(text) | Value::Timestamp(text) => text.len(),
        Value::Blob(bytes) => bytes.len() / 3 * 4,
        // SQLite has no such values.
        Value::Array(_) | Value::Json(_) => 0,
    }
}

fn value_of(value: ValueRef<'_>, column: &str) -> Result<Value, Fault> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| {
                let problem = format!("the column `{}` holds text that is not UTF-8", shown(column));
                Fault::new(Class::InvalidValue, problem)
            })?;
            Value::Text(text.into())
        }
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) | Self::Number(text) | Self::Timestamp(text) => ValueRef::Text(text.as_bytes()),
            Self::Array(_) | Self::Json(_) => {
                return Ok(ToSqlOutput::Owned(Owned::Text(json_of(self.clone()).to_text())));
            }
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
