use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use asl::resource::Resource;
use asl::{ErrorName, Failure};
use futures_util::future::BoxFuture;
use machine::{Actor, Callback, Fact, NotRedrivable, Status, TaskToken};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::{Engine, Settings, World};
use crate::clock::SystemClock;
use crate::door::StartError;
use crate::seed_source::ProcessSeeds;
use crate::shard::arrival::{CallError, ExecutionEnd, RedriveError, Until};
use crate::task_runner::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};
use crate::testing::fake_store::FakeStore;
use crate::testing::{PASS, TASK, payload, request, revision};

/// A runner that does as it is told.
#[derive(Default)]
struct Scripted {
    panics: bool,
    hangs: bool,
    /// Says so twice before it goes on.
    submits: bool,
    /// What an abandoned attempt turns out to have committed.
    committed: Option<&'static str>,
    called_off: Notify,
    runs: AtomicU32,
    log: Mutex<Vec<String>>,
}

impl TaskRunner for Scripted {
    fn name(&self, _: &TaskRequest) -> Arc<str> {
        "scripted".into()
    }

    fn accepts(&self, resource: &Resource) -> bool {
        resource.arn.contains("lambda")
    }

    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome> {
        Box::pin(async move {
            self.runs.fetch_add(1, Ordering::Relaxed);
            self.log.lock().expect("nobody panics with the log").push(format!("run {}", request.attempt));
            if self.submits {
                request.submission.tell(payload(r#"{"ExecutionArn":"one"}"#));
                request.submission.tell(payload(r#"{"ExecutionArn":"one again"}"#));
            }
            assert!(!self.panics, "the runner is broken");
            if self.hangs {
                self.called_off.notified().await;
                return TaskOutcome::Barred;
            }
            TaskOutcome::Succeeded { output: payload(r#"{"paid":true}"#) }
        })
    }

    fn abandon(&self, request: TaskRequest) -> BoxFuture<'_, AbandonOutcome> {
        Box::pin(async move {
            self.log.lock().expect("nobody panics with the log").push(format!("abandon {}", request.attempt));
            self.called_off.notify_one();
            match self.committed {
                Some(text) => AbandonOutcome::Committed { output: payload(text) },
                None => AbandonOutcome::Barred,
            }
        })
    }
}

fn engine(store: &FakeStore, tokio: &Runtime, runners: Vec<Arc<dyn TaskRunner>>) -> Engine {
    let world = World {
        store: Box::new(store.clone()),
        runners,
        clock: Arc::new(SystemClock),
        seeds: Box::new(ProcessSeeds::from_seed([5; 32])),
        tokio: tokio.handle().clone(),
    };
    Engine::start(world, Settings::default()).expect("the fake store opens")
}

#[track_caller]
fn run_with(runner: Scripted) -> (ExecutionEnd, Arc<Scripted>) {
    let (store, tokio, runner) = (FakeStore::default(), Runtime::new().expect("threads"), Arc::new(runner));
    let engine = engine(&store, &tokio, vec![runner.clone()]);
    let started = engine.handle().start(request(&revision(TASK), Some("a"), "{}")).expect("it starts");
    let end = engine.handle().wait(started.key, Until::Ended).expect("it ends");
    engine.drain();
    (end, runner)
}

#[test]
fn a_task_runs_and_its_answer_is_the_output() {
    let (end, runner) = run_with(Scripted::default());
    assert_eq!((end.status, end.output), (Status::Succeeded, Some(payload(r#"{"paid":true}"#))));
    assert_eq!(runner.runs.load(Ordering::Relaxed), 1);
}

#[test]
fn what_a_runner_submits_is_remembered_once_and_before_its_end() {
    let (folder, tokio) = (tempfile::tempdir().expect("a folder"), Runtime::new().expect("threads"));
    let hanging = || Arc::new(Scripted { submits: true, hangs: true, ..Scripted::default() });
    let first = hanging();
    let engine = lasting_engine_with(&folder, &tokio, vec![first.clone()]);
    let revision = revision(TASK);
    let mut start = request(&revision, None, "{}");
    let saved = engine.handle().save_revision(&revision, asl::Timestamp::default(), Actor::Engine);
    start.revision_key = saved.expect("it is remembered");
    let key = engine.handle().start(start).expect("it starts").key;
    let submitted = |engine: &Engine| {
        let loaded = engine.handle().load(key).expect("it is there");
        let outputs = loaded.events.iter().filter_map(|it| match &it.fact {
            Fact::TaskSubmitted { output, .. } => Some(output.payload.text().to_string()),
            _ => None,
        });
        outputs.collect::<Vec<_>>()
    };
    while submitted(&engine).is_empty() {
        std::thread::yield_now();
    }
    engine.drain();

    // The process is gone while the attempt waits: it is delivered again, and what it says again is not remembered again.
    let second = Arc::new(Scripted { submits: true, ..Scripted::default() });
    let engine = lasting_engine_with(&folder, &tokio, vec![second.clone()]);
    assert_eq!(engine.resumed().tasks, 1);
    let end = engine.handle().wait(key, Until::Ended).expect("it ends");
    assert_eq!((end.status, second.runs.load(Ordering::Relaxed)), (Status::Succeeded, 1));
    assert_eq!(submitted(&engine), [r#"{"ExecutionArn":"one"}"#]);
    engine.drain();
    first.called_off.notify_one();
}

#[test]
fn a_runner_that_panics_without_effect_fails_its_task() {
    let (end, runner) = run_with(Scripted { panics: true, ..Scripted::default() });
    assert_eq!(end.status, Status::Failed);
    assert_eq!(end.failure.expect("it failed").error_str(), ErrorName::TASK_FAILED);
    assert_eq!(*runner.log.lock().expect("unharmed"), ["run 1", "abandon 1"]);
}

#[test]
fn a_runner_that_panics_after_its_effect_has_answered() {
    let (end, _) = run_with(Scripted { panics: true, committed: Some("7"), ..Scripted::default() });
    assert_eq!((end.status, end.output), (Status::Succeeded, Some(payload("7"))));
}

#[test]
fn a_resource_that_nobody_takes_fails_and_says_who_is_there() {
    let (store, tokio) = (FakeStore::default(), Runtime::new().expect("threads"));
    let engine = engine(&store, &tokio, vec![Arc::new(Scripted::default())]);
    let definition = TASK.replace("lambda:invoke", "sqs:sendMessage");
    let started = engine.handle().start(request(&revision(&definition), None, "{}")).expect("it starts");
    let end = engine.handle().wait(started.key, Until::Settled).expect("it ends");
    let failure = end.failure.expect("it failed");
    assert_eq!(failure.error_str(), "Task.NoRunner");
    assert!(failure.cause.expect("a cause").ends_with("runners that are set up: scripted"));
}

#[test]
fn a_stop_abandons_what_runs_and_a_drained_engine_takes_no_work() {
    let (store, tokio) = (FakeStore::default(), Runtime::new().expect("threads"));
    let runner = Arc::new(Scripted { hangs: true, ..Scripted::default() });
    let engine = engine(&store, &tokio, vec![runner.clone()]);
    let handle = engine.handle().clone();
    let shown = handle.subscribe();
    let started = handle.start(request(&revision(TASK), Some("a"), "{}")).expect("it starts");
    let stopped = handle.stop(started.key, Failure::new("Ops.Enough", "no more"), Actor::User("ada".into()));
    assert_eq!(stopped.expect("it stops").status, Status::Aborted);
    assert!(handle.wait(started.key, Until::Settled).expect("it is settled").settled);
    let last = shown.try_iter().last().expect("something was shown");
    assert_eq!((last.status, last.settled, last.activation), (Status::Aborted, true, 3));
    engine.drain();
    let refused = handle.start(request(&revision(PASS), None, "{}"));
    assert_eq!(refused, Err(StartError::Stopped { message: None }));
}

#[test]
fn what_was_stopped_is_redriven_and_runs_its_task_again() {
    let (store, tokio) = (FakeStore::default(), Runtime::new().expect("threads"));
    let runner = Arc::new(Scripted { hangs: true, ..Scripted::default() });
    let engine = engine(&store, &tokio, vec![runner.clone()]);
    let (handle, ada) = (engine.handle().clone(), Actor::User("ada".into()));
    let started = handle.start(request(&revision(TASK), Some("a"), "{}")).expect("it starts");
    let early = handle.redrive(started.key, ada.clone());
    assert_eq!(early, Err(RedriveError::NotRedrivable(NotRedrivable::Running)));
    handle.stop(started.key, Failure::new("Ops.Enough", "no more"), ada.clone()).expect("it stops");
    handle.wait(started.key, Until::Settled).expect("it is settled");
    assert_eq!(handle.redrive(started.key, ada.clone()).map(|it| it.count), Ok(1));
    handle.stop(started.key, Failure::new("Ops.Enough", "once more"), ada).expect("it runs again");
    handle.wait(started.key, Until::Settled).expect("it is settled");
    let log = runner.log.lock().expect("unharmed").clone();
    assert!(log.contains(&"run 1".to_owned()) && log.contains(&"abandon 2".to_owned()), "{log:?}");
}

#[test]
fn many_callers_share_commits() {
    let (store, tokio) = (FakeStore::default(), Runtime::new().expect("threads"));
    let engine = engine(&store, &tokio, Vec::new());
    let revision = revision(PASS);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let started = engine.handle().start(request(&revision, None, "{}")).expect("it starts");
                    assert_eq!(started.end.expect("it is over").status, Status::Succeeded);
                }
            });
        }
    });
    assert_eq!(engine.handle().counters().expect("it runs").ended, 200);
    assert_eq!(store.count(), 200);
}

/// The token that was issued last, once its task was submitted.
fn submitted_token(engine: &Engine, key: store::ExecutionKey) -> String {
    loop {
        let loaded = engine.handle().load(key).expect("it is there");
        let is_submitted = loaded.events.iter().any(|it| matches!(it.fact, Fact::TaskSubmitted { .. }));
        let issued = loaded.events.iter().rev().find_map(|it| match it.fact {
            Fact::TokenIssued { task, attempt, secret, .. } => {
                Some(TaskToken { execution: loaded.row.info.id, task, attempt, secret })
            }
            _ => None,
        });
        if let (true, Some(token)) = (is_submitted, issued) {
            return token.to_string();
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_task_is_answered_by_whoever_has_its_token_and_once() {
    let (store, tokio) = (FakeStore::default(), Runtime::new().expect("threads"));
    let engine = engine(&store, &tokio, vec![Arc::new(Scripted::default())]);
    let definition = TASK.replace("lambda:invoke", "lambda:invoke.waitForTaskToken");
    let started = engine.handle().start(request(&revision(&definition), None, "{}")).expect("it starts");
    let token = submitted_token(&engine, started.key);
    let handle = engine.handle();
    let ada = || Actor::User("ada".into());
    handle.call_back(&token, Callback::Heartbeat, ada()).expect("it goes on");
    let guessed = format!("{}00", &token[..80]);
    assert_eq!(handle.call_back(&guessed, Callback::Heartbeat, ada()), Err(CallError::TaskTimedOut));
    assert_eq!(handle.call_back("x", Callback::Heartbeat, ada()), Err(CallError::InvalidToken));
    let other = format!("{}{}{}", &token[..2], "0".repeat(32), &token[34..]);
    assert_eq!(handle.call_back(&other, Callback::Heartbeat, ada()), Err(CallError::TaskDoesNotExist));
    let output = || Callback::Succeeded { output: payload(r#"{"approved":true}"#) };
    handle.call_back(&token, output(), ada()).expect("it is taken");
    let end = handle.wait(started.key, Until::Ended).expect("it ends");
    assert_eq!((end.status, end.output), (Status::Succeeded, Some(payload(r#"{"approved":true}"#))));
    assert_eq!(handle.call_back(&token, output(), ada()), Err(CallError::TaskTimedOut));
    engine.drain();
}

/// An engine over a store that keeps revisions, too.
fn lasting_engine(folder: &tempfile::TempDir, tokio: &Runtime) -> Engine {
    lasting_engine_with(folder, tokio, Vec::new())
}

fn lasting_engine_with(
    folder: &tempfile::TempDir,
    tokio: &Runtime,
    runners: Vec<Arc<dyn TaskRunner>>,
) -> Engine {
    let world = World {
        store: Box::new(store::SqliteStore::open(folder.path(), [3; 16]).expect("a store of our own")),
        runners,
        clock: Arc::new(SystemClock),
        seeds: Box::new(ProcessSeeds::from_seed([5; 32])),
        tokio: tokio.handle().clone(),
    };
    Engine::start(world, Settings { recovers: true, ..Settings::default() }).expect("the store opens")
}

#[test]
fn one_worker_gets_a_task_of_an_activity() {
    let (folder, tokio) = (tempfile::tempdir().expect("a folder"), Runtime::new().expect("threads"));
    let engine = lasting_engine(&folder, &tokio);
    let activity = "arn:aws:states:us-east-1:000000000000:activity:dig";
    let revision = revision(&TASK.replace("arn:aws:states:::lambda:invoke", activity));
    let mut start = request(&revision, None, "{}");
    start.revision_key = engine
        .handle()
        .save_revision(&revision, asl::Timestamp::default(), Actor::Engine)
        .expect("it is remembered");
    let started = engine.handle().start(start).expect("it starts");
    let tasks = engine.handle().activity_tasks(started.key).expect("it is there");
    let [task] = &tasks[..] else { panic!("one task is offered: {tasks:?}") };
    assert_eq!(&*task.arn, activity);
    engine.drain();

    // What was offered before a restart is offered after it, and what was taken stays taken.
    let engine = lasting_engine(&folder, &tokio);
    let handle = engine.handle();
    assert_eq!(&handle.activity_tasks(started.key).expect("it is there"), &tasks);
    handle.take_activity_task(started.key, task, Some("mole".into())).expect("it is the first");
    let second = handle.take_activity_task(started.key, task, Some("badger".into()));
    assert_eq!(second, Err(CallError::TaskTimedOut));
    engine.drain();

    let engine = lasting_engine(&folder, &tokio);
    let handle = engine.handle();
    assert!(handle.activity_tasks(started.key).is_ok_and(|left| left.is_empty()));
    let failed = Callback::Failed { failure: Failure::new("Rock", "too hard") };
    handle.call_back(&task.token.to_string(), failed, Actor::Worker("mole".into())).expect("it is taken");
    let end = handle.wait(started.key, Until::Ended).expect("it ends");
    assert_eq!(end.failure, Some(Failure::new("Rock", "too hard")));
    engine.drain();
}
