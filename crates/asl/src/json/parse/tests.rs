use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::parse;
use crate::{Json, JsonLimits};

fn read(text: &str) -> Json {
    parse(text, JsonLimits::PAYLOAD).expect("the text is JSON")
}

#[track_caller]
fn refused(text: &str, message: Expect) {
    message.assert_eq(&parse(text, JsonLimits::PAYLOAD).expect_err("the text is refused").to_string());
}

#[test]
fn every_kind_of_value_is_read() {
    let value = read(r#" {"a": [1, -2.50, true, false, null, "x\n\u00e9\ud83d\ude00"], "b": {}} "#);
    assert_eq!(value.to_text(), "{\"a\":[1,-2.50,true,false,null,\"x\\né😀\"],\"b\":{}}");
}

#[test]
fn numbers_keep_their_exact_text() {
    for text in ["0", "-0", "1e400", "12345678901234567890123", "1.10", "9007199254740993", "-1.5E-7"] {
        assert_eq!(read(text).to_text(), text);
    }
}

#[test]
fn of_duplicate_keys_the_last_wins_in_the_place_of_the_first() {
    assert_eq!(read(r#"{"a":1,"b":2,"a":3}"#).to_text(), r#"{"a":3,"b":2}"#);
    let many: String = (0..40).map(|at| format!("\"k{}\":{at},", at % 20)).collect();
    let text = read(&format!("{{{}}}", many.trim_end_matches(','))).to_text();
    assert!(text.starts_with("{\"k0\":20,\"k1\":21,") && text.ends_with("\"k19\":39}"), "{text}");
}

#[test]
fn faults_are_located_and_say_what_was_expected() {
    refused("", expect!["line 1, column 1: the text ends here, expected a value"]);
    refused("{\n  \"a\": 1,\n}", expect!["line 3, column 1: found `}`, expected a key in double quotes"]);
    refused("[1 2]", expect!["line 1, column 4: found `2`, expected `,` or `]`"]);
    refused("[1,]", expect!["line 1, column 4: found `]`, expected a value"]);
    refused("{\"a\" 1}", expect!["line 1, column 6: found `1`, expected `:`"]);
    refused("1 2", expect!["line 1, column 3: found `2` after the end of the value, expected nothing more"]);
    refused("01", expect!["line 1, column 2: found `1` after the end of the value, expected nothing more"]);
    refused("1.", expect!["line 1, column 3: the text ends here, expected a digit"]);
    refused("\"a", expect!["line 1, column 3: the text ends here, expected `\"` at the end of the string"]);
    refused(
        "\"a\u{1}\"",
        expect!["line 1, column 3: a string holds the control character U+0001; write it as `\\u0001`"],
    );
    refused(
        "\u{feff}1",
        expect!["line 1, column 1: the text starts with a byte order mark; save it as UTF-8 without one"],
    );
    refused(
        r#""\ud800x""#,
        expect!["line 1, column 2: `\\ud800` is half of a surrogate pair, and its other half is missing"],
    );
    refused(
        r#""\udc00""#,
        expect!["line 1, column 2: `\\udc00` is half of a surrogate pair, and its other half is missing"],
    );
    refused(
        r#""\x""#,
        expect![
            "line 1, column 2: `\\x` is not an escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX"
        ],
    );
    refused(
        "nul",
        expect![
            "line 1, column 1: found `n`, expected a value (`true`, `false`, `null`, a number, a string in double quotes, `[` or `{`)"
        ],
    );
}

#[test]
fn hostile_texts_are_refused_without_harm() {
    refused(
        &"[".repeat(100_000),
        expect!["line 1, column 129: arrays and objects are nested deeper than 128 levels"],
    );
    refused(
        &"{\"a\":".repeat(50_000),
        expect!["line 1, column 641: arrays and objects are nested deeper than 128 levels"],
    );
    refused(
        &"1".repeat(200_000),
        expect!["line 1, column 1: a number has 200000 characters, at most 1100 are accepted"],
    );
    refused(
        &format!("\"{}\"", "x".repeat(10_000_000)),
        expect!["line 1, column 1: the text has 10000002 bytes, at most 262144 are accepted"],
    );
    let keys: String = (0..10_001).map(|at| format!("\"{at}\":1,")).collect();
    refused(&format!("{{{keys}"), expect!["line 1, column 88892: an object has more than 10000 keys"]);
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::from),
            prop::collection::vec((any::<String>(), inner), 0..20)
                .prop_map(|entries| { serde_json::Value::Object(entries.into_iter().collect()) }),
        ]
    })
}

proptest! {
    #[test]
    fn what_another_writer_wrote_is_read_and_written_the_same(value in any_json()) {
        let text = serde_json::to_string_pretty(&value).expect("a value has a text");
        let ours = read(&text).to_text();
        let back: serde_json::Value = serde_json::from_str(&ours).expect("our text is JSON");
        prop_assert_eq!(back, value);
    }

    #[test]
    fn any_text_is_read_or_refused_as_another_reader_does(text in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,40}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        let ours = parse(&text, JsonLimits::PAYLOAD);
        // Numbers beyond a double are refused there and kept here.
        let beyond = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
        prop_assert!(beyond || theirs.is_ok() == ours.is_ok(), "{text}: {theirs:?} {ours:?}");
    }
}
