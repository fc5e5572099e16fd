//! How a database is configured, and what can be wrong with that.

use std::path::PathBuf;
use std::sync::Arc;

use crate::SecretSource;
use crate::limits::{CONNECTIONS, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS};

/// One database that tasks may use, under the name that they use.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// What `Database` says.
    pub name: Arc<str>,
    /// Where it is: `sqlite:path/to/file.db`, or `postgres://user@host:port/database?sslmode=verify-full`.
    pub url: Arc<str>,
    /// ARNs of the Data API (`ResourceArn`) that mean this database.
    pub resource_arns: Vec<Arc<str>>,
    /// Connections that tasks may hold at once; one more is kept for abandoning attempts.
    pub max_connections: usize,
    /// Milliseconds that one statement may take.
    pub statement_timeout_ms: u64,
    /// Milliseconds that one statement waits for a lock. SQLite has a wait of its own.
    pub lock_timeout_ms: u64,
    /// The password, where the database wants one. Asked again, once, when the database refuses it.
    pub secret: Option<SecretSource>,
    /// The folder that a relative `sslrootcert` of the URL starts from.
    pub folder: PathBuf,
}

impl DatabaseConfig {
    /// A database with the limits that hold where the configuration names none.
    pub fn new(name: impl Into<Arc<str>>, url: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            resource_arns: Vec::new(),
            max_connections: CONNECTIONS,
            statement_timeout_ms: STATEMENT_TIMEOUT_MS,
            lock_timeout_ms: LOCK_TIMEOUT_MS,
            secret: None,
            folder: PathBuf::new(),
        }
    }
}

/// Why a configuration of databases is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A URL of a kind that is not served.
    #[error(
        "database `{name}`: the URL starts neither with `sqlite:` nor with `postgres://`, which are the kinds served"
    )]
    UnknownUrl {
        /// The database.
        name: Arc<str>,
    },
    /// A URL of PostgreSQL that cannot be used. The URL itself is not shown: it may hold a password.
    #[error("database `{name}`: {problem}")]
    BadUrl {
        /// The database.
        name: Arc<str>,
        /// What is wrong.
        problem: String,
    },
    /// A URL without a file.
    #[error("database `{name}`: the URL names no file; write `sqlite:path/to/file.db`")]
    NoFile {
        /// The database.
        name: Arc<str>,
    },
    /// A database that would be gone with its connection.
    #[error("database `{name}`: `:memory:` cannot keep a promise; name a file")]
    InMemory {
        /// The database.
        name: Arc<str>,
    },
    /// Two databases of one name.
    #[error("database `{name}` is configured twice")]
    SameName {
        /// The name.
        name: Arc<str>,
    },
    /// One ARN that means two databases.
    #[error("`{arn}` names two databases, `{first}` and `{second}`")]
    SameArn {
        /// The ARN.
        arn: Arc<str>,
        /// The one.
        first: Arc<str>,
        /// The other.
        second: Arc<str>,
    },
    /// A limit of zero.
    #[error("database `{name}`: `{field}` is 0, expected at least 1")]
    Zero {
        /// The database.
        name: Arc<str>,
        /// The limit.
        field: &'static str,
    },
}

/// What is wrong among `databases`, if anything, apart from their URLs.
pub(super) fn verify(databases: &[DatabaseConfig]) -> Result<(), ConfigError> {
    for (at, database) in databases.iter().enumerate() {
        let name = || Arc::clone(&database.name);
        if database.max_connections == 0 {
            return Err(ConfigError::Zero { name: name(), field: "max_connections" });
        }
        if database.statement_timeout_ms == 0 {
            return Err(ConfigError::Zero { name: name(), field: "statement_timeout_ms" });
        }
        if database.lock_timeout_ms == 0 {
            return Err(ConfigError::Zero { name: name(), field: "lock_timeout_ms" });
        }
        for earlier in &databases[..at] {
            if earlier.name == database.name {
                return Err(ConfigError::SameName { name: name() });
            }
            if let Some(arn) = database.resource_arns.iter().find(|arn| earlier.resource_arns.contains(arn)) {
                let (arn, first) = (Arc::clone(arn), Arc::clone(&earlier.name));
                return Err(ConfigError::SameArn { arn, first, second: name() });
            }
        }
    }
    Ok(())
}
