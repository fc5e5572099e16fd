//! Binding: every reference of a machine becomes a pinned, compiled contract, or a located diagnostic.
//!
//! What is bound is kept with the revision ([`Contracts::to_pinned`]), so that what checked a payload can be proved
//! years later and a resumed execution needs no schema folder.

use std::sync::Arc;

use asl::contract::ContractDecl;
use asl::{Diagnostic, Json, StateId, StateMachine};

use crate::check::Contract;
use crate::source::SchemaSource;

/// The number of a contract in its revision's table; what an event refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractId(pub u32);

/// The contracts of one owner (machine, state, catcher, choice rule), by point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// What arrives.
    pub input: Option<ContractId>,
    /// What is sent to the task.
    pub arguments: Option<ContractId>,
    /// What the task answered.
    pub result: Option<ContractId>,
    /// What is emitted.
    pub output: Option<ContractId>,
    /// Each item of a Map.
    pub items: Option<ContractId>,
}

/// Every contract of one revision.
#[derive(Debug, Default)]
pub struct Contracts {}

/// Contracts from a side file, by state name; the machine's own under `None`.
#[derive(Clone, Debug, Default)]
pub struct SideFile {
    /// The machine's own contract.
    pub machine: Option<ContractDecl>,
    /// By state name.
    pub states: Vec<(Arc<str>, ContractDecl)>,
}

/// Pins and compiles every contract of `machine` (a side file's entries count where the definition has none).
pub fn bind(
    _machine: &StateMachine,
    _side: Option<&SideFile>,
    _source: &dyn SchemaSource,
) -> (Contracts, Vec<Diagnostic>) {
    todo!()
}

impl Contracts {
    /// The machine's own.
    pub fn machine(&self) -> Binding {
        Binding::default()
    }

    /// A state's.
    pub fn state(&self, _state: StateId) -> Binding {
        Binding::default()
    }

    /// What catcher number `catcher` of `state` produces.
    pub fn catcher(&self, _state: StateId, _catcher: usize) -> Binding {
        Binding::default()
    }

    /// What rule number `rule` of a Choice emits.
    pub fn rule(&self, _state: StateId, _rule: usize) -> Binding {
        Binding::default()
    }

    /// The contract of this number.
    pub fn get(&self, _id: ContractId) -> &Contract {
        todo!()
    }

    /// Whether there is none at all, which lets the interpreter skip asking.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// The stored form: schemas with subject, version, fingerprint and text, and who is bound to which.
    pub fn to_pinned(&self) -> Json {
        todo!()
    }

    /// Reads the stored form back; fails with a sentence when it does not fit the machine.
    pub fn from_pinned(_machine: &StateMachine, _pinned: &Json) -> Result<Self, String> {
        todo!()
    }
}
