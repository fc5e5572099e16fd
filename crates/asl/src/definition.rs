//! A state machine, after validation: what cannot be wrong cannot be held.
//!
//! States live in one table and are named by number, so the interpreter never looks a name up. Every nested
//! machine (a branch of Parallel, the processor of Map) is a [`Scope`] of the same table; scope 0 is the machine.
//!
//! Spec: `#toplevelfields`, `#states`. Not here: the wire form (`source.rs`), reading it (`parse.rs`).

use std::sync::Arc;

use crate::contract::ContractDecl;
use crate::diagnostic::Place;
use crate::state::StateKind;

/// A state's number in [`StateMachine::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u32);

/// A scope's number in [`StateMachine::scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// The language that a state's queries are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryLanguage {
    /// Paths, templates and intrinsic functions.
    #[default]
    JsonPath,
    /// `{% … %}` expressions.
    Jsonata,
}

/// A whole state machine.
#[derive(Clone, Debug)]
pub struct StateMachine {
    /// `Comment`.
    pub comment: Option<Arc<str>>,
    /// `TimeoutSeconds` of the whole execution.
    pub timeout_seconds: Option<u32>,
    /// `QueryLanguage` of states that name none.
    pub query_language: QueryLanguage,
    /// The machine's own contract: `Input` at the door, `Output` at the end.
    pub contract: Option<ContractDecl>,
    /// Every nested machine; the first is the machine itself.
    pub scopes: Vec<Scope>,
    /// Every state of every scope.
    pub states: Vec<State>,
}

/// One level of states: the machine, a branch or an item processor.
#[derive(Clone, Debug)]
pub struct Scope {
    /// `StartAt`.
    pub start_at: StateId,
    /// Its states, in the order of the text.
    pub states: Vec<StateId>,
    /// The Parallel or Map state it belongs to; `None` for the machine.
    pub owner: Option<StateId>,
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    /// Its name; unique in the whole definition.
    pub name: Arc<str>,
    /// Its number.
    pub id: StateId,
    /// The scope it stands in.
    pub scope: ScopeId,
    /// `Comment`.
    pub comment: Option<Arc<str>>,
    /// The language of its queries.
    pub query_language: QueryLanguage,
    /// Its contract, if the definition itself carries one.
    pub contract: Option<ContractDecl>,
    /// Where it stands in the text.
    pub place: Place,
    /// What it does.
    pub kind: StateKind,
}

/// Where an execution goes when a state is done: never both, never neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// To a state of the same scope.
    Next(StateId),
    /// The scope is done.
    End,
}

impl StateMachine {
    /// The scope of the whole machine.
    pub const ROOT: ScopeId = ScopeId(0);

    /// The state of this number.
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// The scope of this number.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// The state of this name.
    pub fn state_named(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| &*state.name == name)
    }
}
