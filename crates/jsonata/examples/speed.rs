//! Prints microseconds per evaluation: `cargo run --release -p baton-jsonata --example speed`.
//!
//! The input is a foreign document of about 10 kB with 100 items, bound as `$states`; reading it is part of each figure.
//! Results are not written as text.

#![expect(clippy::disallowed_methods, reason = "a tool that measures looks at the clock")]

use std::any::Any;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use jsonata::{Document, Environment, Expression, Functions, Limits, Number, ParseLimits, Shape, Value};

/// A JSON type as a caller may have it: shared, with numbers as text.
#[derive(Clone, Debug)]
enum Json {
    Number(Arc<str>),
    String(Arc<str>),
    Array(Arc<[Json]>),
    Object(Arc<Vec<(Arc<str>, Json)>>),
}

#[derive(Debug)]
struct Shared(Json);

impl Json {
    fn value(&self) -> Value {
        match self {
            Self::Number(text) => Number::from_text(text).map_or(Value::Null, Value::Number),
            Self::String(text) => Value::String(Arc::clone(text)),
            Self::Array(_) | Self::Object(_) => Value::Foreign(Arc::new(Shared(self.clone()))),
        }
    }
}

impl Document for Shared {
    fn shape(&self) -> Shape {
        if matches!(self.0, Json::Array(_)) { Shape::Array } else { Shape::Object }
    }

    fn len(&self) -> usize {
        match &self.0 {
            Json::Array(items) => items.len(),
            Json::Object(entries) => entries.len(),
            Json::Number(_) | Json::String(_) => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Value> {
        match &self.0 {
            Json::Array(items) => items.get(index).map(Json::value),
            _ => None,
        }
    }

    fn get(&self, key: &str) -> Option<Value> {
        match &self.0 {
            Json::Object(entries) => entries.iter().find(|(it, _)| &**it == key).map(|(_, it)| it.value()),
            _ => None,
        }
    }

    fn entry(&self, index: usize) -> Option<(Arc<str>, Value)> {
        match &self.0 {
            Json::Object(entries) => entries.get(index).map(|(key, it)| (Arc::clone(key), it.value())),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
}

fn states() -> Value {
    let number = |it: f64| Json::Number(it.to_string().into());
    let items = (0..100_u32).map(|place| {
        let at = f64::from(place);
        object([
            ("id", Json::String(format!("item-{at}").into())),
            ("price", number(at * 1.25 + 0.5)),
            ("quantity", number(at % 7.0 + 1.0)),
            ("kind", Json::String(["book", "shoe", "lamp"][place as usize % 3].into())),
            ("note", Json::String("as ordered".into())),
        ])
    });
    let input = object([
        ("orderId", Json::String("o-1".into())),
        ("total", number(125.5)),
        ("rate", number(0.2)),
        ("items", Json::Array(items.collect())),
        ("numbers", Json::Array((0..100).map(|at| number(f64::from(at) * 1.5)).collect())),
    ]);
    object([("input", input)]).value()
}

const CASES: [(&str, &str); 9] = [
    ("field arithmetic", "$states.input.total * (1 + $states.input.rate)"),
    (
        "conditional + object",
        "$states.input.total > 100 ? {'id': $states.input.orderId, 'big': true} : {'big': false}",
    ),
    ("$sum over 100 numbers", "$sum($states.input.numbers)"),
    ("$sum over 100 fields", "$sum($states.input.items.price)"),
    ("filter + object per item", "$states.input.items[price > 50].{'id': id, 'cost': price * quantity}"),
    ("$map lambda + $merge", "$merge($map($states.input.items, function($i) { {$i.id: $i.price} }))"),
    ("group by", "$states.input.items{kind: $sum(price)}"),
    ("order by", "$states.input.items^(>price).id"),
    ("whole input", "$states.input"),
];

fn main() {
    let states = states();
    let bindings = [("states", states)];
    let functions = Functions::none();
    for (name, text) in CASES {
        let expression = Expression::parse(text, &ParseLimits::default()).expect("it can be read");
        let mut entropy = || 0;
        let mut environment = Environment {
            input: None,
            bindings: &bindings,
            functions: &functions,
            now_unix_ms: 0,
            entropy: &mut entropy,
            limits: Limits::default(),
        };
        let mut run = |count: u32| {
            let start = Instant::now();
            for _ in 0..count {
                black_box(expression.evaluate(&mut environment)).expect("it can be evaluated");
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(count)
        };
        run(200);
        let best = (0..5).map(|_| run(2_000)).fold(f64::INFINITY, f64::min);
        println!("{name:26} {best:8.2} µs");
    }
    let start = Instant::now();
    for (_, text) in CASES {
        black_box(Expression::parse(text, &ParseLimits::default())).expect("it can be read");
    }
    println!("{:26} {:8.2} µs", "parse (mean)", start.elapsed().as_secs_f64() * 1e6 / 9.0);
}
