//! Words, and what is none.

use super::{Lexer, TokenKind};
use crate::testing::{check, check_codes};

#[test]
fn a_slash_divides_after_an_operand_and_starts_a_pattern_elsewhere() {
    let mut lexer = Lexer::new("/a\\/b/i / 2");
    assert!(
        matches!(lexer.next(false).expect("a word").kind, TokenKind::Regex { source, flags } if source == "a\\/b" && flags == "i")
    );
    assert!(matches!(lexer.next(true).expect("a word").kind, TokenKind::Operator("/")));
}

#[test]
fn words_that_are_operators_are_names_elsewhere() {
    check(r#"{"and": 1, "or": {"in": 2}}"#, &[("and", "1"), ("or.in", "2"), ("and and or", "true")]);
}

#[test]
fn literals_are_read() {
    check(
        "{}",
        &[
            (r#""a\"\u0041\ud83d\ude00\n""#, r#""a\"A😀\n""#),
            ("'it\\'s'", r#""it's""#),
            ("1.5e3", "1500"),
            ("[1..3]", "[1,2,3]"),
            ("/* note */ 1 /* more */", "1"),
            ("[true, false, null]", "[true,false,null]"),
        ],
    );
}

#[test]
fn what_is_no_word_has_a_code() {
    check_codes(&[
        ("\"open", "S0101"),
        ("1e999", "S0102"),
        (r"'\q'", "S0103"),
        (r"'\u12'", "S0104"),
        ("`open", "S0105"),
        ("/* open", "S0106"),
        ("//", "S0301"),
        ("/open", "S0302"),
    ]);
}
