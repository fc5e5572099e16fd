use expect_test::{Expect, expect};

use super::admit;
use crate::testing::{PASS, payload, request, revision};

#[track_caller]
fn check(name: &str, expect: Expect) {
    let admitted = admit(request(&revision(PASS), Some(name), "{}"));
    expect.assert_eq(&admitted.err().map_or("admitted".to_owned(), |error| error.to_string()));
}

#[test]
fn names_follow_the_rules_of_aws() {
    check("order-17_b.2", expect!["admitted"]);
    check(&"é".repeat(80), expect!["admitted"]);
    check("", expect!["the name `` cannot be used: it is empty"]);
    check(
        &"x".repeat(81),
        expect![
            "the name `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` cannot be used: it has 81 characters, at most 80 are allowed"
        ],
    );
    check("a b", expect!["the name `a b` cannot be used: it has the character ` `"]);
    check("a/b", expect!["the name `a/b` cannot be used: it has the character `/`"]);
    check("a\u{7}b", expect![[r"the name `ab` cannot be used: it has the control character `\u{7}`"]]);
}

#[test]
fn an_input_beyond_the_limit_is_refused_at_the_door() {
    let text = format!("\"{}\"", "x".repeat(262_143));
    let mut big = request(&revision(PASS), None, "{}");
    big.input =
        asl::Payload::parse(text, asl::JsonLimits::PAYLOAD.with_bytes_max(1 << 20)).expect("it reads");
    let refused = admit(big).expect_err("it is too large");
    expect!["the input cannot be accepted: the input has 262145 bytes, at most 262144 are allowed"]
        .assert_eq(&refused.to_string());
    let mut fits = request(&revision(PASS), None, "{}");
    fits.input = payload(&format!("\"{}\"", "x".repeat(262_142)));
    assert!(admit(fits).is_ok());
}
