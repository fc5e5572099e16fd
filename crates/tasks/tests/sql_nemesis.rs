//! The nemesis: connections are cut at COMMIT, before and after the server hears of it; backends are killed and frozen, the
//! server crashes; attempts are timed out, retried and delivered twice. At the end every effect is there once, and nothing
//! was reported as failed that has an effect. `BATON_NEMESIS=1000` is the long form: a thousand cuts each way.

#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "support/server.rs"]
mod server;

#[path = "support/proxy.rs"]
mod proxy;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asl::resource::Resource;
use asl::{JsonLimits, Payload};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::sql::ClaimRule;
use tasks::{DatabaseConfig, SqlRunner};

use self::proxy::{Act, Proxy};
use self::server::{Server, TestDatabase};

/// Entries at work at once.
const CONCURRENCY: usize = 12;
/// Attempts at one entry before its failure is final.
const ATTEMPTS_MAX: u32 = 6;

/// A repeatable source of choices.
struct Dice(AtomicU64);

impl Dice {
    fn roll(&self, sides: u64) -> u64 {
        let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % sides
    }
}

/// What became of one state entry, as the engine would know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Succeeded,
    Failed,
}

#[derive(Debug, Default)]
struct Tally {
    attempts: AtomicU32,
    failures: AtomicU32,
    abandoned: AtomicU32,
    found_committed: AtomicU32,
    barred_yet_succeeded: AtomicU32,
    redelivered: AtomicU32,
    unheard: AtomicU32,
    kills: AtomicU32,
    freezes: AtomicU32,
    crashes: AtomicU32,
}

struct World {
    server: Mutex<Server>,
    database: TestDatabase,
    proxy: Proxy,
    dice: Arc<Dice>,
    is_quiet: Arc<AtomicBool>,
    tally: Tally,
}

impl World {
    fn new(seed: u64) -> Self {
        let server = Server::start(&[
            "fsync = off",
            "max_connections = 200",
            "deadlock_timeout = 20ms",
            "log_min_messages = panic",
        ]);
        let database = server.database();
        database.sql(
            "CREATE TABLE effects (entry int NOT NULL);
             CREATE TABLE hot (id int PRIMARY KEY, n int NOT NULL);
             INSERT INTO hot VALUES (1, 0), (2, 0)",
        );
        let dice = Arc::new(Dice(AtomicU64::new(seed)));
        let is_quiet = Arc::new(AtomicBool::new(false));
        let (rolled, quiet) = (Arc::clone(&dice), Arc::clone(&is_quiet));
        let plan = move |is_commit: bool| match (is_commit, rolled.roll(1_000)) {
            _ if quiet.load(Ordering::SeqCst) => Act::Pass,
            (true, 0..200) => Act::CutBefore,
            (true, 200..300) => Act::CutAfter,
            (true, 300..400) => Act::CutThenLate(Duration::from_millis(rolled.roll(150))),
            (true, 400..403) => Act::Freeze(Duration::from_millis(200 + rolled.roll(4_000))),
            (false, 0..5) => Act::CutBefore,
            (false, 5..10) => Act::CutAfter,
            _ => Act::Pass,
        };
        let proxy = Proxy::start(server.port(), Arc::new(plan));
        Self { server: Mutex::new(server), database, proxy, dice, is_quiet, tally: Tally::default() }
    }

    /// One engine's runner; two of them do not know of each other.
    fn runner(&self, rule: ClaimRule) -> Arc<SqlRunner> {
        let config = DatabaseConfig {
            statement_timeout_ms: 1_500,
            lock_timeout_ms: 700,
            ..DatabaseConfig::new("shop", self.database.url_at(self.proxy.port))
        };
        Arc::new(SqlRunner::with_claim_rule(vec![config], rule).expect("a valid configuration"))
    }

