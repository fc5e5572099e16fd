//! The SQL runner as the engine uses it, on real SQLite files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use asl::resource::Resource;
use asl::{Failure, JsonLimits, Payload};
use expect_test::{Expect, expect};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{ClaimRule, ConfigError, DatabaseConfig, SqlRunner};

const TRANSACTION: &str = "arn:aws:states:::baton:sql:transaction";
const EXECUTE: &str = "arn:aws:states:::aws-sdk:rdsdata:executeStatement";
const INSERT_ORDER: &str = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (:t)","Parameters":{"t":5}}]}"#;

/// A shop in a folder of its own.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shop = Self { folder };
        shop.sql(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE orders (id INTEGER PRIMARY KEY, total NUMERIC);
             CREATE TABLE stock (sku TEXT PRIMARY KEY, n INTEGER NOT NULL CHECK (n >= 0));
             CREATE TABLE lines (sku TEXT NOT NULL REFERENCES stock (sku) DEFERRABLE INITIALLY DEFERRED);
             CREATE TABLE kinds (i, r REAL, t TEXT, b BLOB, n);
             INSERT INTO stock VALUES ('pen', 3);",
        );
        shop
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("shop.db")
    }

    fn open(&self) -> Connection {
        open(&self.file())
    }

    fn sql(&self, sql: &str) {
        self.open().execute_batch(sql).expect("the test's SQL runs");
    }

    fn count(&self, from: &str) -> i64 {
        self.open().query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get(0)).expect("a count")
    }

    fn config(&self) -> DatabaseConfig {
        let mut config = DatabaseConfig::new("shop", format!("sqlite:{}", self.file().display()));
        config.resource_arns = vec!["arn:shop".into()];
        config
    }

    fn runner(&self) -> Arc<SqlRunner> {
        self.runner_with(ClaimRule::Standard)
    }

    fn runner_with(&self, rule: ClaimRule) -> Arc<SqlRunner> {
        Arc::new(SqlRunner::with_claim_rule(vec![self.config()], rule).expect("a valid configuration"))
    }
}

fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).expect("the file opens");
    connection.busy_timeout(Duration::from_secs(20)).expect("a timeout");
    connection
}

fn request(resource: &str, arguments: &str, attempt: u32) -> TaskRequest {
    TaskRequest {
        key: [7; 32],
        attempt,
        state: "Pay".into(),
        ..TaskRequest::alone(
            Resource::parse(resource).expect("a resource"),
            Payload::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON"),
        )
    }
}

fn keyed(mut request: TaskRequest, key: u8) -> TaskRequest {
    request.key = [key; 32];
    request
}

fn shown(outcome: &TaskOutcome) -> String {
    match outcome {
        TaskOutcome::Succeeded { output } => format!("ok {}", output.text()),
        TaskOutcome::Failed { failure } => {
            format!("{} {}", failure.error_str(), failure.cause.as_deref().unwrap_or(""))
        }
        TaskOutcome::Barred => "barred".to_owned(),
    }
}

