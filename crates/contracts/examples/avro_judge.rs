//! Compares this room's schema reader with verdicts recorded elsewhere.
//!
//! `cargo run -p baton-contracts --example avro_judge -- FOLDER` where FOLDER holds `schemas.jsonl` (a text, a verdict,
//! a canonical form and its CRC-64 on each line) and `canon.json` (an array of the same without verdicts).

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

use std::path::Path;

use asl::{Json, JsonLimits};
use contracts::Schema;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let limits = JsonLimits::DEFINITION;
    let mut score = Score::default();
    for line in std::fs::read_to_string(folder.join("schemas.jsonl"))?.lines() {
        let case = asl::json::parse(line, limits)?;
        score.judge(&case, "text", "crc64", case.get("verdict").and_then(Json::as_str) == Some("valid"));
    }
    let canon = asl::json::parse(&std::fs::read_to_string(folder.join("canon.json"))?, limits)?;
    for case in canon.as_array().unwrap_or_default() {
        score.judge(case, "input", "crc64_signed", true);
    }
    println!("validity {}/{}", score.valid.0, score.valid.1);
    println!("canonical form {}/{}", score.canonical.0, score.canonical.1);
    println!("crc-64 {}/{}", score.rabin.0, score.rabin.1);
    Ok(())
}

/// Agreements, of how many.
#[derive(Default)]
struct Score {
    valid: (usize, usize),
    canonical: (usize, usize),
    rabin: (usize, usize),
}

impl Score {
    fn judge(&mut self, case: &Json, text_key: &str, rabin_key: &str, valid: bool) {
        let text = case.get(text_key).and_then(Json::as_str).unwrap_or_default();
        let schema = Schema::parse(text);
        count(&mut self.valid, schema.is_ok() == valid, || {
            format!("valid {valid}: {schema:.200?}: {text:.300}")
        });
        let Ok(schema) = schema else { return };
        if let Some(expected) = case.get("canonical").and_then(Json::as_str) {
            let form = schema.canonical_form();
            count(&mut self.canonical, form == expected, || format!("canonical {form} {expected}"));
        }
        if let Some(expected) = case.get(rabin_key).and_then(Json::as_number).and_then(asl::Number::as_i64) {
            count(&mut self.rabin, schema.rabin().cast_signed() == expected, || format!("crc-64: {text}"));
        }
    }
}

fn count(score: &mut (usize, usize), agrees: bool, disagreement: impl Fn() -> String) {
    score.0 += usize::from(agrees);
    score.1 += 1;
    if !agrees {
        println!("differs: {}", disagreement());
    }
}
