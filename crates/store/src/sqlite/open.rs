//! Opening: the folder, the file, its format, its settings.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::fault::{During, classify};
use super::{Durability, Options};
use crate::error::StoreError;

/// The store's file in a data folder.
pub(super) const STORE_FILE: &str = "baton.db";
/// SQLite's log of it.
pub(super) const LOG_FILE: &str = "baton.db-wal";
/// `Bato`, in SQLite's header: this file is ours.
const APPLICATION_ID: i32 = 0x4261_746f;
/// The format of the tables.
const FORMAT: i32 = 3;
/// Large enough that the row of a usual execution, record and all, lies in its leaf; a commit writes whole pages.
pub(super) const PAGE_BYTES: u32 = 4_096;
/// How long a reader may keep us from a short exclusive moment (recovery).
const BUSY: Duration = Duration::from_secs(2);
/// Statements that stay prepared; there are about 25.
const STATEMENTS_MAX: usize = 64;

/// Creates the data folder, for its owner only, if it is not there.
pub(super) fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| StoreError::Unusable {
        message: format!("the data folder `{}` cannot be made: {error}; name another", folder.display()),
    })
}

/// A connection for the one writer. Creates the file if it is not there.
pub(super) fn open_writer(
    folder: &Path,
    options: &Options,
    engine_id_if_new: [u8; 16],
) -> Result<Connection, StoreError> {
    let path = folder.join(STORE_FILE);
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    let what = format!("opening `{}`", path.display());
    let fail = |error: rusqlite::Error| classify(&error, During::Work, &what);
    if is_new(&connection).map_err(fail)? {
        create(&connection, options, engine_id_if_new).map_err(fail)?;
    }
    check_format(&connection, &path)?;
    configure(&connection, options).map_err(fail)?;
    Ok(connection)
}

/// A connection that only looks, beside the writer or without one.
pub(super) fn open_reader(folder: &Path) -> Result<Connection, StoreError> {
    let path = folder.join(STORE_FILE);
    if !path.exists() {
        return Err(StoreError::Missing {
            message: format!("there is no store in `{}`; name the data folder of a run", folder.display()),
        });
    }
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check_format(&connection, &path)?;
    Ok(connection)
}

/// What identifies the store.
pub(super) fn engine_id(connection: &Connection) -> Result<[u8; 16], StoreError> {
    let stored: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = 'engine_id'", [], |row| row.get(0))
        .optional()
        .map_err(|error| classify(&error, During::Work, "reading the engine's id"))?;
    stored.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| StoreError::Corrupt {
        message: "the store has no engine id of 16 bytes; restore the last backup".to_owned(),
    })
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // A damaged or hostile file must not make SQLite call functions through its schema.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        Ok(connection)
    };
    open().map_err(|error| classify(&error, During::Work, &format!("opening `{}`", path.display())))
}

/// Whether nothing has ever been committed to the file.
fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0 && application_id(connection)? == 0)
}

fn application_id(connection: &Connection) -> rusqlite::Result<i32> {
    connection.query_row("PRAGMA application_id", [], |row| row.get(0))
}

/// All of the schema or none of it.
fn create(connection: &Connection, options: &Options, engine_id: [u8; 16]) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    configure(connection, options)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let made = connection
        .execute_batch(include_str!("schema.sql"))
        .and_then(|()| {
            connection.execute("INSERT INTO meta (name, value) VALUES ('engine_id', ?1)", [&engine_id[..]])
        })
        .and_then(|_| connection.pragma_update(None, "application_id", APPLICATION_ID))
        .and_then(|()| connection.pragma_update(None, "user_version", FORMAT))
        .and_then(|()| connection.execute_batch("COMMIT"));
    if made.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    made
}

fn check_format(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let path = path.display();
    let fail = |error: rusqlite::Error| classify(&error, During::Work, &format!("opening `{path}`"));
    if application_id(connection).map_err(fail)? != APPLICATION_ID {
        return Err(StoreError::Unusable {
            message: format!("`{path}` is a database of another program; name another data folder"),
        });
    }
    let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
    if found != FORMAT {
        return Err(StoreError::Unusable {
            message: format!(
                "`{path}` has format {found}, this version of Baton reads format {FORMAT}; use the version that wrote it"
            ),
        });
    }
    Ok(())
}

fn configure(connection: &Connection, options: &Options) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // SQLite's own checkpoints swallow a failed sync; ours report it (see `checkpoint.rs`).
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if let Some(pages) = options.pages_max {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(())
}
