//! Compatibility of a reader with a writer: the verdict, and the rule and place of each reason.

use std::collections::BTreeSet;

use asl::Json;
use contracts::Schema;
use contracts::avro::compatibility;

use crate::{Score, text};

pub(crate) fn judge(rows: &[Json]) {
    let mut verdicts = Score::new("compatibility");
    let mut reasons = Score::new("its reasons and places");
    for row in rows {
        let (Ok(writer), Ok(reader)) =
            (Schema::parse(text(row, "writer")), Schema::parse(text(row, "reader")))
        else {
            verdicts.count(false, || format!("no schema: {row:?}"));
            continue;
        };
        let found = compatibility(&writer, &reader);
        let compatible = found.as_ref().map(Vec::is_empty);
        verdicts.count(compatible == Some(text(row, "verdict") == "COMPATIBLE"), || row.to_text());
        let ours: BTreeSet<(String, String)> = found
            .into_iter()
            .flatten()
            .map(|reason| (reason.kind.name().to_owned(), reason.location))
            .collect();
        let theirs: BTreeSet<(String, String)> = row
            .get("incompatibilities")
            .and_then(Json::as_array)
            .unwrap_or_default()
            .iter()
            .map(|reason| (text(reason, "type").to_owned(), text(reason, "location").to_owned()))
            .collect();
        reasons.count(ours == theirs, || format!("{}: {ours:?} {}", why(row), row.to_text()));
    }
}

/// Why we differ, where it is known.
fn why(row: &Json) -> &'static str {
    if text(row, "reader").contains(r#""default""#) {
        return "Java compares an enum with a default, of a field that is not written, with the writer's record itself";
    }
    "unexplained"
}
