//! The corpus: transcripts in `corpus/<topic>/*.txt` say what the interpreter is seen to do.
//!
//! A block is a command, `----`, and what it leads to. `UPDATE_EXPECT=1` rewrites what is under the dashes; the diff is
//! what gets reviewed. Time is what the commands say, entropy has a fixed seed, nothing sleeps. After every command the
//! execution is rebuilt from its events, and must not be told from the one that lived. Commands: `corpus/README.md`.

#![expect(clippy::disallowed_methods, reason = "a test reads its transcripts and rewrites them on request")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::{Entropy, ErrorName, Failure, JsonLimits, Payload, Timestamp};
use contracts::{SchemaSource, SchemaText, SourceError};
use machine::{
    Actor, Callback, Effect, Event, Execution, ExecutionInfo, Fact, Fate, Input, Limits, Revision, Status,
    Step, TaskId, TaskOrder, TaskToken, TimerId, history,
};

/// 2026-01-01T00:00:00Z, which the transcripts call `0s`.
const START_MS: i64 = 1_767_225_600_000;
/// A step with more events than this is shown by its ends.
const EVENTS_SHOWN_MAX: usize = 60;

#[test]
fn every_transcript_happens_as_it_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let update = std::env::var("UPDATE_EXPECT").is_ok_and(|value| value == "1");
    let files = transcripts(&root);
    assert!(!files.is_empty(), "no transcript in {}", root.display());
    let mut differences = String::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let written = std::fs::read_to_string(&file).expect("a transcript is text");
        let happened = replay(&name, &written);
        if happened == written {
            continue;
        }
        if update {
            std::fs::write(&file, &happened).expect("the transcript can be rewritten");
        } else {
            differences += &difference(&name, &written, &happened);
        }
    }
    assert!(differences.is_empty(), "{differences}\nUPDATE_EXPECT=1 rewrites the transcripts");
}

/// Every `corpus/<topic>/*.txt`, in order.
fn transcripts(root: &Path) -> Vec<PathBuf> {
    let topics = std::fs::read_dir(root).expect("the corpus is there").flatten().map(|entry| entry.path());
    let files = topics
        .filter(|it| it.is_dir())
        .flat_map(|it| std::fs::read_dir(it).expect("a topic is a folder").flatten());
    let mut files: Vec<_> =
        files.map(|entry| entry.path()).filter(|it| it.extension().is_some_and(|it| it == "txt")).collect();
    files.sort();
    files
}

/// The first line that differs, with a little around it.
fn difference(name: &str, written: &str, happened: &str) -> String {
    let (written, happened): (Vec<_>, Vec<_>) = (written.lines().collect(), happened.lines().collect());
    let at = written.iter().zip(&happened).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| {
        lines.iter().skip(at).take(6).fold(String::new(), |text, line| text + "    " + line + "\n")
    };
    format!("{name}:{}\n  written:\n{}  happened:\n{}", at + 1, part(&written), part(&happened))
}

/// The transcript, with what happens now under its dashes.
fn replay(name: &str, written: &str) -> String {
    let mut stage = Stage::default();
    let mut out = String::new();
    let mut command = String::new();
    let mut lines = written.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        out += line;
        out.push('\n');
        if line == "----" {
            out += &stage.perform(&format!("{name}:{}", number + 1), &command);
            command.clear();
            if lines.find(|(_, line)| line.is_empty()).is_some() {
                out.push('\n');
            }
        } else if !(line.is_empty() || command.is_empty() && line.starts_with("# ")) {
            command += line;
            command.push('\n');
        }
    }
    assert!(command.is_empty(), "{name}: the last command has no dashes: {command}");
    out
}

/// What the commands of one transcript act on.
#[derive(Default)]
struct Stage {
    schemas: Schemas,
    live: Option<Live>,
}

