//! The guard of PostgreSQL: what it says, and, asked of a real server, that whatever it lets through stays inside.

#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "../../../../tests/support/server.rs"]
mod server;

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::server::{Server, TestDatabase};
use super::super::guard;
use crate::sql::DatabaseConfig;
use crate::sql::dialect::Dialect;
use crate::sql::fault::{Class, Fault};
use crate::sql::postgres::PostgresConnector;
use crate::sql::session::{Answer, Connector as _, Isolation, Session, Statement, Value};

/// Statements of every kind that may run inside a transaction. Each is run on a server.
const INSIDE: &[&str] = &[
    "SELECT 1",
    " -- note\n select 1 ;; ",
    "/* a /* nested */ one */ SELECT 'COMMIT; BEGIN' AS a",
    "SELECT $$;COMMIT;$$ AS a, E'\\';COMMIT;' AS b, $t$ $$;COMMIT $t$ AS c, \"n\" FROM (SELECT 1 AS n) AS \";\"",
    "WITH a AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM a",
    "INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING RETURNING a",
    "MERGE INTO t USING (SELECT 1 AS a) AS s ON t.a = s.a WHEN MATCHED THEN DO NOTHING",
    "UPDATE t SET a = a + 1",
    "DELETE FROM t WHERE a > 100",
    "VALUES (1), (2)",
    "TABLE t",
    "TRUNCATE t",
    "CREATE TABLE u (a int)",
    "CREATE TABLE w AS SELECT 1 AS a",
    "ALTER TABLE t ADD COLUMN b int",
    "DROP TABLE IF EXISTS nowhere",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$",
    "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "DO $$ BEGIN INSERT INTO t VALUES (7); END $$",
    "DO $$ BEGIN INSERT INTO t VALUES (7); COMMIT; END $$",
    "DO $$ BEGIN ROLLBACK; END $$",
    "DO $$ BEGIN EXECUTE 'COMMIT'; END $$",
    "DO $$ BEGIN BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END; END $$",
    "CALL committing()",
    "CALL nothing()",
    "SELECT committing_function()",
    "NOTIFY news, 'x'",
    "SELECT pg_notify('news', 'x')",
    "COMMENT ON TABLE t IS 'x'",
    "GRANT SELECT ON t TO PUBLIC",
    "REVOKE ALL ON t FROM PUBLIC",
    "REFRESH MATERIALIZED VIEW m",
    "LOCK TABLE t IN EXCLUSIVE MODE",
    "SET CONSTRAINTS ALL DEFERRED",
    "SELECT pg_advisory_xact_lock(1)",
    "CREATE INDEX CONCURRENTLY i ON t (a)",
    "CREATE DATABASE other",
    "DROP DATABASE postgres",
    "ALTER SYSTEM SET work_mem = '1MB'",
    "ALTER DATABASE postgres SET work_mem = '2MB'",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p",
    "ALTER TYPE colour ADD VALUE 'green'",
    "SELECT 1 / 0",
    "SELECT pg_terminate_backend(pg_backend_pid())",
    "SELECT lo_create(0)",
    "SELECT txid_current()",
    "SELECT nextval('numbers')",
    "SELECT pg_export_snapshot()",
];

