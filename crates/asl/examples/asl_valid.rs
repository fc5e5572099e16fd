//! Compares the validator's verdicts with those of others: `asl_valid FILE.jsonl…`.
//!
//! A row has `definition` and either `verdict` (`valid` or `invalid`, with `source` and `id`) or `kind: execution`,
//! which means that AWS accepted it.

#![expect(clippy::disallowed_methods, reason = "a tool reads its own arguments and files")]

use std::collections::BTreeMap;

use asl::json::parse;
use asl::{Diagnostic, Json, JsonLimits, Severity, parse_definition};

#[derive(Default)]
struct Tally {
    agreed: u32,
    disagreed: u32,
}

fn main() {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for path in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                std::process::exit(1);
            }
        };
        for line in text.lines() {
            match parse(line, JsonLimits::PAYLOAD.with_bytes_max(usize::MAX)) {
                Ok(row) => judge(&row, &mut tallies),
                Err(error) => eprintln!("{path}: {error}"),
            }
        }
    }
    let mut all = Tally::default();
    for tally in tallies.values() {
        all.agreed += tally.agreed;
        all.disagreed += tally.disagreed;
    }
    tallies.insert("together".to_owned(), all);
    for (source, tally) in tallies {
        let judged = tally.agreed + tally.disagreed;
        let percent = f64::from(tally.agreed) / f64::from(judged.max(1)) * 100.0;
        println!("{source}: {} of {judged} agree ({percent:.1} %)", tally.agreed);
    }
}

/// `{{…}}` stands for the ARN of something that was made before.
fn without_placeholders(definition: &str) -> String {
    let mut parts = definition.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("arn:aws:lambda:us-east-1:111111111111:function:made");
        out.push_str(part.split_once("}}").map_or(part, |(_, rest)| rest));
    }
    out
}

fn judge(row: &Json, tallies: &mut BTreeMap<String, Tally>) {
    let field = |name| row.get(name).and_then(Json::as_str);
    let Some(definition) = field("definition") else { return };
    let valid = match (field("verdict"), field("kind")) {
        (Some(verdict), _) => verdict == "valid",
        (None, Some("execution")) => true,
        _ => return,
    };
    let tally = tallies.entry(field("source").unwrap_or("executed").to_owned()).or_default();
    let found = parse_definition(&without_placeholders(definition)).diagnostics;
    let errors: Vec<&Diagnostic> = found.iter().filter(|it| it.severity == Severity::Error).collect();
    if errors.is_empty() == valid {
        tally.agreed += 1;
    } else {
        tally.disagreed += 1;
        println!("{}: expected {}", field("id").unwrap_or("?"), if valid { "valid" } else { "invalid" });
        for diagnostic in errors {
            println!("    {} {} {}", diagnostic.code, diagnostic.place.pointer, diagnostic.message);
        }
    }
}
