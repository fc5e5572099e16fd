//! `machine`: the interpreter. Facts go in, remembered events and orders come out. Pure: time and entropy are arguments.
//!
//! [`Execution`] is the fold of its [`Event`]s; [`Execution::decide`] looks and does not touch, [`Execution::apply`]
//! touches and does not choose. AWS's history is a projection of the events ([`history()`]).

mod activation;
mod committed;
mod context;
mod dataflow;
mod ending;
mod failing;
mod flow;
mod frame;
mod leaving;
mod scope;
mod state;

pub mod actor;
pub mod effect;
pub mod event;
pub mod execution;
pub mod history;
pub mod ids;
pub mod input;
pub mod limits;
pub mod map_run;
pub mod redrive;
pub mod rehearsal;
pub mod revision;
pub mod step;
pub mod test_state;
pub mod token;

pub use actor::Actor;
pub use effect::{Effect, TaskOrder};
pub use event::{Event, Fact};
pub use execution::{ActivityTask, Execution, ExecutionInfo, Status};
pub use history::{HistoryEvent, history};
pub use ids::{ExecutionId, FrameId, PayloadId, TaskId, TimerId};
pub use input::{Callback, Fate, Input};
pub use limits::Limits;
pub use redrive::NotRedrivable;
pub use rehearsal::rehearse;
pub use revision::Revision;
pub use step::{NewPayload, Step};
pub use test_state::test_state;
pub use token::TaskToken;
