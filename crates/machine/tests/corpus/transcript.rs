//! Transcripts: reading them, their commands, and what a command says. Whoever acts on the commands is a [`Stage`]: the
//! interpreter alone (`machine/tests/corpus.rs`), or the runtime over its store (`runtime/tests/corpus.rs`).
//! The commands are listed in `corpus/README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::{ErrorName, Failure, JsonLimits, Payload, Timestamp};
use contracts::{SchemaSource, SchemaText, SourceError};
use machine::{Callback, ExecutionId, ExecutionInfo, Limits, Revision};

/// 2026-01-01T00:00:00Z, which the transcripts call `0s`.
pub(crate) const START_MS: i64 = 1_767_225_600_000;

/// Who acts on the commands of one transcript.
pub(crate) trait Stage {
    /// From now on this is what is run.
    fn define(&mut self, revision: Arc<Revision>);

    /// Says something to the execution; answers with what is to stand under the dashes.
    fn tell(&mut self, words: &Words<'_>) -> String;
}

/// Lets every transcript happen on a stage of its own, and compares. Panics with all differences; answers with the number
/// of cases: executions that were started.
pub(crate) fn check_all<S: Stage>(
    update: bool,
    mut stage: impl FnMut() -> S,
    mut after: impl FnMut(S),
) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let (mut differences, mut cases) = (String::new(), 0);
    for file in transcripts(&root) {
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let written = std::fs::read_to_string(&file).expect("a transcript is text");
        cases += written.lines().filter(|line| line.starts_with("start ")).count();
        let mut stage = stage();
        let happened = replay(&name, &written, &mut stage);
        after(stage);
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
    cases
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
fn replay(name: &str, written: &str, stage: &mut dyn Stage) -> String {
    let mut schemas = Schemas::default();
    let mut out = String::new();
    let mut command = String::new();
    let mut lines = written.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        out += line;
        out.push('\n');
        if line == "----" {
            out += &perform(&mut schemas, stage, &format!("{name}:{}", number + 1), &command);
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

/// Performs a command; answers with what is to stand under the dashes.
fn perform(schemas: &mut Schemas, stage: &mut dyn Stage, place: &str, command: &str) -> String {
    let (line, text) = command.split_once('\n').unwrap_or((command, ""));
    let words = Words::of(place, line);
    match words.verb {
        "schema" => {
            schemas.0.insert(words.rest.into(), text.into());
            "ok\n".to_owned()
        }
        "define" => match revision(schemas, &words, text) {
            Ok(revision) => {
                stage.define(revision);
                "ok\n".to_owned()
            }
            Err(refused) => refused,
        },
        _ => stage.tell(&words),
    }
}

fn revision(schemas: &Schemas, words: &Words<'_>, text: &str) -> Result<Arc<Revision>, String> {
    let parsed = asl::parse_definition(text);
    let Some(machine) = parsed.machine else { return Err(diagnostics(&parsed.diagnostics)) };
    let (contracts, refused) = contracts::bind(&machine, None, schemas);
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
    Ok(Arc::new(Revision {
        scope: asl::StateMachine::ROOT,
        name: "machine".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".into(),
        role_arn: "arn:aws:iam::000000000000:role/baton".into(),
        definition: text.into(),
        machine,
        contracts,
        limits,
    }))
}

/// Who every execution of the corpus is.
pub(crate) fn info() -> ExecutionInfo {
    ExecutionInfo {
        id: ExecutionId([7; 16]),
        name: "name".into(),
        arn: "arn:aws:states:us-east-1:000000000000:execution:machine:name".into(),
    }
}

fn diagnostics(diagnostics: &[asl::Diagnostic]) -> String {
    diagnostics.iter().fold(String::new(), |text, it| {
        text + &format!("refused  {} {}: {}\n", it.code, it.place.pointer, it.message)
    })
}

/// The line of a command: a verb, what it is about, and `key=value` pairs whose values may hold blanks.
pub(crate) struct Words<'a> {
    pub(crate) place: &'a str,
    pub(crate) verb: &'a str,
    pub(crate) rest: &'a str,
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

    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// `at=1.5s`, from the start of time.
    pub(crate) fn at(&self) -> Timestamp {
        let text = self.get("at").unwrap_or_else(|| panic!("{}: `at=` is missing", self.place));
        let seconds = text.strip_suffix('s').and_then(|it| it.parse().ok());
        let seconds = seconds.unwrap_or_else(|| panic!("{}: `at={text}` is not like `at=1.5s`", self.place));
        Timestamp::from_unix_ms(START_MS).plus_seconds(seconds)
    }

    /// The number after `#`.
    pub(crate) fn number(&self) -> u32 {
        let digits = self.rest.split_once('#').and_then(|(_, it)| it.split(' ').next());
        digits
            .and_then(|it| it.parse().ok())
            .unwrap_or_else(|| panic!("{}: `#` and a number is missing", self.place))
    }

    /// A payload; `x*300` stands for a text of that length, so that large ones need no large transcript.
    pub(crate) fn payload(&self, key: &str) -> Payload {
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
    pub(crate) fn callback(&self) -> Callback {
        match (self.get("output"), self.get("error")) {
            (Some(_), _) => Callback::Succeeded { output: self.payload("output") },
            (None, Some(_)) => Callback::Failed { failure: self.failure() },
            (None, None) => Callback::Heartbeat,
        }
    }

    pub(crate) fn failure(&self) -> Failure {
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
