use asl::contract::Unknown;
use asl::{Json, JsonLimits};
use expect_test::{Expect, expect};

use super::{Resolution, Value, binary, framing, json, plain, resolve};
use crate::Schema;
use crate::limits::{DATUM_BYTES_MAX, ZERO_WIDTH_ITEMS_MAX};

fn schema(text: &str) -> Schema {
    Schema::parse(text).expect("a schema")
}

fn parsed(text: &str) -> Json {
    asl::json::parse(text, JsonLimits::PAYLOAD).expect("JSON")
}

/// Plain JSON to bytes, and back to plain JSON.
#[track_caller]
fn plain_trip(schema_text: &str, value: &str, bytes: &[u8], back: &str) {
    let schema = schema(schema_text);
    let value = plain::decode(&schema, &parsed(value), Unknown::Reject).expect("it fits");
    assert_eq!(binary::encode(&schema, &value).expect("a value"), bytes);
    let again = binary::decode(&schema, bytes).expect("its bytes");
    assert_eq!(plain::encode(&schema, &again).expect("a value").to_text(), back);
}

#[track_caller]
fn bytes_refused(schema_text: &str, bytes: &[u8], expected: &Expect) {
    let error = binary::decode(&schema(schema_text), bytes).expect_err("not a value");
    expected.assert_eq(&error.to_string());
}

const LIST: &str = r#"{"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","L"]}]}"#;

#[test]
fn numbers_take_the_bytes_of_the_specification() {
    for (value, bytes) in [
        ("0", &[0][..]),
        ("-1", &[1]),
        ("1", &[2]),
        ("-64", &[0x7f]),
        ("64", &[0x80, 1]),
        ("8192", &[0x80, 0x80, 1]),
    ] {
        plain_trip("\"long\"", value, bytes, value);
    }
    plain_trip(
        "\"long\"",
        "-9223372036854775808",
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        "-9223372036854775808",
    );
    plain_trip("\"double\"", "-0.0", &[0, 0, 0, 0, 0, 0, 0, 0x80], "-0.0");
    plain_trip("\"float\"", "0.1", &[0xcd, 0xcc, 0xcc, 0x3d], "0.1");
}

#[test]
fn decimals_are_bytes_of_their_unscaled_integer() {
    let decimal = r#"{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}"#;
    plain_trip(decimal, "\"1234.56\"", &[6, 0x01, 0xe2, 0x40], "\"1234.56\"");
    plain_trip(decimal, "-1.2e1", &[4, 0xfb, 0x50], "\"-12.00\"");
    plain_trip(decimal, "0", &[2, 0], "\"0.00\"");
    plain_trip(decimal, "-1.28", &[2, 0x80], "\"-1.28\"");
    plain_trip(decimal, "1.28", &[4, 0x00, 0x80], "\"1.28\"");
    let fixed = r#"{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":9,"scale":0}"#;
    plain_trip(fixed, "-256", &[0xff, 0xff, 0xff, 0x00], "\"-256\"");
    let big = r#"{"type":"bytes","logicalType":"big-decimal"}"#;
    plain_trip(big, "\"-12.30\"", &[8, 4, 0xfb, 0x32, 4], "\"-12.30\"");
    let wide = r#"{"type":"bytes","logicalType":"decimal","precision":60,"scale":20}"#;
    let digits = "\"-1234567890123456789012345678901234567890.00000000000000000001\"";
    let schema = schema(wide);
    let value = plain::decode(&schema, &parsed(digits), Unknown::Reject).expect("it fits");
    assert_eq!(plain::encode(&schema, &value).expect("a value").to_text(), digits);
}

