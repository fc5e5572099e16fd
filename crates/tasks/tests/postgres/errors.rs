//! Errors by class, time-outs, locks, roles: what PostgreSQL says, and what the workflow sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use asl::Failure;
use expect_test::expect;
use runtime::TaskRunner as _;
use tasks::{DatabaseConfig, Secret, SecretSource, SqlRunner};

use super::shop::{
    EXECUTE, INSERT_ORDER, Shop, TRANSACTION, abandoned, block_on, keyed, request, shown, statement,
};
use crate::server::Server;

#[test]
fn errors_are_named_by_class_and_leave_nothing() {
    let shop = Shop::new();
    shop.database.sql(
        "CREATE TABLE slots (during int4range, EXCLUDE USING gist (during WITH &&));
         INSERT INTO slots VALUES ('[1,5)');
         CREATE TABLE refused (a int);
         CREATE VIEW dear AS SELECT * FROM orders WHERE total > 10 WITH CHECK OPTION;
         CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
         CREATE TRIGGER complain BEFORE INSERT ON refused FOR EACH ROW EXECUTE FUNCTION complain();
         CREATE PROCEDURE sneak() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders (total) VALUES (1); COMMIT; END $$",
    );
    let check = |sql: &str, class: &str, sqlstate: &str| {
        let outcome = shop.statement(sql, "{}");
        assert!(outcome.starts_with(&format!("SQL.{class} {{")), "{sql}: {outcome}");
        assert!(outcome.contains(&format!(r#""sqlstate":"{sqlstate}""#)), "{sql}: {outcome}");
        assert_eq!(shop.database.sql("SELECT count(*) FROM baton_claim"), "0", "a failure leaves no claim");
        assert_eq!(shop.database.count("orders"), 0, "{sql}");
    };
    check("INSERT INTO stock VALUES ('pen', 1)", "UniqueViolation", "23505");
    check("INSERT INTO slots VALUES ('[4,9)')", "UniqueViolation", "23P01");
    check("INSERT INTO stock VALUES ('ink', NULL)", "NotNullViolation", "23502");
    check("INSERT INTO stock VALUES ('ink', -1)", "CheckViolation", "23514");
    check("INSERT INTO dear (total) VALUES (1)", "CheckViolation", "44000");
    check("INSERT INTO refused VALUES (1)", "CheckViolation", "P0001");
    check("INSERT INTO lines VALUES ('none')", "ForeignKeyViolation", "23503");
    check("SELECT * FROM nowhere", "UndefinedTable", "42P01");
    check("SELECT absent FROM stock", "UndefinedColumn", "42703");
    check("SELECT FROM WHERE", "SyntaxError", "42601");
    check("SELECT nothing_of_this_name(1)", "SyntaxError", "42883");
    check("SELECT 1 / 0 AS a", "InvalidValue", "22012");
    check("SELECT (SELECT n FROM stock UNION ALL SELECT 1) AS a", "InvalidValue", "21000");
    check("CALL sneak()", "TransactionControlNotAllowed", "2D000");
    check("DO $$ BEGIN COMMIT; END $$", "TransactionControlNotAllowed", "2D000");
    check("CREATE INDEX CONCURRENTLY i ON orders (total)", "StatementNotAllowed", "25001");
    check("CREATE DATABASE other", "StatementNotAllowed", "25001");
    // The guard lets the semicolons of a body through; the protocol takes one statement.
    check(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; COMMIT",
        "MultipleStatements",
        "42601",
    );
}

#[test]
fn a_commit_that_is_none_is_a_failure() {
    let shop = Shop::new();
    // The deferred constraint is looked at by COMMIT itself.
    let outcome = shop.statement("INSERT INTO lines VALUES ('none')", "{}");
    expect![[r#"SQL.ForeignKeyViolation {"message":"insert or update on table \"lines\" violates foreign key constraint \"lines_sku_fkey\"","class":"ForeignKeyViolation","sqlstate":"23503","database":"shop"}"#]].assert_eq(&outcome);
    assert_eq!((shop.database.count("lines"), shop.database.count("baton_claim")), (0, 0));
}

#[test]
fn the_contract_is_checked_before_commit_and_large_answers_stop_early() {
    let shop = Shop::new();
    let mut asked = request(TRANSACTION, INSERT_ORDER, 1);
    asked.check = Arc::new(|_| Err(Failure::new("Contract.ResultViolation", "no")));
    assert_eq!(shop.run(asked), "Contract.ResultViolation no");
    for sql in [
        "SELECT repeat('x', 1000) AS x, generate_series(1, 1000000000) AS n",
        "SELECT repeat('x', 400000000) AS x",
    ] {
        let outcome = shop.statement(sql, "{}");
        assert_eq!(outcome, "States.DataLimitExceeded the rows have more than 262144 bytes");
    }
    assert_eq!((shop.database.count("orders"), shop.database.count("baton_claim")), (0, 0));
}

#[test]
fn a_recorded_outcome_is_given_again() {
    let shop = Shop::new();
    let first = shop.run(request(TRANSACTION, INSERT_ORDER, 1));
    assert_eq!(first, r#"ok [{"rows":[],"updated":1}]"#);
    assert_eq!(shop.run(request(TRANSACTION, INSERT_ORDER, 1)), first);
    assert_eq!(shop.run(request(TRANSACTION, INSERT_ORDER, 2)), first);
    let other = statement("DELETE FROM orders", "{}");
    assert!(shop.run(request(TRANSACTION, &other, 3)).starts_with("SQL.IntegrityIncident "));
    assert_eq!(shop.database.count("orders"), 1);
    let (one, two) = (shop.runner(), shop.runner());
    block_on(async {
        let (a, b) = tokio::join!(
            one.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 9)),
            two.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 9)),
        );
        assert_eq!(shown(&a), shown(&b));
    });
    assert_eq!(shop.database.count("orders"), 2);
}

#[test]
fn a_trigger_that_steals_the_claim_is_an_incident_and_undone() {
    let shop = Shop::new();
    shop.database.sql(
        "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM baton_claim; RETURN NULL; END $$;
         CREATE TRIGGER steal AFTER INSERT ON orders FOR EACH STATEMENT EXECUTE FUNCTION steal()",
    );
    let outcome = shop.run(request(TRANSACTION, INSERT_ORDER, 1));
    assert!(outcome.starts_with("SQL.IntegrityIncident "), "{outcome}");
    assert_eq!(shop.database.count("orders"), 0);
}

#[test]
fn a_statement_over_its_time_is_cancelled_and_its_connection_is_not_used_again() {
    let shop = Shop::new();
    let config = DatabaseConfig { statement_timeout_ms: 100, max_connections: 1, ..shop.config() };
    let runner = SqlRunner::new(vec![config]).expect("valid");
    let sleep = statement("SELECT pg_sleep(60) AS s", "{}");
    let outcome = shown(&block_on(runner.run(request(TRANSACTION, &sleep, 1))));
    expect![[r#"SQL.StatementTimeout {"message":"the statement took longer than the database's `statement_timeout_ms`","class":"StatementTimeout","sqlstate":"57014","database":"shop","statement":1}"#]].assert_eq(&outcome);
    let outcome = shown(&block_on(runner.run(request(TRANSACTION, INSERT_ORDER, 1))));
    assert_eq!(outcome, r#"ok [{"rows":[],"updated":1}]"#);
    let common = r#""ResourceArn":"arn:shop","SecretArn":"s""#;
    let sleep = format!(r#"{{{common},"Sql":"SELECT pg_sleep(60)"}}"#);
    let outcome = shown(&block_on(runner.run(keyed(request(EXECUTE, &sleep, 1), 1))));
    assert!(outcome.starts_with("RdsData.StatementTimeoutException "), "{outcome}");
}

#[test]
fn a_backend_that_is_frozen_is_cut_off_and_its_attempt_never_takes_effect() {
    let shop = Shop::new();
    let config = DatabaseConfig { statement_timeout_ms: 300, lock_timeout_ms: 50, ..shop.config() };
    let runner = Arc::new(SqlRunner::new(vec![config]).expect("valid"));
    let arguments = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (1)"},{"Sql":"SELECT pg_sleep(60) AS s"}]}"#;
    block_on(async {
        let running = Arc::clone(&runner);
        let task = tokio::spawn(async move { running.run(request(TRANSACTION, arguments, 1)).await });
        let pid = loop {
            let pid = shop.database.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()");
            if !pid.is_empty() {
                break pid;
            }
        };
        let signal = |name: &str| {
            let killed = std::process::Command::new("kill").args([name, &pid]).status().expect("`kill` runs");
            assert!(killed.success());
        };
        signal("-STOP");
        // Its transaction holds the claim, so that no other try gets anywhere; and it has not committed.
        let outcome = shown(&task.await.expect("no panic"));
        assert!(outcome.starts_with("SQL.LockTimeout "), "{outcome}");
        signal("-CONT");
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, arguments, 1)).await), "barred");
        assert_eq!(
            shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 2)).await),
            r#"ok [{"rows":[],"updated":1}]"#
        );
    });
    assert_eq!(shop.database.count("orders"), 1);
}

