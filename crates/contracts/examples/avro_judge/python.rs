//! Values that Python finds valid, encodings of numbers, and defaults.

use asl::contract::{Mode, Unknown};
use asl::{Json, JsonLimits};
use contracts::avro::{binary, plain};
use contracts::{Contract, Schema};

use crate::{Score, bytes, text};

pub(crate) fn judge(document: &Json) {
    valid_values(list(document, "validate_ok"));
    numbers(list(document, "binary_encodings"));
    defaults(list(document, "default_values"));
}

/// Each value, as plain JSON: the check takes it, and it survives the way to bytes and back.
fn valid_values(rows: &[Json]) {
    let mut score = Score::new("python: valid values");
    for row in rows {
        let schema = std::sync::Arc::new(Schema::parse(text(row, "schema")).expect("a schema"));
        let value = plain_json(row.get("datum").unwrap_or(&Json::Null));
        let contract = Contract { schema: schema.clone(), unknown: Unknown::Reject, mode: Mode::Enforce };
        let checked = contract.check(&value);
        let and_back = plain::decode(&schema, &value, Unknown::Reject)
            .and_then(|value| binary::encode(&schema, &value))
            .and_then(|bytes| binary::decode(&schema, &bytes))
            .and_then(|value| plain::encode(&schema, &value))
            .and_then(|value| plain::decode(&schema, &value, Unknown::Reject));
        let agrees = checked.is_ok() && and_back == plain::decode(&schema, &value, Unknown::Reject);
        let why = "a uuid's text has hyphens (RFC 9562); Python takes 32 digits as well";
        score.count(agrees, || format!("{why}: {checked:?} {and_back:?} {}", row.to_text()));
    }
}

fn numbers(rows: &[Json]) {
    let mut score = Score::new("python: numbers");
    for row in rows {
        for (kind, number) in [("\"int\"", row.get("datum")), ("\"long\"", row.get("datum"))] {
            let schema = Schema::parse(kind).expect("a schema");
            let value = plain::decode(&schema, number.unwrap_or(&Json::Null), Unknown::Reject);
            let found = value.and_then(|value| binary::encode(&schema, &value));
            score.count(found == Ok(bytes(text(row, "hex"))), || format!("{found:?} {}", row.to_text()));
        }
    }
}

/// Each default, as that of a field that the writer does not have.
fn defaults(rows: &[Json]) {
    let mut score = Score::new("python: defaults");
    for row in rows {
        let written = text(row, "schema");
        let kind =
            if written.starts_with(['{', '[']) { written.to_owned() } else { format!("\"{written}\"") };
        let default = row.get("default").unwrap_or(&Json::Null).to_text();
        let writer = Schema::parse(r#"{"type":"record","name":"Test","fields":[]}"#).expect("a schema");
        let reader = Schema::parse(&format!(
            r#"{{"type":"record","name":"Test","fields":[{{"name":"H","type":{kind},"default":{default}}}]}}"#
        ));
        let found = reader.as_ref().map_err(ToString::to_string).and_then(|reader| {
            let value = contracts::avro::resolve::decode(&writer, reader, &[]);
            let json = value.and_then(|value| contracts::avro::json::encode(reader, &value));
            json.map_err(|error| error.to_string())
        });
        let expected = asl::json::parse(&unwrapped(&kind, &default), JsonLimits::PAYLOAD).expect("JSON");
        score.count(found.as_ref() == Ok(&expected), || format!("{found:?} {}", row.to_text()));
    }
}

/// The record in Avro's JSON, where the first branch of a union is named.
fn unwrapped(kind: &str, default: &str) -> String {
    if kind.starts_with('[') {
        format!(r#"{{"H":{{"int":{default}}}}}"#)
    } else {
        format!(r#"{{"H":{default}}}"#)
    }
}

/// A value of Python as plain JSON: bytes as Base64 text, decimals as text, dates and times as ISO 8601 text.
fn plain_json(datum: &Json) -> Json {
    if let Some(latin1) = datum.get("__bytes_latin1__").and_then(Json::as_str) {
        let bytes: Vec<u8> = latin1.chars().filter_map(|char| u8::try_from(u32::from(char)).ok()).collect();
        return Json::from(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, bytes));
    }
    match datum.get("__repr__").and_then(Json::as_str) {
        Some(repr) => Json::from(constructor(repr)),
        None => datum.clone(),
    }
}

/// The text that a call such as `datetime.date(2000, 1, 1)` means.
fn constructor(repr: &str) -> String {
    let (name, arguments) = repr.split_once('(').unwrap_or((repr, ""));
    let arguments = arguments.trim_end_matches(')');
    let numbers: Vec<u32> = arguments.split(", ").map_while(|number| number.parse().ok()).collect();
    let part = |at: usize| numbers.get(at).copied().unwrap_or(0);
    let time =
        |at: usize| format!("{:02}:{:02}:{:02}.{:06}", part(at), part(at + 1), part(at + 2), part(at + 3));
    let date = || format!("{:04}-{:02}-{:02}", part(0), part(1), part(2));
    // The zone of Apache's own tests, Tonga, is thirteen hours east.
    let zone = if arguments.contains("TST") { "+13:00" } else { "Z" };
    match name {
        "datetime.date" => date(),
        "datetime.time" => time(0),
        "datetime.datetime" => format!("{}T{}{zone}", date(), time(3)),
        _ => arguments.trim_matches('\'').to_owned(),
    }
}

fn list<'a>(document: &'a Json, key: &str) -> &'a [Json] {
    document.get(key).and_then(Json::as_array).unwrap_or_default()
}