fn abandoned(outcome: &AbandonOutcome) -> String {
    match outcome {
        AbandonOutcome::Barred => "barred".to_owned(),
        AbandonOutcome::Committed { output } => format!("committed {}", output.text()),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

fn run(shop: &Shop, request: TaskRequest) -> String {
    let runner = shop.runner();
    shown(&block_on(runner.run(request)))
}

#[track_caller]
fn check(resource: &str, arguments: &str, expect: &Expect) {
    expect.assert_eq(&run(&Shop::new(), request(resource, arguments, 1)));
}

#[track_caller]
fn check_statement(sql: &str, parameters: &str, expect: &Expect) {
    let sql = asl::Json::from(sql).to_text();
    let arguments =
        format!(r#"{{"Database":"shop","Statements":[{{"Sql":{sql},"Parameters":{parameters}}}]}}"#);
    check(TRANSACTION, &arguments, expect);
}

#[test]
fn a_transaction_answers_rows_and_counts() {
    check(
        TRANSACTION,
        r#"{"Database":"shop","Statements":[
            {"Sql":"UPDATE stock SET n = n - :q WHERE sku = :sku AND n >= :q","Parameters":{"q":2,"sku":"pen"},"ExpectRows":1},
            {"Sql":"SELECT * FROM stock"},
            {"Sql":"INSERT INTO orders (total) VALUES (1), (2) RETURNING id"}]}"#,
        &expect![[
            r#"ok [{"rows":[],"updated":1},{"rows":[{"sku":"pen","n":1}],"updated":0},{"rows":[{"id":1},{"id":2}],"updated":2}]"#
        ]],
    );
}

#[test]
fn values_keep_their_exact_text() {
    check_statement(
        "INSERT INTO kinds VALUES (:i, :r, :t, :b, :n) RETURNING *",
        r#"{"i":9007199254740993,"r":0.1,"t":12345678901234567890.5,"b":[1,{"a":true}],"n":null}"#,
        &expect![[
            r#"ok [{"rows":[{"i":9007199254740993,"r":0.1,"t":"12345678901234567890.5","b":"[1,{\"a\":true}]","n":null}],"updated":1}]"#
        ]],
    );
    check_statement(
        "SELECT x'00ff' AS b, 1e999 AS inf, :yes AS yes",
        r#"{"yes":true}"#,
        &expect![[r#"ok [{"rows":[{"b":"AP8=","inf":"Infinity","yes":1}],"updated":0}]"#]],
    );
}

#[test]
fn parameters_in_strings_and_comments_are_none() {
    check_statement(
        "SELECT ':no' AS \":x\", 1 /* :c */ AS a -- :d",
        "{}",
        &expect![[r#"ok [{"rows":[{":x":":no","a":1}],"updated":0}]"#]],
    );
}

#[test]
fn parameters_must_fit_the_text() {
    check_statement(
        "SELECT :a AS a",
        "{}",
        &expect![[
            r#"SQL.BadRequest {"message":"the parameter `:a` is in the SQL, but not given","class":"BadRequest","database":"shop","statement":1}"#
        ]],
    );
    check_statement(
        "SELECT :a AS a",
        r#"{"a":1,"b":2}"#,
        &expect![[
            r#"SQL.BadRequest {"message":"the parameter `:b` is given, but the SQL has no such parameter","class":"BadRequest","database":"shop","statement":1}"#
        ]],
    );
    check_statement(
        "SELECT ?",
        "{}",
        &expect![[
            r#"SQL.BadRequest {"message":"`?` is not a parameter that is served; write `:name`","class":"BadRequest","database":"shop","statement":1}"#
        ]],
    );
}

#[test]
fn errors_are_named_by_class() {
    let check_class = |sql: &str, class: &str| {
        let sql = asl::Json::from(sql).to_text();
        let arguments = format!(r#"{{"Database":"shop","Statements":[{{"Sql":{sql}}}]}}"#);
        let shop = Shop::new();
        let outcome = run(&shop, request(TRANSACTION, &arguments, 1));
        assert!(outcome.starts_with(&format!("SQL.{class} {{")), "{sql}: {outcome}");
        assert_eq!(shop.count("baton_claim"), 0, "a failure leaves no claim");
    };
    check_class("INSERT INTO stock VALUES ('pen', 1)", "UniqueViolation");
    check_class("INSERT INTO stock VALUES ('ink', NULL)", "NotNullViolation");
    check_class("INSERT INTO stock VALUES ('ink', -1)", "CheckViolation");
    check_class("INSERT INTO lines VALUES ('none')", "ForeignKeyViolation");
    check_class("SELECT * FROM nowhere", "UndefinedTable");
    check_class("SELECT absent FROM stock", "UndefinedColumn");
    check_class("SELECT FROM WHERE", "SyntaxError");
    check_class("INSERT OR ROLLBACK INTO stock VALUES ('pen', 1)", "UniqueViolation");
    check_class("SELECT 1 AS a, 2 AS a", "BadRequest");
}

#[test]
fn a_cause_is_one_object_without_values() {
    check_statement(
        "INSERT INTO stock VALUES (:sku, 77)",
        r#"{"sku":"pen"}"#,
        &expect![[
            r#"SQL.UniqueViolation {"message":"UNIQUE constraint failed: stock.sku","class":"UniqueViolation","sqlstate":"23505","database":"shop","statement":1}"#
        ]],
    );
}

#[test]
fn an_unexpected_row_count_undoes_everything() {
    let shop = Shop::new();
    let arguments = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (1)"},
        {"Sql":"UPDATE stock SET n = n - 9 WHERE n >= 9","ExpectRows":1}]}"#;
    expect![[r#"SQL.UnexpectedRowCount {"message":"the statement met 0 rows, `ExpectRows` is 1; nothing was changed","class":"UnexpectedRowCount","database":"shop","statement":2}"#]]
        .assert_eq(&run(&shop, request(TRANSACTION, arguments, 1)));
    assert_eq!((shop.count("orders"), shop.count("baton_claim")), (0, 0));
}

#[test]
fn unknown_fields_and_databases_are_refused_with_their_place() {
    check(
        TRANSACTION,
        r#"{"Database":"shop","Statements":[{"Sqll":"x"}]}"#,
        &expect![[
            r#"SQL.BadRequest {"message":"$.Statements[0].Sqll: unknown field; known are `Sql`, `Parameters`, `ExpectRows`","class":"BadRequest","database":"shop","statement":1}"#
        ]],
    );
    check(
        TRANSACTION,
        r#"{"Database":"shop","Statements":[]}"#,
        &expect![[
            r#"SQL.BadRequest {"message":"$.Statements: has 0 statements, expected 1 to 100","class":"BadRequest","database":"shop"}"#
        ]],
    );
    check(
        TRANSACTION,
        r#"{"Database":"bank","Statements":[]}"#,
        &expect![[
            r#"SQL.UnknownDatabase {"message":"no database is configured for `bank`","class":"UnknownDatabase","database":"bank"}"#
        ]],
    );
    check(
        TRANSACTION,
        "[]",
        &expect![[
            r#"SQL.BadRequest {"message":"$.Database: is missing","class":"BadRequest","database":""}"#
        ]],
    );
}

#[test]
fn an_answer_that_is_too_large_changes_nothing() {
    let shop = Shop::new();
    let mut asked = request(
        TRANSACTION,
        r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (1)"},
        {"Sql":"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"}]}"#,
        1,
    );
    asked.result_bytes_max = 1_000;
    expect!["States.DataLimitExceeded the rows have more than 1000 bytes"].assert_eq(&run(&shop, asked));
    assert_eq!(shop.count("orders"), 0);
    let mut asked = request(TRANSACTION, INSERT_ORDER, 1);
    asked.result_bytes_max = 10;
    expect!["States.DataLimitExceeded the answer has 25 bytes, at most 10 are accepted; nothing was changed"]
        .assert_eq(&run(&shop, asked));
    assert_eq!(shop.count("orders"), 0);
}

#[test]
fn an_answer_that_violates_its_contract_changes_nothing() {
    let shop = Shop::new();
    let mut asked = request(TRANSACTION, INSERT_ORDER, 1);
    asked.check = Arc::new(|_| Err(Failure::new("Contract.ResultViolation", "no")));
    expect!["Contract.ResultViolation no"].assert_eq(&run(&shop, asked));
    assert_eq!((shop.count("orders"), shop.count("baton_claim")), (0, 0));
}

#[test]
fn the_data_api_answers_in_pascal_case() {
    let common = r#""ResourceArn":"arn:shop","SecretArn":"s""#;
    check(
        EXECUTE,
        &format!(
            r#"{{{common},"Sql":"INSERT INTO orders (id, total) VALUES (:id, :t)","Parameters":[{{"Name":"id","Value":{{"LongValue":4}}}},{{"Name":"t","Value":{{"StringValue":"9.50"}},"TypeHint":"DECIMAL"}}]}}"#
        ),
        &expect![[r#"ok {"GeneratedFields":[],"NumberOfRecordsUpdated":1}"#]],
    );
    check(
        EXECUTE,
        &format!(r#"{{{common},"Database":"shop","Sql":"SELECT sku, n, 1.5, NULL, x'00' FROM stock"}}"#),
        &expect![[
            r#"ok {"NumberOfRecordsUpdated":0,"Records":[[{"StringValue":"pen"},{"LongValue":3},{"DoubleValue":1.5},{"IsNull":true},{"BlobValue":"AA=="}]]}"#
        ]],
    );
    check(
        EXECUTE,
        &format!(r#"{{{common},"Sql":"SELECT sku, n FROM stock","FormatRecordsAs":"JSON"}}"#),
        &expect![[r#"ok {"FormattedRecords":"[{\"sku\":\"pen\",\"n\":3}]","NumberOfRecordsUpdated":0}"#]],
    );
    check(
        EXECUTE,
        &format!(
            r#"{{{common},"Sql":"SELECT n FROM stock","IncludeResultMetadata":true,"ResultSetOptions":{{"LongReturnType":"STRING"}}}}"#
        ),
        &expect![[
            r#"ok {"ColumnMetadata":[{"ArrayBaseColumnType":0,"IsAutoIncrement":false,"IsCaseSensitive":false,"IsCurrency":false,"IsSigned":true,"Label":"n","Name":"n","Nullable":2,"Precision":0,"Scale":0,"SchemaName":"","TableName":"","Type":-5,"TypeName":"INTEGER"}],"NumberOfRecordsUpdated":0,"Records":[[{"StringValue":"3"}]]}"#
        ]],
    );
}

#[test]
fn the_data_api_names_errors_as_aws_does() {
    let common = r#""ResourceArn":"arn:shop","SecretArn":"s""#;
    check(
        EXECUTE,
        &format!(r#"{{{common},"Sql":"INSERT INTO stock VALUES ('pen', 1)"}}"#),
        &expect![
            "RdsData.DatabaseErrorException ERROR: UNIQUE constraint failed: stock.sku; SQLState: 23505 (UniqueViolation) (Service: RdsData, Status Code: 400)"
        ],
    );
    check(
        EXECUTE,
        &format!(r#"{{{common},"Sql":"COMMIT"}}"#),
        &expect![
            "RdsData.BadRequestException ERROR: `COMMIT` controls the transaction, which belongs to the engine; leave it out (TransactionControlNotAllowed) (Service: RdsData, Status Code: 400)"
        ],
    );
    check(
        EXECUTE,
        &format!(r#"{{{common},"Sql":"SELECT 1","TransactionId":"t"}}"#),
        &expect![
            "RdsData.BadRequestException ERROR: $.TransactionId: transactions across states are not served yet; put the statements into one `baton:sql:transaction` (BadRequest) (Service: RdsData, Status Code: 400)"
        ],
    );
    check(
        EXECUTE,
        &format!(r#"{{{common},"Sql":"SELECT 1","Database":"bank"}}"#),
        &expect![
            "RdsData.DatabaseNotFoundException ERROR: the ARN means the database `shop`, not `bank` (UnknownDatabase) (Service: RdsData, Status Code: 404)"
        ],
    );
    check(
        EXECUTE,
        r#"{"ResourceArn":"arn:bank","SecretArn":"s","Sql":"SELECT 1"}"#,
        &expect![
            "RdsData.DatabaseNotFoundException ERROR: no database is configured for `arn:bank` (UnknownDatabase) (Service: RdsData, Status Code: 404)"
        ],
    );
    check(
        EXECUTE,
        &format!(
            r#"{{{common},"Sql":"SELECT :a","Parameters":[{{"Name":"a","Value":{{"ArrayValue":{{}}}}}}]}}"#
        ),
        &expect![
            "RdsData.BadRequestException ERROR: $.Parameters[0].Value.ArrayValue: array parameters are not supported, by AWS neither (BadRequest) (Service: RdsData, Status Code: 400)"
        ],
    );
}

/// Attempt 1 commits and its answer is lost; it is delivered again; Retry starts attempt 2; and two deliveries race.
fn effects_under(rule: ClaimRule) -> i64 {
    let shop = Shop::new();
    block_on(async {
        let (one, two) = (shop.runner_with(rule), shop.runner_with(rule));
        let first = shown(&one.run(request(TRANSACTION, INSERT_ORDER, 1)).await);
        let again = shown(&two.run(request(TRANSACTION, INSERT_ORDER, 1)).await);
        let retried = shown(&one.run(request(TRANSACTION, INSERT_ORDER, 2)).await);
        assert_eq!(
            (&first, &first),
            (&again, &retried),
            "whatever the rule, each delivery thinks it succeeded"
        );
        let (a, b) = tokio::join!(
            one.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 9)),
            two.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 9)),
        );
        assert_eq!(shown(&a), shown(&b));
    });
    shop.count("orders")
}

#[test]
fn lost_answers_redeliveries_retries_and_races_leave_one_effect_each() {
    assert_eq!(effects_under(ClaimRule::Standard), 2);
}

#[test]
fn without_the_claim_the_same_trial_shows_duplicates() {
    assert_eq!(effects_under(ClaimRule::None), 5);
}

#[test]
fn with_the_claim_keyed_by_attempt_the_same_trial_shows_a_duplicate() {
    assert_eq!(effects_under(ClaimRule::KeyedByAttempt), 3);
}

#[test]
fn an_abandoned_attempt_is_barred_and_the_next_one_takes_over() {
    let shop = Shop::new();
    let runner = shop.runner();
    block_on(async {
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, INSERT_ORDER, 1)).await), "barred");
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, INSERT_ORDER, 1)).await), "barred");
        assert_eq!(shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 1)).await), "barred");
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, INSERT_ORDER, 3)).await), "barred");
        assert_eq!(shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 2)).await), "barred");
        assert_eq!(
            shown(&runner.run(request(TRANSACTION, INSERT_ORDER, 4)).await),
            r#"ok [{"rows":[],"updated":1}]"#
        );
        assert_eq!(
            abandoned(&runner.abandon(request(TRANSACTION, INSERT_ORDER, 4)).await),
            r#"committed [{"rows":[],"updated":1}]"#
        );
    });
    assert_eq!(shop.count("orders"), 1);
}

