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
fn refused(text: &str, expected: &Expect) {
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
    refused("\"innt\"", &expect!["no type `innt` is defined here, and no subject of that name exists"]);
    refused(
        r#"{"type":"record","name":"int","fields":[]}"#,
        &expect!["`/name`: `int`, expected a name that is not a primitive type's"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}"#,
        &expect!["`/fields/0/order`: `up`, expected `ascending`, `descending` or `ignore`"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":["A"]}}]}"#,
        &expect!["`/fields/0/type/name`: a second definition of `R`, expected each name defined once"],
    );
    refused(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#,
        &expect![[r#"`/fields/0/default`: string "x", expected a default that is of type `int`"#]],
    );
    refused(r#"["int","int"]"#, &expect!["`/1`: a second branch `int`, expected each type once in a union"]);
    refused(
        r#"{"type":"enum","name":"E","symbols":["A","A"]}"#,
        &expect!["`/symbols/1`: a second symbol `A`, expected each symbol once in an enum"],
    );
    refused(
        r#"{"type":"fixed","name":"F"}"#,
        &expect!["a fixed without a number of bytes in `size`, expected its `size`"],
    );
    refused(
        "{",
        &expect![
            "the text is not JSON: line 1, column 2: the text ends where a key in double quotes or `}` was expected"
        ],
    );
    refused(
        &format!("{}\"int\"{}", "{\"type\":\"array\",\"items\":".repeat(100_000), "}".repeat(100_000)),
        &expect![
            "the text is not JSON: line 1, column 1: the text has 2500005 bytes, at most 1048576 are accepted"
        ],
    );
}

proptest! {
    #[test]
    fn any_text_is_a_schema_or_refused(text in "[\\[\\]{}\",:a-zA-Z0-9. ]{0,60}") {
        let _ = parse(&text);
    }
}

#[test]
fn names_may_be_used_before_they_are_defined() {
    canonical(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":"E"},{"name":"b","type":{"type":"enum","name":"E","symbols":["X"]}}]}"#,
        r#"{"name":"R","type":"record","fields":[{"name":"a","type":{"name":"E","type":"enum","symbols":["X"]}},{"name":"b","type":"E"}]}"#,
    );
}

#[test]
fn namespaces_are_inherited_and_can_be_left() {
    canonical(
        r#"{"type":"error","name":"R","namespace":"a","fields":[{"name":"x","type":{"type":"fixed","name":"F","size":1}},
            {"name":"y","type":{"type":"fixed","name":"G","namespace":"","size":2}},{"name":"z","type":"F"},{"name":"i","type":"int"}]}"#,
        r#"{"name":"a.R","type":"record","fields":[{"name":"x","type":{"name":"a.F","type":"fixed","size":1}},{"name":"y","type":{"name":"G","type":"fixed","size":2}},{"name":"z","type":"a.F"},{"name":"i","type":"int"}]}"#,
    );
}

#[test]
fn logical_types_that_make_no_sense_are_ignored() {
    for schema in [
        r#"{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":0}"#,
        r#"{"type":"string","logicalType":"date"}"#,
        r#"{"type":"fixed","name":"F","size":1,"logicalType":"decimal","precision":3}"#,
        r#"{"type":"int","logicalType":7}"#,
    ] {
        assert!(parse(schema).expect("a schema").nodes.iter().all(|node| node.logical.is_none()), "{schema}");
    }
    let fixed = r#"{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":9}"#;
    assert!(parse(fixed).expect("a schema").nodes.iter().any(|node| node.logical.is_some()));
}

#[test]
fn defaults_follow_the_rules_of_schemas_not_of_payloads() {
    let with_default = |kind: &str, default: &str| {
        parse(&format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":{kind},"default":{default}}}]}}"#
        ))
    };
    for (kind, default) in [
        ("\"bytes\"", "\"\\u00ff\""),
        (r#"["null","int"]"#, "5"),
        (r#"{"type":"array","items":"long"}"#, "[1,2]"),
        (r#"{"type":"record","name":"S","fields":[{"name":"x","type":"int","default":1}]}"#, "{}"),
        (r#"["null","R"]"#, "null"),
    ] {
        assert!(with_default(kind, default).is_ok(), "{kind} {default}");
    }
    for (kind, default) in [
        ("\"bytes\"", "\"\\u0100\""),
        ("\"int\"", "2147483648"),
        (r#"["null","int"]"#, "\"x\""),
        (r#"{"type":"fixed","name":"F","size":2}"#, "\"a\""),
        (r#"{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}"#, "{}"),
    ] {
        assert!(with_default(kind, default).is_err(), "{kind} {default}");
    }
}

#[test]
fn depth_is_bounded_and_generous() {
    let nested = |levels: usize| {
        (0..levels).fold("\"int\"".to_owned(), |inner, at| {
            format!(r#"{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":{inner}}}]}}"#)
        })
    };
    assert!(parse(&nested(120)).is_ok());
    assert!(parse(&nested(140)).is_err());
    assert!(parse(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
}

#[test]
fn a_long_chain_of_forward_references_has_a_canonical_form() {
    let records: Vec<String> = (0..10_000)
        .map(|at| {
            format!(
                r#"{{"type":"record","name":"R{at}","fields":[{{"name":"n","type":["null","R{}"]}}]}}"#,
                at + 1
            )
        })
        .collect();
    let last = r#"{"type":"fixed","name":"R10000","size":1}"#;
    let schema = parse(&format!("[{},{last}]", records.join(","))).expect("a schema");
    assert!(schema.canonical_form().len() > 10_000);
}

#[test]
fn wide_schemas_are_read() {
    let branches: Vec<String> =
        (0..20_000).map(|at| format!(r#"{{"type":"fixed","name":"F{at}","size":1}}"#)).collect();
    assert!(parse(&format!("[{}]", branches.join(","))).is_ok());
}
