//! `StartAt` and `States`: the machine itself, a branch, an item processor. Transitions stay inside their scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::{Fields, nearest};
use super::{Reading, state};
use crate::definition::{Scope, ScopeId, StateId, Transition};
use crate::diagnostic::Place;
use crate::limits::{SCOPE_DEPTH_MAX, STATE_NAME_CHARS_MAX, STATES_MAX};
use crate::source::{Member, Node, NodeValue};
use crate::state::StateKind;

/// The names of one scope, and where each was referred to.
pub(super) struct Names {
    pub(super) ids: BTreeMap<Arc<str>, StateId>,
}

impl Names {
    /// The state that a transition names, or a report that there is none.
    pub(super) fn target(&self, reading: &mut Reading, name: &str, place: Place) -> Option<StateId> {
        let found = self.ids.get(name).copied();
        if found.is_none() {
            let message = format!("`{name}` is not a state of this level");
            let known: Vec<&str> = self.ids.keys().map(|name| &**name).collect();
            match nearest(name, &known) {
                Some(near) => reading.error_with_hint(
                    "MISSING_TRANSITION_TARGET",
                    place,
                    message,
                    format!("did you mean `{near}`?"),
                ),
                None => reading.error_with_hint(
                    "MISSING_TRANSITION_TARGET",
                    place,
                    message,
                    "a transition leads to a state of the same `States` object",
                ),
            }
        }
        found
    }
}

/// Reads the scope whose fields these are.
pub(super) fn scope(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    owner: Option<StateId>,
) -> Option<ScopeId> {
    let id = ScopeId(u32::try_from(reading.scopes.len()).expect("bounded by the depth and count of states"));
    reading.scopes.push(None);
    let start_at = fields.required(reading, "StartAt");
    let states = fields.required(reading, "States")?;
    let NodeValue::Object(members) = &states.value else {
        return fields.wrong_type(reading, "States", states, "an object of states");
    };
    if reading.depth >= SCOPE_DEPTH_MAX {
        let message = format!("Map and Parallel nest deeper than {SCOPE_DEPTH_MAX} levels");
        reading.error("TOO_DEEP", fields.own_place(), message);
        return None;
    }
    if members.is_empty() {
        reading.error(
            "SCHEMA_VALIDATION_FAILED",
            fields.place("States", states),
            "`States` needs at least one state",
        );
        return None;
    }
    reading.depth += 1;
    let pointer = fields.child("States");
    let names = reserve(reading, members, &pointer);
    for member in members {
        if let Some(&state_id) = names.ids.get(&member.key) {
            let it = state::state(
                reading,
                member,
                &super::fields::child(&pointer, &member.key),
                id,
                state_id,
                &names,
            );
            reading.states[state_id.0 as usize] = it;
        }
    }
    reading.depth -= 1;
    let start_at = start(reading, fields, start_at, &names);
    unreachable_states(reading, &names, start_at, members, &pointer);
    let scope = Scope { start_at: start_at?, states: names.ids.values().copied().collect(), owner };
    let mut scope = scope;
    scope.states.sort_unstable();
    reading.scopes[id.0 as usize] = Some(scope);
    Some(id)
}

/// Gives every state its number, and reports names that cannot be.
fn reserve(reading: &mut Reading, members: &[Member], pointer: &str) -> Names {
    let mut ids = BTreeMap::new();
    for member in members {
        let at = Place { pointer: super::fields::child(pointer, &member.key).into(), span: member.key_span };
        let length = member.key.chars().count();
        if length > STATE_NAME_CHARS_MAX || length == 0 {
            let message =
                format!("a state's name has 1 to {STATE_NAME_CHARS_MAX} characters, found {length}");
            reading.error("INVALID_STATE_NAME", at.clone(), message);
        }
        if reading.states.len() >= STATES_MAX {
            reading.error("TOO_MANY_STATES", at, format!("a definition has at most {STATES_MAX} states"));
            break;
        }
        if let Some(first) = reading.names.insert(member.key.clone(), at.pointer.clone()) {
            let message = format!("`{}` is the name of another state too: {first}", member.key);
            reading.error_with_hint(
                "DUPLICATE_STATE_NAME",
                at,
                message,
                "names are unique in the whole definition",
            );
            continue;
        }
        ids.insert(member.key.clone(), reading.state_id());
        reading.states.push(None);
    }
    Names { ids }
}

fn start(reading: &mut Reading, fields: &Fields<'_>, node: Option<&Node>, names: &Names) -> Option<StateId> {
    let node = node?;
    match &node.value {
        NodeValue::String(name) => names.target(reading, name, fields.place("StartAt", node)),
        _ => fields.wrong_type(reading, "StartAt", node, "the name of a state"),
    }
}

/// AWS refuses a state that nothing leads to.
fn unreachable_states(
    reading: &mut Reading,
    names: &Names,
    start_at: Option<StateId>,
    members: &[Member],
    pointer: &str,
) {
    let Some(start_at) = start_at else { return };
    let mut reached = BTreeSet::new();
    let mut next = vec![start_at];
    while let Some(id) = next.pop() {
        if !reached.insert(id) {
            continue;
        }
        // A hole has been reported already; what it led to is not known, so nothing more is said.
        let Some(state) = &reading.states[id.0 as usize] else { return };
        next.extend(targets(&state.kind));
    }
    for member in members {
        let is_reached = names.ids.get(&member.key).is_none_or(|id| reached.contains(id));
        if !is_reached {
            let place =
                Place { pointer: super::fields::child(pointer, &member.key).into(), span: member.key_span };
            let message = format!("no transition leads to `{}`", member.key);
            let hint = "point a `Next`, `Default` or `Catch` at it, or take it out";
            reading.error_with_hint("MISSING_TRANSITION_TARGET", place, message, hint);
        }
    }
}

/// Every state that a state can lead to.
fn targets(kind: &StateKind) -> Vec<StateId> {
    let (then, catch): (Option<Transition>, &[crate::catch::Catcher]) = match kind {
        StateKind::Task(it) => (Some(it.then), &it.catch),
        StateKind::Parallel(it) => (Some(it.then), &it.catch),
        StateKind::Map(it) => (Some(it.then), &it.catch),
        StateKind::Pass(it) => (Some(it.then), &[]),
        StateKind::Wait(it) => (Some(it.then), &[]),
        StateKind::Choice(it) => {
            return it.choices.iter().map(|choice| choice.next).chain(it.default).collect();
        }
        StateKind::Succeed(_) | StateKind::Fail(_) => (None, &[]),
    };
    let next = then.and_then(|then| match then {
        Transition::Next(state) => Some(state),
        Transition::End => None,
    });
    next.into_iter().chain(catch.iter().map(|catcher| catcher.next)).collect()
}
