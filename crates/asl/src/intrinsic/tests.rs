use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Intrinsic;
use crate::{Context, Entropy, Env, Failure, Json, JsonLimits, Variables, json};

const INPUT: &str = r#"{"s": "x,y;z", "n": [1, 2, 2, 3], "o": {"a": 1, "b": 2}, "p": {"b": 3, "c": 4}, "t": "{\"k\": 1}", "template": "\\{\\} {}", "q": {"a": "b", "c": [null, {}]}}"#;

fn call(text: &str, input: &Json) -> Result<Json, Failure> {
    let make = || Json::Null;
    let context = Context::new(&make);
    let mut entropy = Entropy::from_seed([7; 32]);
    let mut env = Env { input, context: &context, variables: &Variables::default(), entropy: &mut entropy };
    Intrinsic::compile(text).expect("the test's call is a call").call(&mut env)
}

fn result(text: &str) -> String {
    if let Err(error) = Intrinsic::compile(text) {
        return format!("at {}: {}", error.offset, error.message);
    }
    match call(text, &json::parse(INPUT, JsonLimits::PAYLOAD).expect("JSON")) {
        Ok(value) => value.to_text(),
        Err(failure) => format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or_default()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&result(text));
}

#[test]
fn texts_are_formatted_and_split() {
    check("States.Format('a{}b{}', 1, $.o)", expect![[r#""a1b{a=1, b=2}""#]]);
    check("States.Format('{}', $.q)", expect![[r#""{a=b, c=[null, {}]}""#]]);
    check(r"States.Format('it\'s \{\} {}', 'x')", expect![[r#""it's {} x""#]]);
    check(
        "States.Format('{} {}', 1)",
        expect![
            "States.IntrinsicFailure: The function 'States.Format('{} {}', 1)' had the following error: the template has 2 places `{}` and there are 1 arguments"
        ],
    );
    check("States.StringSplit($.s, ',;')", expect![[r#"["x","y","z"]"#]]);
    check("States.StringSplit('a\nb', '\n')", expect![[r#"["a","b"]"#]]);
    check("States.StringSplit(',a,,b,', ',')", expect![[r#"["a","b"]"#]]);
    check("States.StringSplit(',,', ',')", expect!["[]"]);
    check("States.Format('{}', '\\{}')", expect![[r#""{}""#]]);
    check("States.Format($.template, 'x')", expect![[r#""{} x""#]]);
    check("States.Format('{} {} {}', null, true, 1.50)", expect![[r#""null true 1.50""#]]);
}

#[test]
fn arrays_are_made_and_asked() {
    check("States.Array(1, 'a', null, true, $.o)", expect![[r#"[1,"a",null,true,{"a":1,"b":2}]"#]]);
    check("States.ArrayPartition($.n, 3)", expect!["[[1,2,2],[3]]"]);
    check(
        "States.ArrayPartition($.n, 0)",
        expect![
            "States.IntrinsicFailure: The function 'States.ArrayPartition($.n, 0)' had the following error: the chunk size must be a positive integer"
        ],
    );
    check("States.ArrayContains($.n, 2)", expect!["true"]);
    check("States.ArrayRange(1, 9, 3)", expect!["[1,4,7]"]);
    check("States.ArrayRange(9, 1, -4)", expect!["[9,5,1]"]);
    check("States.ArrayRange(1, 9, -1)", expect!["[]"]);
    check(
        "States.ArrayRange(1, 2000, 1)",
        expect![
            "States.IntrinsicFailure: The function 'States.ArrayRange(1, 2000, 1)' had the following error: the range has 2000 elements, at most 1000 are allowed"
        ],
    );
    check("States.ArrayGetItem($.n, 3)", expect!["3"]);
    check(
        "States.ArrayGetItem($.n, 4)",
        expect![
            "States.IntrinsicFailure: The function 'States.ArrayGetItem($.n, 4)' had the following error: index 4 is outside an array of 4 elements"
        ],
    );
    check("States.ArrayLength($.n)", expect!["4"]);
    check("States.ArrayUnique($.n)", expect!["[1,2,3]"]);
}

#[test]
fn texts_are_encoded_and_hashed() {
    check("States.Base64Encode('Data to encode')", expect![[r#""RGF0YSB0byBlbmNvZGU=""#]]);
    check("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", expect![[r#""Data to encode""#]]);
    check("States.Hash('abc', 'SHA-1')", expect![[r#""a9993e364706816aba3e25717850c26c9cd0d89d""#]]);
    check(
        "States.Hash('abc', 'SHA-2')",
        expect![
            "States.IntrinsicFailure: The function 'States.Hash('abc', 'SHA-2')' had the following error: `SHA-2` is not one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"
        ],
    );
}

#[test]
fn json_is_read_written_and_merged() {
    check("States.StringToJson($.t)", expect![[r#"{"k":1}"#]]);
    check(
        "States.StringToJson('{')",
        expect![
            "States.IntrinsicFailure: The function 'States.StringToJson('{')' had the following error: the argument is not JSON: line 1, column 2: the text ends where a key in double quotes or `}` was expected"
        ],
    );
    check("States.JsonToString($.o)", expect![[r#""{\"a\":1,\"b\":2}""#]]);
    check("States.JsonMerge($.o, $.p, false)", expect![[r#"{"a":1,"b":3,"c":4}"#]]);
    check(
        "States.JsonMerge($.o, $.p, true)",
        expect![
            "States.IntrinsicFailure: The function 'States.JsonMerge($.o, $.p, true)' had the following error: only shallow merging is supported, the third argument must be false"
        ],
    );
}

#[test]
fn rounding_is_half_up_as_recorded() {
    for (a, b, sum) in [
        ("1.49", "1.5", "3"),
        ("1.5", "1.51", "4"),
        ("-1.49", "-1.5", "-2"),
        ("-1.5", "-1.51", "-3"),
        ("-1.51", "0", "-2"),
        ("0.5", "0", "1"),
        ("2.5", "0", "3"),
        ("-0.5", "0.5", "1"),
        ("-0.5", "0", "0"),
        ("-2.5", "0", "-2"),
        ("-3.5", "0", "-3"),
    ] {
        assert_eq!(result(&format!("States.MathAdd({a}, {b})")), sum, "{a} + {b}");
    }
}

#[test]
fn equal_values_are_one_whatever_their_order_and_text() {
    check(
        "States.ArrayUnique(States.Array(1, 1.0, 1e0, '1', $.o, States.StringToJson('{\"b\":2,\"a\":1}'), null, null))",
        expect![[r#"[1,"1",{"a":1,"b":2},null]"#]],
    );
    check(
        "States.ArrayContains(States.Array($.o), States.StringToJson('{\"b\":2,\"a\":1}'))",
        expect!["true"],
    );
}

#[test]
fn a_path_that_finds_nothing_names_itself_and_the_call() {
    check(
        "States.Array(States.Format('{}', $.nope))",
        expect![[
            r#"States.Runtime: The function 'States.Array(States.Format('{}', $.nope))' had the following error: The JsonPath argument for the field '$.nope' could not be found in the input '{"s":"x,y;z","n":[1,2,2,3],"o":{"a":1,"b":2},"p":{"b":3,"c":4},"t":"{\"k\": 1}","template":"\\{\\} {}","q":{"a":"b","c":[null,{}]}}'"#
        ]],
    );
}

#[test]
fn only_reserved_characters_are_escaped() {
    check(
        r#"States.Format('He said, \"Hello\"')"#,
        expect![[r#"at 25: expected `'`, `{`, `}` or `\` after a backslash, found `"`"#]],
    );
    check(
        r"States.Array('it\'s', '\{\}', 'a\\b', '{\'k\': 1}')",
        expect![[r#"["it's","{}","a\\b","{'k': 1}"]"#]],
    );
}

#[test]
fn a_result_too_large_for_any_payload_is_refused_before_it_is_made() {
    let many = "$, ".repeat(9_000);
    let long = format!("States.JsonToString(States.Array({many}$))");
    let text = Json::from("x".repeat(100_000));
    assert_eq!(call(&long, &text).expect_err("it is too large").error_str(), "States.DataLimitExceeded");
    let long = format!("States.Format('{}', {many}$)", "{}".repeat(9_001));
    assert_eq!(call(&long, &text).expect_err("it is too large").error_str(), "States.DataLimitExceeded");
}

#[test]
fn a_literal_of_a_type_that_can_never_do_is_refused_with_its_place() {
    check(
        "States.MathAdd(1, '-1')",
        expect!["at 0: `States.MathAdd(1, '-1')`: argument 2 must be of type number, found string"],
    );
    check(
        "States.Array(States.ArrayLength('abc'))",
        expect!["at 13: `States.ArrayLength('abc')`: argument 1 must be of type array, found string"],
    );
    check(
        "States.JsonMerge($.o, $.p, 'false')",
        expect![
            "at 0: `States.JsonMerge($.o, $.p, 'false')`: argument 3 must be of type boolean, found string"
        ],
    );
    check(
        "States.StringSplit(1, ',')",
        expect!["at 0: `States.StringSplit(1, ',')`: argument 1 must be of type string, found number"],
    );
    check(
        "States.Format(1)",
        expect!["at 0: `States.Format(1)`: argument 1 must be of type string, found number"],
    );
    check("States.ArrayContains($.n, 'two')", expect!["false"]);
}

#[test]
fn numbers_are_added_and_drawn() {
    check("States.MathAdd(111, -1)", expect!["110"]);
    check("States.MathAdd(1.5, 1)", expect!["3"]);
    check(
        "States.MathAdd(2147483647, 1)",
        expect![
            "States.IntrinsicFailure: The function 'States.MathAdd(2147483647, 1)' had the following error: 2147483648 is outside -2147483648 to 2147483647"
        ],
    );
    assert_eq!(result("States.MathRandom(1, 1000000, 5)"), result("States.MathRandom(1, 1000000, 5)"));
    check(
        "States.MathRandom(5, 5)",
        expect![
            "States.IntrinsicFailure: The function 'States.MathRandom(5, 5)' had the following error: the start must be less than the end"
        ],
    );
    assert_eq!(result("States.UUID()").len(), 38);
}

#[test]
fn calls_nest_ten_deep() {
    let nested = |depth: usize| format!("{}1{}", "States.Array(".repeat(depth), ")".repeat(depth));
    assert_eq!(result(&nested(10)), format!("{}1{}", "[".repeat(10), "]".repeat(10)));
    check(&nested(11), expect!["at 130: at most 10 intrinsic functions stand inside each other, found `S`"]);
}

#[test]
fn what_is_not_a_call_is_refused_with_its_place() {
    check("States.Frob()", expect!["at 0: `States.Frob` is not an intrinsic function"]);
    check("States.UUID(1)", expect!["at 0: `States.UUID(1)` takes 0 arguments, found 1"]);
    check("States.Format('a", expect!["at 14: the text that starts here is not closed with `'`"]);
    check(
        "States.Format($.a[)",
        expect!["at 18: expected a name in quotes, a number, a slice, `*` or `?(`, found `)`"],
    );
    check(
        "States.Array(x)",
        expect![
            "at 13: expected a path, a text in single quotes, a number, `null`, `true`, `false` or a call, found `x`"
        ],
    );
    check("States.UUID() x", expect!["at 14: expected the end of the expression, found `x`"]);
}

proptest! {
    #[test]
    fn any_text_is_compiled_or_refused(text in "States\\.[A-Za-z]{0,8}[()'$.,\\[\\]\\\\{}0-9a-z ]{0,40}") {
        let _ = result(&text);
    }
}
