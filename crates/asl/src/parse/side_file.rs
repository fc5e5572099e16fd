//! `NAME.contracts.yaml`: contracts that stand beside a definition, by state.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::CONTRACT;
use super::contract::{self, ANY, MACHINE};
use super::fields::{Fields, wrong_type};
use super::report::Report;
use crate::contract::{ContractDecl, SideFile};
use crate::source::{Member, Node, Value};

/// Reads `Contract` and `States`.
pub(super) fn read(root: &Node, report: &mut Report<'_>) -> Option<SideFile> {
    let mut fields = Fields::new(root, root.span, "a file of contracts", report)?;
    let machine = contract::read(&mut fields, MACHINE, report);
    let states = fields.take("States").map(|member| states(member, report)).unwrap_or_default();
    fields.finish(report);
    Some(SideFile { machine, states })
}

fn states(member: &Member, report: &mut Report<'_>) -> Vec<(Arc<str>, ContractDecl)> {
    let Value::Object(members) = &member.value.value else {
        return wrong_type(&member.value, "States", "an object of states", report).unwrap_or_default();
    };
    let mut seen = BTreeMap::new();
    let mut states = Vec::new();
    for member in members {
        let name: Arc<str> = state_name(&member.key).into();
        if seen.insert(name.clone(), ()).is_some() {
            report.error(
                member.key_span,
                CONTRACT,
                format!("the state `{name}` has its contracts here twice"),
            );
        }
        if let Some(declaration) = contract::declaration(member, "a state", ANY, report) {
            states.push((name, declaration));
        }
    }
    states
}

/// `Inner` of `Outer/Inner`: names are unique, the way to them is for the reader.
fn state_name(path: &str) -> &str {
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(path)
}
