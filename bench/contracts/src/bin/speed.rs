//! Speed of one check, in process, beside serde_avro_fast and apache-avro in the same run.
//!
//! `cargo run --release --bin speed -- SCHEMA.avsc DOCUMENT.json`. Each row is measured in turn, over several rounds, so
//! that a busy moment meets all of them; printed are the median and the least of the samples.

use std::hint::black_box;
use std::time::Instant;

use apache_avro::Schema as ApacheSchema;
use apache_avro::types::Value as ApacheValue;
use asl::JsonLimits;
use baton_bench_contracts::Subject;
use contracts::avro::{binary, plain};
use serde_json::Value as Json;

const ROUNDS: usize = 15;
const SAMPLES: usize = 40;
const CALLS: u32 = 200;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Row<'a> {
    name: &'static str,
    limit_us: Option<f64>,
    call: Box<dyn FnMut() + 'a>,
    samples_us: Vec<f64>,
}

/// The one that the binary `baton` uses; the peers get it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Outcome<()> {
    let subject = Subject::from_args()?;
    let (text, schema) = (subject.text.as_str(), subject.schema.as_str());
    let contract = subject.contract()?;
    let value = asl::json::parse(text, JsonLimits::PAYLOAD)?;
    let unknown = contract.unknown;
    let avro_value = plain::decode(&contract.schema, &value, unknown)?;
    let bytes = binary::encode(&contract.schema, &avro_value)?;

    let apache = ApacheSchema::parse_str(schema)?;
    assert!(apache_checks(text, &apache)?, "apache-avro takes the document");
    let fast: serde_avro_fast::Schema = schema.parse()?;
    let mut fast_config = serde_avro_fast::ser::SerializerConfig::new(&fast);
    let mut fast_out = fast_transcode(text, Vec::new(), &mut fast_config)?;

    let mut rows = vec![
        Row::new("baton: check of a parsed document", Some(0.35), || {
            assert!(contract.check(black_box(&value)).is_ok());
        }),
        Row::new("baton: text to a checked document", Some(2.5), || {
            let value = asl::json::parse(black_box(text), JsonLimits::PAYLOAD).expect("JSON");
            assert!(contract.check(&value).is_ok());
            black_box(value);
        }),
        Row::new("baton: the same, with the schema's keys", None, || {
            let value = contract.read(black_box(text), JsonLimits::PAYLOAD).expect("JSON");
            assert!(contract.check(&value).is_ok());
            black_box(value);
        }),
        Row::new("baton: parse only", None, || {
            black_box(asl::json::parse(black_box(text), JsonLimits::PAYLOAD).expect("JSON"));
        }),
        Row::new("baton: document to Avro binary", None, || {
            let value = plain::decode(&contract.schema, black_box(&value), unknown).expect("a value");
            black_box(binary::encode(&contract.schema, &value).expect("bytes"));
        }),
        Row::new("baton: Avro binary to document", None, || {
            let value = binary::decode(&contract.schema, black_box(&bytes)).expect("a value");
            black_box(plain::encode(&contract.schema, &value).expect("JSON"));
        }),
        Row::new("serde_json: parse only", None, || {
            black_box(serde_json::from_str::<Json>(black_box(text)).expect("JSON"));
        }),
        Row::new("serde_avro_fast 2.1: text to Avro binary (its only check)", None, || {
            fast_out.clear();
            let out = std::mem::take(&mut fast_out);
            fast_out = fast_transcode(black_box(text), out, &mut fast_config).expect("it fits");
        }),
        Row::new("apache-avro 0.22: text to a validated value", None, || {
            assert!(apache_checks(black_box(text), &apache).is_ok_and(|fits| fits));
        }),
    ];
    for _ in 0..ROUNDS {
        rows.iter_mut().for_each(Row::measure);
    }
    println!("document of {} bytes, Avro binary of {}; µs for one", text.len(), bytes.len());
    rows.iter_mut().for_each(Row::print);
    Ok(())
}

impl<'a> Row<'a> {
    fn new(name: &'static str, limit_us: Option<f64>, call: impl FnMut() + 'a) -> Self {
        Self { name, limit_us, call: Box::new(call), samples_us: Vec::new() }
    }

    fn measure(&mut self) {
        for _ in 0..SAMPLES {
            let start = Instant::now();
            (0..CALLS).for_each(|_| (self.call)());
            self.samples_us.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
        }
    }