#[test]
fn dates_and_times_are_iso_text_and_numbers() {
    let of = |kind: &str, logical: &str| format!(r#"{{"type":"{kind}","logicalType":"{logical}"}}"#);
    plain_trip(&of("int", "date"), "\"1970-01-02\"", &[2], "\"1970-01-02\"");
    plain_trip(&of("int", "date"), "\"0000-03-01\"", &[0xd7, 0xe9, 0x57], "\"0000-03-01\"");
    plain_trip(&of("int", "date"), "2147483647", &[0xfe, 0xff, 0xff, 0xff, 0x0f], "2147483647");
    plain_trip(&of("int", "time-millis"), "\"00:00:01.5\"", &[0xb8, 0x17], "\"00:00:01.500\"");
    let instant = of("long", "timestamp-millis");
    plain_trip(&instant, "\"1970-01-01T01:00:00.0019+01:00\"", &[2], "\"1970-01-01T00:00:00.001Z\"");
    // Cut off towards the past, as Java's conversions do.
    plain_trip(&instant, "\"1969-12-31T23:59:59.9999Z\"", &[1], "\"1969-12-31T23:59:59.999Z\"");
    plain_trip(
        &of("long", "local-timestamp-micros"),
        "\"1970-01-01 00:00\"",
        &[0],
        "\"1970-01-01T00:00:00\"",
    );
    plain_trip(
        &of("long", "timestamp-nanos"),
        "\"1970-01-01T00:00:00.000000001Z\"",
        &[2],
        "\"1970-01-01T00:00:00.000000001Z\"",
    );
}

#[test]
fn uuids_and_durations_have_their_texts() {
    let uuid = "\"00112233-4455-6677-8899-aabbccddeeff\"";
    let bytes =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
    plain_trip(r#"{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}"#, uuid, &bytes, uuid);
    let duration = r#"{"type":"fixed","name":"D","size":12,"logicalType":"duration"}"#;
    plain_trip(duration, "\"P1Y2M3DT1.5S\"", &[14, 0, 0, 0, 3, 0, 0, 0, 0xdc, 5, 0, 0], "\"P14M3DT1.500S\"");
    plain_trip(duration, "\"PT0S\"", &[0; 12], "\"PT0S\"");
}

#[test]
fn bytes_that_are_no_value_are_refused_with_path_and_offset() {
    bytes_refused("\"int\"", &[], &expect!["`$` (byte 0): the bytes end where an int was expected"]);
    bytes_refused("\"boolean\"", &[2], &expect!["`$` (byte 0): byte 2, expected a boolean, 0 or 1"]);
    bytes_refused(
        "\"int\"",
        &[0xfe, 0xff, 0xff, 0xff, 0x1f],
        &expect!["`$` (byte 0): number 4294967295, expected an int of 32 bits"],
    );
    bytes_refused(
        "\"long\"",
        &[0xff; 11],
        &expect!["`$` (byte 0): a number of more than 64 bits, expected a long"],
    );
    bytes_refused(
        "\"null\"",
        &[0],
        &expect!["`$` (byte 0): 1 bytes after the end of the datum, expected none"],
    );
    bytes_refused(
        "\"string\"",
        &[9],
        &expect!["`$` (byte 0): a length of -5, expected a string within the 0 bytes that are left"],
    );
    bytes_refused(
        "\"string\"",
        &[4, 0xc3, 0x28],
        &expect!["`$` (byte 0): bytes that are not UTF-8 from byte 0 on, expected a string"],
    );
    bytes_refused(
        LIST,
        &[2, 2, 4, 6],
        &expect!["`$.next.next` (byte 3): number 3, expected the position of a union's branch, below 2"],
    );
    bytes_refused(
        r#"{"type":"array","items":"int"}"#,
        &[1, 2, 2, 2],
        &expect!["`$[1]` (byte 4): the bytes end where an int was expected"],
    );
    bytes_refused(
        r#"{"type":"array","items":"int"}"#,
        &[1, 4, 2, 2, 0],
        &expect!["`$` (byte 3): a block that ends at byte 3, expected its end at byte 4, as its size says"],
    );
}

#[test]
fn small_inputs_cannot_become_large() {
    // 2^62 nulls in nine bytes, and in blocks of a negative count.
    let nulls = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0];
    bytes_refused(
        r#"{"type":"array","items":"null"}"#,
        &nulls,
        &expect!["`$` (byte 0): more than 65536 items beyond the bytes that are there"],
    );
    let smallest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0];
    bytes_refused(
        r#"{"type":"map","values":"null"}"#,
        &smallest,
        &expect!["`$` (byte 0): more than 65536 items beyond the bytes that are there"],
    );
    // Blocks of as many as one may announce, again and again.
    let mut blocks = Vec::new();
    binary::varint::push(i64::try_from(ZERO_WIDTH_ITEMS_MAX).expect("small"), &mut blocks);
    let blocks = blocks.repeat(2);
    bytes_refused(
        r#"{"type":"array","items":{"type":"record","name":"E","fields":[]}}"#,
        &blocks,
        &expect!["`$` (byte 3): more than 65536 items beyond the bytes that are there"],
    );
    // A list that goes on in every byte.
    bytes_refused(
        LIST,
        &[2; 10_000],
        &expect![[
            r"`$.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.v` (byte 128): more than 64 arrays, maps and records inside each other"
        ]],
    );
    // A record that holds itself has no end.
    let endless = r#"{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}"#;
    let error = binary::decode(&schema(endless), &[]).expect_err("endless");
    assert!(
        error.to_string().ends_with("more than 64 arrays, maps and records inside each other"),
        "{error}"
    );
}

