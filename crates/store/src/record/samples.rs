//! One fact of each kind, with every field filled.

use asl::{Failure, Json, JsonLimits, Payload, StateId, Timestamp};
use contracts::bind::ContractId;
use machine::event::{Check, Due, Numbered, Reason, Verdict};
use machine::{Fact, FrameId, PayloadId, TaskId, TimerId};

/// The kinds of facts, so that [`one`] can be asked for each of them.
pub(super) const KINDS: u32 = 45;

/// A fact of kind `kind`, filled with numbers that `seed` tells apart.
pub(super) fn one(kind: u32, seed: u32) -> Fact {
    let frame = FrameId(seed);
    let child = FrameId(seed + 1);
    let state = StateId(seed * 7);
    let failure = Failure::new("Shop.Error", format!("cause {seed}"));
    let due = Due { timer: TimerId(seed), at: Timestamp::from_unix_ms(1_795_500_000_000 - i64::from(seed)) };
    let (input, output, items, arguments) = (payload(1), payload(2), payload(1), payload(2));
    let checks = checks(seed);
    match kind {
        0 => Fact::ExecutionStarted { input, timeout: Some(due), checks },
        1 => Fact::ExecutionSucceeded { output, checks },
        2 => Fact::ExecutionFailed { failure, checks },
        3 => Fact::ExecutionTimedOut { failure },
        4 => Fact::ExecutionAborted { failure: Failure { error: None, cause: None } },
        5 => Fact::StateEntered { frame, state, input, checks },
        6 => {
            let assigned = vec![("total".into(), Json::from(i64::from(seed))), ("empty".into(), Json::Null)];
            Fact::StateExited { frame, state, output, assigned, next: Some(state), checks }
        }
        7 => {
            Fact::EvaluationFailed { frame, state: None, location: "Contract.Output".into(), failure, checks }
        }
        8 => Fact::TaskScheduled {
            frame,
            task: TaskId(seed),
            attempt: seed,
            arguments,
            timeout_seconds: Some(60),
            heartbeat_seconds: None,
            timeout: Some(due),
            heartbeat: seed.is_multiple_of(2).then_some(due),
            checks,
        },
        9 => Fact::TaskStarted { frame },
        10 => Fact::TaskSucceeded { frame, output, checks },
        11 => Fact::TaskFailed { frame, failure },
        12 => Fact::TaskTimedOut { frame, failure },
        13 => Fact::TaskAbandonRequested { frame, reason: reason(seed) },
        14 => Fact::TaskSettled { frame, committed: seed.is_multiple_of(2).then_some(output) },
        15 => Fact::StateAborted { frame },
        16 => Fact::RetryScheduled { frame, retrier: seed, due },
        17 => Fact::WaitScheduled { frame, due },
        18 => Fact::MapStateStarted { frame, items, concurrency: 40 },
        19 => Fact::MapIterationStarted { frame, child, index: seed, input, checks },
        20 => Fact::MapIterationSucceeded { child },
        21 => Fact::MapIterationFailed { child },
        22 => Fact::MapIterationAborted { child },
        23 => Fact::MapStateSucceeded { frame },
        24 => Fact::MapStateFailed { frame },
        25 => Fact::ParallelStateStarted { frame, input, child_first: child },
        26 => Fact::BranchSucceeded { child },
        27 => Fact::BranchFailed { child },
        28 => Fact::BranchAborted { child },
        29 => Fact::FailureHeld { frame, failure },
        30 => Fact::ParallelStateSucceeded { frame },
        31 => Fact::ParallelStateFailed { frame },
        32 => Fact::HeartbeatRecorded { frame, due },
        33 => Fact::TokenIssued {
            frame,
            task: TaskId(3),
            attempt: 2,
            secret: machine::token::Secret([0x5a; 16]),
        },
        34 => Fact::ActivityStarted { frame, worker: Some("mole".into()), heartbeat: Some(due) },
        35 => Fact::TaskSubmitted { frame, output: payload(2) },
        36 => Fact::DistributedMapStarted { frame, length: u64::from(seed) << 32 },
        37 => Fact::MapRunStarted {
            frame,
            task: TaskId(seed),
            attempt: seed,
            arn: "arn:aws:states:us-east-1:000000000000:mapRun:shop/orders:7".into(),
            plan: arguments,
            items: seed.is_multiple_of(2).then_some(items),
        },
        38 => Fact::MapRunSucceeded { frame, output },
        39 => Fact::MapRunFailed { frame, failure },
        40 => Fact::MapRunAborted { frame },
        41 => Fact::ExecutionRedriven { count: seed, timeout: seed.is_multiple_of(2).then_some(due) },
        42 => Fact::StateRedriven { frame, checks },
        43 => Fact::MapRunRedriven { frame, task: TaskId(seed), attempt: seed, redrives: 2 },
        44 => Fact::CredentialsEvaluated { frame, role_arn: "arn:aws:iam::000000000000:role/ship".into() },
        _ => unreachable!("there are {KINDS} kinds"),
    }
}

