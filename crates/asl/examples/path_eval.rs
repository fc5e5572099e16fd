//! Evaluates paths, for comparison with another implementation: a line `PATH<tab>JSON` in, a line out.
//!
//! `D` (definite) or `I` (indefinite) and the value, or `MISS` and the cause; `REFUSED` and why for what is no path.

use std::io::BufRead as _;

use asl::path::Path;
use asl::{Context, Entropy, Env, Json, JsonLimits, Variables, json};

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line of text");
        let (path, input) = line.split_once('\t').expect("a path, a tab, and JSON");
        println!("{}", evaluated(path, input));
    }
}

fn evaluated(path: &str, input: &str) -> String {
    let input = json::parse(input, JsonLimits::PAYLOAD).expect("the input is JSON");
    let path = match Path::compile(path) {
        Ok(path) => path,
        Err(error) => return format!("REFUSED {}: {}", error.offset, error.message),
    };
    let make = || Json::Null;
    let (context, variables) = (Context::new(&make), Variables::default());
    let mut entropy = Entropy::from_seed([0; 32]);
    let env = Env { input: &input, context: &context, variables: &variables, entropy: &mut entropy };
    let kind = if path.is_definite() { "D" } else { "I" };
    match path.select(&env) {
        Ok(value) => format!("{kind} {}", value.to_text()),
        Err(failure) => format!("{kind} MISS {}", failure.cause.unwrap_or_default()),
    }
}
