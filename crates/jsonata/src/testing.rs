//! What the tests of this room share.

use std::collections::BTreeMap;

use crate::{Environment, Error, Expression, Functions, Limits, ParseLimits, Value, aws};

/// The instant at which tests evaluate: 2026-11-25T12:30:45.678Z.
pub(crate) const NOW_UNIX_MS: i64 = 1_795_609_845_678;

/// Evaluates `text` on JSON `input`.
pub(crate) fn evaluate(text: &str, input: &str, limits: Limits) -> Result<Option<Value>, Error> {
    let input = Value::from_json(input).expect("the test's input is JSON");
    let bindings = BTreeMap::from([("bound".to_owned(), Value::number(7.0))]);
    let functions = aws::functions();
    evaluate_in(text, Some(input), &bindings, &functions, limits)
}

pub(crate) fn evaluate_in(
    text: &str,
    input: Option<Value>,
    bindings: &dyn crate::Bindings,
    functions: &Functions,
    limits: Limits,
) -> Result<Option<Value>, Error> {
    let mut state = 7_u64;
    let mut entropy = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.rotate_left(29)
    };
    let expression = Expression::parse(text, &ParseLimits::default())?;
    let mut environment =
        Environment { input, bindings, functions, now_unix_ms: NOW_UNIX_MS, entropy: &mut entropy, limits };
    expression.evaluate(&mut environment)
}

/// What `text` gives on `input`, as JSON text, `nothing`, or the error.
pub(crate) fn outcome(text: &str, input: &str) -> String {
    match evaluate(text, input, Limits::default()) {
        Ok(Some(value)) => value.to_json(1 << 20).expect("the result is small"),
        Ok(None) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Each line of `table` is an expression and what it gives on `input`, with `=>` between.
#[track_caller]
pub(crate) fn check(input: &str, table: &[(&str, &str)]) {
    for (text, wanted) in table {
        assert_eq!(outcome(text, input), *wanted, "{text}");
    }
}

/// Each pair is an expression and the code of the error that it leads to.
#[track_caller]
pub(crate) fn check_codes(table: &[(&str, &str)]) {
    for (text, code) in table {
        let error = evaluate(text, "{}", Limits::default()).map(|it| it.map(|it| it.to_json(1_000)));
        assert_eq!(error.as_ref().map_err(Error::code), Err(*code), "{text}");
    }
}