/// An execution with everything that was ever said of it.
struct Live {
    execution: Execution,
    events: Vec<Event>,
    /// The attempt of each task that was ordered last.
    attempts: BTreeMap<TaskId, u32>,
    /// The token of each task that was issued last.
    tokens: BTreeMap<TaskId, TaskToken>,
    steps: u8,
    ended: Option<Status>,
    settled: bool,
}

impl Stage {
    /// Performs a command; answers with what is to stand under the dashes.
    fn perform(&mut self, place: &str, command: &str) -> String {
        let (line, text) = command.split_once('\n').unwrap_or((command, ""));
        let words = Words::of(place, line);
        match words.verb {
            "schema" => {
                self.schemas.0.insert(words.rest.into(), text.into());
                "ok\n".to_owned()
            }
            "define" => match self.define(&words, text) {
                Ok(live) => {
                    self.live = Some(live);
                    "ok\n".to_owned()
                }
                Err(refused) => refused,
            },
            _ => {
                let live = self.live.as_mut().unwrap_or_else(|| panic!("{place}: nothing is defined yet"));
                let input = live.input(&words);
                live.step(place, words.at(), input)
            }
        }
    }

    fn define(&self, words: &Words<'_>, text: &str) -> Result<Live, String> {
        let parsed = asl::parse_definition(text);
        let Some(machine) = parsed.machine else { return Err(diagnostics(&parsed.diagnostics)) };
        let (contracts, refused) = contracts::bind(&machine, None, &self.schemas);
        if !refused.is_empty() {
            return Err(diagnostics(&refused));
        }
        let mut limits = Limits::default();
        if let Some(bytes) = words.get("payload_bytes_max") {
            limits.payload_bytes_max = bytes.parse().expect("payload_bytes_max is a number");
        }
        if let Some(events) = words.get("events_max") {
            limits.events_max = events.parse().expect("events_max is a number");
        }
        let revision = Arc::new(Revision {
            name: "machine".into(),
            arn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".into(),
            role_arn: "arn:aws:iam::000000000000:role/baton".into(),
            definition: text.into(),
            machine,
            scope: asl::StateMachine::ROOT,
            contracts,
            limits,
        });
        let execution = Execution::new(revision, info());
        let live = Live {
            execution,
            events: Vec::new(),
            attempts: BTreeMap::new(),
            tokens: BTreeMap::new(),
            steps: 0,
            ended: None,
            settled: false,
        };
        Ok(live)
    }
}

fn info() -> ExecutionInfo {
    ExecutionInfo {
        id: machine::ExecutionId([7; 16]),
        name: "name".into(),
        arn: "arn:aws:states:us-east-1:000000000000:execution:machine:name".into(),
    }
}

fn diagnostics(diagnostics: &[asl::Diagnostic]) -> String {
    diagnostics.iter().fold(String::new(), |text, it| {
        text + &format!("refused  {} {}: {}\n", it.code, it.place.pointer, it.message)
    })
}

