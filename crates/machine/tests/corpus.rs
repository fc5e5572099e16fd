//! The corpus, told to the interpreter: transcripts in `corpus/<topic>/*.txt` say what it is seen to do.
//!
//! A block is a command, `----`, and what it leads to. `UPDATE_EXPECT=1` rewrites what is under the dashes; the diff is
//! what gets reviewed. Time is what the commands say, entropy has a fixed seed, nothing sleeps. After every command the
//! execution is rebuilt from its events, and must not be told from the one that lived. Commands: `corpus/README.md`.
//! The same transcripts are told to the runtime in `crates/runtime/tests/corpus.rs`.

#![expect(clippy::disallowed_methods, reason = "a test reads its transcripts and rewrites them on request")]

#[path = "corpus/coverage.rs"]
mod coverage;
#[path = "corpus/player.rs"]
mod player;
#[path = "corpus/printer.rs"]
mod printer;
#[path = "corpus/transcript.rs"]
mod transcript;

use std::sync::Arc;

use machine::Revision;

use coverage::Coverage;
use player::Live;
use printer::Printer;
use transcript::{Stage, Words};

/// Executions that the corpus starts at least.
const CASES_MIN: usize = 150;

#[test]
fn every_transcript_happens_as_it_is_written() {
    let update = std::env::var("UPDATE_EXPECT").is_ok_and(|value| value == "1");
    let mut coverage = Coverage::default();
    let cases = transcript::check_all(update, Interpreter::default, |stage| coverage.add(&stage.coverage));
    println!("{cases} cases\n{coverage}");
    assert!(cases >= CASES_MIN, "only {cases} cases");
    coverage.check();
}

/// The interpreter, and nothing else.
#[derive(Default)]
struct Interpreter {
    live: Option<Live>,
    printer: Printer,
    coverage: Coverage,
}

impl Stage for Interpreter {
    fn define(&mut self, revision: Arc<Revision>) {
        *self = Self {
            live: Some(Live::new(revision)),
            coverage: std::mem::take(&mut self.coverage),
            ..Self::default()
        };
    }

    fn tell(&mut self, words: &Words<'_>) -> String {
        let live = self.live.as_mut().unwrap_or_else(|| panic!("{}: nothing is defined yet", words.place));
        let input = live.input(words);
        let before = live.events.len();
        let step = live.step(words.place, words.at(), input.clone());
        self.coverage.note(live.execution.revision(), &live.events, before, &input);
        self.printer.block(&live.execution, &live.events, step.events.len(), &step.effects, step.more)
    }
}
