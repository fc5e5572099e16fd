//! Bytes and Avro JSON of a writer, as a reader sees them: the rows on which Java and Python agree.

use asl::{Json, JsonLimits};
use contracts::Schema;
use contracts::avro::{self, Value};

use crate::{Score, bytes, text};

pub(crate) fn judge(rows: &[Json]) {
    let mut agreed = Score::new("resolution, agreed");
    let mut disputed = Score::new("resolution, disputed");
    let mut writers = Score::new("writer's bytes and JSON");
    for row in rows {
        let score =
            if row.get("both_agree") == Some(&Json::Bool(true)) { &mut agreed } else { &mut disputed };
        let (Ok(writer), Ok(reader)) =
            (Schema::parse(text(row, "writer")), Schema::parse(text(row, "reader")))
        else {
            score.count(false, || format!("no schema: {row:?}"));
            continue;
        };
        let bytes = bytes(text(row, "binary"));
        writers.count(writer_agrees(&writer, &bytes, text(row, "writer_json")), || row.to_text());
        let found = avro::resolve::decode(&writer, &reader, &bytes);
        let agrees = match &found {
            Ok(found) => text(row, "verdict") == "ok" && is_value(&reader, found, text(row, "reader_json")),
            Err(_) => text(row, "verdict") == "error",
        };
        score.count(agrees, || {
            let found = found.as_ref().map_or_else(ToString::to_string, |value| format!("{value:?}"));
            format!("{}: {found:.300}\n  {:.1000}", reason(row), row.to_text())
        });
    }
}

/// Whether a value is what Java wrote. Of a float there are several texts, so what Java wrote is read as a value first.
fn is_value(reader: &Schema, value: &Value, written: &str) -> bool {
    let theirs = json(written).and_then(|json| avro::json::decode(reader, &json).ok());
    let ours = avro::json::encode(reader, value);
    theirs.is_some_and(|theirs| avro::json::encode(reader, &theirs) == ours)
}

/// Whether bytes and Avro JSON of the writer mean the same value, both ways.
fn writer_agrees(schema: &Schema, bytes: &[u8], written: &str) -> bool {
    let value: Value = match avro::binary::decode(schema, bytes) {
        Ok(value) => value,
        Err(_) => return false,
    };
    let Some(json) = json(written) else { return false };
    avro::binary::encode(schema, &value).as_deref() == Ok(bytes)
        && avro::json::encode(schema, &value).as_ref() == Ok(&json)
        && avro::json::decode(schema, &json).and_then(|value| avro::binary::encode(schema, &value)).as_deref()
            == Ok(bytes)
}

/// A record of no fields is written as no text at all by the encoder that made these rows.
fn json(text: &str) -> Option<Json> {
    let text = if text.is_empty() { "{}" } else { text };
    asl::json::parse(text, JsonLimits::PAYLOAD).ok()
}

/// Why we differ, where it is known.
fn reason(row: &Json) -> &'static str {
    let (writer, reader) = (text(row, "writer"), text(row, "reader"));
    if row.to_text().contains('\u{fffd}') {
        return "the bytes are not UTF-8 and no string; Java puts U+FFFD in their place";
    }
    if text(row, "verdict") == "ok" && writer.contains("record") && reader.contains("record") {
        return "the records have other names; Java's decoder does not look at names of records";
    }
    "unexplained"
}
