use proptest::prelude::*;

use super::{Comparison, Operand, Order, Rule, TypeTest, wildcard};
use crate::path::Path;
use crate::{Context, Entropy, Env, Failure, Json, JsonLimits, Variables, json};

fn path(text: &str) -> Path {
    Path::compile(text).expect("a path")
}

#[track_caller]
fn check(input: &str, comparison: Comparison, expected: bool) {
    let input = json::parse(input, JsonLimits::PAYLOAD).expect("JSON");
    let rule = Rule::Compare { variable: path("$.v"), comparison };
    let make = || Json::Null;
    let context = Context::new(&make);
    let mut entropy = Entropy::from_seed([0; 32]);
    let env =
        Env { input: &input, context: &context, variables: &Variables::default(), entropy: &mut entropy };
    assert_eq!(rule.holds(&env).expect("it can be judged"), expected, "{rule:?} on {input}");
}

#[test]
fn another_type_does_not_hold_and_is_no_failure() {
    let one = || json::parse("1", JsonLimits::PAYLOAD).expect("JSON").as_number().expect("a number").clone();
    check(r#"{"v":"1"}"#, Comparison::Numeric(Order::Equals, Operand::Literal(one())), false);
    check(r#"{"v":1.0}"#, Comparison::Numeric(Order::Equals, Operand::Literal(one())), true);
    check(r#"{"v":1}"#, Comparison::String(Order::Equals, Operand::Literal("1".into())), false);
    check(r#"{"v":null}"#, Comparison::Boolean(Operand::Literal(false)), false);
    check(r#"{"v":1,"w":"x"}"#, Comparison::Numeric(Order::LessThan, Operand::Path(path("$.w"))), false);
}

#[test]
fn large_integers_compare_exactly() {
    check(
        r#"{"v":9007199254740993,"w":9007199254740992}"#,
        Comparison::Numeric(Order::GreaterThan, Operand::Path(path("$.w"))),
        true,
    );
}

#[test]
fn timestamps_compare_as_instants() {
    let at = crate::Timestamp::parse("2016-03-14T01:59:00Z").expect("a timestamp");
    check(
        r#"{"v":"2016-03-14T02:59:00+01:00"}"#,
        Comparison::Timestamp(Order::Equals, Operand::Literal(at)),
        true,
    );
    check(r#"{"v":"2016-03-14"}"#, Comparison::Timestamp(Order::Equals, Operand::Literal(at)), false);
}

#[test]
fn type_tests_say_what_a_value_is() {
    check(r#"{"v":null}"#, Comparison::Is(TypeTest::Null, true), true);
    check(r#"{"v":null}"#, Comparison::Is(TypeTest::Present, true), true);
    check("{}", Comparison::Is(TypeTest::Present, false), true);
    check(r#"{"v":"2016-03-14T01:59:00Z"}"#, Comparison::Is(TypeTest::Timestamp, true), true);
    check(r#"{"v":"x"}"#, Comparison::Is(TypeTest::Numeric, false), true);
}

#[test]
fn a_star_matches_any_run_and_a_backslash_makes_literal() {
    for (pattern, text, expected) in [
        ("log-*.txt", "log-2026.txt", true),
        ("*", "", true),
        ("a*b*c", "aXXbYYc", true),
        ("a*b*c", "aXXcYYb", false),
        ("\\*", "*", true),
        ("\\*", "x", false),
        ("a\\\\b", "a\\b", true),
        ("", "", true),
        ("", "x", false),
    ] {
        assert_eq!(wildcard(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn a_variable_that_is_not_there_is_a_failure_of_the_interpreter() {
    let rule = Rule::Compare { variable: path("$.v"), comparison: Comparison::Is(TypeTest::Null, true) };
    let failure = judged(&rule, "{}").expect_err("there is no v");
    assert_eq!(failure.error_str(), "States.Runtime");
    let cause = "Invalid path '$.v': The choice state's condition path references an invalid value.";
    assert_eq!(failure.cause.as_deref(), Some(cause));
}

#[test]
fn and_or_and_not_look_no_further_than_they_must() {
    let is =
        |name: &str, test| Rule::Compare { variable: path(name), comparison: Comparison::Is(test, true) };
    let broken = || is("$.nope", TypeTest::Null);
    assert_eq!(judged(&Rule::And(vec![is("$.v", TypeTest::String), broken()]), r#"{"v":1}"#), Ok(false));
    assert_eq!(judged(&Rule::Or(vec![is("$.v", TypeTest::Numeric), broken()]), r#"{"v":1}"#), Ok(true));
    assert_eq!(judged(&Rule::Not(Box::new(is("$.v", TypeTest::Boolean))), r#"{"v":1}"#), Ok(true));
    assert!(judged(&Rule::And(vec![is("$.v", TypeTest::Numeric), broken()]), r#"{"v":1}"#).is_err());
}

fn judged(rule: &Rule, input: &str) -> Result<bool, Failure> {
    let input = json::parse(input, JsonLimits::PAYLOAD).expect("JSON");
    let make = || Json::Null;
    let context = Context::new(&make);
    let mut entropy = Entropy::from_seed([0; 32]);
    rule.holds(&Env {
        input: &input,
        context: &context,
        variables: &Variables::default(),
        entropy: &mut entropy,
    })
}

#[test]
fn a_hostile_pattern_takes_linear_time() {
    let pattern = format!("*{}b", "a*".repeat(50_000));
    assert!(!wildcard(&pattern, &"a".repeat(200_000)));
    let pattern = format!("*{}b*", "a".repeat(100_000));
    assert!(!wildcard(&pattern, &"a".repeat(200_000)));
}

proptest! {
    #[test]
    fn a_pattern_matches_what_it_was_made_of(parts in prop::collection::vec("[ab]{0,3}", 1..6), fills in prop::collection::vec("[abc]{0,3}", 6)) {
        let text = parts.iter().zip(&fills).fold(String::new(), |text, (part, fill)| text + part + fill);
        let pattern = parts.iter().fold(String::new(), |pattern, part| pattern + part + "*");
        prop_assert!(wildcard(&pattern, &text));
        let regex = regex_lite::Regex::new(&format!("^(?s:{})$", parts.join(".*"))).expect("a regular expression");
        prop_assert_eq!(wildcard(&parts.join("*"), &text), regex.is_match(&text));
    }
}
