use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Template;
use crate::{Context, Entropy, Env, Failure, Json, JsonLimits, Variables, json};

fn value(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("the test's JSON is JSON")
}

fn render(template: &Template, input: &Json) -> Result<Json, Failure> {
    let make = || Json::object([("State", Json::from("Pay"))]);
    let context = Context::new(&make);
    let mut variables = Variables::default();
    variables.set("v".into(), Json::from(true));
    let mut entropy = Entropy::from_seed([0; 32]);
    template.render(&mut Env { input, context: &context, variables: &variables, entropy: &mut entropy })
}

#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
#[track_caller]
fn check(template: &str, expected: Expect) {
    let template = Template::compile(&value(template)).expect("a template");
    let text = match render(&template, &value(r#"{"a": 1, "list": [1, 2, 3], "s": "x"}"#)) {
        Ok(value) => value.to_text(),
        Err(failure) => format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or_default()),
    };
    expected.assert_eq(&text);
}

#[test]
fn queries_are_replaced_and_the_rest_stays() {
    check(
        r#"{"x.$": "$.a", "y": {"z.$": "$$.State", "k": "$.a"}, "v.$": "$v", "l": [{"m.$": "$.list[1:]"}, "$.a"]}"#,
        expect![[r#"{"x":1,"y":{"z":"Pay","k":"$.a"},"v":true,"l":[{"m":[2,3]},"$.a"]}"#]],
    );
    check(r#"{"f.$": "States.Format('{}-{}', $.s, $.a)"}"#, expect![[r#"{"f":"x-1"}"#]]);
    check(r#"[1, {"a": 2}]"#, expect![[r#"[1,{"a":2}]"#]]);
}

#[test]
fn a_path_that_finds_nothing_names_its_field() {
    check(
        r#"{"x": {"y.$": "$.nope"}}"#,
        expect![[
            r#"States.Runtime: The JSONPath '$.nope' specified for the field 'y.$' could not be found in the input '{"a":1,"list":[1,2,3],"s":"x"}'"#
        ]],
    );
    check(
        r#"{"x": {"y.$": "$$.nope"}}"#,
        expect![[
            r#"States.Runtime: The JSONPath '$$.nope' specified for the field 'y.$' could not be found in the input '{"State":"Pay"}'"#
        ]],
    );
}

#[test]
fn null_cannot_be_queried() {
    let template = Template::compile(&value(r#"{"x.$": "$"}"#)).expect("a template");
    let failure = render(&template, &Json::Null).expect_err("there is nothing to read");
    assert_eq!(failure.cause.as_deref(), Some("Unable to apply Path transformation to null or empty input."));
    let constant = Template::compile(&value(r#"{"x": 1}"#)).expect("a template");
    assert!(render(&constant, &Json::Null).is_ok());
}

#[test]
fn what_grows_in_a_loop_is_stopped() {
    let deeper = Template::compile(&value(r#"{"a.$": "$"}"#)).expect("a template");
    let mut data = Json::empty_object();
    let failure = loop {
        match render(&deeper, &data) {
            Ok(grown) => data = grown,
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure.error_str(), "States.Runtime");
    let wider = Template::compile(&value(r#"{"a.$": "$", "b.$": "$"}"#)).expect("a template");
    let mut data = Json::from("x");
    let failure = loop {
        match render(&wider, &data) {
            Ok(grown) => data = grown,
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure.error_str(), "States.DataLimitExceeded");
}

#[test]
fn every_offending_field_is_reported_with_its_place() {
    let errors = Template::compile(&value(r#"{"a.$": "x", "b": [{"c/d.$": 1}], "e.$": "$."}"#))
        .expect_err("three are wrong");
    let places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(places, ["/a.$", "/b/0/c~1d.$", "/e.$"]);
}

proptest! {
    #[test]
    fn a_template_without_queries_is_its_own_value(keys in prop::collection::vec("[a-z.$]{0,3}", 0..5), depth in 0..20_usize) {
        let keys = keys.into_iter().filter(|key| !key.ends_with(".$"));
        let inner = Json::object(keys.map(|key| (key, Json::from("$.a"))));
        let source = (0..depth).fold(inner, |value, _| Json::array([value, Json::Null]));
        let template = Template::compile(&source).expect("a template");
        prop_assert!(template.is_constant());
        prop_assert_eq!(render(&template, &Json::Null), Ok(source));
    }
}
