//! Compares this room with verdicts recorded elsewhere (Apache Avro for Java and Python).
//!
//! `cargo run -p baton-contracts --example avro_judge -- FOLDER` where FOLDER holds `schemas.jsonl` and `canon.json`
//! (validity, canonical forms, CRC-64), `compat.jsonl` (reader and writer, reasons), `resolve.jsonl` (bytes of a writer
//! as a reader sees them) and `py_io.json` (values, numbers, defaults). Prints each row that differs with the reason
//! where one is known, and a line of agreements for each question.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

mod compat;
mod python;
mod resolve;
mod schemas;

use std::path::Path;

use asl::{Json, JsonLimits};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const LIMITS: JsonLimits = JsonLimits::PAYLOAD.with_bytes_max(1 << 24);

fn main() -> Outcome {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    schemas::judge(&lines(folder, "schemas.jsonl")?, &document(folder, "canon.json")?);
    compat::judge(&lines(folder, "compat.jsonl")?);
    resolve::judge(&lines(folder, "resolve.jsonl")?);
    python::judge(&document(folder, "py_io.json")?);
    Ok(())
}

fn document(folder: &Path, name: &str) -> Result<Json, Box<dyn std::error::Error>> {
    Ok(asl::json::parse(&std::fs::read_to_string(folder.join(name))?, LIMITS)?)
}

fn lines(folder: &Path, name: &str) -> Result<Vec<Json>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(folder.join(name))?;
    Ok(text.lines().map(|line| asl::json::parse(line, LIMITS)).collect::<Result<_, _>>()?)
}

/// Agreements, of how many.
struct Score {
    question: &'static str,
    agreed: usize,
    asked: usize,
}

impl Score {
    fn new(question: &'static str) -> Self {
        Self { question, agreed: 0, asked: 0 }
    }

    fn count(&mut self, agrees: bool, disagreement: impl Fn() -> String) {
        self.agreed += usize::from(agrees);
        self.asked += 1;
        if !agrees {
            println!("differs ({}): {}", self.question, disagreement());
        }
    }
}

impl Drop for Score {
    fn drop(&mut self) {
        #[expect(clippy::cast_precision_loss, reason = "counts of rows are small")]
        let percent = 100.0 * self.agreed as f64 / self.asked.max(1) as f64;
        println!("{:<24} {:>5}/{:<5} {percent:.2} %", self.question, self.agreed, self.asked);
    }
}

fn text<'a>(case: &'a Json, key: &str) -> &'a str {
    case.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap_or_default()).collect()
}
