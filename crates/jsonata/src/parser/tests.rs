//! What the text means, and what is none.

use crate::testing::{check, check_codes};

#[test]
fn operators_bind_as_the_language_says() {
    check(
        r#"{"a": {"b": 2}, "n": 3}"#,
        &[
            ("1 + 2 * 3 - 4 / 2", "5"),
            ("2 * a.b", "4"),
            ("1 = 1 and 2 = 3 or true", "true"),
            ("'a' & 1 & 2", r#""a12""#),
            ("1 + 2 & 'a'", r#""3a""#),
            ("true ? false ? 1 : 2 : 3", "2"),
            ("$x := 1 + 2", "3"),
            ("($x := $y := 4; $x + $y)", "8"),
            ("-a.b", "-2"),
            ("- 2 + 3", "1"),
            ("n ~> $string ~> $length", "1"),
        ],
    );
}

#[test]
fn what_cannot_be_read_has_a_code() {
    check_codes(&[
        ("1 2", "S0201"),
        ("[1, 2", "S0203"),
        ("[1, 2)", "S0202"),
        ("(1", "S0203"),
        ("1 +", "S0207"),
        ("", "S0207"),
        ("function(x) { 1 }", "S0208"),
        ("[1]{'a': 1}[0]", "S0209"),
        ("a{'a': 1}{'b': 2}", "S0210"),
        (")", "S0211"),
        ("= 1", "S0211"),
        ("a := 1", "S0212"),
        ("a.1", "S0213"),
        ("a@b", "S0214"),
        ("a#b", "S0214"),
        ("a[0]@$x", "S0215"),
        ("a^(b)@$x", "S0216"),
        ("%", "S0217"),
        ("$x.%", "S0217"),
        ("function($a)<n<s>>{1}", "S0401"),
        ("function($a)<(n<s>)>{1}", "S0402"),
        ("function($a)<q>{1}", "S0403"),
    ]);
}

#[test]
fn an_error_has_its_place() {
    let place = |text: &str| {
        crate::testing::evaluate(text, "{}", crate::Limits::default()).err().and_then(|it| it.position())
    };
    assert_eq!(place("1 + * 2 3"), Some(6));
    assert_eq!(place("[1, )"), Some(4));
    assert_eq!(place("'a' + )"), Some(6));
    assert_eq!(place("12 + 'x"), Some(5));
}
