use super::ServerError;
use crate::sql::fault::Treatment;

#[track_caller]
fn check(sqlstate: &str, message: &str, expected: &str) {
    let error = ServerError { sqlstate: sqlstate.into(), message: message.into(), is_fatal: false };
    let fault = error.fault();
    let treatment = match fault.class.treatment() {
        Treatment::Retry => "retry",
        Treatment::Reconnect => "reconnect",
        Treatment::Report => "report",
    };
    assert_eq!(format!("{} {treatment}", fault.class.name()), expected, "{sqlstate}");
}

#[test]
fn every_state_of_the_table_is_treated_as_it_says() {
    for state in ["40001", "40P01"] {
        check(state, "", "SerializationFailure retry");
    }
    check("55P03", "", "LockTimeout retry");
    for state in ["08006", "08007", "57P01", "57P02", "57P03", "40003", "25P03", "53300"] {
        check(state, "", "ConnectionFailed reconnect");
    }
    check("25006", "", "ReadOnlyDatabase reconnect");
    check("57014", "canceling statement due to statement timeout", "StatementTimeout report");
    check("57014", "canceling statement due to user request", "Cancelled report");
    check("53100", "", "DiskFull report");
    for (state, class) in [
        ("23505", "UniqueViolation"),
        ("23P01", "UniqueViolation"),
        ("23503", "ForeignKeyViolation"),
        ("23502", "NotNullViolation"),
        ("23514", "CheckViolation"),
        ("P0001", "CheckViolation"),
        ("22P02", "InvalidValue"),
        ("21000", "InvalidValue"),
        ("42601", "SyntaxError"),
        ("42883", "SyntaxError"),
        ("42P01", "UndefinedTable"),
        ("42703", "UndefinedColumn"),
        ("42501", "AccessDenied"),
        ("28P01", "AccessDenied"),
        ("28000", "AccessDenied"),
        ("3D000", "UnknownDatabase"),
        ("25001", "StatementNotAllowed"),
        ("0A000", "StatementNotAllowed"),
        ("2D000", "TransactionControlNotAllowed"),
        ("XX001", "CorruptDatabase"),
        ("XX000", "DatabaseError"),
        ("58030", "DatabaseError"),
        ("", "DatabaseError"),
    ] {
        check(state, "", &format!("{class} report"));
    }
}

#[test]
fn what_was_sent_is_not_repeated() {
    let message = r#"invalid input syntax for type integer: "se"cret""#;
    let error = ServerError { sqlstate: "22P02".into(), message: message.into(), is_fatal: false };
    assert_eq!(error.fault().message, r#"invalid input syntax for type integer: "…""#);
}
