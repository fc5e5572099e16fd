//! Makes random schemas and values for a comparison with another implementation of Avro.
//!
//! `cargo run --release -p baton-contracts --example avro_pairs -- COUNT SEED > pairs.jsonl`; what reads them is
//! `crates/contracts/tests/differential/compare.py`. Each line holds a writer's schema, a value in Avro's JSON, in plain
//! JSON and in bytes, a reader and what it sees; then a schema that may be wrong, and a plain value that may be unfit,
//! each with our verdict.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

mod generate;
mod mutate;

use std::io::Write as _;

use asl::contract::{Mode, Unknown};
use asl::{Json, JsonLimits};
use contracts::avro::{self, Value, binary, plain};
use contracts::{Contract, Schema};
use generate::{Palette, Random, Schemas, Type, Values};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let count: u64 = args.next().ok_or("how many pairs?")?.parse()?;
    let seed: u64 = args.next().ok_or("which seed?")?.parse()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for number in 0..count {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number));
        writeln!(out, "{}", pair(number, &mut random)?.to_text())?;
    }
    Ok(())
}

fn pair(number: u64, random: &mut Random) -> Result<Json, Box<dyn std::error::Error>> {
    let writer = Schemas::new(random, Palette::All).schema();
    let text = writer.text("");
    let reader = mutate::reader(&writer, random);
    let json = Values::new(random, &writer).value();
    let schema = Schema::parse(&text).map_err(|error| format!("{error}: {text}"))?;
    let value = avro::json::decode(&schema, &json).map_err(|error| format!("{error}: {text} {json:?}"))?;
    let mut entries = vec![
        ("number", Json::from(number)),
        ("writer", Json::from(text)),
        ("avro_json", json),
        ("hex", Json::from(hex(&binary::encode(&schema, &value)?))),
        (
            "plain",
            plain::encode(&schema, &value).unwrap_or_else(|error| Json::from(format!("error: {error}"))),
        ),
        ("canonical", Json::from(schema.canonical_form())),
        ("rabin", Json::from(format!("{:016x}", schema.rabin().swap_bytes()))),
    ];
    entries.extend(resolved(&schema, &reader, value));
    entries.extend(verdicts(random)?);
    Ok(Json::object(entries))
}

/// A reader, and the value as it sees it.
fn resolved(writer: &Schema, reader: &Type, value: Value) -> Vec<(&'static str, Json)> {
    let text = reader.text("");
    let reader = match Schema::parse(&text) {
        Ok(reader) => reader,
        Err(error) => {
            return vec![("reader", Json::from(text)), ("reader_invalid", Json::from(error.to_string()))];
        }
    };
    let compatible =
        avro::compatibility(writer, &reader).map_or(Json::Null, |reasons| Json::from(reasons.is_empty()));
    let seen = (|| {
        let resolution = avro::Resolution::new(writer, &reader).map_err(|error| error.to_string())?;
        let value = resolution.resolve(value).map_err(|error| error.to_string())?;
        let json = avro::json::encode(&reader, &value).map_err(|error| error.to_string())?;
        Ok::<_, String>((json, plain::encode(&reader, &value)))
    })();
    let reader = ("reader", Json::from(text));
    match seen {
        Ok((json, plain)) => {
            let plain = plain.unwrap_or_else(|error| Json::from(format!("error: {error}")));
            vec![reader, ("compatible", compatible), ("reader_json", json), ("reader_plain", plain)]
        }
        Err(error) => vec![reader, ("compatible", compatible), ("reader_error", Json::from(error))],
    }
}

/// A schema that may be wrong, and a plain value that may be unfit.
fn verdicts(random: &mut Random) -> Result<Vec<(&'static str, Json)>, Box<dyn std::error::Error>> {
    let whole = Schemas::new(random, Palette::All).schema().text("");
    let wrong = mutate::schema_text(&whole, random);
    let wrong_verdict =
        Schema::parse(&wrong).err().map_or(Json::from(true), |error| Json::from(error.to_string()));

    let of = Schemas::new(random, Palette::Plain).schema();
    let text = of.text("");
    let schema = std::sync::Arc::new(Schema::parse(&text)?);
    let value = avro::json::decode(&schema, &Values::new(random, &of).value())?;
    // NaN has no plain JSON.
    let fitting = plain::encode(&schema, &value).unwrap_or(Json::Null);
    let changed = if random.one_in(3) { fitting } else { mutate::value(&fitting, random) };
    let changed = asl::json::parse(&changed.to_text(), JsonLimits::PAYLOAD)?;
    let lenient = Contract { schema: schema.clone(), unknown: Unknown::Allow, mode: Mode::Enforce };
    let contract = Contract { schema, unknown: Unknown::Reject, mode: Mode::Enforce };
    let verdict = contract.check(&changed).map_or_else(
        |violations| Json::from(format!("{}: {}", violations.list[0].path, violations.list[0].expected)),
        |()| Json::from(true),
    );
    Ok(vec![
        ("schema", Json::from(wrong)),
        ("schema_valid", wrong_verdict),
        ("fit_schema", Json::from(text)),
        ("fits_with_unknown_fields", Json::from(lenient.check(&changed).is_ok())),
        ("fit_value", changed),
        ("fits", verdict),
    ])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
