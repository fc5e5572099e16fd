//! `Contract`: which schema guards which point. Design: `docs/reference/contracts.md`.

use super::Reading;
use super::fields::Fields;
use crate::contract::{ContractDecl, ContractRef, Mode, SchemaRef, Unknown};
use crate::source::{Node, NodeValue};

/// Who carries a contract, which decides the points that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Machine,
    Task,
    Parallel,
    Map,
    /// Pass, Wait, Choice, Succeed.
    Simple,
    Fail,
    Catcher,
    Rule,
}

impl Owner {
    /// The owner that a state of this type is; `None` for no type at all.
    pub(super) fn of_type(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "Task" => Self::Task,
            "Parallel" => Self::Parallel,
            "Map" => Self::Map,
            "Pass" | "Wait" | "Choice" | "Succeed" => Self::Simple,
            "Fail" => Self::Fail,
            _ => return None,
        })
    }

    fn points(self) -> &'static [&'static str] {
        match self {
            Self::Machine | Self::Simple => &["Input", "Output"],
            Self::Task => &["Input", "Arguments", "Result", "Output"],
            Self::Parallel => &["Input", "Result", "Output"],
            Self::Map => &["Input", "Items", "Result", "Output"],
            Self::Fail => &["Input"],
            Self::Catcher | Self::Rule => &["Output"],
        }
    }
}

/// The `Contract` field of an owner.
pub(super) fn contract(reading: &mut Reading, fields: &mut Fields<'_>, owner: Owner) -> Option<ContractDecl> {
    let node = fields.take("Contract")?;
    contract_object(reading, &fields.child("Contract"), node, owner)
}

/// The value of a `Contract` field, or of an entry of a side file.
pub(super) fn contract_object(
    reading: &mut Reading,
    pointer: &str,
    node: &Node,
    owner: Owner,
) -> Option<ContractDecl> {
    let mut fields = Fields::of(reading, node, pointer, "a contract")?;
    let mut point = |reading: &mut Reading, name: &'static str| {
        let node = fields.take(name)?;
        if !owner.points().contains(&name) {
            let message = format!("`{name}` means nothing here");
            let hint = format!("here a contract has {}", owner.points().join(", "));
            reading.error_with_hint("INVALID_CONTRACT", fields.place(name, node), message, hint);
            return None;
        }
        reference(reading, &fields.child(name), node)
    };
    let decl = ContractDecl {
        input: point(reading, "Input"),
        arguments: point(reading, "Arguments"),
        result: point(reading, "Result"),
        output: point(reading, "Output"),
        items: point(reading, "Items"),
    };
    fields.finish(reading, &[]);
    Some(decl)
}

/// `subject@version`, `subject`, a schema in place, or the long form with `Schema`, `Unknown` and `Mode`.
fn reference(reading: &mut Reading, pointer: &str, node: &Node) -> Option<ContractRef> {
    let place = super::fields::place(pointer, node);
    let is_long = matches!(&node.value, NodeValue::Object(members) if members.iter().any(|member| &*member.key == "Schema"));
    if !is_long {
        let schema = schema(reading, pointer, node)?;
        return Some(ContractRef { schema, unknown: Unknown::default(), mode: Mode::default(), place });
    }
    let mut fields = Fields::of(reading, node, pointer, "a contract's reference")?;
    let schema = fields.take("Schema").and_then(|node| schema(reading, &fields.child("Schema"), node));
    let unknown =
        option(reading, &mut fields, "Unknown", [("reject", Unknown::Reject), ("allow", Unknown::Allow)]);
    let mode = option(reading, &mut fields, "Mode", [("enforce", Mode::Enforce), ("warn", Mode::Warn)]);
    fields.finish(reading, &[]);
    Some(ContractRef { schema: schema?, unknown, mode, place })
}

fn option<T: Copy + Default>(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
    values: [(&str, T); 2],
) -> T {
    let Some(node) = fields.take(name) else { return T::default() };
    let text = if let NodeValue::String(text) = &node.value { &**text } else { "" };
    if let Some((_, value)) = values.iter().find(|(value, _)| *value == text) {
        return *value;
    }
    let message = format!("`{name}` is `{}` or `{}`", values[0].0, values[1].0);
    reading.error("INVALID_CONTRACT", fields.place(name, node), message);
    T::default()
}

fn schema(reading: &mut Reading, pointer: &str, node: &Node) -> Option<SchemaRef> {
    let place = super::fields::place(pointer, node);
    let text = match &node.value {
        NodeValue::String(text) => text,
        NodeValue::Object(_) | NodeValue::Array(_) => return Some(SchemaRef::Inline(node.to_json())),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) => {
            let message = format!(
                "a schema is `subject`, `subject@version` or a schema in place, found {}",
                node.kind()
            );
            reading.error("INVALID_CONTRACT", place, message);
            return None;
        }
    };
    let (subject, version) = match text.rsplit_once('@') {
        Some((subject, version)) => {
            (subject, Some(version.parse::<u32>().ok().filter(|version| *version > 0)))
        }
        None => (&**text, None),
    };
    if subject.is_empty() || version == Some(None) {
        let message = format!("`{text}` is not `subject` or `subject@version`");
        reading.error_with_hint(
            "INVALID_CONTRACT",
            place,
            message,
            "versions count from 1, for example `orders.Order@3`",
        );
        return None;
    }
    Some(SchemaRef::Named { subject: subject.into(), version: version.flatten() })
}
