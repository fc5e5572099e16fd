//! Which state is tested: one of a machine, or one that stands alone in the text.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::{Json, JsonLimits, StateId, StateMachine, json};

use super::refusal::Refusal;

/// What AWS calls a state that stands alone.
pub const LONE_STATE: &str = "StateName";

/// The definition of a machine around a state that stands alone in `text`; `None` if the text is something else. The states
/// that it leads to are added, so that the machine is one.
pub fn machine_around(text: &str) -> Option<String> {
    let state = json::parse(text, JsonLimits::DEFINITION).ok()?;
    let members = state.as_object()?;
    if members.get("States").is_some() || members.get("StartAt").is_some() || members.get("Type").is_none() {
        return None;
    }
    let mut targets = BTreeSet::new();
    targets_of(&state, &mut targets);
    targets.remove(LONE_STATE);
    let others = targets.into_iter().fold(String::new(), |others, name| {
        format!("{others},{}:{{\"Type\":\"Succeed\"}}", Json::String(name).to_text())
    });
    // The text itself, and not what was read: its lines stay its lines, and what is wrong with it stays wrong.
    Some(format!(
        "{{\"StartAt\":\"{LONE_STATE}\",\"States\":{{\"{LONE_STATE}\":{}{others}}}}}",
        text.trim_end()
    ))
}

/// The names that a state's own transitions lead to; those inside its branches or its processor are their own.
fn targets_of(state: &Json, targets: &mut BTreeSet<Arc<str>>) {
    let mut add = |object: &Json, field: &str| {
        if let Some(Json::String(name)) = object.get(field) {
            targets.insert(name.clone());
        }
    };
    add(state, "Next");
    add(state, "Default");
    for list in ["Choices", "Catch"] {
        let rules = state.get(list).and_then(Json::as_array).unwrap_or_default();
        rules.iter().for_each(|rule| add(rule, "Next"));
    }
}

/// The state of a machine that is asked for, at whatever depth.
pub fn state_named(machine: &StateMachine, name: &str) -> Result<StateId, Refusal> {
    let state = machine.state_named(name);
    state.map(|state| state.id).ok_or_else(|| Refusal::validation("State not found in definition"))
}
