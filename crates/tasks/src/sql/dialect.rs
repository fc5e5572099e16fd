//! A dialect: what is written differently for each database. Its words for the guard, its quotes for the scan.

use sqlparser::dialect::{Dialect as Grammar, PostgreSqlDialect, SQLiteDialect};

/// A database's way of writing SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What SQLite lets a statement begin with.
const SQLITE_ALLOWED: &[&str] =
    &["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "CREATE", "DROP", "ALTER"];
/// What PostgreSQL lets a statement begin with. `DO` and `CALL` may: inside a transaction block neither can commit (2D000).
const POSTGRES_ALLOWED: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "CREATE", "DROP", "ALTER",
    "TRUNCATE", "DO", "CALL", "NOTIFY", "COMMENT", "GRANT", "REVOKE", "REFRESH", "LOCK",
];
/// What reaches past the transaction of SQLite without controlling it.
const SQLITE_REFUSED: &[&str] =
    &["ATTACH", "DETACH", "VACUUM", "PRAGMA", "ANALYZE", "REINDEX", "EXPLAIN", "LOCK", "COPY"];
/// What reaches past the transaction of PostgreSQL, or leaves something behind in its connection.
const POSTGRES_REFUSED: &[&str] = &[
    "COPY",
    "VACUUM",
    "ANALYZE",
    "REINDEX",
    "CLUSTER",
    "CHECKPOINT",
    "LOAD",
    "LISTEN",
    "UNLISTEN",
    "DECLARE",
    "FETCH",
    "MOVE",
    "CLOSE",
    "DEALLOCATE",
    "EXECUTE",
    "DISCARD",
    "EXPLAIN",
    "SHOW",
    "IMPORT",
    "SECURITY",
];
/// Functions of PostgreSQL whose effect outlives the transaction, or happens outside of it.
const POSTGRES_FUNCTIONS: &[&str] = &[
    "set_config",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "dblink",
    "dblink_connect",
    "dblink_connect_u",
    "dblink_exec",
    "dblink_open",
    "dblink_send_query",
    "lo_export",
    "pg_file_write",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
];

impl Dialect {
    /// Words that a statement may begin with.
    pub(crate) fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => SQLITE_ALLOWED,
            Self::Postgres => POSTGRES_ALLOWED,
        }
    }

    /// Words that begin a statement which reaches past the transaction.
    pub(crate) fn refused(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => SQLITE_REFUSED,
            Self::Postgres => POSTGRES_REFUSED,
        }
    }

    /// Functions that must not be called by name.
    pub(crate) fn refused_functions(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => POSTGRES_FUNCTIONS,
        }
    }

    /// The schema that temporary objects live in.
    pub(crate) fn temporary_schema(self) -> &'static str {
        match self {
            Self::Sqlite => "temp",
            Self::Postgres => "pg_temp",
        }
    }

    /// The grammar of `sqlparser`.
    pub(crate) fn grammar(self) -> &'static dyn Grammar {
        match self {
            Self::Sqlite => &SQLiteDialect {},
            Self::Postgres => &PostgreSqlDialect {},
        }
    }
}
