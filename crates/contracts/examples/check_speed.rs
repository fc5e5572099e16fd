//! Measures one check: `cargo run --release -p baton-contracts --example check_speed -- SCHEMA VALUE`.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use asl::JsonLimits;
use asl::contract::{Mode, Unknown};
use contracts::{Contract, Schema};

const ROUNDS: u32 = 2_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let schema = std::fs::read_to_string(args.next().ok_or("which schema?")?)?;
    let value = std::fs::read_to_string(args.next().ok_or("which value?")?)?;
    let value = asl::json::parse(&value, JsonLimits::PAYLOAD)?;
    let schema = Arc::new(Schema::parse(&schema)?);
    let contract = Contract { schema, unknown: Unknown::Reject, mode: Mode::Enforce };
    if let Err(violations) = contract.check(&value) {
        println!("{violations:#?}");
    }
    for _ in 0..3 {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            let _ = black_box(contract.check(black_box(&value)));
        }
        println!("{:.3} µs", start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    }
    Ok(())
}
