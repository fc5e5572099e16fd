//! Runs recorded AWS answers that need Lambda, with real workers: `cargo run -p baton-tasks --example function_conformance -- DIR
//! [--language NAME] [--show N] [--strict] [--out FILE]`, and `PYTHON3` in the environment if `python3` is not to be found.
//!
//! As `crates/machine/examples/conformance`, whose judgement this shares; but each case's function is a worker (`function.py`) that
//! `FunctionsRunner` starts and that speaks the Runtime API, so the answers are what a state really gets of it. Time is virtual: a
//! function that sleeps for a minute is not called, and its state's own timer rings.

#[path = "../../../machine/examples/conformance/compare.rs"]
mod compare;
#[path = "../../../machine/examples/conformance/judge.rs"]
mod judge;
mod outside;
#[path = "../../../machine/examples/conformance/skip.rs"]
mod skip;
#[path = "../../../machine/examples/conformance/world.rs"]
mod world;

use serde_json::{Value, json};

use crate::judge::{cases, option, tally};
use crate::outside::Outside;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        eprintln!("usage: function_conformance DIR [--language NAME] [--show N] [--strict] [--out FILE]");
        return;
    };
    let language = option(&arguments, "--language");
    let is_ours = |case: &Value| {
        case["kind"] == "execution"
            && language.is_none_or(|language| case["query_language"] == language)
            && case["needs"] == json!(["lambda"])
            && !case["definition"].as_str().is_some_and(|text| text.contains("DISTRIBUTED"))
    };
    tally(&arguments, cases(folder, is_ours), Outside::of);
}
