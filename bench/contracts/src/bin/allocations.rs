//! Counts allocations: a check that succeeds makes none.
//!
//! `cargo run --release --bin allocations -- SCHEMA.avsc DOCUMENT.json`. Apart from the bench of speed, because counting
//! makes every allocation slower.

use std::alloc::System;

use asl::JsonLimits;
use baton_bench_contracts::Subject;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 1_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let subject = Subject::from_args()?;
    let contract = subject.contract()?;
    let region = Region::new(COUNTED);
    let value = asl::json::parse(&subject.text, JsonLimits::PAYLOAD)?;
    println!("parse: {} allocations for {} bytes of text", region.change().allocations, subject.text.len());
    let region = Region::new(COUNTED);
    contract.read(&subject.text, JsonLimits::PAYLOAD)?;
    println!("parse with the schema's keys: {} allocations", region.change().allocations);
    let region = Region::new(COUNTED);
    for _ in 0..ROUNDS {
        contract.check(&value).map_err(|violations| format!("{violations:?}"))?;
    }
    let change = region.change();
    println!("{ROUNDS} checks: {} allocations, {} reallocations", change.allocations, change.reallocations);
    if change.allocations + change.reallocations > 0 {
        return Err("a check that succeeds must not allocate".into());
    }
    Ok(())
}
