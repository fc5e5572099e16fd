//! `runtime`: the loop between the interpreter, the store and the world: step, commit, perform.
//!
//! The rules ([`shard`]) take clock, entropy, store and task runners as parameters and never wait by themselves, so the
//! whole engine can run in one thread under one seed. [`engine`] is the driver that waits, on real threads and clocks.

pub mod clock;
pub mod engine;
pub mod limits;
pub mod shard;
pub mod task_runner;

pub use clock::Clock;
pub use task_runner::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};