    fn arguments(entry: u32) -> String {
        let insert = format!(
            r#"{{"Sql":"INSERT INTO effects VALUES (:e)","Parameters":{{"e":{entry}}},"ExpectRows":1}}"#
        );
        let hot = |id: u32| format!(r#"{{"Sql":"UPDATE hot SET n = n + 1 WHERE id = {id}","ExpectRows":1}}"#);
        let (one, two) = (hot(1), hot(2));
        let (isolation, statements) = match entry % 8 {
            0 => ("READ COMMITTED", format!("{one},{insert},{two}")),
            1 => ("READ COMMITTED", format!("{two},{insert},{one}")),
            2 => ("SERIALIZABLE", format!("{one},{insert},{two}")),
            _ => ("READ COMMITTED", insert),
        };
        format!(r#"{{"Database":"shop","Isolation":"{isolation}","Statements":[{statements}]}}"#)
    }

    fn request(entry: u32, attempt: u32, is_redelivery: bool) -> TaskRequest {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&entry.to_be_bytes());
        TaskRequest {
            key,
            attempt,
            is_redelivery,
            state: "Store".into(),
            ..TaskRequest::alone(
                Resource::parse("arn:aws:states:::baton:sql:transaction").expect("a resource"),
                Payload::parse(&*Self::arguments(entry), JsonLimits::PAYLOAD).expect("valid JSON"),
            )
        }
    }

    /// One state entry as the engine carries it out: attempts, time-outs, redeliveries, until its fate is sealed.
    async fn entry(&self, runners: &[Arc<SqlRunner>; 2], entry: u32) -> Fate {
        for attempt in 1..=ATTEMPTS_MAX {
            self.tally.attempts.fetch_add(1, Ordering::SeqCst);
            let outcome = match self.dice.roll(10) {
                0 | 1 => self.timed_out(runners, entry, attempt).await,
                2 | 3 => self.delivered_twice(runners, entry, attempt).await,
                4 if attempt < ATTEMPTS_MAX => self.answer_lost(runners, entry, attempt).await,
                at => runners[usize::from(at % 2 == 0)].run(Self::request(entry, attempt, false)).await,
            };
            match outcome {
                TaskOutcome::Succeeded { .. } => return Fate::Succeeded,
                TaskOutcome::Failed { .. } => {
                    self.tally.failures.fetch_add(1, Ordering::SeqCst);
                }
                TaskOutcome::Barred => {}
            }
        }
        // Before the failure is reported, nothing may be left that could still take effect.
        match runners[0].abandon(Self::request(entry, ATTEMPTS_MAX, false)).await {
            AbandonOutcome::Committed { .. } => Fate::Succeeded,
            AbandonOutcome::Barred => Fate::Failed,
        }
    }

    /// The attempt may commit, but nobody hears of it, and the next one begins: as after a redrive.
    async fn answer_lost(&self, runners: &[Arc<SqlRunner>; 2], entry: u32, attempt: u32) -> TaskOutcome {
        let (runner, request) = (Arc::clone(&runners[0]), Self::request(entry, attempt, false));
        let zombie = tokio::spawn(async move { runner.run(request).await });
        tokio::time::sleep(Duration::from_millis(self.dice.roll(30))).await;
        self.tally.unheard.fetch_add(1, Ordering::SeqCst);
        drop(zombie);
        TaskOutcome::Barred
    }

    /// The state's time is over while the attempt runs: it is abandoned, and what it came to is asked.
    async fn timed_out(&self, runners: &[Arc<SqlRunner>; 2], entry: u32, attempt: u32) -> TaskOutcome {
        let (runner, request) = (Arc::clone(&runners[0]), Self::request(entry, attempt, false));
        let running = tokio::spawn(async move { runner.run(request).await });
        tokio::time::sleep(Duration::from_millis(self.dice.roll(12))).await;
        self.tally.abandoned.fetch_add(1, Ordering::SeqCst);
        let by = usize::from(self.dice.roll(2) == 0);
        let fate = runners[by].abandon(Self::request(entry, attempt, by == 1)).await;
        match fate {
            AbandonOutcome::Committed { output } => {
                self.tally.found_committed.fetch_add(1, Ordering::SeqCst);
                TaskOutcome::Succeeded { output }
            }
            AbandonOutcome::Barred => {
                // It may still be at it somewhere; it must never take effect.
                let barred = running.await.expect("no panic");
                let has_succeeded = matches!(barred, TaskOutcome::Succeeded { .. });
                self.tally.barred_yet_succeeded.fetch_add(u32::from(has_succeeded), Ordering::SeqCst);
                TaskOutcome::Barred
            }
        }
    }

    /// The engine dies while the attempt runs, and another one delivers it again; the first may go on as a zombie.
    async fn delivered_twice(&self, runners: &[Arc<SqlRunner>; 2], entry: u32, attempt: u32) -> TaskOutcome {
        let (runner, request) = (Arc::clone(&runners[0]), Self::request(entry, attempt, false));
        let zombie = tokio::spawn(async move { runner.run(request).await });
        tokio::time::sleep(Duration::from_millis(self.dice.roll(8))).await;
        self.tally.redelivered.fetch_add(1, Ordering::SeqCst);
        let outcome = runners[1].run(Self::request(entry, attempt, true)).await;
        if let TaskOutcome::Failed { .. } = outcome {
            // The engine seals a failed attempt of which another delivery may live before it reports it.
            return match runners[1].abandon(Self::request(entry, attempt, true)).await {
                AbandonOutcome::Committed { output } => TaskOutcome::Succeeded { output },
                AbandonOutcome::Barred => {
                    drop(zombie.await);
                    outcome
                }
            };
        }
        outcome
    }

    /// Harm from the side, until the world is quiet.
    fn harm(&self, with_crashes: u32) {
        let mut crashes = 0;
        // Some of each, however short the trial is.
        std::thread::sleep(Duration::from_millis(100));
        self.kill_a_backend();
        self.freeze_a_backend();
        if with_crashes > 0 {
            crashes += 1;
            self.crash();
        }
        while !self.is_quiet.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(150 + self.dice.roll(200)));
            match self.dice.roll(30) {
                0 if crashes < with_crashes => {
                    crashes += 1;
                    self.crash();
                }
                1 | 2 => self.freeze_a_backend(),
                3..15 => self.kill_a_backend(),
                _ => {}
            }
        }
    }

    fn crash(&self) {
        self.server.lock().expect("no panic").crash_and_restart();
        self.tally.crashes.fetch_add(1, Ordering::SeqCst);
    }

    fn kill_a_backend(&self) {
        let killed = self.database.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = 'baton' ORDER BY random() LIMIT 2) AS chosen",
        );
        self.tally.kills.fetch_add(killed.parse().unwrap_or(0), Ordering::SeqCst);
    }

    fn freeze_a_backend(&self) {
        let pid = self.database.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'baton' AND state <> 'idle' ORDER BY random() LIMIT 1");
        if pid.is_empty() {
            return;
        }
        let signal = |name: &str| {
            // The backend may have ended meanwhile.
            let _ = Command::new("kill").args([name, &pid]).stderr(std::process::Stdio::null()).status();
        };
        signal("-STOP");
        std::thread::sleep(Duration::from_millis(300 + self.dice.roll(2_000)));
        signal("-CONT");
        self.tally.freezes.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the trial came to.
#[derive(Debug)]
struct Verdict {
    entries: usize,
    lost: usize,
    duplicated: usize,
    failed_with_effect: usize,
    failed: usize,
}

/// Runs entries until there were `cuts` each way, then lets everything come to rest and counts.
fn trial(rule: ClaimRule, cuts: u64, crashes: u32, seed: u64) -> (Verdict, Arc<World>) {
    let world = Arc::new(World::new(seed));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime");
    let harming = Arc::clone(&world);
    let harm = std::thread::spawn(move || harming.harm(crashes));
    let next = Arc::new(AtomicU32::new(1));
    let since = Instant::now();
    let fates: Arc<Mutex<BTreeMap<u32, Fate>>> = Arc::default();
    runtime.block_on(async {
        let runners = [world.runner(rule), world.runner(rule)];
        let workers: Vec<_> = (0..CONCURRENCY)
            .map(|_| {
                let (world, runners) = (Arc::clone(&world), runners.clone());
                let (next, fates) = (Arc::clone(&next), Arc::clone(&fates));
                tokio::spawn(async move {
                    let counts = &world.proxy.counts;
                    let after = || {
                        counts.cut_after.load(Ordering::SeqCst) + counts.cut_then_late.load(Ordering::SeqCst)
                    };
                    while counts.cut_before.load(Ordering::SeqCst) < cuts || after() < cuts {
                        let entry = next.fetch_add(1, Ordering::SeqCst);
                        let fate = world.entry(&runners, entry).await;
                        fates.lock().expect("no panic").insert(entry, fate);
                    }
                    // Entries under way end in a world where nothing is broken any more.
                    world.is_quiet.store(true, Ordering::SeqCst);
                })
            })
            .collect();
        for worker in workers {
            worker.await.expect("no panic");
        }
    });
    harm.join().expect("no panic");
    drop(runtime);
    let verdict = judge(&world, &fates.lock().expect("no panic"));
    report(&world, &verdict, rule, seed, since.elapsed());
    (verdict, world)
}

fn judge(world: &World, fates: &BTreeMap<u32, Fate>) -> Verdict {
    let rows = world.database.sql("SELECT entry, count(*) FROM effects GROUP BY entry");
    let effects: BTreeMap<u32, u32> = rows
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(entry, count)| (entry.parse().expect("an entry"), count.parse().expect("a count")))
        .collect();
    let count = |entry: &u32| effects.get(entry).copied().unwrap_or(0);
    let with = |fate: Fate| fates.iter().filter(move |(_, it)| **it == fate).map(|(entry, _)| entry);
    Verdict {
        entries: fates.len(),
        lost: with(Fate::Succeeded).filter(|entry| count(entry) == 0).count(),
        duplicated: fates.keys().filter(|entry| count(entry) > 1).count(),
        failed_with_effect: with(Fate::Failed).filter(|entry| count(entry) > 0).count(),
        failed: with(Fate::Failed).count(),
    }
}