impl Live {
    /// The fact that a command tells.
    fn input(&self, words: &Words<'_>) -> Input {
        let began_at = words.at();
        match words.verb {
            "start" => Input::Started { input: words.payload("input") },
            "stop" => Input::StopRequested { failure: words.failure() },
            "continue" => Input::Continue,
            "redrive" => Input::RedriveRequested,
            "fire" => Input::TimerFired { timer: TimerId(words.number()) },
            "succeed" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskSucceeded { task, attempt, began_at, output: words.payload("output") }
            }
            "fail" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskFailed { task, attempt, began_at, failure: words.failure() }
            }
            "heartbeat" => {
                let (task, attempt) = self.attempt(words);
                Input::TaskHeartbeat { task, attempt }
            }
            "call-back" => Input::CalledBack { token: self.token(words), callback: words.callback() },
            "take" => {
                let (task, attempt) = self.attempt(words);
                Input::ActivityTaken { task, attempt, worker: words.get("worker").map(Arc::from) }
            }
            "abandoned" => {
                let (task, attempt) = self.attempt(words);
                let is_committed = words.rest.contains(" committed");
                let fate = if is_committed {
                    Fate::Committed { output: words.payload("output") }
                } else {
                    Fate::Barred
                };
                Input::TaskAbandoned { task, attempt, fate }
            }
            other => panic!("{}: there is no command `{other}`", words.place),
        }
    }

    /// The task that a command names, and the attempt: the one ordered last, unless it says otherwise.
    fn attempt(&self, words: &Words<'_>) -> (TaskId, u32) {
        let task = TaskId(words.number());
        let said = words.get("attempt").map(|it| it.parse().expect("attempt is a number"));
        let attempt = said.or_else(|| self.attempts.get(&task).copied());
        (task, attempt.unwrap_or_else(|| panic!("{}: task #{} was never ordered", words.place, task.0)))
    }

    /// The token of the task that a command names; of an earlier or later attempt, or another secret, if it says so.
    fn token(&self, words: &Words<'_>) -> TaskToken {
        let task = TaskId(words.number());
        let issued = self.tokens.get(&task).copied();
        let mut token = issued.unwrap_or_else(|| panic!("{}: task #{} has no token", words.place, task.0));
        if let Some(attempt) = words.get("attempt") {
            token.attempt = attempt.parse().expect("attempt is a number");
        }
        if words.rest.contains(" guessed") {
            token.secret.0[0] ^= 1;
        }
        token
    }

    fn step(&mut self, place: &str, now: Timestamp, input: Input) -> String {
        self.steps += 1;
        let seed = [self.steps; 32];
        let actor = match &input {
            Input::TimerFired { .. } => Actor::Timer,
            _ => Actor::Worker("test".into()),
        };
        let decided = self.execution.decide(now, actor.clone(), input.clone(), &mut Entropy::from_seed(seed));
        let step = self.execution.advance(now, actor, input, &mut Entropy::from_seed(seed));
        assert_eq!(format!("{decided:?}"), format!("{step:?}"), "{place}: decide and advance differ");
        self.events.extend(step.events.iter().cloned());
        for event in &step.events {
            if let Fact::TokenIssued { task, attempt, secret, .. } = event.fact {
                self.attempts.insert(task, attempt);
                self.tokens.insert(task, TaskToken { execution: info().id, task, attempt, secret });
            }
        }
        for order in step.effects.iter().filter_map(run_order) {
            self.attempts.insert(order.task, order.attempt);
        }
        self.check_fold(place, now);
        if step.events.iter().any(|event| matches!(event.fact, Fact::ExecutionRedriven { .. })) {
            (self.ended, self.settled) = (None, false);
        }
        self.shown(&step)
    }

    /// The state is the fold of the events: rebuilt, the execution stands the same and decides the same.
    fn check_fold(&self, place: &str, now: Timestamp) {
        let mut folded = Execution::new(self.execution.revision().clone(), info());
        self.events.iter().for_each(|event| folded.apply(event));
        let seen = |it: &Execution| {
            let ends = (it.status(), it.output().cloned(), it.failure().cloned());
            format!(
                "{:?} {ends:?} settled {} interrupted {}",
                it.pending(),
                it.is_settled(),
                it.is_interrupted()
            )
        };
        assert_eq!(seen(&self.execution), seen(&folded), "{place}: the fold stands otherwise");
        for input in probes(&self.execution) {
            let next = |it: &Execution| {
                it.decide(now, Actor::Engine, input.clone(), &mut Entropy::from_seed([9; 32]))
            };
            let (lived, rebuilt) = (next(&self.execution), next(&folded));
            assert_eq!(
                format!("{lived:?}"),
                format!("{rebuilt:?}"),
                "{place}: the fold decides otherwise on {input:?}"
            );
        }
    }

    fn shown(&mut self, step: &Step) -> String {
        let revision = self.execution.revision().clone();
        let types: BTreeMap<u64, &str> =
            history(&revision, "us-east-1", &self.events).map(|event| (event.id, event.event_type)).collect();
        let mut lines: Vec<String> =
            step.events.iter().map(|event| show_event(&revision, &types, event)).collect();
        if lines.len() > EVENTS_SHOWN_MAX {
            let hidden = lines.len() - 6;
            lines.splice(3..lines.len() - 3, [format!("history  … {hidden} more")]);
        }
        lines.extend(step.effects.iter().map(|effect| show_effect(&revision, effect)));
        if step.more {
            lines.push("more     the budget is used up".to_owned());
        }
        let status = self.execution.status();
        if status != Status::Running && self.ended.is_none() {
            self.ended = Some(status);
            let output = self.execution.output().map(|it| short(it.text()));
            let what =
                output.unwrap_or_else(|| self.execution.failure().map(show_failure).unwrap_or_default());
            lines.push(format!("status   {} {what}", status.as_str()).trim_end().to_owned());
        }
        assert!(self.ended.is_none_or(|it| it == status), "an end is for ever");
        if self.ended.is_some() && !self.settled {
            self.settled = self.execution.is_settled();
            lines.push(if self.settled { "settled  yes" } else { "settled  no" }.to_owned());
        }
        if lines.is_empty() {
            lines.push("nothing".to_owned());
        }
        lines.join("\n") + "\n"
    }
}