#[test]
fn an_abandoned_statement_is_stopped_and_barred() {
    let shop = Shop::new();
    let runner = shop.runner();
    let sleep = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (1)"},{"Sql":"SELECT pg_sleep(60) AS s"}]}"#;
    block_on(async {
        let running = Arc::clone(&runner);
        let task = tokio::spawn(async move { running.run(request(TRANSACTION, sleep, 1)).await });
        while shop.database.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()") == "0" {}
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, sleep, 1)).await), "barred");
        assert_eq!(shown(&task.await.expect("no panic")), "barred");
        assert_eq!(shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 1)).await), "barred");
        assert_eq!(
            shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 2)).await),
            r#"ok [{"rows":[],"updated":1}]"#
        );
        assert_eq!(
            abandoned(&runner.abandon(request(TRANSACTION, INSERT_ORDER, 2)).await),
            r#"committed [{"rows":[],"updated":1}]"#
        );
    });
    assert_eq!(shop.database.count("orders"), 1);
}

#[test]
fn a_lock_that_is_not_to_be_had_is_a_lock_timeout_in_the_end() {
    let shop = Shop::new();
    let mut holder = shop.database.sql_beside("BEGIN; UPDATE stock SET n = n; SELECT pg_sleep(60)");
    while shop
        .database
        .sql("SELECT count(*) FROM pg_locks WHERE relation = 'stock'::regclass AND mode = 'RowExclusiveLock'")
        == "0"
    {}
    let config = DatabaseConfig { lock_timeout_ms: 20, ..shop.config() };
    let runner = SqlRunner::new(vec![config]).expect("valid");
    let update = statement("UPDATE stock SET n = 7", "{}");
    let outcome = shown(&block_on(runner.run(request(TRANSACTION, &update, 1))));
    assert!(outcome.starts_with("SQL.LockTimeout "), "{outcome}");
    assert!(outcome.contains(r#""sqlstate":"55P03""#), "{outcome}");
    shop.database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()");
    holder.wait().expect("it ends");
    let outcome = shown(&block_on(runner.run(request(TRANSACTION, &update, 1))));
    assert_eq!(outcome, r#"ok [{"rows":[],"updated":1}]"#);
}

/// Many at once on the same rows: every one of them takes effect, once.
fn check_contention(isolation: &str, first: &str, second: &str) {
    const TASKS: u8 = 16;
    let shop = Shop::new();
    shop.database.sql("INSERT INTO stock VALUES ('ink', 0)");
    let runner = shop.runner();
    block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|key| {
                let (a, b) = if key % 2 == 0 { (first, second) } else { (second, first) };
                let arguments = format!(
                    r#"{{"Database":"shop","Isolation":"{isolation}","Statements":[{{"Sql":"UPDATE stock SET n = n + 1 WHERE sku = '{a}'","ExpectRows":1}},
                       {{"Sql":"SELECT pg_sleep(0.01) AS s"}},{{"Sql":"UPDATE stock SET n = n + 1 WHERE sku = '{b}'","ExpectRows":1}}]}}"#
                );
                let runner = Arc::clone(&runner);
                // What is tried ten times in vain is a failure without an effect, and what `Retry` is for.
                tokio::spawn(async move {
                    for attempt in 1..50 {
                        let outcome =
                            shown(&runner.run(keyed(request(TRANSACTION, &arguments, attempt), key)).await);
                        if outcome.starts_with("ok") {
                            return;
                        }
                        assert!(outcome.starts_with("SQL.SerializationFailure "), "{outcome}");
                    }
                    panic!("fifty attempts");
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
    });
    let expected = if first == second {
        format!("ink|0\npen|{}", 3 + 2 * TASKS)
    } else {
        format!("ink|{TASKS}\npen|{}", 3 + TASKS)
    };
    assert_eq!(shop.database.sql("SELECT sku, n FROM stock ORDER BY sku"), expected);
    assert_eq!(shop.database.count("baton_claim WHERE state = 'committed'"), i64::from(TASKS));
}

#[test]
fn deadlocks_are_tried_again() {
    check_contention("READ COMMITTED", "pen", "ink");
}

#[test]
fn serialization_failures_are_tried_again() {
    check_contention("SERIALIZABLE", "pen", "pen");
    check_contention("REPEATABLE READ", "pen", "ink");
}

#[test]
fn a_server_that_takes_no_writes_is_not_used() {
    let shop = Shop::new();
    let name = &shop.database.name;
    shop.database.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    let outcome = shop.run(request(TRANSACTION, INSERT_ORDER, 1));
    assert!(outcome.starts_with("SQL.ReadOnlyDatabase "), "{outcome}");
    // It changes its role under a connection that is open.
    let shop = Shop::new();
    let runner = shop.runner();
    block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 1)));
    let name = &shop.database.name;
    shop.database.sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"));
    let outcome = shown(&block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 2))));
    assert!(outcome.starts_with("SQL.ReadOnlyDatabase "), "{outcome}");
}

