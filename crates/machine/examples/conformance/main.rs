//! Runs recorded AWS answers against the interpreter, with a virtual clock and no service.
//!
//! `cargo run -p baton-machine --example conformance -- DIR [--language NAME] [--show N] [--strict] [--tasks] [--out FILE]`: DIR holds `*.jsonl` cases; those
//! of kind `execution` that need no service are run; `--language JSONPath`, `JSONata` or
//! `mixed` picks those in that language. `--tasks` runs those that
//! need services instead, and answers their tasks as the recording says that they were answered. Levels: **a** final status,
//! **b** output, or error and cause, **c** sequence of event types (a multiset if there is Parallel or Map), **d** the
//! whole history, JSON texts compared as JSON, events without ids and order if there is Parallel or Map, **e** the same with
//! ids and order everywhere and nothing skipped (exact texts are not looked at). `--strict` shows what misses e too. What `run.py` compares of `DescribeExecution` (2 cases) is not compared here.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

mod compare;
mod judge;
mod outside;
mod skip;
mod world;

use serde_json::{Value, json};

use crate::judge::{cases, option, tally};
use crate::outside::Outside;

/// Whether a distributed Map of it reads or writes a bucket, which nobody plays here.
fn needs_bucket(definition: &str) -> bool {
    definition.contains("ItemReader") || definition.contains("ResultWriter")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        eprintln!("usage: conformance DIR [--language NAME] [--show N] [--strict] [--tasks] [--out FILE]");
        return;
    };
    let has_tasks = arguments.iter().any(|it| it == "--tasks");
    let language = option(&arguments, "--language");
    let is_ours = |case: &Value| {
        case["kind"] == "execution"
            && language.is_none_or(|language| case["query_language"] == language)
            && (case["needs"] != json!(["none"])) == has_tasks
            && !case["definition"].as_str().is_some_and(needs_bucket)
    };
    let recorded = |case: &Value| {
        let events = case["expected"]["history"]["events"].as_array();
        events.map_or_else(Outside::default, |events| Outside::new(events))
    };
    tally(&arguments, cases(folder, is_ours), recorded);
}
