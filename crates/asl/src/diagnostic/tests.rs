#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
fn check(source: &str, part: &str, hint: Option<&str>, expect: Expect) {
    let start = source.find(part).unwrap();
    let narrow = |offset| u32::try_from(offset).unwrap();
    let span = Span { start: narrow(start), end: narrow(start + part.len()) };
    let diagnostic = Diagnostic {
        code: "SOME_CODE",
        severity: Severity::Error,
        place: Place { pointer: "/a".into(), span },
        message: "it is wrong".into(),
        hint: hint.map(str::to_owned),
    };
    expect.assert_eq(&render(&diagnostic, "a.json", source));
}

#[test]
fn the_place_the_line_and_the_hint_are_shown() {
    check(
        "{\n\t\"é\": \"wrong\",\r\n}",
        "\"wrong\"",
        Some("right it"),
        expect![[r#"
            a.json:2:7: error[SOME_CODE]: it is wrong
                2 |  "é": "wrong",
                  |       ^^^^^^^
                  at: /a
                hint: right it
        "#]],
    );
}

#[test]
fn long_lines_are_cut_around_the_fault() {
    check(
        &format!("[{}bad{}]", "1,".repeat(300), ",2".repeat(300)),
        "bad",
        None,
        expect![[r#"
            a.json:1:602: error[SOME_CODE]: it is wrong
                1 | …1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,bad,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,…
                  |                                          ^^^
                  at: /a
        "#]],
    );
}

#[test]
fn a_span_of_many_lines_underlines_the_first() {
    check(
        "{\n  \"a\": {\n    \"b\": 1\n  }\n}",
        "{\n    \"b\": 1\n  }",
        None,
        expect![[r#"
            a.json:2:8: error[SOME_CODE]: it is wrong
                2 |   "a": {
                  |        ^
                  at: /a
        "#]],
    );
}

#[test]
fn a_place_outside_of_the_text_shows_no_line() {
    let place = Place { pointer: "".into(), span: Span { start: 900, end: 901 } };
    let diagnostic =
        Diagnostic { code: "X", severity: Severity::Warning, place, message: "m".into(), hint: None };
    expect![[r#"
        a:1:1: warning[X]: m
    "#]]
    .assert_eq(&render(&diagnostic, "a", ""));
}
