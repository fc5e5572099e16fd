//! Properties of the encodings, over random schemas and values; each case follows from one number.

#[path = "../examples/avro_pairs/generate.rs"]
mod generate;
#[path = "../examples/avro_pairs/mutate.rs"]
mod mutate;

use std::sync::Arc;

use asl::contract::{Mode, Unknown};
use contracts::avro::container::{Codec, ContainerReader, ContainerWriter};
use contracts::avro::{self, Resolution, Value, binary, plain};
use contracts::{Contract, Schema};
use generate::{Palette, Random, Schemas, Type, Values};
use proptest::prelude::*;

const SYNC: [u8; 16] = *b"0123456789abcdef";

fn made(seed: u64, palette: Palette) -> (Type, Arc<Schema>, Value, Random) {
    let mut random = Random(seed);
    let of = Schemas::new(&mut random, palette).schema();
    let schema = Schema::parse(&of.text("")).expect("a made-up schema is one");
    let json = Values::new(&mut random, &of).value();
    let value = avro::json::decode(&schema, &json).expect("a made-up value is of its schema");
    (of, Arc::new(schema), value, random)
}

/// NaN is not equal to itself, but its bytes are.
fn same(schema: &Schema, a: &Value, b: &Value) -> bool {
    binary::encode(schema, a).expect("a value") == binary::encode(schema, b).expect("a value")
}

proptest! {
    #[test]
    fn a_value_survives_bytes_and_avro_json(seed: u64) {
        let (_, schema, value, _) = made(seed, Palette::All);
        let bytes = binary::encode(&schema, &value).expect("a value");
        prop_assert!(same(&schema, &binary::decode(&schema, &bytes).expect("its bytes"), &value));
        let json = avro::json::encode(&schema, &value).expect("a value");
        let text = asl::json::parse(&json.to_text(), asl::JsonLimits::PAYLOAD).expect("JSON");
        prop_assert!(same(&schema, &avro::json::decode(&schema, &text).expect("its JSON"), &value));
    }

    #[test]
    fn what_a_value_is_as_plain_json_its_contract_accepts_and_keeps(seed: u64) {
        let (of, schema, value, _) = made(seed, Palette::All);
        // A NaN has no plain JSON.
        if let Ok(json) = plain::encode(&schema, &value) {
            let contract = Contract { schema: schema.clone(), unknown: Unknown::Reject, mode: Mode::Enforce };
            prop_assert_eq!(contract.check(&json), Ok(()));
            let back = plain::decode(&schema, &json, Unknown::Reject).expect("what fits has a value");
            let again = plain::encode(&schema, &back).expect("a value");
            prop_assert_eq!(contract.check(&again), Ok(()));
            // In a union another branch may fit the same JSON, which then comes back in that branch's form.
            if !holds_union(&of) {
                prop_assert_eq!(again, json);
            }
        }
    }

    #[test]
    fn what_a_contract_accepts_has_bytes(seed: u64) {
        let (_, schema, value, mut random) = made(seed, Palette::All);
        let json = plain::encode(&schema, &value).unwrap_or(asl::Json::Null);
        let json = mutate::value(&json, &mut random);
        let contract = Contract { schema: schema.clone(), unknown: Unknown::Reject, mode: Mode::Enforce };
        let value = plain::decode(&schema, &json, Unknown::Reject);
        prop_assert_eq!(contract.check(&json).is_ok(), value.is_ok(), "{:?} {:?}", value, json);
    }

    #[test]
    fn a_schema_reads_its_own_values_as_they_are(seed: u64) {
        let (_, schema, value, _) = made(seed, Palette::All);
        let resolution = Resolution::new(&schema, &schema).expect("few types");
        prop_assert!(same(&schema, &resolution.resolve(value.clone()).expect("itself"), &value));
        prop_assert_eq!(avro::compatibility(&schema, &schema), Some(Vec::new()));
    }

    #[test]
    fn a_compatible_reader_reads_every_value(seed: u64) {
        let (of, schema, value, mut random) = made(seed, Palette::Plain);
        if let Ok(reader) = Schema::parse(&mutate::reader(&of, &mut random).text("")) {
            let resolved = Resolution::new(&schema, &reader).expect("few types").resolve(value);
            if avro::compatibility(&schema, &reader) == Some(Vec::new()) {
                prop_assert!(resolved.is_ok(), "{:?}", resolved);
            }
            if let Ok(value) = resolved {
                prop_assert!(binary::encode(&reader, &value).is_ok());
            }
        }
    }

    #[test]
    fn values_survive_a_container_of_any_codec(seed: u64, count in 0_usize..20) {
        let (_, schema, value, _) = made(seed, Palette::All);
        for codec in Codec::ALL {
            let mut writer =
                ContainerWriter::new(Vec::new(), schema.clone(), codec, SYNC).expect("a header");
            for at in 0..count {
                writer.push(&value).expect("a value");
                if at % 7 == 6 {
                    writer.flush().expect("memory");
                }
            }
            let file = writer.finish().expect("memory");
            let reader = ContainerReader::new(&file[..]).expect("a header");
            prop_assert_eq!(reader.schema().canonical_form(), schema.canonical_form());
            let values: Vec<Value> = reader.collect::<Result<_, _>>().expect("values");
            prop_assert_eq!(values.len(), count);
            prop_assert!(values.iter().all(|read| same(&schema, read, &value)));
        }
    }

    #[test]
    fn damaged_bytes_are_a_value_or_refused(seed: u64, changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6)) {
        let (_, schema, value, mut random) = made(seed, Palette::All);
        let bytes = damaged(binary::encode(&schema, &value).expect("a value"), &changes);
        if let Ok(value) = binary::decode(&schema, &bytes) {
            prop_assert!(binary::encode(&schema, &value).is_ok());
            let _ = plain::encode(&schema, &value);
        }
        let text = mutate::schema_text(&schema.text, &mut random);
        let _ = Schema::parse(&text);
    }

    #[test]
    fn damaged_containers_end(seed: u64, changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6)) {
        let (_, schema, value, _) = made(seed, Palette::All);
        for codec in Codec::ALL {
            let mut writer = ContainerWriter::new(Vec::new(), schema.clone(), codec, SYNC).expect("a header");
            for _ in 0..50 {
                writer.push(&value).expect("a value");
            }
            let file = damaged(writer.finish().expect("memory"), &changes);
            if let Ok(reader) = ContainerReader::new(&file[..]) {
                let _ = reader.collect::<Result<Vec<_>, _>>();
            }
        }
    }

    #[test]
    fn any_bytes_are_a_value_or_refused(seed: u64, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_, schema, _, _) = made(seed, Palette::All);
        let _ = binary::decode(&schema, &bytes);
        let _ = avro::framing::parse(&bytes);
        let _ = ContainerReader::new(&bytes[..]);
    }
}

fn holds_union(of: &Type) -> bool {
    let mut found = false;
    of.visit(&mut |of| found |= matches!(of, Type::Union(_)));
    found
}

/// Some bytes changed, and now and then the end cut off.
fn damaged(mut bytes: Vec<u8>, changes: &[(usize, u8)]) -> Vec<u8> {
    for &(at, byte) in changes {
        let length = bytes.len();
        if length == 0 {
            break;
        }
        if byte == 0 {
            bytes.truncate(at % length);
        } else {
            bytes[at % length] ^= byte;
        }
    }
    bytes
}
