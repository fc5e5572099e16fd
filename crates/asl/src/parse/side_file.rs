//! The side file `NAME.contracts.yaml`: contracts beside a definition that stays byte-identical with what runs on AWS.

use super::contract::{Owner, contract_object};
use super::fields::Fields;
use super::{Reading, read};
use crate::contract::SideFile;
use crate::definition::StateMachine;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::source::NodeValue;

/// What reading a side file gave.
#[derive(Debug)]
pub struct ParsedSideFile {
    /// The contracts; `None` when any diagnostic is an error.
    pub side_file: Option<SideFile>,
    /// Everything noticed, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a side file for `machine`: `Contract` for the machine itself, and `States` by name (or by path, `Outer/Inner`).
pub fn parse_side_file(text: &str, machine: &StateMachine) -> ParsedSideFile {
    let mut reading = Reading::default();
    let side_file = match read(text) {
        Err(diagnostic) => {
            reading.diagnostics.push(*diagnostic);
            None
        }
        Ok(root) => Fields::of(&mut reading, &root, "", "a contracts file").map(|mut fields| {
            let own = super::contract::contract(&mut reading, &mut fields, Owner::Machine);
            let states = states(&mut reading, &mut fields, machine);
            fields.finish(&mut reading, &[]);
            SideFile { machine: own, states }
        }),
    };
    let has_error = reading.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    ParsedSideFile { side_file: side_file.filter(|_| !has_error), diagnostics: reading.diagnostics }
}

fn states(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    machine: &StateMachine,
) -> Vec<(std::sync::Arc<str>, crate::contract::ContractDecl)> {
    let Some(node) = fields.take("States") else { return Vec::new() };
    let NodeValue::Object(members) = &node.value else {
        return fields
            .wrong_type(reading, "States", node, "an object of contracts by state")
            .unwrap_or_default();
    };
    let pointer = fields.child("States");
    let mut states = Vec::new();
    for member in members {
        let at = super::fields::child(&pointer, &member.key);
        // Names are unique in the whole definition, so the last part of a path says it all.
        let name = member.key.rsplit('/').next().unwrap_or(&member.key);
        let state = machine.state_named(&member.key).or_else(|| machine.state_named(name));
        let Some(state) = state else {
            let place = Place { pointer: at.into(), span: member.key_span };
            let known: Vec<&str> = machine.states.iter().map(|state| &*state.name).collect();
            let hint = super::fields::nearest(name, &known).map_or_else(
                || "a key of `States` names a state of the definition".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            reading.error_with_hint(
                "CONTRACT_UNKNOWN_STATE",
                place,
                format!("`{}` is not a state of the definition", member.key),
                hint,
            );
            continue;
        };
        let owner = Owner::of_type(state.kind.type_name()).unwrap_or(Owner::Simple);
        states.extend(
            contract_object(reading, &at, &member.value, owner).map(|decl| (state.name.clone(), decl)),
        );
    }
    states
}