#[test]
fn an_endless_statement_is_stopped_when_its_attempt_is_abandoned() {
    const ENDLESS: &str = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (1)"},
        {"Sql":"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"}]}"#;
    let shop = Shop::new();
    let runner = shop.runner();
    block_on(async {
        let running = Arc::clone(&runner);
        let task = tokio::spawn(async move { running.run(request(TRANSACTION, ENDLESS, 1)).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(abandoned(&runner.abandon(request(TRANSACTION, ENDLESS, 1)).await), "barred");
        assert_eq!(shown(&task.await.expect("no panic")), "barred");
    });
    assert_eq!(shop.count("orders"), 0);
}

#[test]
fn a_statement_over_its_time_is_stopped() {
    let shop = Shop::new();
    let config = DatabaseConfig { statement_timeout_ms: 50, ..shop.config() };
    let runner = SqlRunner::new(vec![config]).expect("valid");
    let arguments = r#"{"Database":"shop","Statements":[{"Sql":"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"}]}"#;
    expect![[r#"SQL.StatementTimeout {"message":"the statement took longer than the database's `statement_timeout_ms`","class":"StatementTimeout","sqlstate":"57014","database":"shop","statement":1}"#]]
        .assert_eq(&shown(&block_on(runner.run(request(TRANSACTION, arguments, 1)))));
}

#[test]
fn abandoning_waits_for_a_locked_database() {
    let shop = Shop::new();
    let runner = shop.runner();
    let lock = shop.open();
    lock.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    block_on(async {
        let abandoning = Arc::clone(&runner);
        let task =
            tokio::spawn(async move { abandoning.abandon(request(TRANSACTION, INSERT_ORDER, 1)).await });
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert!(!task.is_finished());
        lock.execute_batch("COMMIT").expect("released");
        assert_eq!(abandoned(&task.await.expect("no panic")), "barred");
    });
}

#[test]
fn a_locked_database_still_gives_what_it_recorded() {
    let shop = Shop::new();
    run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    let lock = shop.open();
    lock.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    assert_eq!(run(&shop, request(TRANSACTION, INSERT_ORDER, 1)), r#"ok [{"rows":[],"updated":1}]"#);
}

#[test]
fn other_sql_under_a_committed_key_is_an_incident() {
    let shop = Shop::new();
    run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    let other = r#"{"Database":"shop","Statements":[{"Sql":"DELETE FROM orders"}]}"#;
    let outcome = run(&shop, request(TRANSACTION, other, 2));
    assert!(outcome.starts_with("SQL.IntegrityIncident "), "{outcome}");
    assert_eq!(shop.count("orders"), 1);
}

#[test]
fn a_claim_without_an_outcome_is_an_incident() {
    let shop = Shop::new();
    run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    shop.sql("UPDATE baton_claim SET state = NULL");
    let outcome = run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    assert!(outcome.starts_with("SQL.IntegrityIncident "), "{outcome}");
}

#[test]
fn a_trigger_that_steals_the_claim_is_an_incident_and_undone() {
    let shop = Shop::new();
    run(&shop, keyed(request(TRANSACTION, INSERT_ORDER, 1), 1));
    shop.sql("CREATE TRIGGER steal AFTER INSERT ON orders BEGIN DELETE FROM baton_claim; END");
    let outcome = run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    assert!(outcome.starts_with("SQL.IntegrityIncident "), "{outcome}");
    assert_eq!((shop.count("orders"), shop.count("baton_claim")), (1, 1));
}

#[test]
fn a_file_that_cannot_be_opened_is_a_failed_connection() {
    let config = DatabaseConfig::new("shop", "sqlite:/nowhere/at/all/shop.db");
    let runner = SqlRunner::new(vec![config]).expect("valid");
    let outcome = shown(&block_on(runner.run(request(TRANSACTION, INSERT_ORDER, 1))));
    assert!(outcome.starts_with("SQL.ConnectionFailed "), "{outcome}");
}

#[test]
fn many_tasks_at_once_all_take_effect() {
    let shop = Shop::new();
    let (one, two) = (shop.runner(), shop.runner());
    block_on(async {
        let tasks: Vec<_> = (0..60_u8)
            .map(|key| {
                let runner = Arc::clone(if key % 2 == 0 { &one } else { &two });
                tokio::spawn(
                    async move { runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), key)).await },
                )
            })
            .collect();
        for task in tasks {
            assert_eq!(shown(&task.await.expect("no panic")), r#"ok [{"rows":[],"updated":1}]"#);
        }
    });
    assert_eq!(shop.count("orders"), 60);
}

#[test]
fn a_table_that_changed_is_seen_as_it_is_now() {
    const ALL: &str = r#"{"Database":"shop","Statements":[{"Sql":"SELECT * FROM stock"}]}"#;
    let shop = Shop::new();
    let runner = shop.runner();
    let all = |key| shown(&block_on(runner.run(keyed(request(TRANSACTION, ALL, 1), key))));
    assert_eq!(all(1), r#"ok [{"rows":[{"sku":"pen","n":3}],"updated":0}]"#);
    shop.sql("ALTER TABLE stock ADD COLUMN colour TEXT DEFAULT 'blue'");
    assert_eq!(all(2), r#"ok [{"rows":[{"sku":"pen","n":3,"colour":"blue"}],"updated":0}]"#);
}

#[cfg(unix)]
#[test]
fn a_replaced_file_is_opened_anew() {
    let shop = Shop::new();
    let runner = shop.runner();
    block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 1)));
    for name in ["shop.db", "shop.db-wal", "shop.db-shm"] {
        let _ = std::fs::remove_file(shop.folder.path().join(name));
    }
    shop.sql("CREATE TABLE orders (id INTEGER PRIMARY KEY, total NUMERIC)");
    let outcome = shown(&block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), 2))));
    assert_eq!(outcome, r#"ok [{"rows":[],"updated":1}]"#);
    assert_eq!(shop.count("orders"), 1);
}

