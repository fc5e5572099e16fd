//! Random expressions: no panic, and nothing over the limits.

use proptest::prelude::*;

use crate::testing::evaluate;
use crate::{Expression, Limits, ParseLimits};

const INPUT: &str =
    r#"{"a": {"b": [1, 2, {"c": "x"}]}, "n": 5, "s": "text", "l": [[1], [], [2, 3]], "t": true, "z": null}"#;

fn leaf() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "1",
        "-2.5",
        "0",
        "1e10",
        "'s'",
        "\"x y\"",
        "true",
        "null",
        "a",
        "a.b",
        "n",
        "s",
        "l",
        "$",
        "$$",
        "*",
        "**",
        "%",
        "missing",
        "[]",
        "{}",
        "$x",
        "$y",
        "$sum",
        "$string",
        "/[a-z]+/",
        "$now()",
        "$random()",
        "`a`",
    ])
    .prop_map(str::to_owned)
}

fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(6, 64, 4, |inner| {
        let function = prop::sample::select(vec![
            "sum",
            "count",
            "string",
            "length",
            "uppercase",
            "substring",
            "split",
            "join",
            "replace",
            "match",
            "contains",
            "number",
            "round",
            "abs",
            "sqrt",
            "power",
            "boolean",
            "not",
            "exists",
            "append",
            "reverse",
            "sort",
            "distinct",
            "zip",
            "keys",
            "lookup",
            "spread",
            "merge",
            "each",
            "sift",
            "map",
            "filter",
            "reduce",
            "single",
            "type",
            "pad",
            "formatNumber",
            "formatInteger",
            "parseInteger",
            "fromMillis",
            "toMillis",
            "base64encode",
            "base64decode",
            "encodeUrl",
            "decodeUrl",
            "eval",
            "shuffle",
            "max",
            "min",
            "average",
            "trim",
            "formatBase",
            "error",
            "assert",
            "partition",
            "range",
            "hash",
            "uuid",
            "parse",
            "clone",
        ]);
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "~>", ".",
            "??", "?:",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}^(>{b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a}{{{b}: {c}}}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}; $x := {b}; $x)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}..{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{'k': {a}, {b}: 1}}")),
            inner.clone().prop_map(|a| format!("function($x, $y) {{ {a} }}")),
            inner.clone().prop_map(|a| format!("a@$x.{a}")),
            inner.clone().prop_map(|a| format!("{a}#$y")),
            inner.clone().prop_map(|a| format!("{a}[]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("$ ~> |{a}|{b}|")),
            (function.clone(), inner.clone()).prop_map(|(f, a)| format!("${f}({a})")),
            (function.clone(), inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("${f}({a}, {b})")),
            (function.clone(), inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(f, a, b, c)| format!("${f}({a}, {b}, {c})")),
            (function, inner).prop_map(|(f, a)| format!("${f}(?, {a})")),
        ]
    })
}

/// Words of the language in any order: mostly nonsense, which the reader must survive.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a", "$x", "1", "'s'", "(", ")", "[", "]", "{", "}", ",", ";", ":", ":=", "?", "??", "?:", "..", ".",
        "*", "**", "%", "+", "-", "/", "|", "^", "@", "#", "&", "~>", "and", "or", "in", "function", "λ",
        "<", ">", "<n:s>", "`b`", "\"", "'", "\\", "\\u12", "/*", "*/", "/x/", "!", "~", "é", "😀",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|it| it.join(" "))
}

fn limits() -> Limits {
    Limits {
        steps: 50_000,
        depth: 200,
        sequence_items: 2_000,
        string_bytes: 10_000,
        memory_bytes: 4 << 20,
        output_bytes: 20_000,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_expressions_stay_within_their_limits(text in expression()) {
        if let Ok(Some(value)) = evaluate(&text, INPUT, limits()) {
            let text = value.to_json(1 << 20).map_err(|it| TestCaseError::fail(it.to_string()))?;
            // Escapes may make the text longer than what was counted, up to six times.
            prop_assert!(text.len() <= 6 * limits().output_bytes);
        }
    }

    #[test]
    fn random_words_are_read_or_refused(text in words()) {
        if let Err(error) = Expression::parse(&text, &ParseLimits::default()) {
            prop_assert!(error.position().is_some_and(|it| it <= text.len()), "{error:?}");
        }
    }

    #[test]
    fn random_text_is_read_or_refused(text in ".{0,40}") {
        let _ = evaluate(&text, INPUT, limits());
    }
}
