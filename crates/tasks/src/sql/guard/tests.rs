mod postgres;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rusqlite::Connection;

use super::guard;
use crate::sql::dialect::Dialect;

#[track_caller]
fn check(sql: &str, class: &str) {
    let found = guard(sql, Dialect::Sqlite).map_or_else(|fault| fault.class.name(), |()| "ok");
    assert_eq!(found, class, "{sql}");
}

#[test]
fn what_works_inside_a_transaction_is_let_through() {
    check("SELECT 1", "ok");
    check(" -- note\n select 1 ;; ", "ok");
    check("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "ok");
    check("INSERT INTO t VALUES ('BEGIN; COMMIT;')", "ok");
    check("CREATE TABLE t (a)", "ok");
    check("CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM v; END;", "ok");
    check("INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1 RETURNING a", "ok");
}

#[test]
fn what_controls_the_transaction_is_refused() {
    for sql in
        ["BEGIN", "commit", "/* x */ COMMIT", "END", "ROLLBACK TO a", "SAVEPOINT a", "release a", "SET x = 1"]
    {
        check(sql, "TransactionControlNotAllowed");
    }
}

#[test]
fn what_reaches_past_the_transaction_is_refused() {
    for sql in ["ATTACH 'x' AS y", "DETACH y", "VACUUM", "PRAGMA journal_mode = DELETE", "REINDEX"] {
        check(sql, "StatementNotAllowed");
    }
    for sql in ["CREATE TEMP TABLE t (a)", "CREATE TABLE temp.t (a)", "create temporary view v as select 1"] {
        check(sql, "StatementNotAllowed");
    }
}

#[test]
fn the_claims_are_not_touched() {
    for name in [
        "baton_claim",
        "BATON_CLAIM",
        "main.baton_claim",
        "\"baton_claim\"",
        "[baton_claim]",
        "'baton_claim'",
    ] {
        check(&format!("DELETE FROM {name}"), "StatementNotAllowed");
    }
}

#[test]
fn several_statements_are_refused() {
    check("SELECT 1; SELECT 2", "MultipleStatements");
    check("SELECT 1;/* ; */COMMIT", "MultipleStatements");
    check("CREATE TABLE t (a); COMMIT", "MultipleStatements");
}

#[test]
fn nothing_is_a_syntax_error() {
    for sql in ["", " ;", "-- only", "SELEC 1", "(SELECT 1)", "'x'", "SELECT '\0'"] {
        check(sql, "SyntaxError");
    }
    check(&format!("SELECT '{}'", "x".repeat(65_536)), "BadRequest");
}

#[test]
fn hostile_nesting_is_judged_in_bounded_time() {
    for open in ["(", "CASE WHEN ", "NOT ", "- ", "(SELECT ", "a(", "[", "{", "EXISTS ("] {
        let started = Instant::now();
        let sql = format!("SELECT {}", open.repeat(60_000 / open.len()));
        let _ = guard(&sql, Dialect::Sqlite);
        let few = format!("SELECT {}1", open.repeat(30));
        let _ = guard(&few, Dialect::Sqlite);
        assert!(started.elapsed() < Duration::from_secs(10), "{open}: {:?}", started.elapsed());
    }
}

proptest! {
    /// The promise itself, asked of SQLite: whatever the guard lets through leaves the transaction open.
    #[test]
    fn what_is_let_through_does_not_end_the_transaction(
        words in proptest::collection::vec(prop_oneof![
            Just("SELECT 1"), Just(";"), Just("COMMIT"), Just("END"), Just("--"), Just("\n"), Just("/*"), Just("*/"),
            Just("'"), Just("\""), Just("["), Just("]"), Just("`"), Just("ROLLBACK"), Just(" "), Just("INSERT INTO t VALUES (1)"),
            Just("CREATE TRIGGER x AFTER INSERT ON t BEGIN"), Just("DELETE FROM t"), Just("EXPLAIN"), Just("\u{feff}"), Just("\u{b}"),
        ], 0..8),
    ) {
        let sql = words.concat();
        if guard(&sql, Dialect::Sqlite).is_ok() {
            let connection = Connection::open_in_memory().expect("memory");
            connection.execute_batch("CREATE TABLE t (a); BEGIN IMMEDIATE").expect("begun");
            if let Ok(mut statement) = connection.prepare(&sql) {
                let mut rows = statement.raw_query();
                while let Ok(Some(_)) = rows.next() {}
            }
            prop_assert!(!connection.is_autocommit(), "{}", sql);
        }
    }
}