#[test]
fn a_commit_that_breaks_a_deferred_constraint_is_a_failure() {
    let shop = Shop::new();
    let arguments = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO lines VALUES ('none')"}]}"#;
    let outcome = run(&shop, request(TRANSACTION, arguments, 1));
    assert!(outcome.starts_with("SQL.ForeignKeyViolation "), "{outcome}");
    assert_eq!((shop.count("lines"), shop.count("baton_claim")), (0, 0));
}

#[test]
fn a_locked_database_is_a_lock_timeout_in_the_end() {
    let shop = Shop::new();
    run(&shop, keyed(request(TRANSACTION, INSERT_ORDER, 1), 1));
    let lock = shop.open();
    lock.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let outcome = run(&shop, request(TRANSACTION, INSERT_ORDER, 1));
    assert!(outcome.starts_with("SQL.LockTimeout "), "{outcome}");
}

#[test]
fn the_configuration_is_verified() {
    let bad =
        |url: &str| SqlRunner::new(vec![DatabaseConfig::new("shop", url)]).expect_err("bad").to_string();
    expect!["database `shop`: the URL starts neither with `sqlite:` nor with `postgres://`, which are the kinds served"]
        .assert_eq(&bad("mysql://x"));
    expect!["database `shop`: the URL names no file; write `sqlite:path/to/file.db`"]
        .assert_eq(&bad("sqlite:"));
    expect!["database `shop`: `:memory:` cannot keep a promise; name a file"]
        .assert_eq(&bad("sqlite::memory:"));
    let twice = vec![DatabaseConfig::new("a", "sqlite:a"), DatabaseConfig::new("a", "sqlite:b")];
    assert_eq!(SqlRunner::new(twice).expect_err("twice"), ConfigError::SameName { name: "a".into() });
}