/// Everything that might be said next to an execution.
fn probes(execution: &Execution) -> Vec<Input> {
    let mut probes = vec![
        Input::Continue,
        Input::StopRequested { failure: Failure { error: None, cause: None } },
        Input::RedriveRequested,
    ];
    let output = || Payload::parse("{\"probe\":1}", JsonLimits::PAYLOAD).expect("the probe is JSON");
    for task in execution.activity_tasks() {
        let TaskToken { task, attempt, .. } = task.token;
        probes.push(Input::ActivityTaken { task, attempt, worker: None });
    }
    for effect in execution.pending() {
        match effect {
            Effect::RunTask(TaskOrder { task, attempt, .. }) => {
                let began_at = Timestamp::from_unix_ms(START_MS);
                probes.push(Input::TaskSucceeded { task, attempt, began_at, output: output() });
                probes.push(Input::TaskFailed {
                    task,
                    attempt,
                    began_at,
                    failure: Failure::new("Probe", "probe"),
                });
            }
            Effect::AbandonTask(TaskOrder { task, attempt, .. }) => {
                probes.push(Input::TaskAbandoned { task, attempt, fate: Fate::Barred });
                probes.push(Input::TaskAbandoned {
                    task,
                    attempt,
                    fate: Fate::Committed { output: output() },
                });
            }
            Effect::SetTimer { timer, .. } => probes.push(Input::TimerFired { timer }),
            Effect::ClearTimer { .. } => {}
        }
    }
    probes
}

fn run_order(effect: &Effect) -> Option<&TaskOrder> {
    match effect {
        Effect::RunTask(order) => Some(order),
        Effect::AbandonTask(_) | Effect::SetTimer { .. } | Effect::ClearTimer { .. } => None,
    }
}

