use expect_test::{Expect, expect};

use super::Template;
use crate::{Context, Entropy, Env, Json, JsonLimits, Variables, json};

fn value(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("the test's JSON is JSON")
}

#[track_caller]
fn check(template: &str, expected: Expect) {
    let input = value(r#"{"a": 1, "list": [1, 2, 3], "s": "x"}"#);
    let make = || Json::object([("State", Json::from("Pay"))]);
    let context = Context::new(&make);
    let mut variables = Variables::default();
    variables.set("v".into(), Json::from(true));
    let mut entropy = Entropy::from_seed([0; 32]);
    let mut env = Env { input: &input, context: &context, variables: &variables, entropy: &mut entropy };
    let rendered = Template::compile(&value(template)).expect("a template").render(&mut env);
    let text = rendered.map_or_else(
        |failure| format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or_default()),
        |value| value.to_text(),
    );
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
            r#"States.ParameterPathFailure: The JSONPath '$.nope' specified for the field 'y.$' could not be found in the input '{"a":1,"list":[1,2,3],"s":"x"}'"#
        ]],
    );
}

#[test]
fn every_offending_field_is_reported_with_its_place() {
    let errors = Template::compile(&value(r#"{"a.$": "x", "b": [{"c/d.$": 1}], "e.$": "$."}"#))
        .expect_err("three are wrong");
    let places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(places, ["/a.$", "/b/0/c~1d.$", "/e.$"]);
}
