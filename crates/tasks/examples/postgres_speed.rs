//! How many SQL tasks a second, beside what pgbench reaches with the same statements over as many connections, in one run.
//!
//! `cargo run --release -p baton-tasks --example postgres_speed [-- SECONDS]`. The server is started for it, in the system's
//! temporary folder (`TMPDIR`), with PostgreSQL's own settings: every commit is synced.

#[expect(dead_code, reason = "it is shared with the tests")]
#[path = "../tests/support/server.rs"]
mod server;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use asl::resource::Resource;
use asl::{JsonLimits, Payload};
use runtime::{TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::{DatabaseConfig, SqlRunner};

use self::server::{Server, TestDatabase};

/// Times that each side is measured; the middle one counts.
const ROUNDS: usize = 3;
/// The statements of one SQL task, as the runner sends them. No colons in texts: pgbench would take them for variables.
const SCRIPT: &str = r#"\set n random(1, 4000000000000000000)
BEGIN ISOLATION LEVEL READ COMMITTED;
INSERT INTO baton_claim (key, attempt, sql_hash, state, outcome, execution_arn, state_name, at) VALUES (sha256(int8send(:n)), 1, '\x6a09e667f3bcc908b2fb1366ea957d3e3adec17512775099da2f590b0667322a', NULL, NULL, 'arn.aws.states.us-east-1.000000000000.execution.orders.day1', 'Store', 1764000000000) ON CONFLICT (key) DO UPDATE SET attempt = excluded.attempt, sql_hash = excluded.sql_hash, state = NULL, outcome = NULL, at = excluded.at WHERE baton_claim.state = 'aborted' AND baton_claim.attempt < excluded.attempt;
INSERT INTO orders (id, total) VALUES (:n, 12.5);
WITH recorded AS (UPDATE baton_claim SET state = 'committed', outcome = '[{"rows":[],"updated": 1}]' WHERE key = sha256(int8send(:n)) AND attempt = 1 AND state IS NULL AND xmin = pg_current_xact_id()::xid RETURNING 1) SELECT 1 / count(*) FROM recorded;
COMMIT;
"#;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(5);
    let server = Server::start(&["shared_buffers = 256MB", "max_wal_size = 4GB"]);
    println!(
        "PostgreSQL {}, {seconds} s a round, the middle one of {ROUNDS}",
        server.named("postgres").sql("SHOW server_version")
    );
    println!("{:>11} {:>14} {:>14} {:>7}", "connections", "pgbench tx/s", "tasks/s", "ratio");
    for connections in [1, 8, 16] {
        let mut measured: Vec<(f64, f64)> = (0..ROUNDS)
            .map(|_| {
                let database = prepared(&server);
                let pgbench = pgbench(&server, &database, connections, seconds);
                (pgbench, tasks(&prepared(&server), connections, Duration::from_secs(seconds)))
            })
            .collect();
        measured.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
        let (peer, ours) = measured[ROUNDS / 2];
        println!("{connections:>11} {peer:>14.0} {ours:>14.0} {:>6.0}%", 100.0 * ours / peer);
        println!(
            r#"{{"bench":"postgres_speed","connections":{connections},"pgbench_per_second":{peer:.0},"tasks_per_second":{ours:.0},"ratio":{:.3}}}"#,
            ours / peer
        );
    }
}

fn prepared(server: &Server) -> TestDatabase {
    let database = server.database();
    database.sql("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL); CHECKPOINT");
    database
}

/// Transactions a second of pgbench, with prepared statements.
fn pgbench(server: &Server, database: &TestDatabase, connections: usize, seconds: u64) -> f64 {
    let script = server.put_file("task.sql", SCRIPT);
    let mut pgbench = Command::new(server.binaries().join("pgbench"));
    pgbench.args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", "postgres", "-j", "2"]);
    pgbench.args([
        "-p",
        &server.port().to_string(),
        "-c",
        &connections.to_string(),
        "-T",
        &seconds.to_string(),
    ]);
    let output = pgbench.arg("-f").arg(script).arg(&database.name).output().expect("pgbench runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// SQL tasks a second, carried out as the engine has them carried out.
fn tasks(database: &TestDatabase, connections: usize, measured: Duration) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let config =
        DatabaseConfig { max_connections: connections, ..DatabaseConfig::new("shop", database.url()) };
    let runner = Arc::new(SqlRunner::new(vec![config]).expect("a valid configuration"));
    let (next, done, is_over) =
        (Arc::new(AtomicU64::new(1)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    runtime.expect("a runtime").block_on(async {
        // Twice as many as connections: while one answer is taken, the next task is ready.
        let workers: Vec<_> = (0..2 * connections)
            .map(|_| {
                let (runner, next, done, is_over) =
                    (runner.clone(), next.clone(), done.clone(), is_over.clone());
                tokio::spawn(async move {
                    while !is_over.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let outcome = runner.run(request(number)).await;
                        assert!(matches!(outcome, TaskOutcome::Succeeded { .. }), "{outcome:?}");
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (since, before) = (Instant::now(), done.load(Ordering::Relaxed));
        tokio::time::sleep(measured).await;
        let count = u32::try_from(done.load(Ordering::Relaxed) - before).expect("fewer than four milliards");
        let rate = f64::from(count) / since.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.await.expect("no panic");
        }
        rate
    })
}

fn request(number: u64) -> TaskRequest {
    // Spread like the hashes that keys are.
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let arguments = format!(
        r#"{{"Database":"shop","Statements":[{{"Sql":"INSERT INTO orders (id, total) VALUES (:id, :total)","Parameters":{{"id":{number},"total":12.5}},"ExpectRows":1}}]}}"#
    );
    TaskRequest {
        key,
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:orders:day1".into(),
        state: "Store".into(),
        ..TaskRequest::alone(
            Resource::parse("arn:aws:states:::baton:sql:transaction").expect("a resource"),
            Payload::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON"),
        )
    }
}