fn report(world: &World, verdict: &Verdict, rule: ClaimRule, seed: u64, took: Duration) {
    println!("{rule:?}, seed {seed}, {:.1} s: {verdict:?}", took.as_secs_f64());
    println!("  at COMMIT and elsewhere: {:?}", world.proxy.counts);
    println!("  around it: {:?}", world.tally);
}

fn seed() -> u64 {
    let given = std::env::var("BATON_NEMESIS_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        u64::from(now.subsec_nanos()) << 20 | now.as_secs() & 0xf_ffff
    })
}

fn cuts() -> Option<u64> {
    std::env::var("BATON_NEMESIS").ok().map(|cuts| cuts.parse().expect("BATON_NEMESIS is a number of cuts"))
}

#[test]
fn whatever_is_broken_at_commit_every_effect_happens_once() {
    let long = cuts();
    let (verdict, world) = trial(
        ClaimRule::Standard,
        long.unwrap_or(20),
        long.map_or(1, |cuts| u32::try_from(cuts / 100).unwrap_or(10)),
        seed(),
    );
    assert_eq!((verdict.lost, verdict.duplicated, verdict.failed_with_effect), (0, 0, 0), "{verdict:?}");
    assert_eq!(world.tally.barred_yet_succeeded.load(Ordering::SeqCst), 0);
    // The trial is worth something only if most entries came through and commits were carried out unseen.
    assert!(verdict.failed * 10 < verdict.entries * 3, "{verdict:?}");
    assert!(world.proxy.counts.committed_unseen.load(Ordering::SeqCst) >= long.unwrap_or(20) / 2);
    let successes = verdict.entries - verdict.failed;
    assert_eq!(world.database.sql("SELECT count(*) FROM effects"), successes.to_string());
    assert_eq!(
        world.database.sql("SELECT count(*) FROM baton_claim WHERE state = 'committed'"),
        successes.to_string()
    );
    assert_eq!(world.database.sql("SELECT count(*) FROM baton_claim WHERE state IS NULL"), "0");
    let hot = world.database.sql("SELECT count(*) FROM effects WHERE entry % 8 < 3");
    assert_eq!(world.database.sql("SELECT string_agg(n::text, ' ') FROM hot"), format!("{hot} {hot}"));
}

#[test]
fn without_the_claim_the_same_trial_shows_duplicates() {
    let (verdict, _) = trial(ClaimRule::None, cuts().unwrap_or(20).min(100), 0, seed());
    assert!(verdict.duplicated > 0, "{verdict:?}");
}

#[test]
fn with_the_claim_keyed_by_attempt_the_same_trial_shows_duplicates() {
    let (verdict, _) = trial(ClaimRule::KeyedByAttempt, cuts().unwrap_or(20).clamp(40, 200), 0, seed());
    assert!(verdict.duplicated > 0, "{verdict:?}");
}
