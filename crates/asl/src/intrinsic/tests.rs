use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Intrinsic;
use crate::{Context, Entropy, Env, Json, JsonLimits, Variables, json};

const INPUT: &str =
    r#"{"s": "x,y;z", "n": [1, 2, 2, 3], "o": {"a": 1, "b": 2}, "p": {"b": 3, "c": 4}, "t": "{\"k\": 1}"}"#;

fn result(text: &str) -> String {
    let input = json::parse(INPUT, JsonLimits::PAYLOAD).expect("JSON");
    let make = || Json::Null;
    let context = Context::new(&make);
    let mut entropy = Entropy::from_seed([7; 32]);
    let mut env =
        Env { input: &input, context: &context, variables: &Variables::default(), entropy: &mut entropy };
    match Intrinsic::compile(text) {
        Err(error) => format!("at {}: {}", error.offset, error.message),
        Ok(call) => match call.call(&mut env) {
            Ok(value) => value.to_text(),
            Err(failure) => {
                format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or_default())
            }
        },
    }
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&result(text));
}

#[test]
fn texts_are_formatted_and_split() {
    check("States.Format('a{}b{}', 1, $.o)", expect![[r#""a1b{\"a\":1,\"b\":2}""#]]);
    check(r"States.Format('it\'s \{\} {}', 'x')", expect![[r#""it's {} x""#]]);
    check(
        "States.Format('{} {}', 1)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.Format: number of arguments (1) does not match the occurrences of {} in the template"
        ],
    );
    check("States.StringSplit($.s, ',;')", expect![[r#"["x","y","z"]"#]]);
    check(r"States.StringSplit('a\nb', '\n')", expect![[r#"["a","b"]"#]]);
}

#[test]
fn arrays_are_made_and_asked() {
    check("States.Array(1, 'a', null, true, $.o)", expect![[r#"[1,"a",null,true,{"a":1,"b":2}]"#]]);
    check("States.ArrayPartition($.n, 3)", expect!["[[1,2,2],[3]]"]);
    check(
        "States.ArrayPartition($.n, 0)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.ArrayPartition: the chunk size must be a positive integer"
        ],
    );
    check("States.ArrayContains($.n, 2)", expect!["true"]);
    check("States.ArrayRange(1, 9, 3)", expect!["[1,4,7]"]);
    check("States.ArrayRange(9, 1, -4)", expect!["[9,5,1]"]);
    check("States.ArrayRange(1, 9, -1)", expect!["[]"]);
    check(
        "States.ArrayRange(1, 2000, 1)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.ArrayRange: the range has 2000 elements, at most 1000 are allowed"
        ],
    );
    check("States.ArrayGetItem($.n, 3)", expect!["3"]);
    check(
        "States.ArrayGetItem($.n, 4)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.ArrayGetItem: index 4 is outside an array of 4 elements"
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
            "States.IntrinsicFailure: Invalid arguments in States.Hash: `SHA-2` is not one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"
        ],
    );
}

#[test]
fn json_is_read_written_and_merged() {
    check("States.StringToJson($.t)", expect![[r#"{"k":1}"#]]);
    check(
        "States.StringToJson('{')",
        expect![[
            r#"States.IntrinsicFailure: Invalid arguments in States.StringToJson: the argument is not JSON: line 1, column 2: the text ends here, expected a key in double quotes"#
        ]],
    );
    check("States.JsonToString($.o)", expect![[r#""{\"a\":1,\"b\":2}""#]]);
    check("States.JsonMerge($.o, $.p, false)", expect![[r#"{"a":1,"b":3,"c":4}"#]]);
    check(
        "States.JsonMerge($.o, $.p, true)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.JsonMerge: only shallow merging is supported, the third argument must be false"
        ],
    );
}

#[test]
fn numbers_are_added_and_drawn() {
    check("States.MathAdd(111, -1)", expect!["110"]);
    check("States.MathAdd(1.5, 1)", expect!["3"]);
    check(
        "States.MathAdd(2147483647, 1)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.MathAdd: 2147483648 is outside -2147483648 to 2147483647"
        ],
    );
    assert_eq!(result("States.MathRandom(1, 1000000, 5)"), result("States.MathRandom(1, 1000000, 5)"));
    check(
        "States.MathRandom(5, 5)",
        expect![
            "States.IntrinsicFailure: Invalid arguments in States.MathRandom: the start must be less than the end"
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