/// Which kind a fact is. A new fact breaks the build here: give it the next number, [`one`] an arm, and raise [`KINDS`].
pub(super) fn kind(fact: &Fact) -> u32 {
    match fact {
        Fact::ExecutionStarted { .. } => 0,
        Fact::ExecutionSucceeded { .. } => 1,
        Fact::ExecutionFailed { .. } => 2,
        Fact::ExecutionTimedOut { .. } => 3,
        Fact::ExecutionAborted { .. } => 4,
        Fact::StateEntered { .. } => 5,
        Fact::StateExited { .. } => 6,
        Fact::EvaluationFailed { .. } => 7,
        Fact::TaskScheduled { .. } => 8,
        Fact::TaskStarted { .. } => 9,
        Fact::TaskSucceeded { .. } => 10,
        Fact::TaskFailed { .. } => 11,
        Fact::TaskTimedOut { .. } => 12,
        Fact::TaskAbandonRequested { .. } => 13,
        Fact::TaskSettled { .. } => 14,
        Fact::StateAborted { .. } => 15,
        Fact::RetryScheduled { .. } => 16,
        Fact::WaitScheduled { .. } => 17,
        Fact::MapStateStarted { .. } => 18,
        Fact::MapIterationStarted { .. } => 19,
        Fact::MapIterationSucceeded { .. } => 20,
        Fact::MapIterationFailed { .. } => 21,
        Fact::MapIterationAborted { .. } => 22,
        Fact::MapStateSucceeded { .. } => 23,
        Fact::MapStateFailed { .. } => 24,
        Fact::ParallelStateStarted { .. } => 25,
        Fact::BranchSucceeded { .. } => 26,
        Fact::BranchFailed { .. } => 27,
        Fact::BranchAborted { .. } => 28,
        Fact::FailureHeld { .. } => 29,
        Fact::ParallelStateSucceeded { .. } => 30,
        Fact::ParallelStateFailed { .. } => 31,
        Fact::HeartbeatRecorded { .. } => 32,
        Fact::TokenIssued { .. } => 33,
        Fact::ActivityStarted { .. } => 34,
        Fact::TaskSubmitted { .. } => 35,
        Fact::DistributedMapStarted { .. } => 36,
        Fact::MapRunStarted { .. } => 37,
        Fact::MapRunSucceeded { .. } => 38,
        Fact::MapRunFailed { .. } => 39,
        Fact::MapRunAborted { .. } => 40,
        Fact::ExecutionRedriven { .. } => 41,
        Fact::StateRedriven { .. } => 42,
        Fact::MapRunRedriven { .. } => 43,
        Fact::CredentialsEvaluated { .. } => 44,
    }
}

/// One of the two payloads that samples refer to.
pub(super) fn payload(number: u32) -> Numbered {
    let text = if number == 1 { r#"{ "order": 7, "lines": [1, 2.50, true] }"# } else { r#""paid""# };
    let payload = Payload::parse(text, JsonLimits::PAYLOAD).expect("a sample is JSON");
    Numbered { id: PayloadId(number), payload }
}

fn checks(seed: u32) -> Vec<Check> {
    let verdicts =
        [Verdict::Fits, Verdict::Violated { violations: seed }, Verdict::Warned { violations: 300 }];
    let count = seed as usize % 4;
    (1..).zip(verdicts).take(count).map(|(at, verdict)| Check { contract: ContractId(at), verdict }).collect()
}

fn reason(seed: u32) -> Reason {
    match seed % 3 {
        0 => Reason::Timeout,
        1 => Reason::Heartbeat,
        _ => Reason::Doomed,
    }
}
