//! Validity, canonical form and CRC-64.

use asl::Json;
use contracts::Schema;

use crate::{Score, text};

pub(crate) fn judge(schemas: &[Json], canon: &Json) {
    let mut scores = Scores {
        valid: Score::new("validity"),
        canonical: Score::new("canonical form"),
        rabin: Score::new("crc-64"),
    };
    for case in schemas {
        scores.judge(case, "text", "crc64", text(case, "verdict") == "valid");
    }
    for case in canon.as_array().unwrap_or_default() {
        scores.judge(case, "input", "crc64_signed", true);
    }
}

struct Scores {
    valid: Score,
    canonical: Score,
    rabin: Score,
}

impl Scores {
    fn judge(&mut self, case: &Json, text_key: &str, rabin_key: &str, valid: bool) {
        let written = text(case, text_key);
        let schema = Schema::parse(written);
        self.valid
            .count(schema.is_ok() == valid, || format!("valid {valid}: {schema:.200?}: {written:.300}"));
        let Ok(schema) = schema else { return };
        if let Some(expected) = case.get("canonical").and_then(Json::as_str) {
            let form = schema.canonical_form();
            self.canonical.count(form == expected, || format!("{form} {expected}"));
        }
        if let Some(expected) = case.get(rabin_key).and_then(Json::as_number).and_then(asl::Number::as_i64) {
            self.rabin.count(schema.rabin().cast_signed() == expected, || written.to_owned());
        }
    }
}
