use super::{Key, Rules};

#[track_caller]
fn check(key: &str, rules: Rules, is_accepted: bool) {
    match Key::parse(key, rules) {
        Ok(parsed) => assert!(is_accepted && parsed.as_str() == key, "`{key}` was accepted"),
        Err(fault) => assert!(!is_accepted, "`{key}`: {fault:?}"),
    }
}

#[test]
fn ordinary_keys_are_kept_as_they_are() {
    for key in ["a", "a/b.json", "a b/ü%2F?.txt", "..a", "a..", ".hidden", "a#b", "a:b", "+", "%", "%2e%2e/a"]
    {
        check(key, Rules::Folder, true);
        check(key, Rules::Service, true);
    }
}

#[test]
fn hostile_keys_are_refused() {
    for key in ["", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/.", ".", "a\0b", "a\nb"] {
        check(key, Rules::Folder, false);
        check(key, Rules::Service, false);
    }
    check(&"a/".repeat(600), Rules::Folder, false);
    check(&"a".repeat(1_025), Rules::Service, false);
}

#[test]
fn a_folder_refuses_what_it_would_confuse() {
    for key in ["a#1", "#1/a#b", "C:\\x", &"a".repeat(256)] {
        check(key, Rules::Folder, false);
        check(key, Rules::Service, true);
    }
    check(&"a".repeat(255), Rules::Folder, true);
    check(&"a".repeat(1_024), Rules::Service, true);
}

#[test]
fn a_prefix_counts() {
    let key = Key::parse(&"a".repeat(1_020), Rules::Service).expect("a key");
    assert_eq!(key.behind("p/").expect("it fits").as_ref().len(), 1_022);
    assert!(key.behind("prefix/").is_err());
}
