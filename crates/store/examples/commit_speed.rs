//! How fast group commits are: `cargo run --release -p baton-store --example commit_speed -- [batch] [seconds]`.
//!
//! Every member is a whole execution in one record: 22 events (ten Pass states) and one shared payload.

use std::time::{Duration, Instant};

use asl::{JsonLimits, Payload, StateId, Timestamp};
use machine::event::Numbered;
use machine::{Actor, Event, ExecutionId, ExecutionInfo, Fact, FrameId, NewPayload, PayloadId, Status, Step};
use store::{Commit, ExecutionKey, Opening, RevisionKey, SqliteStore, Store};

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse::<u64>().ok());
    let (members, seconds) = (arguments.next().unwrap_or(128), arguments.next().unwrap_or(5));
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk at hand");
    let mut store = SqliteStore::open(folder.path(), [1; 16]).expect("the store opens");
    let revision =
        store.save_revision(&store::conformance::revision("shop")).expect("a revision is remembered");
    let step = step();
    measure_encoding(&step);
    let (begin, mut commits, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    let mut number = 1;
    while begin.elapsed() < Duration::from_secs(seconds) {
        let batch: Vec<_> =
            (number..number + members).map(|number| commit(revision, number, &step)).collect();
        let before = Instant::now();
        store.commit(&batch).expect("it is remembered");
        slowest = slowest.max(before.elapsed());
        number += members;
        commits += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a report")]
    let rate = (number - 1) as f64 / begin.elapsed().as_secs_f64();
    println!(
        "batch {members}: {rate:.0} executions/s, {commits} commits (one sync each, and checkpoints), slowest {slowest:?}"
    );
    let bytes = std::fs::metadata(folder.path().join("baton.db")).map_or(0, |it| it.len());
    println!("{} bytes of file an execution", bytes / (number - 1));
}

fn measure_encoding(step: &Step) {
    const ROUNDS: u32 = 20_000;
    let begin = Instant::now();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        bytes = store::record::encode(ExecutionKey(1), 1, step).expect("it has a stored form").len();
    }
    println!("encoding {} events: {:?}, {bytes} bytes", step.events.len(), begin.elapsed() / ROUNDS);
}

fn commit(revision: RevisionKey, number: u64, step: &Step) -> Commit {
    let mut id = [7; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let id = ExecutionId(id);
    let arn = format!("arn:aws:states:us-east-1:000000000000:execution:shop:{id}").into();
    Commit {
        key: ExecutionKey::new(0, number),
        activation: 1,
        opening: Some(Opening {
            info: ExecutionInfo { id, name: id.to_string().into(), arn },
            revision,
            started_at: Timestamp::from_unix_ms(1_795_500_000_000),
            started_by: Actor::User("ada".into()),
        }),
        step: step.clone(),
        status: Status::Succeeded,
        settled: true,
        closed_at: Some(Timestamp::from_unix_ms(1_795_500_000_001)),
    }
}

fn step() -> Step {
    let text = format!(r#"{{"order":7,"lines":["{}"]}}"#, "x".repeat(700));
    let payload = Payload::parse(text, JsonLimits::PAYLOAD).expect("it is JSON");
    let shared = || Numbered { id: PayloadId(1), payload: payload.clone() };
    let (frame, none) = (FrameId::ROOT, Vec::new);
    let mut facts = vec![Fact::ExecutionStarted { input: shared(), timeout: None, checks: none() }];
    for at in 0..10 {
        let state = StateId(at);
        let next = (at < 9).then_some(StateId(at + 1));
        facts.push(Fact::StateEntered { frame, state, input: shared(), checks: none() });
        facts.push(Fact::StateExited {
            frame,
            state,
            output: shared(),
            assigned: vec![],
            next,
            checks: none(),
        });
    }
    facts.push(Fact::ExecutionSucceeded { output: shared(), checks: none() });
    let at = Timestamp::from_unix_ms(1_795_500_000_000);
    let event = |(id, fact)| Event { id, previous: id - 1, at, actor: Actor::Engine, fact };
    let new = NewPayload { id: PayloadId(1), payload: payload.clone(), salt: [3; 16] };
    Step { events: (1..).zip(facts).map(event).collect(), payloads: vec![new], ..Step::default() }
}
