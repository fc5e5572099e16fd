use std::sync::Arc;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Schema;

fn parse(text: &str) -> Result<Schema, String> {
    let text: Arc<str> = text.into();
    Schema::parse(&text, None, None, &mut |_| None).map_err(|error| error.to_string())
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
    canonical(r#"{"type":"record","name":"R","namespace":"a.b","doc":"d","aliases":["S"],"fields":[{"order":"ignore","name":"x","type":{"type":"array","items":"R"},"default":[]}]}"#,
        r#"{"name":"a.b.R","type":"record","fields":[{"name":"x","type":{"type":"array","items":"a.b.R"}}]}"#);
    canonical(r#"{"type":"fixed","size":16,"name":"F","logicalType":"uuid"}"#, r#"{"name":"F","type":"fixed","size":16}"#);
}

#[test]
fn the_fingerprint_is_of_the_canonical_form() {
    let a = parse(r#"{"type":"record","name":"R","doc":"x","fields":[]}"#).expect("a schema");
    let b = parse(r#"{"name":"R","fields":[],"type":"record"}"#).expect("a schema");
    assert_eq!(a.fingerprint, b.fingerprint);
    assert_eq!(parse("\"int\"").expect("a schema").fingerprint.to_string(), "3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45");
}

#[test]
fn what_is_not_a_schema_is_refused_with_its_place() {
    refused("\"innt\"", expect!["`innt` is neither a primitive type nor defined before this place (at `` of the schema)"]);
    refused(r#"{"type":"record","name":"int","fields":[]}"#, expect!["`int` is the name of a primitive type (at `/name` of the schema)"]);
    refused(r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}"#, expect!["`order` is `ascending`, `descending` or `ignore` (at `/fields/0/order` of the schema)"]);
    refused(r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":["A"]}}]}"#, expect!["`R` is defined twice (at `/fields/0/type/name` of the schema)"]);
    refused(r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#, expect!["the default of `a` does not fit its type (at `/fields/0/default` of the schema)"]);
    refused(r#"["int","int"]"#, expect!["a union has at most one branch of type `int` (at `/1` of the schema)"]);
    refused(r#"{"type":"enum","name":"E","symbols":["A","A"]}"#, expect!["the symbol `A` is given twice (at `/symbols/1` of the schema)"]);
    refused(r#"{"type":"fixed","name":"F"}"#, expect!["a fixed needs the field `size`, a whole number of bytes (at `` of the schema)"]);
    refused("{", expect!["line 1, column 2: the text ends where a key in double quotes or `}` was expected (at `` of the schema)"]);
    refused(&format!("{}\"int\"{}", "{\"type\":\"array\",\"items\":".repeat(100_000), "}".repeat(100_000)), expect!["line 1, column 1: the text has 2500005 bytes, at most 1048576 are accepted (at `` of the schema)"]);
}

proptest! {
    #[test]
    fn any_text_is_a_schema_or_refused(text in "[\\[\\]{}\",:a-zA-Z0-9. ]{0,60}") {
        let _ = parse(&text);
    }
}