/// A line of history; facts that AWS does not show stand in parentheses.
fn show_event(revision: &Revision, types: &BTreeMap<u64, &str>, event: &Event) -> String {
    let name = |state: &asl::StateId| revision.machine.state(*state).name.to_string();
    let what = match &event.fact {
        Fact::StateEntered { state, input, .. } => format!("{} {}", name(state), short(input.payload.text())),
        Fact::StateExited { state, output, assigned, .. } => {
            let assigned = assigned.iter().fold(String::new(), |text, (name, value)| {
                format!("{text} ${name}={}", short(&value.to_text()))
            });
            format!("{} {}{assigned}", name(state), short(output.payload.text()))
        }
        Fact::EvaluationFailed { location, failure, .. } => {
            format!("at {location}, {}", show_failure(failure))
        }
        Fact::TaskFailed { failure, .. }
        | Fact::TaskTimedOut { failure, .. }
        | Fact::ExecutionFailed { failure, .. }
        | Fact::ExecutionTimedOut { failure }
        | Fact::ExecutionAborted { failure }
        | Fact::FailureHeld { failure, .. } => show_failure(failure),
        Fact::TaskAbandonRequested { reason, .. } => format!("{reason:?}"),
        Fact::TaskSettled { committed, .. } => {
            committed.as_ref().map_or("barred", |_| "committed").to_owned()
        }
        Fact::RetryScheduled { retrier, .. } => format!("by retrier {retrier}"),
        Fact::MapStateStarted { concurrency, .. } => format!("concurrency {concurrency}"),
        Fact::MapIterationStarted { index, input, .. } => format!("{index} {}", short(input.payload.text())),
        Fact::DistributedMapStarted { length, .. } => format!("of {length} items"),
        Fact::MapRunStarted { task, attempt, plan, .. } => {
            format!("#{} attempt={attempt} {}", task.0, short(plan.payload.text()))
        }
        Fact::MapRunRedriven { task, attempt, redrives, .. } => {
            format!("#{} attempt={attempt} redrive={redrives}", task.0)
        }
        Fact::MapRunSucceeded { output, .. } => short(output.payload.text()),
        Fact::MapRunFailed { failure, .. } => show_failure(failure),
        Fact::ActivityStarted { worker, .. } => worker.as_deref().unwrap_or("").to_owned(),
        Fact::TaskSubmitted { output, .. } => short(output.payload.text()),
        Fact::TokenIssued { task, attempt, .. } => format!("#{} attempt={attempt}", task.0),
        Fact::ExecutionStarted { .. }
        | Fact::ExecutionSucceeded { .. }
        | Fact::TaskScheduled { .. }
        | Fact::TaskStarted { .. }
        | Fact::HeartbeatRecorded { .. }
        | Fact::TaskSucceeded { .. }
        | Fact::StateAborted { .. }
        | Fact::WaitScheduled { .. }
        | Fact::MapIterationSucceeded { .. }
        | Fact::MapIterationFailed { .. }
        | Fact::MapIterationAborted { .. }
        | Fact::MapStateSucceeded { .. }
        | Fact::MapStateFailed { .. }
        | Fact::MapRunAborted { .. }
        | Fact::ParallelStateStarted { .. }
        | Fact::BranchSucceeded { .. }
        | Fact::BranchFailed { .. }
        | Fact::BranchAborted { .. }
        | Fact::ParallelStateSucceeded { .. }
        | Fact::ParallelStateFailed { .. }
        | Fact::StateRedriven { .. } => String::new(),
        Fact::ExecutionRedriven { count, .. } => format!("{count}"),
    };
    let warned = if format!("{:?}", event.fact).contains("Warned {") { " (contract warns)" } else { "" };
    let text = if let Some(shown) = types.get(&event.id) {
        // A cause is said where it is not the event before.
        let is_next = event.previous + 1 == event.id;
        let cause = if is_next { String::new() } else { format!("<{} ", event.previous) };
        format!("{} {cause}{shown} {what}", event.id).trim_end().to_owned()
    } else {
        let fact = format!("{:?}", event.fact);
        let fact = fact.split([' ', '{']).next().unwrap_or_default();
        format!("({})", format!("{fact} {what}").trim_end())
    };
    format!("history  {text}{warned}")
}

fn show_effect(revision: &Revision, effect: &Effect) -> String {
    let order = |verb: &str, it: &TaskOrder| {
        let state = &revision.machine.state(it.state).name;
        let mut line = format!("effect   {verb} #{} {state} entry={}@{}", it.task.0, it.path, it.entry);
        if it.attempt > 1 {
            write!(line, " attempt={}", it.attempt).expect("a string takes what is written to it");
        }
        format!("{line} {}", short(it.arguments.text()))
    };
    match effect {
        Effect::RunTask(it) => order("run-task", it),
        Effect::AbandonTask(it) => order("abandon-task", it),
        Effect::SetTimer { timer, at } => {
            let ms = at.unix_ms - START_MS;
            let millis = if ms % 1_000 == 0 { String::new() } else { format!(".{:03}", (ms % 1_000).abs()) };
            format!("effect   set-timer #{} at={}{millis}s", timer.0, ms / 1_000)
        }
        Effect::ClearTimer { timer } => format!("effect   clear-timer #{}", timer.0),
    }
}