/// Statements that are refused, with the class.
const REFUSED: &[(&str, &str)] = &[
    ("BEGIN", "TransactionControlNotAllowed"),
    ("start transaction", "TransactionControlNotAllowed"),
    ("/* /* */ */ COMMIT", "TransactionControlNotAllowed"),
    ("COMMIT AND CHAIN", "TransactionControlNotAllowed"),
    ("END", "TransactionControlNotAllowed"),
    ("ABORT", "TransactionControlNotAllowed"),
    ("ROLLBACK TO a", "TransactionControlNotAllowed"),
    ("SAVEPOINT a", "TransactionControlNotAllowed"),
    ("RELEASE a", "TransactionControlNotAllowed"),
    ("PREPARE TRANSACTION 'a'", "TransactionControlNotAllowed"),
    ("COMMIT PREPARED 'a'", "TransactionControlNotAllowed"),
    ("SET search_path = x", "TransactionControlNotAllowed"),
    ("SET TRANSACTION READ ONLY", "TransactionControlNotAllowed"),
    ("SET LOCAL ROLE x", "TransactionControlNotAllowed"),
    ("RESET ALL", "TransactionControlNotAllowed"),
    ("COPY t FROM PROGRAM 'true'", "StatementNotAllowed"),
    ("COPY t TO STDOUT", "StatementNotAllowed"),
    ("VACUUM", "StatementNotAllowed"),
    ("LISTEN news", "StatementNotAllowed"),
    ("DISCARD ALL", "StatementNotAllowed"),
    ("DEALLOCATE ALL", "StatementNotAllowed"),
    ("EXECUTE x", "StatementNotAllowed"),
    ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "StatementNotAllowed"),
    ("LOAD 'x'", "StatementNotAllowed"),
    ("SELECT set_config('search_path', 'x', false)", "StatementNotAllowed"),
    ("SELECT pg_catalog.\"set_config\" ('a', 'b', false)", "StatementNotAllowed"),
    ("SELECT pg_advisory_lock(1)", "StatementNotAllowed"),
    ("SELECT dblink_exec('dbname=x', 'COMMIT')", "StatementNotAllowed"),
    ("CREATE TEMP TABLE t (a int)", "StatementNotAllowed"),
    ("CREATE LOCAL TEMPORARY TABLE t (a int)", "StatementNotAllowed"),
    ("CREATE OR REPLACE TEMP VIEW v AS SELECT 1", "StatementNotAllowed"),
    ("SELECT 1 AS a INTO TEMP t", "StatementNotAllowed"),
    ("CREATE TABLE pg_temp.t (a int)", "StatementNotAllowed"),
    ("DELETE FROM Baton_Claim", "StatementNotAllowed"),
    ("DO $$ BEGIN DELETE FROM baton_claim; END $$", "StatementNotAllowed"),
    ("SELECT 1; COMMIT", "MultipleStatements"),
    ("SELECT $$a$$; COMMIT", "MultipleStatements"),
    ("SELECT E'a\\'; COMMIT", "ok"),
    ("SELECT 'a\\'; COMMIT", "MultipleStatements"),
    ("CREATE TABLE a (a int); CREATE TABLE b (a int)", "MultipleStatements"),
    ("EXPLAIN ANALYZE SELECT 1", "StatementNotAllowed"),
    ("SELEC 1", "SyntaxError"),
    ("", "SyntaxError"),
    ("PRAGMA x", "SyntaxError"),
    ("REPLACE INTO t VALUES (1)", "SyntaxError"),
];

#[test]
fn what_leaves_the_transaction_is_refused() {
    for (sql, class) in REFUSED {
        let found = guard(sql, Dialect::Postgres).map_or_else(|fault| fault.class.name(), |()| "ok");
        assert_eq!(found, *class, "{sql}");
    }
}

struct World {
    connector: PostgresConnector,
    database: TestDatabase,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let database = Server::shared().database();
        database.sql(
            "CREATE TABLE t (a int);
             CREATE TYPE colour AS ENUM ('red');
             CREATE SEQUENCE numbers;
             CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
             CREATE PROCEDURE nothing() LANGUAGE sql AS '';
             CREATE PROCEDURE committing() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (8); COMMIT; END $$;
             CREATE FUNCTION committing_function() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COMMIT'; RETURN 1; END $$",
        );
        let config = DatabaseConfig { statement_timeout_ms: 5_000, ..DatabaseConfig::new("shop", database.url()) };
        World { connector: PostgresConnector::new(&config).expect("valid"), database }
    })
}

fn execute(session: &mut dyn Session, sql: &str) -> Result<Answer, Fault> {
    session.execute(&Statement { sql: sql.into(), parameters: Vec::new() }, 1_000_000)
}

fn transaction_id(session: &mut dyn Session) -> Value {
    let answer = execute(session, "SELECT pg_current_xact_id()::text").expect("in a transaction");
    answer.rows[0][0].clone()
}

