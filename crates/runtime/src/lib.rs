//! `runtime`: the loop between the interpreter, the store and the world: step, commit, perform.
//!
//! The rules ([`shard`]) take clock, entropy and store as parameters and never wait by themselves, so the whole engine
//! can run in one thread under one seed. [`engine`] is the driver that waits, on real threads and clocks.

pub mod claim_key;
pub mod clock;
pub mod door;
pub mod engine;
pub mod limits;
mod reply;
pub mod result_check;
pub mod revision;
pub mod seed_source;
pub mod shard;
pub mod task_runner;
#[cfg(test)]
mod testing;

pub use clock::{Clock, SystemClock};
pub use door::{Admitted, StartError, StartRequest, admit};
pub use engine::handle::EngineHandle;
pub use engine::{Engine, Resumed, World};
pub use reply::Reply;
pub use seed_source::{ProcessSeeds, SeedSource};
pub use shard::Shard;
pub use shard::arrival::{
    AccessError, Arrival, CallError, ExecutionEnd, RedriveError, Redriven, StartArrival, Started, Stopped,
    Until,
};
pub use shard::release::{Committed, Notice, Order, Release, TaskJob};
/// What the handle's questions are asked and answered with.
pub use store::{
    ExecutionFilter, ExecutionKey, ExecutionRow, Lookup, MapRunCounts, MapRunRecord, MapRunStatus,
    RevisionKey, StoreError,
};
pub use task_runner::{AbandonOutcome, ResultCheck, Submission, TaskOutcome, TaskRequest, TaskRunner};
