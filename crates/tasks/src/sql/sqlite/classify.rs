//! SQLite's result codes as classes of faults.

use rusqlite::{Error, ffi};

use crate::sql::fault::{Class, Fault};

/// What an error of SQLite is to the rule and to the workflow.
pub(super) fn fault(error: &Error) -> Fault {
    if matches!(error, Error::MultipleStatement) {
        return Fault::new(Class::MultipleStatements, "the SQL has several statements");
    }
    let message = match error {
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    let class = match error.sqlite_error() {
        Some(code) => class_of(code.extended_code, &message),
        None if matches!(error, Error::Empty | Error::NulError(_)) => Class::SyntaxError,
        None => Class::DatabaseError,
    };
    Fault::new(class, message)
}

fn class_of(extended: i32, message: &str) -> Class {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return Class::UniqueViolation;
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Class::ForeignKeyViolation,
        ffi::SQLITE_CONSTRAINT_NOTNULL => return Class::NotNullViolation,
        ffi::SQLITE_CONSTRAINT_DATATYPE => return Class::InvalidValue,
        ffi::SQLITE_BUSY_SNAPSHOT => return Class::SerializationFailure,
        _ => {}
    }
    match extended & 0xff {
        ffi::SQLITE_CONSTRAINT => Class::CheckViolation,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => Class::LockTimeout,
        ffi::SQLITE_SCHEMA => Class::SerializationFailure,
        ffi::SQLITE_INTERRUPT => Class::Cancelled,
        ffi::SQLITE_FULL => Class::DiskFull,
        ffi::SQLITE_READONLY => Class::ReadOnlyDatabase,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Class::CorruptDatabase,
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR => Class::ConnectionFailed,
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => Class::AccessDenied,
        ffi::SQLITE_TOOBIG | ffi::SQLITE_MISMATCH | ffi::SQLITE_RANGE => Class::InvalidValue,
        ffi::SQLITE_ERROR => class_of_words(message),
        _ => Class::DatabaseError,
    }
}

/// SQLite has one code for all that is wrong with a statement; only its words tell the cases apart.
fn class_of_words(message: &str) -> Class {
    let has = |words: &str| message.contains(words);
    if has("no such table") || has("no such view") {
        Class::UndefinedTable
    } else if has("no such column") || has("has no column named") {
        Class::UndefinedColumn
    } else if has("syntax error") || has("incomplete input") || has("unrecognized token") {
        Class::SyntaxError
    } else {
        Class::DatabaseError
    }
}
