//! AWS's own functions.

use crate::testing::{check, evaluate};
use crate::{Limits, Value};

#[test]
fn arrays_are_partitioned_and_ranges_made() {
    check(
        "{}",
        &[
            ("$partition([1, 2, 3], 2)", "[[1,2],[3]]"),
            ("$partition([0], 5)", "[[0]]"),
            ("$partition([1, 2, 3], 2.9)", "[[1,2],[3]]"),
            ("$range(0, 10, 5)", "[0,5,10]"),
            ("$range(3, 1, -1)", "[3,2,1]"),
            ("$range(-1.7, 2, 1)", "[-1,0,1,2]"),
            ("$range(5, 5, 1)", "5"),
            ("$count($range(1, 360145, 1))", "360145"),
        ],
    );
}

#[test]
fn hashes_are_hexadecimal() {
    check(
        "{}",
        &[
            ("$hash('abc', 'MD5')", r#""900150983cd24fb0d6963f7d28e17f72""#),
            ("$hash('abc', 'SHA-1')", r#""a9993e364706816aba3e25717850c26c9cd0d89d""#),
            (
                "$hash('abc', 'SHA-256')",
                r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
            ),
            ("$length($hash('abc', 'SHA-384'))", "96"),
            ("$length($hash('abc', 'SHA-512'))", "128"),
        ],
    );
}

#[test]
fn odd_arguments_give_nothing() {
    for text in [
        "$partition([], 2)",
        "$partition([1], 0)",
        "$range(1, 2)",
        "$range(1, 2, 0)",
        "$range(1, 0, 1)",
        "$range(0, 1, -1)",
        "$hash('a')",
    ] {
        let found = evaluate(text, "{}", Limits::default()).expect("it evaluates");
        assert!(found.is_none(), "{text}: {found:?}");
    }
}

#[test]
fn text_is_parsed() {
    check(
        "{}",
        &[("$parse('{\"a\": [1]}')", r#"{"a":[1]}"#), ("$parse('-0')", "0"), ("$parse('\"x\"')", r#""x""#)],
    );
}

#[test]
fn a_seed_gives_the_same_number_and_no_seed_gives_entropy() {
    check("{}", &[("$random(5) = $random(5)", "true"), ("$random(5) = $random(6)", "false")]);
    check("{}", &[("$random() < 1 and $random() >= 0", "true"), ("$uuid() = $uuid()", "false")]);
    let uuid = evaluate("$uuid()", "{}", Limits::default()).expect("it evaluates").expect("a value");
    let text = uuid.as_str().expect("a string");
    assert_eq!((text.len(), &text[14..15]), (36, "4"));
}

#[test]
fn what_aws_refuses_is_refused() {
    for text in ["$range(1, 360146, 1)", "$hash('a', 'CRC')", "$hash($pad('', 10001), 'MD5')", "$parse('{')"]
    {
        let found = evaluate(text, "{}", Limits::default()).map(|it| it.as_ref().map(Value::kind));
        assert_eq!(found.map_err(|it| it.code()), Err("D3137"), "{text}");
    }
}