#[test]
fn what_keeps_a_connection_from_being_opened_is_said() {
    let run = |url: String, secret: Option<SecretSource>| {
        let runner = SqlRunner::new(vec![DatabaseConfig { secret, ..DatabaseConfig::new("shop", url) }])
            .expect("valid");
        shown(&block_on(runner.run(request(TRANSACTION, INSERT_ORDER, 1))))
    };
    let server = Server::shared();
    let port = server.port();
    let outcome = run(format!("postgres://postgres@127.0.0.1:{port}/nowhere"), None);
    expect![[r#"SQL.UnknownDatabase {"message":"database \"nowhere\" does not exist","class":"UnknownDatabase","sqlstate":"3D000","database":"shop"}"#]].assert_eq(&outcome);
    let bare = server.bare_database();
    let outcome = run(bare.url(), None);
    expect![[r#"SQL.UndefinedTable {"message":"the table `baton_claim` is not there, or not visible; `baton db init shop` makes it","class":"UndefinedTable","sqlstate":"42P01","database":"shop"}"#]].assert_eq(&outcome);
    let outcome = run(format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=require"), None);
    assert!(outcome.starts_with("SQL.ConnectionFailed "), "{outcome}");
    assert!(outcome.contains("the server does not speak TLS, which `sslmode` asks for"), "{outcome}");
    let outcome = run("postgres://postgres@127.0.0.1:1/shop".into(), None);
    assert!(outcome.starts_with("SQL.ConnectionFailed "), "{outcome}");
    let socket = server.socket().display().to_string().replace('/', "%2F");
    let outcome = run(format!("postgres://postgres@{socket}:{port}/nowhere"), None);
    assert!(outcome.starts_with("SQL.UnknownDatabase "), "{outcome}");
}

#[test]
fn a_secret_that_was_changed_is_read_again_once() {
    let server = Server::start(&["fsync = off", "password_encryption = scram-sha-256"]);
    let database = server.named("postgres");
    database.sql(include_str!("../../src/sql/postgres/baton_claim.sql"));
    database.sql("CREATE TABLE orders (total numeric); CREATE ROLE ada LOGIN SUPERUSER PASSWORD 'old-secret'; SET password_encryption = md5; CREATE ROLE bob LOGIN SUPERUSER PASSWORD 'bobs'; CREATE ROLE cleo LOGIN SUPERUSER PASSWORD 'cleos'");
    server.put_file("pg_hba.conf", "local all all trust\nhost all cleo 127.0.0.1/32 password\nhost all bob 127.0.0.1/32 md5\nhost all all 127.0.0.1/32 scram-sha-256\n");
    database.sql("SELECT pg_reload_conf()");
    while database.sql("SELECT count(*) FROM pg_hba_file_rules") != "4" {}
    let url = |user: &str| format!("postgres://{user}@127.0.0.1:{}/postgres?sslmode=disable", server.port());
    let file = server.put_file("secret", "old-secret");
    let source = {
        let file = file.clone();
        SecretSource::new(move || std::fs::read_to_string(&file).ok().map(Secret::new))
    };
    let config = DatabaseConfig {
        secret: Some(source),
        max_connections: 1,
        ..DatabaseConfig::new("shop", url("ada"))
    };
    let runner = SqlRunner::new(vec![config]).expect("valid");
    let run = |key: u8| shown(&block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), key))));
    assert_eq!(run(1), r#"ok [{"rows":[],"updated":1}]"#);
    database.sql("ALTER ROLE ada PASSWORD 'new-secret'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ada'");
    std::fs::write(&file, "new-secret").expect("a file");
    assert_eq!(run(2), r#"ok [{"rows":[],"updated":1}]"#);
    database.sql("ALTER ROLE ada PASSWORD 'newer-secret'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ada'");
    let since = Instant::now();
    let outcome = run(3);
    assert!(outcome.starts_with("SQL.AccessDenied "), "{outcome}");
    assert!(outcome.contains("28P01") && !outcome.contains("secret\""), "{outcome}");
    assert!(since.elapsed() < Duration::from_mins(1));
    let with = |user: &str, secret: Option<&str>| {
        let secret = secret.map(|secret| SecretSource::fixed(Secret::new(secret)));
        let runner =
            SqlRunner::new(vec![DatabaseConfig { secret, ..DatabaseConfig::new("shop", url(user)) }])
                .expect("valid");
        shown(&block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 4))))
    };
    assert!(with("bob", Some("bobs")).starts_with("ok"));
    assert!(with("cleo", Some("cleos")).contains("in clear over a connection without TLS"));
    assert!(with("ada", None).contains("configured without `secret`"));
}
