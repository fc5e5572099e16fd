//! Prints microseconds per execution, without a store: `cargo run --release -p baton-machine --example speed`.
//!
//! Ten Pass states with 10 kB of orders: passed on by paths, passed on by an expression, and computed anew by each state.
//! The text of every new payload is made, as a store would ask for it.

#![expect(clippy::disallowed_methods, reason = "a tool that measures looks at the clock")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use asl::{Entropy, JsonLimits, Payload, Timestamp, parse_definition};
use contracts::Contracts;
use machine::{Actor, Execution, ExecutionId, ExecutionInfo, Input, Limits, Revision, Status};

/// A shop's order of five lines.
const ORDER: &str = r#"{"orderId":"o-2026-11-000042","revision":2,"customer":{"id":7712399001,"email":"grace@example.org"},"status":"PAID","placedAt":1790000000123,"paidAt":1790000001456,"note":null,"gift":false,"discountPercent":2.5,"address":{"street":"Lange Gasse 7","city":"Graz","zip":"8010","country":"AT"},"lines":[{"sku":"tea-0100","title":"Green tea, 100 g","quantity":1,"cents":1990},{"sku":"tea-0101","title":"Black tea, 100 g","quantity":2,"cents":2090},{"sku":"tea-0102","title":"White tea, 100 g","quantity":3,"cents":2190},{"sku":"cup-0001","title":"Cup of glass, 0.3 l","quantity":4,"cents":2290},{"sku":"pot-0001","title":"Pot of iron, 1.2 l","quantity":5,"cents":2390}],"tags":{"channel":"web","campaign":"autumn"}}"#;

const CASES: [(&str, &str); 5] = [
    ("paths, passed on", ""),
    ("JSONata, passed on", r#""QueryLanguage":"JSONata","Output":"{% $states.input %}","#),
    (
        "JSONata, one variable",
        r#""QueryLanguage":"JSONata","Assign":{"id":"{% $states.input.orders[0].orderId %}"},"#,
    ),
    (
        "JSONata, a new total",
        r#""QueryLanguage":"JSONata","Output":{"orders":"{% $states.input.orders %}","total":"{% $states.input.total + 1 %}"},"#,
    ),
    (
        "JSONata, a sum of 50 lines",
        r#""QueryLanguage":"JSONata","Output":{"orders":"{% $states.input.orders %}","total":"{% $states.input.total + $sum($states.input.orders.lines.(quantity * cents)) %}"},"#,
    ),
];

fn main() {
    let input = format!(r#"{{"orders":[{}],"total":0}}"#, [ORDER; 10].join(","));
    println!("input: {} bytes", input.len());
    let input = Payload::parse(input, JsonLimits::PAYLOAD).expect("it is JSON");
    for (name, fields) in CASES {
        let revision = revision(fields);
        let run = |count: u32| {
            let start = Instant::now();
            for _ in 0..count {
                live(&revision, &input);
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(count)
        };
        run(50);
        let best = (0..5).map(|_| run(300)).fold(f64::INFINITY, f64::min);
        println!("{name:28} {best:8.1} µs");
    }
}

fn revision(fields: &str) -> Arc<Revision> {
    let states: Vec<_> = (0..10)
        .map(|at| {
            let then = if at == 9 { r#""End":true"#.to_owned() } else { format!(r#""Next":"P{}""#, at + 1) };
            format!(r#""P{at}":{{"Type":"Pass",{fields}{then}}}"#)
        })
        .collect();
    let definition = format!(r#"{{"StartAt":"P0","States":{{{}}}}}"#, states.join(","));
    Arc::new(Revision {
        name: "speed".into(),
        arn: "arn:aws:states:us-east-1:000000000000:stateMachine:speed".into(),
        role_arn: "arn:aws:iam::000000000000:role/speed".into(),
        machine: parse_definition(&definition).machine.expect("it is valid"),
        definition: definition.into(),
        scope: asl::StateMachine::ROOT,
        contracts: Contracts::default(),
        limits: Limits::default(),
    })
}

fn live(revision: &Arc<Revision>, input: &Payload) {
    let info = ExecutionInfo { id: ExecutionId([7; 16]), name: "run".into(), arn: "arn".into() };
    let mut execution = Execution::new(revision.clone(), info);
    let mut entropy = Entropy::from_seed([1; 32]);
    let mut next = Some(Input::Started { input: input.clone() });
    while let Some(input) = next.take() {
        let step = execution.advance(Timestamp::default(), Actor::Engine, input, &mut entropy);
        black_box(step.payloads.iter().map(|it| it.payload.text().len()).sum::<usize>());
        next = step.more.then_some(Input::Continue);
    }
    assert_eq!(execution.status(), Status::Succeeded);
}
