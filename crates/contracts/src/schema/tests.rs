use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Schema;

fn parse(text: &str) -> Result<Schema, String> {
    Schema::parse(text).map_err(|error| error.to_string())
}

#[track_caller]
fn canonical(text: &str, expected: &str) {
    assert_eq!(parse(text).expect("a schema").canonical_form(), expected);
}

#[track_caller]
fn refused(text: &str, expected: Expect) {
    expected.assert_eq(&parse(text).expect_err("no schema"));
}

#[test]
fn the_canonical_form_keeps_what_matters_to_a_reader() {
    canonical("\"int\"", "\"int\"");
    canonical(r#"{"type":"int","doc":"x"}"#, "\"int\"");
    canonical(
        r#"{"type":"record","name":"R","namespace":"a.b","doc":"d","aliases":["S"],"fields":[{"order":"ignore","name":"x","type":{"type":"array","items":"R"},"default":[]}]}"#,
        r#"{"name":"a.b.R","type":"record","fields":[{"name":"x","type":{"type":"array","items":"a.b.R"}}]}"#,
    );
    canonical(
        r#"{"type":"fixed","size":16,"name":"F","logicalType":"uuid"}"#,
        r#"{"name":"F","type":"fixed","size":16}"#,
    );
}

#[test]
fn the_fingerprint_is_of_the_canonical_form() {
    let a = parse(r#"{"type":"record","name":"R","doc":"x","fields":[]}"#).expect("a schema");
    let b = parse(r#"{"name":"R","fields":[],"type":"record"}"#).expect("a schema");
    assert_eq!(a.fingerprint, b.fingerprint);
    assert_eq!(
        parse("\"int\"").expect("a schema").fingerprint.to_string(),
        "3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45"
    );
}

#[test]
fn what_is_not_a_schema_is_refused_with_its_place() {
    refused(
        "\"innt\"",
        expect!["no type `innt` is defined here, and no subject of that name exists"],
    );
    refused(
        r#"{"type":"record","name":"int","fields":[]}"#,
        expect!["`/name`: `int`, expected a name that is not a primitive type's"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}"#,
        expect!["`/fields/0/order`: `up`, expected `ascending`, `descending` or `ignore`"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":["A"]}}]}"#,
        expect!["`/fields/0/type/name`: a second definition of `R`, expected each name defined once"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#,
        expect![[r#"`/fields/0/default`: string "x", expected a default that is of type `int`"#]],
    );
    refused(
        r#"["int","int"]"#,
        expect!["`/1`: a second branch `int`, expected each type once in a union"],
    );
    refused(
        r#"{"type":"enum","name":"E","symbols":["A","A"]}"#,
        expect!["`/symbols/1`: a second symbol `A`, expected each symbol once in an enum"],
    );
    refused(
        r#"{"type":"fixed","name":"F"}"#,
        expect!["a fixed without a number of bytes in `size`, expected its `size`"],
    );
    refused(
        "{",
        expect![
            "line 1, column 2: the text ends where a key in double quotes or `}` was expected (at `` of the schema)"
        ],
    );
    refused(
        &format!("{}\"int\"{}", "{\"type\":\"array\",\"items\":".repeat(100_000), "}".repeat(100_000)),
        expect![
            "line 1, column 1: the text has 2500005 bytes, at most 1048576 are accepted (at `` of the schema)"
        ],
    );
}

proptest! {
    #[test]
    fn any_text_is_a_schema_or_refused(text in "[\\[\\]{}\",:a-zA-Z0-9. ]{0,60}") {
        let _ = parse(&text);
    }
}