fn show_failure(failure: &Failure) -> String {
    let error = failure.error.as_ref().map_or("(no error)", ErrorName::as_str);
    failure
        .cause
        .as_ref()
        .map_or_else(|| error.to_owned(), |cause| format!("{error}: {}", cause.replace('\n', " ⏎ ")))
}

/// A payload's text, cut where it is long.
fn short(text: &str) -> String {
    match text.char_indices().nth(160) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}

/// The line of a command: a verb, what it is about, and `key=value` pairs whose values may hold blanks.
struct Words<'a> {
    place: &'a str,
    verb: &'a str,
    rest: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
}

const KEYS: [&str; 9] =
    ["at", "input", "output", "error", "cause", "attempt", "worker", "payload_bytes_max", "events_max"];

impl<'a> Words<'a> {
    fn of(place: &'a str, line: &'a str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let starts = KEYS.iter().filter_map(|key| Some((line.find(&format!(" {key}="))?, *key)));
        let mut starts: Vec<_> = starts.collect();
        starts.sort_unstable();
        let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([line.len()]);
        let pairs =
            starts.iter().zip(ends).map(|((at, key), end)| (*key, &line[at + key.len() + 2..end])).collect();
        Self { place, verb, rest, pairs }
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// `at=1.5s`, from the start of time.
    fn at(&self) -> Timestamp {
        let text = self.get("at").unwrap_or_else(|| panic!("{}: `at=` is missing", self.place));
        let seconds = text.strip_suffix('s').and_then(|it| it.parse().ok());
        let seconds = seconds.unwrap_or_else(|| panic!("{}: `at={text}` is not like `at=1.5s`", self.place));
        Timestamp::from_unix_ms(START_MS).plus_seconds(seconds)
    }

    /// The number after `#`.
    fn number(&self) -> u32 {
        let digits = self.rest.split_once('#').and_then(|(_, it)| it.split(' ').next());
        digits
            .and_then(|it| it.parse().ok())
            .unwrap_or_else(|| panic!("{}: `#` and a number is missing", self.place))
    }

    /// A payload; `x*300` stands for a text of that length, so that large ones need no large transcript.
    fn payload(&self, key: &str) -> Payload {
        let text = self.get(key).unwrap_or_else(|| panic!("{}: `{key}=` is missing", self.place));
        let text = match text.split_once("x*") {
            Some((before, after)) => {
                let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
                let count = digits.parse().expect("`x*` is followed by a number");
                format!("{before}{}{}", "x".repeat(count), &after[digits.len()..])
            }
            None => text.to_owned(),
        };
        Payload::parse(text, JsonLimits::PAYLOAD).unwrap_or_else(|error| panic!("{}: {error}", self.place))
    }

    /// What somebody with a token says: an output, an error, or that they are still at it.
    fn callback(&self) -> Callback {
        match (self.get("output"), self.get("error")) {
            (Some(_), _) => Callback::Succeeded { output: self.payload("output") },
            (None, Some(_)) => Callback::Failed { failure: self.failure() },
            (None, None) => Callback::Heartbeat,
        }
    }

    fn failure(&self) -> Failure {
        Failure { error: self.get("error").map(ErrorName::new), cause: self.get("cause").map(Arc::from) }
    }
}

/// Schemas in memory: one version of each subject.
#[derive(Default)]
struct Schemas(BTreeMap<String, String>);

impl SchemaSource for Schemas {
    fn schema(&self, subject: &str, _version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        Ok(self.0.get(subject).map(|text| SchemaText {
            subject: subject.into(),
            version: 1,
            text: text.as_str().into(),
            origin: "the transcript".into(),
            commit: None,
        }))
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        self.0.keys().map(|it| it.as_str().into()).collect()
    }
}
