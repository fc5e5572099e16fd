//! A revision: a state machine with its contracts pinned, as an execution runs it.

use std::sync::Arc;

use asl::StateMachine;
use contracts::Contracts;

use crate::limits::Limits;

/// One revision of a state machine. Immutable; executions share it.
#[derive(Debug)]
pub struct Revision {
    /// The machine's name.
    pub name: Arc<str>,
    /// The machine's ARN.
    pub arn: Arc<str>,
    /// The role its tasks act as.
    pub role_arn: Arc<str>,
    /// The definition as its author wrote it, byte for byte.
    pub definition: Arc<str>,
    /// The definition, understood.
    pub machine: StateMachine,
    /// Every contract, pinned.
    pub contracts: Contracts,
    /// The bounds in force.
    pub limits: Limits,
}