#[test]
fn a_schema_cannot_multiply_what_a_datum_costs() {
    // Each item of one byte is a record of 2,000 fields of no width.
    let fields: Vec<String> = (0..2_000).map(|at| format!(r#"{{"name":"f{at}","type":"null"}}"#)).collect();
    let text = format!(
        r#"{{"type":"array","items":{{"type":"record","name":"R","fields":[{{"name":"b","type":"boolean"}},{}]}}}}"#,
        fields.join(",")
    );
    let mut bytes = Vec::new();
    binary::varint::push(10_000, &mut bytes);
    bytes.extend([0; 10_001]);
    let error = binary::decode(&schema(&text), &bytes).expect_err("too much memory");
    assert!(
        error.to_string().ends_with(&format!("more than {DATUM_BYTES_MAX} bytes of memory for one datum")),
        "{error}"
    );
    // A default of 10,000 bytes for each of 10,000 records.
    let default = "x".repeat(10_000);
    let reader = schema(&format!(
        r#"{{"type":"array","items":{{"type":"record","name":"R","fields":[{{"name":"d","type":"bytes","default":"{default}"}}]}}}}"#
    ));
    let writer = schema(
        r#"{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"b","type":"boolean"}]}}"#,
    );
    let error = resolve::decode(&writer, &reader, &bytes).expect_err("too much memory");
    assert!(error.to_string().ends_with("bytes of memory for one datum"), "{error}");
}

#[test]
fn avro_json_names_the_branches_of_unions() {
    let schema = schema(
        r#"["null","string",{"type":"fixed","name":"a.F","size":1},{"type":"array","items":["null","int"]}]"#,
    );
    for text in ["null", r#"{"string":"x"}"#, r#"{"a.F":"ÿ"}"#, r#"{"array":[null,{"int":1}]}"#] {
        let value = json::decode(&schema, &parsed(text)).expect("Avro JSON");
        assert_eq!(json::encode(&schema, &value).expect("a value").to_text(), text);
    }
    for text in ["\"x\"", r#"{"F":"x"}"#, r#"{"null":null}"#, r#"{"string":"x","int":1}"#, r#"{"a.F":"€"}"#]
    {
        assert!(json::decode(&schema, &parsed(text)).is_err(), "{text}");
    }
    let error = json::decode(&schema, &parsed("\"x\"")).expect_err("no branch is named");
    expect![[r#"`$`: string "x", expected null or string or a.F or array, in an object with the branch's name as its key"#]]
        .assert_eq(&error.to_string());
}

#[test]
fn a_reader_sees_aliases_promotions_and_defaults() {
    let writer = schema(
        r#"{"type":"record","name":"old.Order","fields":[{"name":"id","type":"int"},{"name":"gone","type":"string"},
            {"name":"state","type":{"type":"enum","name":"S","symbols":["A","B"]}},{"name":"note","type":"string"}]}"#,
    );
    let reader = schema(
        r#"{"type":"record","name":"Order2","namespace":"new","aliases":["old.Order"],"fields":[
            {"name":"note","type":["null","bytes","string"]},{"name":"number","type":"double","aliases":["id"]},
            {"name":"state","type":{"type":"enum","name":"S","symbols":["B","Other"],"default":"Other"}},
            {"name":"tags","type":{"type":"array","items":"string"},"default":["x"]}]}"#,
    );
    let value =
        json::decode(&writer, &parsed(r#"{"id":7,"gone":"g","state":"A","note":"n"}"#)).expect("a value");
    let seen = Resolution::new(&writer, &reader).expect("few types").resolve(value).expect("readable");
    expect![[r#"{"note":{"string":"n"},"number":7,"state":"Other","tags":["x"]}"#]]
        .assert_eq(&json::encode(&reader, &seen).expect("a value").to_text());
}

#[test]
fn what_a_reader_cannot_read_is_an_error_where_a_value_meets_it() {
    #[track_caller]
    fn unreadable(writer: &str, reader: &str, value: &str, expected: &Expect) {
        let (writer, reader) = (schema(writer), schema(reader));
        let value = json::decode(&writer, &parsed(value)).expect("a value");
        let resolution = Resolution::new(&writer, &reader).expect("few types");
        expected.assert_eq(&resolution.resolve(value).expect_err("unreadable").to_string());
    }
    unreadable(
        "\"long\"",
        "\"int\"",
        "1",
        &expect!["`$`: the writer's long cannot be read as the reader's int"],
    );
    let record = |fields: &str| format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
    unreadable(
        &record(""),
        &record(r#"{"name":"a","type":"int"}"#),
        "{}",
        &expect![
            "`$`: the writer's record R cannot be read as the reader's record R, whose field `a` is not written and has no default"
        ],
    );
    unreadable(
        r#"{"type":"array","items":["null","int"]}"#,
        r#"{"type":"array","items":["null","boolean"]}"#,
        r#"[null,{"int":1}]"#,
        &expect![
            "`$[1]`: the writer's int cannot be read as the reader's null or boolean, which has no such branch"
        ],
    );
    let decimal =
        |scale: u32| format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#);
    unreadable(
        &decimal(2),
        &decimal(3),
        "\"a\"",
        &expect![
            "`$`: the writer's decimal of precision 9 and scale 2 cannot be read as the reader's decimal of precision 9 and scale 3"
        ],
    );
    let nullable = schema(r#"["null","int"]"#);
    let seen = Resolution::new(&nullable, &schema("\"null\""))
        .expect("few types")
        .resolve(Value::Union(0, Box::new(Value::Null)));
    assert_eq!(seen, Ok(Value::Null));
}

#[test]
fn framing_is_a_zero_and_a_schema_id() {
    let message = framing::frame(0x0102_0304, b"datum");
    assert_eq!(message, b"\0\x01\x02\x03\x04datum");
    assert_eq!(framing::parse(&message), Ok((0x0102_0304, &b"datum"[..])));
    let refused = |message: &[u8]| framing::parse(message).expect_err("not framed").to_string();
    expect!["a message of 4 bytes, expected the byte 0 and four bytes of a schema id before the datum"]
        .assert_eq(&refused(&[0; 4]));
    expect!["the message starts with byte 123 (text `{\"id\":1}`), expected the byte 0 of a message framed with a schema id"]
        .assert_eq(&refused(b"{\"id\":1}"));
}

#[test]
fn schemas_that_ask_for_too_many_comparisons_are_refused() {
    let union = |space: &str| {
        let branches: Vec<String> =
            (0..5_000).map(|at| format!(r#"{{"type":"fixed","name":"{space}.F{at}","size":1}}"#)).collect();
        schema(&format!("[{}]", branches.join(",")))
    };
    let error = Resolution::new(&union("a"), &union("b")).expect_err("25,000,000 comparisons");
    expect!["`$`: more than 1000000 fields, symbols and branches to be compared"]
        .assert_eq(&error.to_string());
    assert_eq!(super::compatibility(&union("a"), &union("b")), None);
}

#[test]
fn a_default_of_few_bytes_cannot_be_a_value_of_very_many() {
    // Each record has two fields whose default is the record before.
    let mut fields =
        vec![r#"{"name":"f","type":{"type":"record","name":"R0","fields":[]},"default":{}}"#.to_owned()];
    for at in 1..60 {
        let before = at - 1;
        fields.push(format!(
            r#"{{"name":"f{at}","type":{{"type":"record","name":"R{at}","fields":[
                {{"name":"a","type":"R{before}","default":{{}}}},{{"name":"b","type":"R{before}","default":{{}}}}]}},"default":{{}}}}"#
        ));
    }
    let text = format!(r#"{{"type":"record","name":"All","fields":[{}]}}"#, fields.join(","));
    let error = Schema::parse(&text).expect_err("2^59 values");
    assert!(
        error.to_string().ends_with("object of 0 fields, expected a default that is of type `R17`"),
        "{error}"
    );
}

#[test]
fn what_would_not_be_read_is_not_written() {
    let schema = schema(r#"{"type":"array","items":"null"}"#);
    let nulls = |count| Value::Array(vec![Value::Null; count]);
    let bytes = binary::encode(&schema, &nulls(ZERO_WIDTH_ITEMS_MAX)).expect("as many as are read");
    assert_eq!(binary::decode(&schema, &bytes), Ok(nulls(ZERO_WIDTH_ITEMS_MAX)));
    assert!(binary::encode(&schema, &nulls(ZERO_WIDTH_ITEMS_MAX + 1)).is_err());
}
