//! JavaScript's patterns: matched as there, or refused.

use super::Pattern;

#[track_caller]
fn check(source: &str, text: &str, wanted: Option<&str>) {
    let pattern = Pattern::new(source, "", 100_000).expect("it can be used");
    let found = pattern.find(text, 0).map(|it| &text[it.start..it.end]);
    assert_eq!(found, wanted, "/{source}/ on {text:?}");
}

#[test]
fn patterns_mean_what_they_mean_in_javascript() {
    check(r"\d+", "a12\u{0661}", Some("12"));
    check(r"\w+", "é_a1", Some("_a1"));
    check(r"\s", "a\u{feff}", Some("\u{feff}"));
    check(r"\bc", "a c", Some("c"));
    check("a.c", "a\nc abc", Some("abc"));
    check("[^]", "\n", Some("\n"));
    check("[]", "a", None);
    check("[a[&&b]", "[", Some("["));
    check(r"[\d\-x]+", "3-x", Some("3-x"));
    check(r"\u0041\x42\cJ?", "AB", Some("AB"));
    check("a{2}", "aaa", Some("aa"));
    check("a{,2}", "a{,2}", Some("a{,2}"));
    check("{x}", "{x}", Some("{x}"));
    check("(?:a|b)+", "xabab", Some("abab"));
    check("(?<y>a)", "a", Some("a"));
    check(r"\/\-\é", "/-é", Some("/-é"));
}

#[test]
fn what_cannot_be_matched_in_linear_time_is_refused() {
    for source in [
        r"(?=a)",
        r"(?!a)",
        r"(?<=a)",
        r"(?<!a)",
        r"(a)\1",
        r"\k<a>",
        "(",
        "[a",
        r"a\",
        "(?i)a",
        "((a{99}){99}){99}",
    ] {
        let error = Pattern::new(source, "", 100_000).expect_err(source);
        assert_eq!(error.code(), "S0303", "{source}");
    }
}

#[test]
fn flags_are_honoured() {
    assert!(Pattern::new("É", "i", 100_000).expect("it can be used").find("é", 0).is_some());
    assert!(Pattern::new("^b$", "m", 100_000).expect("it can be used").find("a\nb\nc", 0).is_some());
    assert!(Pattern::new("^b$", "", 100_000).expect("it can be used").find("a\nb\nc", 0).is_none());
}
