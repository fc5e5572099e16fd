//! A fault: what a database said went wrong, put into a class. What a class means to the rule stands here too.

use crate::limits::MESSAGE_CHARS_MAX;

/// What went wrong in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which class of wrong.
    pub(crate) class: Class,
    /// The database's own words; never a parameter's value.
    pub(crate) message: String,
    /// The SQLSTATE that the database gave, where it gave one.
    pub(crate) own_sqlstate: Option<Box<str>>,
}

/// The classes, each with the name that a workflow sees behind `SQL.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    UniqueViolation,
    ForeignKeyViolation,
    NotNullViolation,
    CheckViolation,
    InvalidValue,
    SyntaxError,
    UndefinedTable,
    UndefinedColumn,
    SerializationFailure,
    LockTimeout,
    StatementTimeout,
    ConnectionFailed,
    DiskFull,
    ReadOnlyDatabase,
    CorruptDatabase,
    AccessDenied,
    TransactionControlNotAllowed,
    StatementNotAllowed,
    MultipleStatements,
    UnexpectedRowCount,
    BadRequest,
    UnknownDatabase,
    IntegrityIncident,
    DatabaseError,
    /// Our own cancelling of the statement, because the attempt was abandoned.
    Cancelled,
    /// Rows that would be larger than the answer may be.
    TooLarge,
}

/// What the rule does after a fault and the rollback that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Try the whole transaction again, a bounded number of times.
    Retry,
    /// The same, on another connection.
    Reconnect,
    /// Report it: Retry and Catch decide.
    Report,
}

impl Fault {
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if let Some((at, _)) = message.char_indices().nth(MESSAGE_CHARS_MAX) {
            message.truncate(at);
            message.push('…');
        }
        Self { class, message, own_sqlstate: None }
    }

    /// The same, with the SQLSTATE that the database gave.
    pub(crate) fn with_sqlstate(self, sqlstate: &str) -> Self {
        Self { own_sqlstate: Some(sqlstate.into()), ..self }
    }

    /// The database's SQLSTATE, or else the one that stands for the class.
    pub(crate) fn sqlstate(&self) -> Option<&str> {
        self.own_sqlstate.as_deref().or_else(|| self.class.sqlstate())
    }
}

impl Class {
    /// The name behind `SQL.`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::UniqueViolation => "UniqueViolation",
            Self::ForeignKeyViolation => "ForeignKeyViolation",
            Self::NotNullViolation => "NotNullViolation",
            Self::CheckViolation => "CheckViolation",
            Self::InvalidValue => "InvalidValue",
            Self::SyntaxError => "SyntaxError",
            Self::UndefinedTable => "UndefinedTable",
            Self::UndefinedColumn => "UndefinedColumn",
            Self::SerializationFailure => "SerializationFailure",
            Self::LockTimeout => "LockTimeout",
            Self::StatementTimeout => "StatementTimeout",
            Self::ConnectionFailed => "ConnectionFailed",
            Self::DiskFull => "DiskFull",
            Self::ReadOnlyDatabase => "ReadOnlyDatabase",
            Self::CorruptDatabase => "CorruptDatabase",
            Self::AccessDenied => "AccessDenied",
            Self::TransactionControlNotAllowed => "TransactionControlNotAllowed",
            Self::StatementNotAllowed => "StatementNotAllowed",
            Self::MultipleStatements => "MultipleStatements",
            Self::UnexpectedRowCount => "UnexpectedRowCount",
            Self::BadRequest => "BadRequest",
            Self::UnknownDatabase => "UnknownDatabase",
            Self::IntegrityIncident => "IntegrityIncident",
            Self::DatabaseError => "DatabaseError",
            Self::Cancelled => "Cancelled",
            Self::TooLarge => "TooLarge",
        }
    }

    /// The SQLSTATE of the class, as PostgreSQL has it; `None` for what no database says.
    pub(crate) fn sqlstate(self) -> Option<&'static str> {
        match self {
            Self::UniqueViolation => Some("23505"),
            Self::ForeignKeyViolation => Some("23503"),
            Self::NotNullViolation => Some("23502"),
            Self::CheckViolation => Some("23514"),
            Self::InvalidValue => Some("22000"),
            Self::SyntaxError => Some("42601"),
            Self::UndefinedTable => Some("42P01"),
            Self::UndefinedColumn => Some("42703"),
            Self::SerializationFailure => Some("40001"),
            Self::LockTimeout => Some("55P03"),
            Self::StatementTimeout | Self::Cancelled => Some("57014"),
            Self::ConnectionFailed => Some("08006"),
            Self::DiskFull => Some("53100"),
            Self::ReadOnlyDatabase => Some("25006"),
            Self::CorruptDatabase => Some("XX001"),
            Self::AccessDenied => Some("42501"),
            Self::DatabaseError => Some("58000"),
            Self::TransactionControlNotAllowed
            | Self::StatementNotAllowed
            | Self::MultipleStatements
            | Self::UnexpectedRowCount
            | Self::BadRequest
            | Self::UnknownDatabase
            | Self::IntegrityIncident
            | Self::TooLarge => None,
        }
    }

    /// What the rule does about it.
    pub(crate) fn treatment(self) -> Treatment {
        match self {
            Self::SerializationFailure | Self::LockTimeout => Treatment::Retry,
            Self::ConnectionFailed | Self::ReadOnlyDatabase => Treatment::Reconnect,
            Self::UniqueViolation
            | Self::ForeignKeyViolation
            | Self::NotNullViolation
            | Self::CheckViolation
            | Self::InvalidValue
            | Self::SyntaxError
            | Self::UndefinedTable
            | Self::UndefinedColumn
            | Self::StatementTimeout
            | Self::DiskFull
            | Self::CorruptDatabase
            | Self::AccessDenied
            | Self::TransactionControlNotAllowed
            | Self::StatementNotAllowed
            | Self::MultipleStatements
            | Self::UnexpectedRowCount
            | Self::BadRequest
            | Self::UnknownDatabase
            | Self::IntegrityIncident
            | Self::DatabaseError
            | Self::Cancelled
            | Self::TooLarge => Treatment::Report,
        }
    }
}
