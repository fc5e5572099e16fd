//! The outside of the room: documents of a caller, functions, limits, forbidden names.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::testing::evaluate_in;
use crate::{Document, Error, Expression, Functions, HostFunction, Limits, ParseLimits, Shape, Value};

/// An object whose every field is asked for one by one, and counted.
#[derive(Debug)]
struct Counted {
    asked: Arc<AtomicUsize>,
    inner: Option<Arc<Counted>>,
}

impl Document for Counted {
    fn shape(&self) -> Shape {
        Shape::Object
    }

    fn len(&self) -> usize {
        2
    }

    fn item(&self, _: usize) -> Option<Value> {
        None
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match key {
            "n" => Some(Value::number(5.0)),
            "inner" => self.inner.clone().map(|it| Value::Foreign(it)),
            _ => None,
        }
    }

    fn entry(&self, index: usize) -> Option<(Arc<str>, Value)> {
        let key = ["n", "inner"].get(index)?;
        Some((Arc::from(*key), self.get(key).unwrap_or(Value::Null)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn counted() -> (Arc<AtomicUsize>, Value) {
    let asked = Arc::new(AtomicUsize::new(0));
    let inner = Arc::new(Counted { asked: Arc::clone(&asked), inner: None });
    (Arc::clone(&asked), Value::Foreign(Arc::new(Counted { asked, inner: Some(inner) })))
}

fn with_states(text: &str, states: Value) -> Result<Option<Value>, Error> {
    evaluate_in(text, None, &[("states", states)], &Functions::none(), Limits::default())
}

#[test]
fn only_what_is_read_is_asked_for() {
    let (asked, states) = counted();
    assert_eq!(with_states("$states.inner.n + 1", states), Ok(Some(Value::number(6.0))));
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn a_document_that_is_only_moved_comes_back_as_it_is() {
    let (asked, states) = counted();
    let result = with_states("$states", states.clone());
    let (Ok(Some(Value::Foreign(found))), Value::Foreign(given)) = (result, states) else {
        panic!("a document")
    };
    assert!(Arc::ptr_eq(&found, &given));
    assert!(found.as_any().is::<Counted>());
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn documents_are_like_values_everywhere() {
    for (text, wanted) in [
        ("$keys($states)", r#"["n","inner"]"#),
        ("$states = {'n': 5, 'inner': {'n': 5, 'inner': null}}", "true"),
        ("$merge([$states, {'n': 1}]).n", "1"),
        ("$type($states)", r#""object""#),
        ("$count($states.**)", "5"),
        ("$string($states.inner)", r#""{\"n\":5,\"inner\":null}""#),
        ("($states ~> |inner|{'n': 9}|).inner.n", "9"),
        ("$states{'k': n}", r#"{"k":5}"#),
        ("{'all': $states}.all.inner.n", "5"),
    ] {
        let found = with_states(text, counted().1).map(|it| it.map(|it| it.to_json(1_000)));
        assert_eq!(found, Ok(Some(Ok(wanted.to_owned()))), "{text}");
    }
}

#[test]
fn an_exact_number_survives_being_moved() {
    let input = Value::from_json(r#"{"a": {"id": 12345678901234567890, "f": 1.10}}"#).expect("JSON");
    let result = |text| {
        let found = evaluate_in(text, Some(input.clone()), &(), &Functions::none(), Limits::default());
        found.map(|it| it.map(|it| it.to_json(100)))
    };
    assert_eq!(result("a.id"), Ok(Some(Ok("12345678901234567890".to_owned()))));
    assert_eq!(result("{'x': [a.f]}"), Ok(Some(Ok(r#"{"x":[1.10]}"#.to_owned()))));
    assert_eq!(result("a.id + 0"), Ok(Some(Ok("12345678901234567000".to_owned()))));
}

#[test]
fn a_caller_adds_functions_of_its_own() {
    let twice = HostFunction::new("twice", "<n-:n>", 1, |call, arguments| {
        call.charge_steps(1)?;
        Ok(arguments[0].as_ref().and_then(Value::as_f64).map(|it| Value::number(it * 2.0)))
    });
    let functions = Functions::none().with(twice.expect("the signature can be read"));
    let result = |text| evaluate_in(text, None, &(), &functions, Limits::default()).map_err(|it| it.code());
    assert_eq!(result("$twice(4)"), Ok(Some(Value::number(8.0))));
    assert_eq!(result("[1, 2] ~> $map($twice) ~> $sum()"), Ok(Some(Value::number(6.0))));
    assert_eq!(result("$twice('x')"), Err("T0410"));
    assert!(HostFunction::new("bad", "<q>", 0, |_, _| Ok(None)).is_err());
}

#[test]
fn a_forbidden_name_is_refused_where_it_stands() {
    let parse = |text| Expression::parse_without(text, &ParseLimits::default(), crate::aws::FORBIDDEN);
    let error = parse("1 + $eval('2')").expect_err("forbidden");
    assert_eq!((error.code(), error.position(), error.token()), ("S0500", Some(4), Some("eval")));
    assert_eq!(error.to_string(), "S0500: The function $eval is not available here");
    assert!(parse("$map([1], $eval)").is_err());
    assert!(parse("'$eval' & eval").is_ok());
}

#[test]
fn a_function_cannot_outlive_its_evaluation() {
    let lambda = evaluate_in("function() { 1 }", None, &(), &Functions::none(), Limits::default());
    let lambda = lambda.expect("it evaluates").expect("a function");
    let again = evaluate_in("$f()", None, &[("f", lambda)], &Functions::none(), Limits::default());
    assert_eq!(again.map_err(|it| it.code()), Err("U1010"));
}

#[test]
fn the_same_evaluation_gives_the_same_result() {
    let run = || crate::testing::outcome("[$random(), $now(), $millis(), $shuffle([1..9])]", "null");
    assert_eq!(run(), run());
}