    fn print(&mut self) {
        self.samples_us.sort_by(f64::total_cmp);
        let (median, least) = (self.samples_us[self.samples_us.len() / 2], self.samples_us[0]);
        let limit = self.limit_us.map_or(String::new(), |limit| format!("  (at most {limit})"));
        println!("{:<58} median {median:>7.3}  least {least:>7.3}{limit}", self.name);
    }
}

/// JSON text straight into Avro bytes: parsing, checking and encoding in one pass, no tree between.
fn fast_transcode(
    text: &str,
    out: Vec<u8>,
    config: &mut serde_avro_fast::ser::SerializerConfig<'_>,
) -> Outcome<Vec<u8>> {
    let mut state = serde_avro_fast::ser::SerializerState::from_writer(out, config);
    serde_transcode::transcode(&mut serde_json::Deserializer::from_str(text), state.serializer())?;
    Ok(state.into_writer())
}

fn apache_checks(text: &str, schema: &ApacheSchema) -> Outcome<bool> {
    Ok(apache_value(&serde_json::from_str(text)?, schema)?.validate(schema))
}

/// apache-avro reads no plain JSON: the least conversion by the schema that a user has to write.
fn apache_value(json: &Json, schema: &ApacheSchema) -> Outcome<ApacheValue> {
    Ok(match (schema, json) {
        (ApacheSchema::Null, Json::Null) => ApacheValue::Null,
        (ApacheSchema::Boolean, Json::Bool(value)) => ApacheValue::Boolean(*value),
        (ApacheSchema::Int, Json::Number(number)) => {
            ApacheValue::Int(number.as_i64().ok_or("int")?.try_into()?)
        }
        (ApacheSchema::Long, Json::Number(number)) => ApacheValue::Long(number.as_i64().ok_or("long")?),
        (ApacheSchema::Double, Json::Number(number)) => ApacheValue::Double(number.as_f64().ok_or("double")?),
        (ApacheSchema::String, Json::String(text)) => ApacheValue::String(text.clone()),
        (ApacheSchema::TimestampMillis, Json::Number(number)) => {
            ApacheValue::TimestampMillis(number.as_i64().ok_or("timestamp")?)
        }
        (ApacheSchema::Decimal(decimal), Json::String(text)) => {
            ApacheValue::Decimal(apache_decimal(text, decimal.scale)?)
        }
        (ApacheSchema::Enum(symbols), Json::String(text)) => {
            let at = symbols.symbols.iter().position(|symbol| symbol == text).ok_or("symbol")?;
            ApacheValue::Enum(at.try_into()?, text.clone())
        }
        (ApacheSchema::Array(array), Json::Array(items)) => ApacheValue::Array(
            items.iter().map(|item| apache_value(item, &array.items)).collect::<Outcome<_>>()?,
        ),
        (ApacheSchema::Map(map), Json::Object(object)) => ApacheValue::Map(
            object
                .iter()
                .map(|(key, value)| Ok((key.clone(), apache_value(value, &map.types)?)))
                .collect::<Outcome<_>>()?,
        ),
        (ApacheSchema::Record(record), Json::Object(object)) => {
            let field = |name: &str| object.get(name).unwrap_or(&Json::Null);
            let fields = record.fields.iter();
            ApacheValue::Record(
                fields
                    .map(|of| Ok((of.name.clone(), apache_value(field(&of.name), &of.schema)?)))
                    .collect::<Outcome<_>>()?,
            )
        }
        (ApacheSchema::Union(union), json) => {
            let mut branches = union.variants().iter().enumerate();
            let found = branches.find_map(|(at, branch)| Some((at, apache_value(json, branch).ok()?)));
            let (at, value) = found.ok_or("no branch")?;
            ApacheValue::Union(at.try_into()?, Box::new(value))
        }
        (schema, json) => return Err(format!("{json} is not of {schema:?}").into()),
    })
}

/// Two decimal places are enough for the document; anything else is refused.
fn apache_decimal(text: &str, scale: usize) -> Outcome<apache_avro::Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<scale$}");
    let unscaled: num_bigint::BigInt = digits.parse()?;
    Ok(apache_avro::Decimal::from(unscaled.to_signed_bytes_be()))
}
