//! The rule under faults: a session that loses its COMMIT, before or after, and an abandonment at every point.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asl::resource::Resource;
use asl::{Json, Payload};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest};
use rusqlite::Connection;
use tempfile::TempDir;

use super::ClaimRule;
use crate::sql::DatabaseConfig;
use crate::sql::database::Database;
use crate::sql::dialect::Dialect;
use crate::sql::fault::{Class, Fault};
use crate::sql::session::{Answer, Canceller, CommitOutcome, Connector, Isolation, Session, Statement};
use crate::sql::sqlite::SqliteConnector;
use crate::sql::transaction;

/// Where a session asks its script what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Begin,
    Execute,
    Commit,
    Committed,
}

/// What the script says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    GoOn,
    /// The connection is gone.
    Lose,
}

type Script = Arc<dyn Fn(Point) -> Act + Send + Sync>;

struct Scripted {
    connector: SqliteConnector,
    script: Script,
}

struct ScriptedSession {
    inner: Box<dyn Session>,
    script: Script,
}

impl Connector for Scripted {
    fn connect(&self) -> Result<Box<dyn Session>, Fault> {
        let inner = self.connector.connect()?;
        Ok(Box::new(ScriptedSession { inner, script: Arc::clone(&self.script) }))
    }

    fn connect_bare(&self) -> Result<Box<dyn Session>, Fault> {
        self.connect()
    }

    fn claim_table(&self) -> &'static str {
        self.connector.claim_table()
    }

    fn writers_max(&self) -> Option<usize> {
        self.connector.writers_max()
    }

    fn dialect(&self) -> Dialect {
        self.connector.dialect()
    }
}

impl ScriptedSession {
    fn ask(&mut self, point: Point) -> Result<(), Fault> {
        match (self.script)(point) {
            Act::GoOn => Ok(()),
            Act::Lose => {
                self.inner.rollback();
                self.inner.poison();
                Err(Fault::new(Class::ConnectionFailed, "the line is dead"))
            }
        }
    }
}

impl Session for ScriptedSession {
    fn begin(&mut self, isolation: Isolation) -> Result<(), Fault> {
        self.ask(Point::Begin)?;
        self.inner.begin(isolation)
    }

    fn execute(&mut self, statement: &Statement, bytes_max: usize) -> Result<Answer, Fault> {
        self.ask(Point::Execute)?;
        self.inner.execute(statement, bytes_max)
    }

    fn in_transaction(&mut self) -> bool {
        self.inner.in_transaction()
    }

    fn commit(&mut self) -> CommitOutcome {
        if self.ask(Point::Commit).is_err() {
            return CommitOutcome::Ambiguous;
        }
        let outcome = self.inner.commit();
        if self.ask(Point::Committed).is_err() { CommitOutcome::Ambiguous } else { outcome }
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }

    fn poison(&mut self) {
        self.inner.poison();
    }

    fn is_poisoned(&self) -> bool {
        self.inner.is_poisoned()
    }

    fn canceller(&self) -> Arc<dyn Canceller> {
        self.inner.canceller()
    }
}

struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        shop.open().execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY)").expect("a table");
        shop
    }

    fn open(&self) -> Connection {
        let connection = Connection::open(self.folder.path().join("shop.db")).expect("the file opens");
        connection.busy_timeout(Duration::from_secs(20)).expect("a timeout");
        connection
    }

    fn orders(&self) -> i64 {
        self.open().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).expect("a count")
    }

    /// The database as one process sees it.
    fn database(&self, script: Script) -> Arc<Database> {
        let connector = SqliteConnector { file: self.folder.path().join("shop.db") };
        let config = DatabaseConfig::new("shop", "sqlite:shop.db");
        Arc::new(Database::new(config, Box::new(Scripted { connector, script })))
    }
}

fn quiet() -> Script {
    Arc::new(|_| Act::GoOn)
}

fn arguments() -> Json {
    let step = Json::object([("Sql", Json::from("INSERT INTO orders DEFAULT VALUES"))]);
    Json::object([("Database", Json::from("shop")), ("Statements", Json::array([step]))])
}

fn request(attempt: u32) -> TaskRequest {
    TaskRequest {
        key: [3; 32],
        attempt,
        result_bytes_max: 10_000,
        state: "Pay".into(),
        ..TaskRequest::alone(
            Resource::parse("arn:aws:states:::baton:sql:transaction").expect("a resource"),
            Payload::new(arguments()),
        )
    }
}

async fn run(database: &Arc<Database>, attempt: u32) -> TaskOutcome {
    let work = transaction::read(&arguments(), &*database.connector).expect("valid arguments");
    database.run(request(attempt), work, ClaimRule::Standard).await
}

