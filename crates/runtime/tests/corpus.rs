//! The corpus, told to the runtime: the transcripts that specify the interpreter (`crates/machine/tests/corpus.rs`) happen
//! just so in a shard over the embedded store, in a temporary folder, on a clock that the transcripts set, with the same
//! entropy. What is compared with a transcript is read back from the store.
//!
//! After every command: the events that are stored are the interpreter's own, their fold is the execution that it has, what
//! was released is what the step ordered, the rows of timers are the timers that are set, and the index row says how the
//! execution stands. The second test closes the store and takes everything up again after every command.

#[path = "../../machine/tests/corpus/player.rs"]
mod player;
#[path = "../../machine/tests/corpus/printer.rs"]
mod printer;
#[path = "../../machine/tests/corpus/transcript.rs"]
mod transcript;
#[path = "corpus/watched_store.rs"]
mod watched_store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use asl::{Payload, Timestamp};
use machine::{Effect, Execution, Input, Revision, Status, Step, TimerId};
use runtime::shard::Settings;
use runtime::{
    Arrival, CallError, Order, Release, Reply, SeedSource, Shard, StartArrival, StartError, StartRequest,
    admit,
};
use store::sqlite::{Durability, Options};
use store::{Commit, ExecutionKey, Loaded, RevisionKey, SqliteStore};

use player::{Live, actor};
use printer::Printer;
use transcript::{Stage, Words, info};
use watched_store::{Shown, Watch, WatchedStore};

/// Executions that the corpus starts at least.
const CASES_MIN: usize = 150;

#[test]
fn every_transcript_happens_in_the_runtime_as_it_is_written() {
    assert!(run(Restarts::Never) >= CASES_MIN);
}

#[test]
fn every_transcript_happens_when_everything_is_taken_up_again_after_each_command() {
    assert!(run(Restarts::AfterEachCommand) >= CASES_MIN);
}

