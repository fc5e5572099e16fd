use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const LIMITS: JsonLimits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
fn check(text: &str, expect: Expect) {
    let found = match parse(text, LIMITS) {
        Ok(value) => value.to_text(),
        Err(error) => error.to_string(),
    };
    expect.assert_eq(&found);
}

#[test]
fn values_keep_their_order_and_their_numbers_their_text() {
    check(
        " { \"b\" : [ 1 , -0, 1e400, 12345678901234567890, 1.50 ], \"a\":{}, \"c\" : [ ] }\r\n\t",
        expect![[r#"{"b":[1,-0,1e400,12345678901234567890,1.50],"a":{},"c":[]}"#]],
    );
    check("true", expect!["true"]);
    check("null ", expect!["null"]);
    check("\"\"", expect![[r#""""#]]);
}

#[test]
fn the_last_of_duplicate_keys_wins_in_the_place_of_the_first() {
    check(r#"{"a":1,"b":2,"a":3}"#, expect![[r#"{"a":3,"b":2}"#]]);
}

#[test]
fn escapes_become_characters() {
    check(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0000x""#, expect![[r#""\"\\/\b\f\n\r\té😀\u0000x""#]]);
    check(
        r#""long enough for the fast path, \u0041 and on and on é""#,
        expect![[r#""long enough for the fast path, A and on and on é""#]],
    );
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    check("", expect!["line 1, column 1: the text ends where a value was expected"]);
    check("{\n \"é\": tru }", expect!["line 2, column 7: found `tru`, expected a value after the colon"]);
    check("{'a':1}", expect!["line 1, column 2: found `'`, expected a key in double quotes or `}`"]);
    check("[1,]", expect!["line 1, column 4: found `]`, expected a value after the comma"]);
    check(
        "{\"a\":1,}",
        expect!["line 1, column 8: found `}`, expected a key in double quotes after the comma"],
    );
    check("{\"a\" 1}", expect!["line 1, column 6: found `1`, expected `:` after the key"]);
    check("[1 2]", expect!["line 1, column 4: found `2`, expected `,` or `]`"]);
    check("{\"a\":1", expect!["line 1, column 7: the text ends where `,` or `}` was expected"]);
    check("1 x", expect!["line 1, column 3: found `x` after the end of the value"]);
    check("trueish", expect!["line 1, column 1: found `trueish`, expected a value"]);
    check("NaN", expect!["line 1, column 1: found `NaN`, expected a value"]);
    check("[1]\0", expect!["line 1, column 4: found the character U+0000 after the end of the value"]);
    check(
        "{\0\"\0",
        expect!["line 1, column 2: found the character U+0000, expected a key in double quotes or `}`"],
    );
    check(
        "\u{feff}1",
        expect!["line 1, column 1: the text starts with a byte order mark; save it as UTF-8 without one"],
    );
    check("// no\n1", expect!["line 1, column 1: found `/`, expected a value"]);
}

#[test]
fn bad_numbers_are_refused() {
    check("01", expect!["line 1, column 1: a number may not start with a zero followed by digits"]);
    check("-", expect!["line 1, column 2: the text ends where a digit of a number was expected"]);
    check("+1", expect!["line 1, column 1: found `+`, expected a value"]);
    check(".5", expect!["line 1, column 1: found `.`, expected a value"]);
    check("1.", expect!["line 1, column 3: the text ends where a digit of a number was expected"]);
    check("1e+", expect!["line 1, column 4: the text ends where a digit of a number was expected"]);
    check("0x10", expect!["line 1, column 2: found `x10` after the end of the value"]);
}

#[test]
fn bad_strings_are_refused() {
    check(
        "\"a\nb\"",
        expect![
            "line 1, column 3: a string holds the control character U+000A; write it as an escape, for example `\\n`"
        ],
    );
    check("\"ab", expect!["line 1, column 1: a string that starts here has no closing quote"]);
    check("\"ab\\", expect!["line 1, column 1: a string that starts here has no closing quote"]);
    check(
        r#""\é""#,
        expect!["line 1, column 2: `\\é` is not an escape; a backslash itself is written `\\\\`"],
    );
    check(r#""\u12é""#, expect!["line 1, column 2: `\\u` needs four hexadecimal digits"]);
    check(r#""\u12"#, expect!["line 1, column 2: `\\u` needs four hexadecimal digits"]);
    check(
        r#""\ud800""#,
        expect!["line 1, column 2: `\\uD800` is one half of a surrogate pair, the other half is missing"],
    );
    check(
        r#""\ud800\u0041""#,
        expect!["line 1, column 2: `\\uD800` is one half of a surrogate pair, the other half is missing"],
    );
    check(
        r#""\udc00""#,
        expect!["line 1, column 2: `\\uDC00` is one half of a surrogate pair, the other half is missing"],
    );
}

#[test]
fn hostile_texts_are_bounded() {
    let deep = "[".repeat(100_000);
    check(&deep, expect!["line 1, column 129: more than 128 arrays and objects inside each other"]);
    let deep = "{\"a\":".repeat(100_000);
    check(&deep, expect!["line 1, column 641: more than 128 arrays and objects inside each other"]);
    let digits = "1".repeat(1_000_000);
    check(&digits, expect!["line 1, column 1: a number of 1000000 characters, at most 1100 are accepted"]);
    let keys: Vec<String> = (0..10_001).map(|key| format!("\"{key}\":0")).collect();
    check(
        &format!("{{{}}}", keys.join(",")),
        expect!["line 1, column 88892: an object with more than 10000 keys"],
    );
    let error = parse("[1,2,3]", JsonLimits::PAYLOAD.with_bytes_max(3)).unwrap_err();
    expect!["line 1, column 1: the text has 7 bytes, at most 3 are accepted"].assert_eq(&error.to_string());
    let unbounded = JsonLimits { depth_max: usize::MAX, ..LIMITS };
    assert!(parse(&"[".repeat(1_000_000), unbounded).is_err());
}

#[test]
fn a_string_of_ten_megabytes_is_read() {
    let text = format!("\"{}\"", "x".repeat(10 << 20));
    assert_eq!(parse(&text, LIMITS).unwrap().as_str().map(str::len), Some(10 << 20));
}

#[test]
fn repeated_keys_are_shared() {
    let value = parse(r#"[{"key":1},{"key":2}]"#, LIMITS).unwrap();
    let keys: Vec<_> = value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_object().unwrap().iter().next().unwrap().0)
        .collect();
    assert!(Arc::ptr_eq(keys[0], keys[1]));
}

/// Texts made of the pieces of JSON, in any order: most are wrong in interesting ways.
fn shards() -> impl Strategy<Value = String> {
    let shard = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\"a\""),
        Just("\""),
        Just("\\"),
        Just("\\u0041"),
        Just("\\ud83d\\ude00"),
        Just("1"),
        Just("-0.5e3"),
        Just("0"),
        Just("true"),
        Just("null"),
        Just(" "),
        Just("é"),
        Just("\n"),
        Just("\u{7f}"),
        Just("\t"),
    ];
    prop::collection::vec(shard, 0..24).prop_map(|shards| shards.concat())
}

proptest! {
    #[test]
    fn verdicts_agree_with_serde_json(text in prop_oneof![shards(), any::<String>()]) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        prop_assert_eq!(parse(&text, LIMITS).is_ok(), theirs.is_ok(), "{}", text);
    }

    #[test]
    fn plain_text_ends_where_a_slow_scan_says(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), Just(0x1f), Just(0x20), Just(b'"')], 0..40)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let quoted = format!("\"{text}\"");
        let theirs: Result<String, _> = serde_json::from_str(&quoted);
        match parse(&quoted, LIMITS) {
            Ok(value) => prop_assert_eq!(value.as_str(), theirs.as_deref().ok()),
            Err(_) => prop_assert!(theirs.is_err()),
        }
    }
}

#[test]
fn known_keys_are_shared_and_change_nothing() {
    let names: Vec<Arc<str>> = (0..200).map(|at| Arc::from(format!("field{at}"))).collect();
    let known = KeyTable::new(names.iter().cloned());
    let text = r#"{"field7":1,"other":{"field7":[{"field199":null}]},"field7":2,"":3}"#;
    let shared = parse_with_keys(text, LIMITS, &known).expect("JSON");
    assert_eq!(shared, parse(text, LIMITS).expect("JSON"));
    let object = shared.as_object().expect("an object");
    assert!(object.iter().any(|(key, _)| Arc::ptr_eq(key, &names[7])));
}

proptest! {
    #[test]
    fn short_texts_are_compared_exactly(a in "[ab]{0,20}", b in "[ab]{0,20}") {
        prop_assert!(crate::json::same_text(&a, &a.clone()));
        prop_assert_eq!(crate::json::same_text(&a, &b), a == b);
    }
}
