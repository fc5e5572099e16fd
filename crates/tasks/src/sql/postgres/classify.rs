//! PostgreSQL's SQLSTATEs as classes of faults. Spec: "PostgreSQL Error Codes".

#[cfg(test)]
mod tests;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::ErrorResponseBody;

use super::wire::Lost;
use crate::sql::fault::{Class, Fault};

/// An `ErrorResponse`, as far as it is looked at: `DETAIL` and `CONTEXT` repeat values and are left where they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerError {
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    /// The session, or the server, ends with it.
    pub(crate) is_fatal: bool,
}

impl ServerError {
    pub(crate) fn read(body: &ErrorResponseBody) -> Self {
        let mut error = Self::default();
        let mut fields = body.fields();
        while let Ok(Some(field)) = fields.next() {
            let text = String::from_utf8_lossy(field.value_bytes());
            match field.type_() {
                b'C' => error.sqlstate = text.into_owned(),
                b'M' => error.message = text.into_owned(),
                // The severity that is never translated.
                b'V' => error.is_fatal = matches!(&*text, "FATAL" | "PANIC"),
                _ => {}
            }
        }
        error
    }

    /// What it is to the rule and to the workflow.
    pub(crate) fn fault(&self) -> Fault {
        let class = self.class();
        let message = match class {
            // `invalid input syntax for type integer: "…"` repeats what was sent.
            Class::InvalidValue => without_quoted(&self.message),
            _ => self.message.clone(),
        };
        let message = match self.sqlstate.as_str() {
            "42P18" => format!("{message} (`$n` is the nth `:name`); say what it is: `CAST(:name AS type)`"),
            _ => message,
        };
        let fault = Fault::new(class, message);
        if self.sqlstate.len() == 5 { fault.with_sqlstate(&self.sqlstate) } else { fault }
    }

    /// Whether the connection is of no use after it.
    pub(crate) fn ends_connection(&self) -> bool {
        self.is_fatal || self.class() == Class::ConnectionFailed
    }

    /// Whether a COMMIT that was answered with it may have happened all the same.
    pub(crate) fn leaves_commit_open(&self) -> bool {
        self.ends_connection() || self.sqlstate.starts_with("XX") || self.sqlstate.starts_with("58")
    }

    fn class(&self) -> Class {
        match self.sqlstate.as_str() {
            // An exclusion constraint is a unique one with another operator.
            "23505" | "23P01" => Class::UniqueViolation,
            "23503" | "23001" => Class::ForeignKeyViolation,
            "23502" => Class::NotNullViolation,
            "23000" | "23514" | "44000" | "P0001" => Class::CheckViolation,
            // The server is out of memory, slots or a configured limit: another connection may do better.
            "40003" | "53000" | "53200" | "53300" | "53400" | "25P03" => Class::ConnectionFailed,
            "40001" | "40P01" | "40000" | "40002" => Class::SerializationFailure,
            "55P03" | "55006" => Class::LockTimeout,
            "57014" if self.message.contains("statement timeout") => Class::StatementTimeout,
            "57014" => Class::Cancelled,
            "53100" => Class::DiskFull,
            "25006" => Class::ReadOnlyDatabase,
            "25001" | "0A000" => Class::StatementNotAllowed,
            "42601" if self.message.contains("multiple commands") => Class::MultipleStatements,
            "42P01" | "3F000" => Class::UndefinedTable,
            "42703" => Class::UndefinedColumn,
            "42501" => Class::AccessDenied,
            "3D000" => Class::UnknownDatabase,
            "XX001" | "XX002" => Class::CorruptDatabase,
            other => class_of_family(other),
        }
    }
}

fn class_of_family(sqlstate: &str) -> Class {
    match sqlstate.get(..2).unwrap_or_default() {
        "08" => Class::ConnectionFailed,
        // Shutdown, crash of another backend, not yet up, dropped database.
        "57" if sqlstate.starts_with("57P") => Class::ConnectionFailed,
        "2D" | "3B" => Class::TransactionControlNotAllowed,
        "21" | "22" => Class::InvalidValue,
        "23" => Class::CheckViolation,
        "28" => Class::AccessDenied,
        "42" => Class::SyntaxError,
        _ => Class::DatabaseError,
    }
}

/// The fault of a connection that is gone.
pub(crate) fn connection_failed(lost: &Lost) -> Fault {
    Fault::new(Class::ConnectionFailed, lost.0.as_str())
}

/// The text with everything between double quotes taken out.
fn without_quoted(message: &str) -> String {
    let (Some(first), Some(last)) = (message.find('"'), message.rfind('"')) else {
        return message.to_owned();
    };
    if first == last {
        format!("{}\"…", &message[..first])
    } else {
        format!("{}\"…{}", &message[..first], &message[last..])
    }
}