/// Answers with the number of executions that were started.
fn run(restarts: Restarts) -> usize {
    let (mut started, mut refused) = (0, 0);
    let cases = transcript::check_all(
        false,
        || Runtime { restarts, running: None, started: 0, refused: 0 },
        |stage| {
            started += stage.started;
            refused += stage.refused;
        },
    );
    println!("{cases} cases: {started} executions started, {refused} refused at the door");
    assert_eq!(started + refused, cases);
    started
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Restarts {
    Never,
    AfterEachCommand,
}

/// The runtime, beside an interpreter that is told the same.
struct Runtime {
    restarts: Restarts,
    running: Option<Running>,
    started: usize,
    refused: usize,
}

impl Stage for Runtime {
    fn define(&mut self, revision: Arc<Revision>) {
        self.running = Some(Running::new(revision));
    }

    fn tell(&mut self, words: &Words<'_>) -> String {
        let running = self.running.as_mut().unwrap_or_else(|| panic!("{}: nothing is defined", words.place));
        let block = running.tell(words);
        if words.verb == "start" {
            *(if running.key.is_some() { &mut self.started } else { &mut self.refused }) += 1;
        }
        if self.restarts == Restarts::AfterEachCommand {
            running.restart(words.place);
        }
        block
    }
}

/// One execution in a shard over a store of its own.
struct Running {
    live: Live,
    printer: Printer,
    /// Absent while it is let go and taken up again.
    shard: Option<Shard>,
    watch: Arc<Mutex<Watch>>,
    /// The timers that are set, by what was ordered.
    timers: BTreeMap<TimerId, Timestamp>,
    revision_key: RevisionKey,
    /// Where it lives, once it does; one that was refused at the door never does.
    key: Option<ExecutionKey>,
    is_refused: bool,
    folder: tempfile::TempDir,
}

/// One seed for all activations that one command leads to; there is one.
struct Seed([u8; 32]);

impl SeedSource for Seed {
    fn seed(&mut self) -> [u8; 32] {
        self.0
    }
}

impl Running {
    fn new(revision: Arc<Revision>) -> Self {
        let folder = folder();
        let watch = Arc::default();
        let mut shard = open(&folder, &watch);
        let record = runtime::revision::record_of(&revision, Timestamp::default(), machine::Actor::Engine);
        let revision_key = shard.store().save_revision(&record).expect("a revision is remembered");
        let (live, printer) = (Live::new(revision), Printer::default());
        Self {
            live,
            printer,
            shard: Some(shard),
            timers: BTreeMap::new(),
            watch,
            revision_key,
            key: None,
            is_refused: false,
            folder,
        }
    }

    /// Tells both the same, compares, and shows what is stored.
    fn tell(&mut self, words: &Words<'_>) -> String {
        assert!(!self.is_refused, "{}: there is no such execution", words.place);
        let (place, now) = (words.place, words.at());
        let input = self.live.input(words);
        let (mut seed, was_interrupted) = (Seed(self.live.seed()), self.live.execution.is_interrupted());
        let step = self.live.step(place, now, input.clone());
        let refusal = self.submit(place, now, &input, was_interrupted);
        if let Some(refusal) = refusal {
            return self.refused(place, &refusal, &step);
        }
        let turn = self.shard().turn(now, &mut seed);
        let committed = self.committed(place, &input, &step);
        self.note_timers(&input, &step);
        self.check_released(place, &step, turn.released);
        if !step.more {
            // A word that came to nothing: going on with an execution that has been stopped.
            let turn = self.shard().turn(now, &mut seed);
            assert!(turn.released.is_empty(), "{place}: {:?} left with no command", turn.released);
            assert!(self.watch().commits.is_empty(), "{place}: a commit without a command");
        }
        let Some(key) = self.key else { panic!("{place}: it was not started") };
        let loaded = self.shard().store().load(key).expect("it can be loaded");
        let stored = self.check_stored(place, now, key, &loaded);
        let effects = committed.map(|it| it.step.effects).unwrap_or_default();
        let news = step.events.len();
        self.printer.block(&stored, &loaded.events, news, &effects, step.more)
    }

    /// Puts the input where it comes in; answers with the door's refusal.
    fn submit(
        &mut self,
        place: &str,
        now: Timestamp,
        input: &Input,
        was_interrupted: bool,
    ) -> Option<StartError> {
        self.watch().shown = Shown::None;
        let deliver = |key| Arrival::Deliver { key, actor: actor(input), input: input.clone() };
        if let Input::Started { input } = input {
            return self.start(input).err();
        }
        let Some(key) = self.key else { panic!("{place}: it was not started") };
        let arrival = match input {
            Input::TimerFired { timer } => {
                self.watch().shown = Shown::Only(*timer);
                let due = self.shard().store().due_timers(now, 1_000).expect("timers can be read");
                if !due.is_empty() {
                    // The shard looks by itself.
                    return None;
                }
                deliver(key)
            }
            // The shard goes on by itself.
            Input::Continue if was_interrupted => return None,
            Input::StopRequested { failure } => {
                Arrival::Stop { key, failure: failure.clone(), actor: actor(input), reply: Reply::new().0 }
            }
            Input::RedriveRequested => Arrival::Redrive { key, actor: actor(input), reply: Reply::new().0 },
            Input::CalledBack { .. } | Input::ActivityTaken { .. } => {
                Arrival::Call { key, actor: actor(input), input: input.clone(), reply: Reply::new().0 }
            }
            _ => deliver(key),
        };
        self.shard().submit(arrival);
        None
    }

    fn start(&mut self, input: &Payload) -> Result<(), StartError> {
        let info = info();
        let admitted = admit(StartRequest {
            revision: self.live.execution.revision().clone(),
            revision_key: self.revision_key,
            name: Some(info.name.clone()),
            input: input.clone(),
            actor: actor(&Input::Started { input: input.clone() }),
        })?;
        self.key = Some(self.shard().store().next_key());
        self.shard().submit(Arrival::Start(StartArrival::new(admitted, Reply::new().0).known_as(info)));
        Ok(())
    }

    /// What the door refuses is what the interpreter would have failed with at once; there is no execution of it.
    fn refused(&mut self, place: &str, refusal: &StartError, step: &Step) -> String {
        let StartError::InvalidExecutionInput { error, cause } = refusal else {
            panic!("{place}: refused with {refusal}");
        };
        let failure = self.live.execution.failure().unwrap_or_else(|| panic!("{place}: {refusal}"));
        let said = failure.error.as_ref().map(asl::ErrorName::as_str);
        assert_eq!(
            (said, failure.cause.as_ref()),
            (Some(&**error), Some(cause)),
            "{place}: the door's words"
        );
        self.is_refused = true;
        self.printer.block(&self.live.execution, &self.live.events, step.events.len(), &step.effects, false)
    }

    /// The one commit that a command led to, if it led to something.
    fn committed(&mut self, place: &str, input: &Input, step: &Step) -> Option<Commit> {
        let mut commits = std::mem::take(&mut self.watch().commits);
        assert!(commits.len() <= 1, "{place}: {} commits", commits.len());
        let mut commit = commits.pop();
        if let (Some(commit), Input::TimerFired { timer }) = (&mut commit, input) {
            // The row of a timer goes with the commit of what it led to.
            let is_it = |it: &Effect| matches!(it, Effect::ClearTimer { timer: cleared } if cleared == timer);
            let is_ordered = step.effects.iter().any(is_it);
            commit.step.effects.retain(|it| is_ordered || !is_it(it));
        }
        let committed = commit.clone().map(|it| it.step).unwrap_or_default();
        assert_eq!(format!("{committed:?}"), format!("{step:?}"), "{place}: another step was committed");
        commit
    }

    /// What left is what the step ordered, and whoever asked has been answered.
    fn check_released(&self, place: &str, step: &Step, released: Vec<Release>) {
        let ordered: Vec<_> = step.effects.iter().filter_map(|it| ordered(it)).collect();
        let left: Vec<_> = released.iter().filter_map(|it| left(&it.order)).collect();
        assert_eq!(left, ordered, "{place}: other orders left");
        let came_to_nothing = step.events.is_empty();
        for release in released {
            match release.order {
                Order::AnswerStart { answer, .. } => assert!(answer.is_ok(), "{place}: {answer:?}"),
                Order::AnswerStop { answer, .. } => {
                    let stopped = answer.unwrap_or_else(|error| panic!("{place}: {error}"));
                    assert_eq!(stopped.status, self.live.execution.status(), "{place}");
                }
                Order::AnswerRedrive { answer, .. } => {
                    assert_eq!(answer.is_err(), came_to_nothing, "{place}: {answer:?}");
                }
                Order::AnswerCall { answer, .. } => {
                    let expected = if came_to_nothing { Err(CallError::TaskTimedOut) } else { Ok(()) };
                    assert_eq!(answer, expected, "{place}");
                }
                Order::RunTask(_) | Order::AbandonTask(_) => assert!(release.cause.is_some(), "{place}"),
                other => panic!("{place}: {other:?} left"),
            }
        }
    }

    /// What is stored is what the interpreter lived through. Answers with the fold of it.
    fn check_stored(&mut self, place: &str, now: Timestamp, key: ExecutionKey, loaded: &Loaded) -> Execution {
        assert!(loaded.events == self.live.events, "{place}: other events are stored: {:?}", loaded.events);
        let record = self.shard().store().revision(loaded.row.revision).expect("the revision is there");
        let revision = runtime::revision::restore(&record).expect("it can be restored");
        self.live.check_fold(place, now, revision.clone(), &loaded.events);
        let timer_rows = self.timer_rows();
        let live = &self.live.execution;
        let row = &loaded.row;
        assert_eq!((row.key, &row.info), (key, live.info()), "{place}: the index row");
        assert_eq!((row.status, row.settled), (live.status(), live.is_settled()), "{place}: the index row");
        assert_eq!(row.closed_at.is_some(), live.status() != Status::Running, "{place}: the index row");
        assert_eq!(timer_rows, self.timers, "{place}: the rows of timers");
        let mut stored = Execution::new(revision, row.info.clone());
        loaded.events.iter().for_each(|event| stored.apply(event));
        stored
    }

    /// The timers that the store has, each with its instant.
    fn timer_rows(&mut self) -> BTreeMap<TimerId, Timestamp> {
        self.watch().shown = Shown::All;
        let due = self.shard().store().due_timers(Timestamp::from_unix_ms(i64::MAX), 1_000);
        due.expect("timers can be read").iter().map(|it| (it.timer, it.due_at)).collect()
    }

    /// What the step did to timers. One that has fired is set no more, and an execution that has ended needs none.
    fn note_timers(&mut self, input: &Input, step: &Step) {
        if let Input::TimerFired { timer } = input {
            self.timers.remove(timer);
        }
        for effect in &step.effects {
            match effect {
                Effect::SetTimer { timer, at } => drop(self.timers.insert(*timer, *at)),
                Effect::ClearTimer { timer } => drop(self.timers.remove(timer)),
                Effect::RunTask(_) | Effect::AbandonTask(_) => {}
            }
        }
        if self.live.execution.status() != Status::Running {
            self.timers.clear();
        }
    }

    /// Lets everything go and takes it up from the store, as after a crash.
    fn restart(&mut self, place: &str) {
        if self.key.is_none() {
            return;
        }
        // First closed, then opened: a folder has one owner.
        drop(self.shard.take());
        self.shard = Some(open(&self.folder, &self.watch));
        let recovered = self.shard().recover().expect("it is taken up");
        let owed: Vec<_> = self.live.execution.pending().iter().filter_map(ordered).collect();
        let left: Vec<_> = recovered.released.iter().filter_map(|it| left(&it.order)).collect();
        assert_eq!(left, owed, "{place}: what is ordered again");
    }

    fn shard(&mut self) -> &mut Shard {
        self.shard.as_mut().expect("it is there but while it is taken up again")
    }

    fn watch(&self) -> std::sync::MutexGuard<'_, Watch> {
        self.watch.lock().expect("nobody panicked while watching")
    }
}

