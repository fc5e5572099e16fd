//! Prints microseconds per evaluation of a JSONata field, payloads to payloads: `cargo run --release -p baton-asl --example
//! jsonata_speed`.
//!
//! The input is a payload of about 10 kB with 100 items and 100 numbers; what is read of it is converted within each figure,
//! and the result is a payload's value again.

#![expect(clippy::disallowed_methods, reason = "a tool that measures looks at the clock")]

use std::hint::black_box;
use std::time::Instant;

use asl::jsonata::{Budget, Env, Location, Template};
use asl::limits::JSONATA_LIMITS;
use asl::{Context, Entropy, Json, JsonLimits, Timestamp, Variables, json};

const CASES: [(&str, &str); 8] = [
    ("whole input", r#""{% $states.input %}""#),
    ("one field", r#""{% $states.input.orderId %}""#),
    ("$sum over 100 numbers", r#""{% $sum($states.input.numbers) %}""#),
    ("$sum over 100 fields", r#""{% $sum($states.input.items.price) %}""#),
    (
        "object of three fields",
        r#"{"id": "{% $states.input.orderId %}", "items": "{% $states.input.items %}", "n": "{% $count($states.input.items) %}"}"#,
    ),
    (
        "filter + object per item",
        r#""{% $states.input.items[price > 50].{'id': id, 'cost': price * quantity} %}""#,
    ),
    ("group by", r#""{% $states.input.items{kind: $sum(price)} %}""#),
    ("$merge of the whole input", r#""{% $merge([$states.input, {'total': 1}]) %}""#),
];

fn input() -> Json {
    let items = (0..100_u32).map(|at| {
        let kind = ["book", "shoe", "lamp"][at as usize % 3];
        format!(
            r#"{{"id":"item-{at}","price":{}.5,"quantity":{},"kind":"{kind}","note":"as ordered"}}"#,
            at,
            at % 7
        )
    });
    let numbers = (0..100_u32).map(|at| format!("{at}.25"));
    let text = format!(
        r#"{{"orderId":"o-1","total":125.5,"items":[{}],"numbers":[{}]}}"#,
        items.collect::<Vec<_>>().join(","),
        numbers.collect::<Vec<_>>().join(",")
    );
    println!("input: {} bytes", text.len());
    json::parse(&text, JsonLimits::PAYLOAD).expect("it is JSON")
}

fn main() {
    let input = input();
    let variables = Variables::default();
    let make = || Json::Null;
    let mut entropy = Entropy::from_seed([1; 32]);
    for (name, text) in CASES {
        let source = json::parse(text, JsonLimits::PAYLOAD).expect("it is JSON");
        let template = Template::compile(&source, &mut Budget::default()).expect("it compiles");
        let mut run = |count: u32| {
            let start = Instant::now();
            for _ in 0..count {
                let context = Context::new(&make);
                let mut env = Env {
                    input: &input,
                    result: None,
                    error_output: None,
                    context: &context,
                    variables: &variables,
                    now: Timestamp::default(),
                    entropy: &mut entropy,
                    steps_left: &mut JSONATA_LIMITS.steps.clone(),
                };
                black_box(template.render(&Location::field("Output"), &mut env))
                    .expect("it can be evaluated");
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(count)
        };
        run(200);
        let best = (0..5).map(|_| run(2_000)).fold(f64::INFINITY, f64::min);
        println!("{name:26} {best:8.2} µs");
    }
}
