//! Expressions and templates as states evaluate them.

use super::{Budget, Env, Expression, ExpressionError, Location, Template};
use crate::env::Context;
use crate::json::parse;
use crate::limits::JSONATA_LIMITS;
use crate::{Entropy, Fault, Json, JsonLimits, Timestamp, Variables};

fn json(text: &str) -> Json {
    parse(text, JsonLimits::PAYLOAD).expect("the test's JSON can be read")
}

/// Asks on the input `input`, the result `[7]`, the variable `v` and the context object `{"State": {"Name": "S"}}`.
fn with_env<T>(input: &str, ask: impl FnOnce(&mut Env<'_>) -> T) -> T {
    let (input, result) = (json(input), json("[7]"));
    let mut variables = Variables::default();
    variables.set("v".into(), json(r#"{"n": 3}"#));
    let make = || json(r#"{"State": {"Name": "S"}}"#);
    ask(&mut Env {
        input: &input,
        result: Some(&result),
        error_output: None,
        context: &Context::new(&make),
        variables: &variables,
        now: Timestamp::from_unix_ms(1_764_000_000_000),
        entropy: &mut Entropy::from_seed([1; 32]),
        steps_left: &mut JSONATA_LIMITS.steps.clone(),
    })
}

fn compile(text: &str) -> Result<Expression, ExpressionError> {
    Expression::compile(text, &mut Budget::default())
}

fn told(found: Result<Json, Fault>) -> String {
    match found {
        Ok(value) => value.to_text(),
        Err(Fault { failure, location }) => {
            let cause = failure.cause.as_deref().unwrap_or("").to_owned();
            format!("{} at {}: {cause}", failure.error_str(), location.as_deref().unwrap_or("no place"))
        }
    }
}

#[track_caller]
fn check(input: &str, template: &str, expected: &str) {
    let template = Template::compile(&json(template), &mut Budget::default()).expect("the template compiles");
    let found = with_env(input, |env| template.render(&Location::field("Output"), env));
    assert_eq!(told(found), expected);
}

#[test]
fn a_template_gives_literals_and_values_of_expressions() {
    check(
        "{}",
        r#"{"a": [null, true, 0.10, "$.x", " {% 1 %} "], "b.$": "$"}"#,
        r#"{"a":[null,true,0.10,"$.x"," {% 1 %} "],"b.$":"$"}"#,
    );
    check(
        r#"{"n": [1, 2]}"#,
        r#"{"sum": "{% $sum($states.input.n) + $v.n %}", "all": ["{% $states.input %}"]}"#,
        r#"{"sum":6,"all":[{"n":[1,2]}]}"#,
    );
    check("{}", r#""{%$states.result%}""#, "[7]");
    check("{}", r#""{% $states.context.State.Name %}""#, r#""S""#);
    check(r#"{"x": null}"#, r#"{"x": "{% $states.input.x %}"}"#, r#"{"x":null}"#);
}

#[test]
fn what_is_only_moved_keeps_its_digits() {
    let input = r#"{"big": 12345678901234567890, "cents": 1.10, "max": 9007199254740993, "huge": 1e400}"#;
    check(
        input,
        r#""{% $states.input %}""#,
        r#"{"big":12345678901234567890,"cents":1.10,"max":9007199254740993,"huge":1e400}"#,
    );
    check(
        input,
        r#""{% [$states.input.big, $states.input.cents, $states.input.max] %}""#,
        "[12345678901234567890,1.10,9007199254740993]",
    );
    check(input, r#""{% $states.input.cents * 2 %}""#, "2.2");
    check(
        "{}",
        r#""{% [1e21, 1e20, 0.1 + 0.2, -0, 1e-7] %}""#,
        "[1e+21,100000000000000000000,0.30000000000000004,0,1e-7]",
    );
}

#[test]
fn the_same_value_comes_back_and_not_a_copy() {
    let input = json(r#"{"items": [1, 2, 3]}"#);
    let expression = compile("$states.input.items").expect("it compiles");
    let variables = Variables::default();
    let make = || Json::Null;
    let found = expression.evaluate(
        &Location::field("Output"),
        &mut Env {
            input: &input,
            result: None,
            error_output: None,
            context: &Context::new(&make),
            variables: &variables,
            now: Timestamp::default(),
            entropy: &mut Entropy::from_seed([1; 32]),
            steps_left: &mut JSONATA_LIMITS.steps.clone(),
        },
    );
    assert!(found.expect("it evaluates").is_same(input.get("items").expect("it is there")));
}

#[test]
fn the_context_object_is_made_only_for_those_that_read_it() {
    let reads = |text: &str| compile(text).expect("it compiles").0.reads_context;
    assert!(!reads("$states.input.context"));
    assert!(!reads("$context"));
    assert!(reads("$states.context.Execution.Id"));
    assert!(reads("$keys($states)"));
    for text in [
        "($s := $states; $s.context)",
        "$lookup($states, 'context')",
        "$states.*",
        "$states.(context)",
        "$states[0].context",
        "$states.input.%.context",
        "$states.\"context\"",
        "$states.`context`.State",
        "$states ~> $keys",
        "$states.$lookup($, 'context')",
    ] {
        assert!(reads(text), "{text}");
    }
}

#[test]
fn all_of_states_is_an_object() {
    check("1", r#""{% $states %}""#, r#"{"input":1,"result":[7],"context":{"State":{"Name":"S"}}}"#);
    check("1", r#""{% $keys($states) %}""#, r#"["input","result","context"]"#);
}

#[test]
fn failures_have_awss_words_and_name_the_field() {
    check(
        "{}",
        r#"{"a": {"b": [0, "{% $states.input.x %}"]}}"#,
        "States.QueryEvaluationError at Output/a/b[1]: The JSONata expression '$states.input.x' specified for the field 'Output/a/b[1]' returned nothing (undefined).",
    );
    check(
        "{}",
        r#""{% $nope(1) %}""#,
        "States.QueryEvaluationError at Output: The JSONata expression '$nope(1)' specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    );
    check(
        "{}",
        r#""{% $sum %}""#,
        "States.QueryEvaluationError at Output: The JSONata expression '$sum' specified for the field 'Output' returned an unsupported result type: a function.",
    );
    check(
        "{}",
        r#""{% {'f': function($x) { $x }} %}""#,
        "States.QueryEvaluationError at Output: The JSONata expression '{'f': function($x) { $x }}' specified for the field 'Output' returned an unsupported result type: a function.",
    );
}

#[test]
fn fields_of_one_type_take_no_other() {
    let at = Location::field("Seconds");
    let whole = |text| {
        with_env("{}", |env| compile(text).expect("it compiles").whole(&at, 0..=99_999_999, env))
            .map(Json::from)
    };
    assert_eq!(told(whole("$v.n")), "3");
    assert_eq!(told(whole("3.0")), "3");
    assert_eq!(
        told(whole("1.5")),
        "States.QueryEvaluationError at Seconds: The Seconds field cannot be parsed as an integer: 1.5"
    );
    assert_eq!(
        told(whole("-1")),
        "States.QueryEvaluationError at Seconds: Seconds must be between 0 and 99999999 but was: -1"
    );
    assert_eq!(
        told(whole("'3'")),
        "States.QueryEvaluationError at Seconds: The JSONata expression ''3'' specified for the field 'Seconds' returned an unexpected result type. Expected 'number', but was 'string' for value: \"3\""
    );
    let choices = Location::field("Choices");
    let rule = choices.index(1);
    let condition = |text| {
        with_env("{}", |env| compile(text).expect("it compiles").boolean(&rule.key("Condition"), env))
            .map(Json::from)
    };
    assert_eq!(told(condition("1 = 1")), "true");
    assert_eq!(
        told(condition("$v")),
        "States.QueryEvaluationError at Choices[1]/Condition: The JSONata expression '$v' specified for the field 'Choices[1]/Condition' returned an unexpected result type. Expected 'boolean', but was 'object' for value: {\"n\":3}"
    );
}

#[test]
fn time_and_randomness_are_those_of_the_activation() {
    check("{}", r#""{% $now() %}""#, r#""2025-11-24T16:00:00.000Z""#);
    check("{}", r#""{% $millis() %}""#, "1764000000000");
    let draw = || {
        with_env("{}", |env| {
            compile("[$random(), $uuid(), $shuffle([1..9])]")
                .expect("it compiles")
                .evaluate(&Location::field("Output"), env)
        })
    };
    assert_eq!(told(draw()), told(draw()));
}

#[test]
fn hostile_expressions_end_with_a_failure() {
    for text in [
        "($f := function($n) { $f($n + 1) }; $f(0))",
        "($f := function($n) { 1 + $f($n) }; $f(0))",
        "[1..1000001]",
        "$pad('', 9000000)",
        "($d := function($x, $n) { $n = 0 ? $x : $d([$x, $x], $n - 1) }; $d([1], 60))",
        "($d := function($x, $n) { $n = 0 ? $x : $d([$x, $x], $n - 1) }; $d($states.input, 40))",
        "($d := function($x, $n) { $n = 0 ? $x : $d({'a': $x}, $n - 1) }; $d(1, 140))",
        "$reduce([1..100000], function($a, $b) { $a & $a }, 'x')",
    ] {
        let expression = compile(text).expect("it compiles");
        let found =
            with_env(r#"{"a": [1, 2, 3]}"#, |env| expression.evaluate(&Location::field("Output"), env));
        assert!(told(found).starts_with("States.QueryEvaluationError at Output"), "{text}");
    }
}

#[test]
fn what_has_no_meaning_in_a_state_does_not_compile() {
    let refused = |text| {
        let error = compile(text).expect_err("it does not compile");
        format!("{} {}: {} | {}", error.code, error.offset, error.message, error.aws)
    };
    assert_eq!(
        refused(" a[1,2) "),
        "INVALID_JSONATA_EXPRESSION 4: the expression cannot be read: S0202: Expected \"]\", got \",\" | Expected \"]\", got \",\""
    );
    assert_eq!(
        refused("$sum(phone)"),
        "UNSUPPORTED_JSONATA_EXPRESSION 5: `phone` refers to a context, which expressions of a state do not have | Reference to 'phone' at the top level is not supported."
    );
    assert_eq!(
        refused("1 + $"),
        "UNSUPPORTED_JSONATA_EXPRESSION 4: `$` refers to a context, which expressions of a state do not have | Reference to '$' at the top level is not supported."
    );
    assert_eq!(
        refused("$$.a"),
        "UNSUPPORTED_JSONATA_EXPRESSION 0: `$$` refers to a context, which expressions of a state do not have | Reference to '$$' is not supported."
    );
    assert_eq!(
        refused("`a b`.c"),
        "UNSUPPORTED_JSONATA_EXPRESSION 0: `a b` refers to a context, which expressions of a state do not have | Reference to 'a b' at the top level is not supported."
    );
    assert_eq!(
        refused("$eval('1')"),
        "UNSUPPORTED_JSONATA_EXPRESSION 0: the function `$eval` is not available in states | The function $eval is not available here"
    );
    assert_eq!(
        refused("$map([1], function($x) { b })"),
        "UNSUPPORTED_JSONATA_EXPRESSION 25: `b` refers to a context, which expressions of a state do not have | Reference to 'b' at the top level is not supported."
    );
    assert!(compile("$states.input.items[value > 3].{'v': value}").is_ok());
}

#[test]
fn an_expression_tells_what_it_reads() {
    let expression =
        compile("$states.input.a + $v + $range(1, 2, 1) + ($x := 1; $x) + $sum([$w])").expect("it compiles");
    assert_eq!(expression.variables().collect::<Vec<_>>(), ["v", "w"]);
    assert!(expression.reads_states("input") && !expression.reads_states("result"));
}

#[test]
fn what_is_beyond_the_doubles_fails() {
    for text in ["1 / 0", "1e308 * 10", "$power(10, 400)"] {
        let expression = compile(text).expect("it compiles");
        let found = with_env("{}", |env| expression.evaluate(&Location::field("Output"), env));
        assert!(told(found).contains("threw an error during evaluation. D"), "{text}");
    }
}

#[test]
fn regular_expressions_are_counted_over_a_definition() {
    let mut budget = Budget::default();
    let text = "$contains('a', /a/)";
    for _ in 0..1_000 {
        Expression::compile(text, &mut budget).expect("there is room");
    }
    let error = Expression::compile(text, &mut budget).expect_err("there is no room left");
    assert!(error.message.contains("U1011"), "{}", error.message);
    let many = format!("$zip({})", ["/a/"; 101].join(", "));
    let error = compile(&many).expect_err("there are too many");
    assert!(error.message.contains("at most 100"), "{}", error.message);
}

#[test]
fn steps_are_counted_over_several_evaluations() {
    let template = json(r#"["{% $sum([1..10000]) %}", "{% $sum([1..10000]) %}"]"#);
    let template = Template::compile(&template, &mut Budget::default()).expect("it compiles");
    let rendered = |steps: u64| {
        let found = with_env("{}", |env| {
            *env.steps_left = steps;
            template.render(&Location::field("Output"), env)
        });
        told(found)
    };
    assert_eq!(rendered(100_000), "[50005000,50005000]");
    assert!(
        rendered(30_000).contains("'Output[1]' threw an error during evaluation. U1001"),
        "{}",
        rendered(30_000)
    );
}
