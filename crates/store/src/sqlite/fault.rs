//! What an error of SQLite says of the batch. The one place that reads result codes.

use rusqlite::{Error, ErrorCode, ffi};

use crate::error::StoreError;

/// When an error was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum During {
    /// Nothing has been asked to stay yet.
    Work,
    /// A sync may have been under way.
    Commit,
}

/// The kind of `error`, in the words of the store. `what` was being done: `remembering a batch`.
pub(super) fn classify(error: &Error, during: During, what: &str) -> StoreError {
    let Error::SqliteFailure(failure, _) = error else {
        return StoreError::Corrupt {
            message: format!("{what}: a stored row does not have the form of its table: {error}"),
        };
    };
    let message = format!("{what}: {error}");
    match failure.code {
        // Certain even at COMMIT: SQLite writes the frame that makes a batch valid last, and that write failed.
        ErrorCode::DiskFull => full(what),
        // The log's index could not be made larger: nothing has been written yet.
        ErrorCode::SystemIoFailure
            if during == During::Work && failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE =>
        {
            full(what)
        }
        ErrorCode::DatabaseCorrupt => StoreError::Corrupt {
            message: format!("{message}; stop, keep a copy of the data folder, and restore the last backup"),
        },
        ErrorCode::NotADatabase => StoreError::Unusable {
            message: format!("{what}: the file is not a store of Baton ({error}); name another data folder"),
        },
        _ if during == During::Commit || failure.code == ErrorCode::SystemIoFailure => StoreError::Unknown {
            message: format!("{message}; whether it is remembered shows when the store is opened again"),
        },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::InUse {
            message: format!("{what}: another program holds the store's file; close it and try again"),
        },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => StoreError::Unusable {
            message: format!("{message}; check the rights of the data folder and its files"),
        },
        _ => StoreError::Rejected { message },
    }
}

fn full(what: &str) -> StoreError {
    StoreError::Full {
        message: format!(
            "{what}: no room is left; free some space on the data folder's disk, then it goes on"
        ),
    }
}

/// Whether a unique index or a primary key refused a row.
pub(super) fn is_duplicate(error: &Error) -> bool {
    let code = error.sqlite_error().map(|failure| failure.extended_code);
    matches!(
        code,
        Some(
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID | ffi::SQLITE_CONSTRAINT_UNIQUE
        )
    )
}
