use super::Key;

#[track_caller]
fn check(key: &str, is_accepted: bool) {
    match Key::parse(key) {
        Ok(parsed) => assert!(is_accepted && parsed.as_str() == key, "`{key}` was accepted"),
        Err(fault) => assert!(!is_accepted, "`{key}`: {fault:?}"),
    }
}

#[test]
fn ordinary_keys_are_kept_as_they_are() {
    for key in ["a", "a/b.json", "a b/ü%2F?.txt", "..a", "a..", ".hidden", "#1/a#b", "a:b"] {
        check(key, !key.starts_with("#1"));
    }
}

#[test]
fn hostile_keys_are_refused() {
    for key in
        ["", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/.", ".", "a\0b", "a\nb", "a\\b", "a#1", "C:\\x"]
    {
        check(key, false);
    }
    check(&"a/".repeat(600), false);
    check(&"a".repeat(256), false);
    check(&"a".repeat(255), true);
}