/// Runs a statement in a transaction, and asks whether that is still the same one, or failed as a whole.
fn stays_inside(sql: &str) -> Result<(), String> {
    let mut session = world().connector.connect().map_err(|fault| fault.message)?;
    session.begin(Isolation::ReadCommitted).map_err(|fault| fault.message)?;
    execute(&mut *session, "INSERT INTO t VALUES (-1)").map_err(|fault| fault.message)?;
    let before = transaction_id(&mut *session);
    let outcome = execute(&mut *session, sql);
    if session.in_transaction() {
        let after = transaction_id(&mut *session);
        if before != after {
            return Err(format!("{sql}: another transaction"));
        }
    } else if outcome.is_ok() {
        return Err(format!("{sql}: the transaction is over, and nobody complains"));
    }
    session.rollback();
    drop(session);
    let kept = world().database.count("t");
    if kept == 0 { Ok(()) } else { Err(format!("{sql}: {kept} rows survived the rollback")) }
}

#[test]
fn what_is_let_through_stays_inside_the_transaction() {
    for sql in INSIDE {
        let found = guard(sql, Dialect::Postgres);
        assert!(found.is_ok(), "{sql}: {found:?}");
        stays_inside(sql).expect("it stays inside");
    }
}

#[test]
fn whatever_is_let_through_stays_inside_the_transaction() {
    let words = prop_oneof![
        Just("SELECT 1"),
        Just(";"),
        Just("COMMIT"),
        Just("END"),
        Just("--"),
        Just("\n"),
        Just("\r"),
        Just("/*"),
        Just("*/"),
        Just("'"),
        Just("E'"),
        Just("\\"),
        Just("\""),
        Just("$$"),
        Just("$a$"),
        Just("U&'"),
        Just("ROLLBACK"),
        Just(" "),
        Just("INSERT INTO t VALUES (1)"),
        Just("DO "),
        Just("BEGIN"),
        Just("ATOMIC"),
        Just("CREATE FUNCTION z() RETURNS int "),
        Just("SET CONSTRAINTS ALL DEFERRED"),
        Just("AND CHAIN"),
        Just("\u{feff}"),
        Just("\u{b}"),
        Just("\u{a0}"),
    ];
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let mut session = world().connector.connect().expect("a session");
    let session = std::cell::RefCell::new(&mut session);
    runner
        .run(&proptest::collection::vec(words, 0..8), |words| {
            let sql = words.concat();
            if guard(&sql, Dialect::Postgres).is_err() {
                return Ok(());
            }
            let mut session = session.borrow_mut();
            session.begin(Isolation::ReadCommitted).expect("begun");
            let before = transaction_id(&mut ***session);
            let outcome = execute(&mut ***session, &sql);
            let is_inside = session.in_transaction();
            prop_assert!(is_inside || outcome.is_err(), "{}", sql);
            if is_inside {
                prop_assert_eq!(before, transaction_id(&mut ***session), "{}", sql);
            }
            session.rollback();
            prop_assert!(!session.is_poisoned(), "{}", sql);
            Ok(())
        })
        .expect("every text stays inside");
}

#[test]
fn a_statement_that_got_out_all_the_same_is_found_out() {
    let mut session = world().connector.connect().expect("a session");
    world().database.sql("CREATE TABLE claims (key int PRIMARY KEY, state text)");
    let record = Statement {
        sql: "UPDATE claims SET state = 'committed' WHERE key = 1".into(),
        parameters: Vec::new(),
    };
    // Behind the guard's back: the transaction goes on as another one.
    session.begin(Isolation::ReadCommitted).expect("begun");
    execute(&mut *session, "INSERT INTO claims VALUES (1)").expect("claimed");
    execute(&mut *session, "COMMIT AND CHAIN").expect("it got out");
    assert!(session.in_transaction(), "the server says `T` all the same");
    assert!(matches!(session.conclude(&record), Ok(None)));
    session.rollback();
    assert_eq!(world().database.sql("SELECT count(*) FROM claims WHERE state = 'committed'"), "0");
    // A transaction that failed is answered with ROLLBACK, and that is no success.
    session.begin(Isolation::ReadCommitted).expect("begun");
    let fault = execute(&mut *session, "SELECT 1 / 0").expect_err("it fails");
    assert_eq!(fault.class, Class::InvalidValue);
    let outcome = session.commit();
    assert!(
        matches!(&outcome, crate::sql::session::CommitOutcome::RolledBack(fault) if fault.message.contains("ROLLBACK")),
        "{outcome:?}"
    );
}
