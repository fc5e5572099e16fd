//! `NAME.contracts.yaml`: contracts that stand beside a definition, by state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contract::{self, MACHINE};
use super::fields::{Fields, wrong_type};
use super::report::Report;
use super::spelling::closest;
use super::{code, state};
use crate::contract::{ContractDecl, SideFile};
use crate::definition::{State, StateMachine};
use crate::source::{Member, Node, Value};

/// Reads `Contract` and `States`.
pub(super) fn read(root: &Node, machine: &StateMachine, report: &mut Report<'_>) -> Option<SideFile> {
    let mut fields = Fields::new(root, root.span, "a file of contracts", report)?;
    let own = contract::read(&mut fields, MACHINE, report);
    let states = fields.take("States").map(|member| states(member, machine, report)).unwrap_or_default();
    fields.finish(report);
    Some(SideFile { machine: own, states })
}

fn states(member: &Member, machine: &StateMachine, report: &mut Report<'_>) -> Vec<(Arc<str>, ContractDecl)> {
    let Value::Object(members) = &member.value.value else {
        return wrong_type(&member.value, "States", "an object of states", report).unwrap_or_default();
    };
    let known: BTreeMap<&str, &State> = machine.states.iter().map(|state| (&*state.name, state)).collect();
    let mut seen = BTreeSet::new();
    let mut states = Vec::new();
    for member in members {
        // Names are unique in the whole definition, so the last part of a path says it all.
        let last = member.key.rsplit('/').next().unwrap_or(&member.key);
        let Some(state) = known.get(&*member.key).or_else(|| known.get(last)) else {
            unknown_state(member, last, &known, report);
            continue;
        };
        if !seen.insert(state.id) {
            report.error(
                member.key_span,
                code::CONTRACT,
                format!("the state `{}` stands here twice", state.name),
            );
        }
        let (owner, points) = state::owner_and_points(&state.kind);
        if let Some(declaration) = contract::declaration(member, owner, points, report) {
            states.push((state.name.clone(), declaration));
        }
    }
    states
}

fn unknown_state(member: &Member, name: &str, known: &BTreeMap<&str, &State>, report: &mut Report<'_>) {
    let names: Vec<&str> = known.keys().copied().collect();
    let message = format!("`{}` is not a state of the definition", member.key);
    let diagnostic = report.error(member.key_span, code::UNKNOWN_STATE, message);
    if let Some(close) = closest(name, &names) {
        diagnostic.hint(format!("did you mean `{close}`?"));
    }
}
