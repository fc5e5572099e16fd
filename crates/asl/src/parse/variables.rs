//! Variables: an inner scope reads the names of the outer, and may not assign them again. Spec: `#variables`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Reading;
use crate::definition::{ScopeId, State, StateMachine};
use crate::state::{Assign, StateKind};

/// Reports assignments of outer names in inner scopes.
pub(super) fn check(reading: &mut Reading, machine: &StateMachine) {
    visit(reading, machine, StateMachine::ROOT, &BTreeSet::new());
}

/// Depth is bounded by the parser.
fn visit(reading: &mut Reading, machine: &StateMachine, scope: ScopeId, outer: &BTreeSet<Arc<str>>) {
    let states = || machine.scope(scope).states.iter().map(|id| machine.state(*id));
    let mut names = outer.clone();
    for state in states() {
        for name in assigned(state) {
            if outer.contains(name) {
                let message = format!(
                    "`{name}` is a variable of an outer level; an inner level reads it and cannot assign it"
                );
                reading.error("INVALID_VARIABLE", state.place.clone(), message);
            }
            names.insert(name.into());
        }
    }
    for state in states() {
        for inner in inner_scopes(&state.kind) {
            visit(reading, machine, inner, &names);
        }
    }
}

fn assigned(state: &State) -> Vec<&str> {
    let (own, others): (Option<&Assign>, Vec<&Assign>) = match &state.kind {
        StateKind::Task(it) => {
            (it.assign.as_ref(), it.catch.iter().filter_map(|it| it.assign.as_ref()).collect())
        }
        StateKind::Parallel(it) => {
            (it.assign.as_ref(), it.catch.iter().filter_map(|it| it.assign.as_ref()).collect())
        }
        StateKind::Map(it) => {
            (it.assign.as_ref(), it.catch.iter().filter_map(|it| it.assign.as_ref()).collect())
        }
        StateKind::Choice(it) => {
            (it.assign.as_ref(), it.choices.iter().filter_map(|it| it.assign.as_ref()).collect())
        }
        StateKind::Pass(it) => (it.assign.as_ref(), Vec::new()),
        StateKind::Wait(it) => (it.assign.as_ref(), Vec::new()),
        StateKind::Succeed(_) | StateKind::Fail(_) => (None, Vec::new()),
    };
    own.into_iter().chain(others).flat_map(|assign| assign.template.keys()).collect()
}

fn inner_scopes(kind: &StateKind) -> Vec<ScopeId> {
    match kind {
        StateKind::Parallel(it) => it.branches.clone(),
        StateKind::Map(it) => vec![it.processor],
        StateKind::Task(_)
        | StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => Vec::new(),
    }
}
