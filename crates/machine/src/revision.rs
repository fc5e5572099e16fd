//! A revision: a state machine with its contracts pinned, as an execution runs it.

use std::sync::Arc;

use asl::{ScopeId, StateMachine};
use contracts::Contracts;
use contracts::bind::Binding;

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
    /// What of it an execution runs: all of it, or the processor of a distributed Map.
    pub scope: ScopeId,
    /// Every contract, pinned.
    pub contracts: Contracts,
    /// The bounds in force.
    pub limits: Limits,
}

impl Revision {
    /// What is bound to the machine itself; a processor of it has no contract of its own.
    pub fn own_contracts(&self) -> Binding {
        if self.is_whole() { self.contracts.machine() } else { Binding::default() }
    }

    /// `TimeoutSeconds` of the execution.
    pub fn timeout_seconds(&self) -> Option<u32> {
        self.machine.timeout_seconds.filter(|_| self.is_whole())
    }

    /// Whether it is a machine, and not the processor of a distributed Map.
    pub fn is_whole(&self) -> bool {
        self.scope == StateMachine::ROOT
    }
}