/// In memory where the system has a place for that: hundreds of stores are opened, and no disk is asked about.
fn folder() -> tempfile::TempDir {
    let made = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    made.expect("there is a place for temporary folders")
}

fn open(folder: &tempfile::TempDir, watch: &Arc<Mutex<Watch>>) -> Shard {
    // What a power cut would take is no question here.
    let mut options = Options::default();
    options.durability = Durability::Relaxed;
    let store = SqliteStore::open_with(folder.path(), [1; 16], options).expect("the store opens");
    Shard::new(Box::new(WatchedStore::new(store, watch.clone())), Settings::default()).expect("a shard")
}

/// An order for a runner: what, which task, which attempt, with what.
type Ordered = (&'static str, u32, u32, String);

fn ordered(effect: &Effect) -> Option<Ordered> {
    let (verb, order) = match effect {
        Effect::RunTask(order) => ("run", order),
        Effect::AbandonTask(order) => ("abandon", order),
        Effect::SetTimer { .. } | Effect::ClearTimer { .. } => return None,
    };
    Some((verb, order.task.0, order.attempt, order.arguments.text().to_string()))
}

fn left(order: &Order) -> Option<Ordered> {
    let (verb, job) = match order {
        Order::RunTask(job) => ("run", job),
        Order::AbandonTask(job) => ("abandon", job),
        _ => return None,
    };
    Some((verb, job.task.0, job.request.attempt, job.request.arguments.text().to_string()))
}
