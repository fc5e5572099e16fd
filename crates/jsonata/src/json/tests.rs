//! JSON text in and out.

use crate::Value;
use crate::json::{Printer, Style, measure};

#[test]
fn what_is_read_is_written_again() {
    for text in [
        "null",
        "true",
        "[]",
        "{}",
        "[1,-2.5,1e3,12345678901234567890]",
        r#"{"a":{"b":[]},"c":"x\"\\\n\u0001é😀"}"#,
    ] {
        assert_eq!(Value::from_json(text).expect("JSON").to_json(1_000).expect("short"), text);
    }
}

#[test]
fn escapes_and_pairs_are_read() {
    let value = Value::from_json(r#" "\u0041\ud83d\ude00\/\b\f\r\t" "#).expect("JSON");
    assert_eq!(value.as_str(), Some("A😀/\u{8}\u{c}\r\t"));
}

#[test]
fn the_last_of_equal_keys_counts_in_the_place_of_the_first() {
    let value = Value::from_json(r#"{"a": 1, "b": 2, "a": 3}"#).expect("JSON");
    assert_eq!(value.to_json(100).expect("short"), r#"{"a":3,"b":2}"#);
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, position) in [
        ("", 0),
        ("[1,]", 3),
        ("{a:1}", 1),
        (r#"{"a" 1}"#, 5),
        ("01", 1),
        ("1.", 2),
        ("-", 1),
        ("\"a", 2),
        ("nul", 0),
        (r#""\x""#, 2),
        (r#""\ud800""#, 7),
        ("[1] 2", 4),
        ("\"\n\"", 1),
        ("1e", 2),
    ] {
        assert_eq!(Value::from_json(text).map_err(|it| it.position), Err(position), "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    assert!(Value::from_json(&("[".repeat(500) + &"]".repeat(500))).is_ok());
    assert!(Value::from_json(&"[".repeat(100_000)).is_err());
    assert!(Value::from_json(&"{\"a\":".repeat(100_000)).is_err());
}

#[test]
fn pretty_text_has_lines_and_two_blanks_a_level() {
    let value = Value::from_json(r#"{"a":[1,{}],"b":[]}"#).expect("JSON");
    let text = Printer::new(Style::PRETTY, 1_000).print(&value).expect("short");
    assert_eq!(text, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

#[test]
fn the_measure_is_the_length_of_the_text() {
    for text in ["null", "false", "[]", "{}", r#"[1,2.5,"x",[true]]"#, r#"{"a":{"b":[null,7]},"cc":-10}"#] {
        let value = Value::from_json(text).expect("JSON");
        assert_eq!(measure(&value, 1_000).ok(), Some(text.len()), "{text}");
        assert!(measure(&value, text.len() - 1).is_err());
        assert!(value.to_json(text.len() - 1).is_err());
    }
}