async fn abandon(database: &Arc<Database>, attempt: u32) -> AbandonOutcome {
    let work = transaction::read(&arguments(), &*database.connector).expect("valid arguments");
    database.abandon(request(attempt), work.sql_hash(), ClaimRule::Standard).await
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

/// Loses the connection at the first `times` visits of `point`.
fn losing(point: Point, times: u32) -> Script {
    let visits = AtomicU32::new(0);
    Arc::new(
        move |at| {
            if at == point && visits.fetch_add(1, Ordering::SeqCst) < times { Act::Lose } else { Act::GoOn }
        },
    )
}

#[test]
fn a_commit_that_is_lost_before_or_after_leaves_one_effect() {
    for point in [Point::Begin, Point::Execute, Point::Commit, Point::Committed] {
        for times in [1, 3] {
            let shop = Shop::new();
            let outcome = block_on(run(&shop.database(losing(point, times)), 1));
            assert!(matches!(outcome, TaskOutcome::Succeeded { .. }), "{point:?} {times}: {outcome:?}");
            assert_eq!(shop.orders(), 1, "{point:?} {times}");
        }
    }
}

#[test]
fn an_ambiguous_commit_is_not_reported_while_the_database_is_out_of_reach() {
    let shop = Shop::new();
    // The first COMMIT goes through, its answer is lost, and then there is no connection for 14 tries.
    let begins = AtomicU32::new(0);
    let script: Script = Arc::new(move |at| match at {
        Point::Committed => Act::Lose,
        Point::Begin if (1..15).contains(&begins.fetch_add(1, Ordering::SeqCst)) => Act::Lose,
        Point::Begin | Point::Execute | Point::Commit => Act::GoOn,
    });
    let outcome = block_on(run(&shop.database(script), 1));
    assert!(matches!(outcome, TaskOutcome::Succeeded { .. }), "{outcome:?}");
    assert_eq!(shop.orders(), 1);
}

#[test]
fn a_redelivery_is_not_reported_as_failed_before_the_claim_is_settled() {
    let shop = Shop::new();
    let first = block_on(run(&shop.database(quiet()), 1));
    assert!(matches!(first, TaskOutcome::Succeeded { .. }), "{first:?}");
    let outcome = block_on(async {
        // For 14 tries there is no connection, not even to read.
        let begins = AtomicU32::new(0);
        let database = shop.database(Arc::new(move |at| {
            let begun = begins.fetch_add(u32::from(at == Point::Begin), Ordering::SeqCst);
            let is_lost = begun + u32::from(at == Point::Begin) <= 14;
            if is_lost { Act::Lose } else { Act::GoOn }
        }));
        let work = transaction::read(&arguments(), &*database.connector).expect("valid arguments");
        let again = TaskRequest { is_redelivery: true, ..request(1) };
        database.run(again, work, ClaimRule::Standard).await
    });
    assert!(matches!(outcome, TaskOutcome::Succeeded { .. }), "{outcome:?}");
    assert_eq!(shop.orders(), 1);
}

#[test]
fn a_database_out_of_reach_before_any_commit_fails_after_bounded_tries() {
    let shop = Shop::new();
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let script: Script = Arc::new(move |at| {
        if at == Point::Begin {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        Act::Lose
    });
    let outcome = block_on(run(&shop.database(script), 1));
    let TaskOutcome::Failed { failure } = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.error_str(), "SQL.ConnectionFailed");
    assert_eq!(tries.load(Ordering::SeqCst), 11, "once, and ten times again");
}

#[test]
fn a_tombstone_whose_commit_is_lost_is_written_again() {
    for point in [Point::Begin, Point::Execute, Point::Commit, Point::Committed] {
        let shop = Shop::new();
        let outcome = block_on(abandon(&shop.database(losing(point, 2)), 1));
        assert!(matches!(outcome, AbandonOutcome::Barred), "{point:?}: {outcome:?}");
        assert!(matches!(block_on(run(&shop.database(quiet()), 1)), TaskOutcome::Barred), "{point:?}");
    }
}

/// Abandons attempt 1 when it comes to `point` for the `visit`th time, from the same process or another, and
/// asks whether everybody agrees with the table.
fn check_race(point: Point, visit: u32, from_same: bool, loses_answer: bool) {
    let shop = Shop::new();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let send = Mutex::new(send);
    let visits = AtomicU32::new(0);
    let script: Script = Arc::new(move |at| {
        if at == point && visits.fetch_add(1, Ordering::SeqCst) + 1 == visit {
            let _ = send.lock().unwrap_or_else(PoisonError::into_inner).send(());
            std::thread::sleep(Duration::from_millis(30));
        }
        if loses_answer && at == Point::Committed { Act::Lose } else { Act::GoOn }
    });
    let running = shop.database(script);
    let abandoning = if from_same { Arc::clone(&running) } else { shop.database(quiet()) };
    let (ran, fate) = block_on(async {
        let ran = tokio::spawn(async move { run(&running, 1).await });
        tokio::task::spawn_blocking(move || receive.recv())
            .await
            .expect("no panic")
            .expect("the point is met");
        // The abandoning session of the same process has no answers to lose after this.
        let fate = abandon(&abandoning, 1).await;
        (ran.await.expect("no panic"), fate)
    });
    let place = format!("{point:?} {visit}, same {from_same}, loses {loses_answer}: {ran:?} {fate:?}");
    match fate {
        AbandonOutcome::Barred => {
            assert_eq!(shop.orders(), 0, "{place}");
            assert!(matches!(ran, TaskOutcome::Barred), "{place}");
            let next = block_on(run(&shop.database(quiet()), 2));
            assert!(matches!(next, TaskOutcome::Succeeded { .. }), "{place}");
        }
        AbandonOutcome::Committed { .. } => {
            assert!(matches!(ran, TaskOutcome::Succeeded { .. } | TaskOutcome::Barred), "{place}");
            let next = block_on(run(&shop.database(quiet()), 2));
            assert!(matches!(next, TaskOutcome::Succeeded { .. }), "{place}");
        }
    }
    assert_eq!(shop.orders(), 1, "{place}");
}

#[test]
fn an_abandonment_at_any_point_agrees_with_the_table() {
    for from_same in [true, false] {
        for loses_answer in [true, false] {
            check_race(Point::Begin, 1, from_same, loses_answer);
            check_race(Point::Execute, 1, from_same, loses_answer);
            check_race(Point::Execute, 2, from_same, loses_answer);
            check_race(Point::Execute, 3, from_same, loses_answer);
            check_race(Point::Commit, 1, from_same, loses_answer);
            check_race(Point::Committed, 1, from_same, loses_answer);
        }
    }
}
