//! Choice: `Choices`, each with a rule and a `Next`. Spec: `#choice-state`.

use std::sync::Arc;

use super::contract::{Owner, contract};
use super::data;
use super::fields::{Fields, nearest};
use super::scope::Names;
use super::{Reading, state};
use crate::json::Number;
use crate::path::Path;
use crate::rule::{Comparison, Operand, Order, Rule, TypeTest};
use crate::source::{Node, NodeValue};
use crate::state::Choice;
use crate::state::choice::ChoiceRule;
use crate::timestamp::Timestamp;

/// Rules inside each other. (Ours; the text's own depth limit is 128.)
const RULE_DEPTH_MAX: usize = 64;

/// Reads a Choice state.
pub(super) fn choice(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Option<Choice> {
    for field in ["Next", "End"] {
        if fields.has(field) {
            let message =
                format!("a Choice state has no `{field}`: its rules and `Default` say where it leads");
            reading.error("CONFLICTING_FIELDS", fields.own_place(), message);
            fields.take(if field == "Next" { "Next" } else { "End" });
        }
    }
    let input_path = data::selection(reading, fields, "InputPath");
    let output_path = data::selection(reading, fields, "OutputPath");
    let assign = data::assign(reading, fields);
    let choices = choices(reading, fields, names);
    let default = match fields.take("Default") {
        None => None,
        Some(node) => match &node.value {
            NodeValue::String(name) => Some(names.target(reading, name, fields.place("Default", node))?),
            _ => fields.wrong_type(reading, "Default", node, "the name of a state"),
        },
    };
    Some(Choice { input_path, choices: choices?, default, output_path, assign })
}

fn choices(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Option<Vec<ChoiceRule>> {
    if !fields.has("Choices") {
        fields.required(reading, "Choices")?;
    }
    let (node, items) = fields.list(reading, "Choices")?;
    if items.is_empty() {
        reading.error(
            "SCHEMA_VALIDATION_FAILED",
            fields.place("Choices", node),
            "`Choices` needs at least one rule",
        );
        return None;
    }
    let pointer = fields.child("Choices");
    let read: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(at, item)| choice_rule(reading, &format!("{pointer}/{at}"), item, names))
        .collect();
    read.into_iter().collect()
}

fn choice_rule(reading: &mut Reading, pointer: &str, node: &Node, names: &Names) -> Option<ChoiceRule> {
    let mut fields = Fields::of(reading, node, pointer, "a choice rule")?;
    let next = fields.required(reading, "Next").and_then(|node| match &node.value {
        NodeValue::String(name) => names.target(reading, name, fields.place("Next", node)),
        _ => fields.wrong_type(reading, "Next", node, "the name of a state"),
    });
    let assign = data::assign(reading, &mut fields);
    let contract = contract(reading, &mut fields, Owner::Rule);
    let rule = rule(reading, fields, 1);
    Some(ChoiceRule { rule: rule?, next: next?, assign, contract })
}

/// A rule: exactly one of `And`, `Or`, `Not`, or `Variable` with one operator.
fn rule(reading: &mut Reading, mut fields: Fields<'_>, depth: usize) -> Option<Rule> {
    fields.text(reading, "Comment");
    if depth > RULE_DEPTH_MAX {
        reading.error(
            "TOO_DEEP",
            fields.own_place(),
            format!("choice rules nest deeper than {RULE_DEPTH_MAX} levels"),
        );
        return None;
    }
    let read = if fields.has("And") {
        rules(reading, &mut fields, "And", depth).map(Rule::And)
    } else if fields.has("Or") {
        rules(reading, &mut fields, "Or", depth).map(Rule::Or)
    } else if let Some(node) = fields.take("Not") {
        let pointer = fields.child("Not");
        nested(reading, &pointer, node, depth).map(|inner| Rule::Not(Box::new(inner)))
    } else {
        comparison(reading, &mut fields)
    };
    fields.finish(
        reading,
        &[(
            "Condition",
            "`Condition` belongs to JSONata states; a JSONPath rule has `Variable` and an operator",
        )],
    );
    read
}

fn rules(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
    depth: usize,
) -> Option<Vec<Rule>> {
    let (node, items) = fields.list(reading, name)?;
    if items.is_empty() {
        reading.error(
            "SCHEMA_VALIDATION_FAILED",
            fields.place(name, node),
            format!("`{name}` needs at least one rule"),
        );
        return None;
    }
    let pointer = fields.child(name);
    let read: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(at, item)| nested(reading, &format!("{pointer}/{at}"), item, depth))
        .collect();
    read.into_iter().collect()
}

fn nested(reading: &mut Reading, pointer: &str, node: &Node, depth: usize) -> Option<Rule> {
    let fields = Fields::of(reading, node, pointer, "a choice rule")?;
    if fields.has("Next") {
        reading.error("CONFLICTING_FIELDS", fields.own_place(), "only the outermost rule has `Next`");
        return None;
    }
    rule(reading, fields, depth + 1)
}

fn comparison(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<Rule> {
    if !fields.has("Variable") {
        let hint = "a rule has `Variable` and one operator such as `StringEquals`, or `And`, `Or`, `Not`";
        reading.error_with_hint("MISSING_FIELD", fields.own_place(), "a choice rule needs `Variable`", hint);
        fields.rest().iter().for_each(|member| {
            _ = OPERATORS
                .iter()
                .copied()
                .find(|name| *name == &*member.key)
                .and_then(|name| fields.take(name))
        });
        return None;
    }
    let variable = state::path(reading, fields, "Variable");
    let given: Vec<&'static str> = OPERATORS.iter().copied().filter(|name| fields.has(name)).collect();
    match given[..] {
        [operator] => {
            let comparison = operator_of(reading, fields, operator);
            Some(Rule::Compare { variable: variable?, comparison: comparison? })
        }
        [] => {
            let near = fields.rest().first().and_then(|member| nearest(&member.key, &OPERATORS));
            let hint = near.map_or_else(
                || "for example `StringEquals`, `NumericLessThan`, `IsPresent`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            reading.error_with_hint(
                "MISSING_FIELD",
                fields.own_place(),
                "the rule has no comparison operator",
                hint,
            );
            None
        }
        _ => {
            given.iter().for_each(|name| _ = fields.take(name));
            let message = format!("the rule has {} comparison operators, expected one", given.len());
            reading.error_with_hint(
                "CONFLICTING_FIELDS",
                fields.own_place(),
                message,
                "join several with `And`",
            );
            None
        }
    }
}

/// The 39 operators.
const OPERATORS: [&str; 39] = [
    "BooleanEquals",
    "BooleanEqualsPath",
    "IsBoolean",
    "IsNull",
    "IsNumeric",
    "IsPresent",
    "IsString",
    "IsTimestamp",
    "NumericEquals",
    "NumericEqualsPath",
    "NumericGreaterThan",
    "NumericGreaterThanPath",
    "NumericGreaterThanEquals",
    "NumericGreaterThanEqualsPath",
    "NumericLessThan",
    "NumericLessThanPath",
    "NumericLessThanEquals",
    "NumericLessThanEqualsPath",
    "StringEquals",
    "StringEqualsPath",
    "StringGreaterThan",
    "StringGreaterThanPath",
    "StringGreaterThanEquals",
    "StringGreaterThanEqualsPath",
    "StringLessThan",
    "StringLessThanPath",
    "StringLessThanEquals",
    "StringLessThanEqualsPath",
    "StringMatches",
    "TimestampEquals",
    "TimestampEqualsPath",
    "TimestampGreaterThan",
    "TimestampGreaterThanPath",
    "TimestampGreaterThanEquals",
    "TimestampGreaterThanEqualsPath",
    "TimestampLessThan",
    "TimestampLessThanPath",
    "TimestampLessThanEquals",
    "TimestampLessThanEqualsPath",
];

fn operator_of(reading: &mut Reading, fields: &mut Fields<'_>, name: &'static str) -> Option<Comparison> {
    if name == "StringMatches" {
        return fields.text(reading, name).map(Comparison::StringMatches);
    }
    if let Some(test) = type_test(name) {
        return fields.boolean(reading, name).map(|wanted| Comparison::Is(test, wanted));
    }
    let (base, is_path) = name.strip_suffix("Path").map_or((name, false), |base| (base, true));
    if let Some(rest) = base.strip_prefix("Numeric") {
        let literal = |reading: &mut Reading, fields: &mut Fields<'_>| {
            fields.number(reading, name).map(|(_, number)| number)
        };
        return operand::<Number>(reading, fields, name, is_path, literal)
            .map(|it| Comparison::Numeric(order(rest), it));
    }
    if let Some(rest) = base.strip_prefix("String") {
        let literal = |reading: &mut Reading, fields: &mut Fields<'_>| fields.text(reading, name);
        return operand::<Arc<str>>(reading, fields, name, is_path, literal)
            .map(|it| Comparison::String(order(rest), it));
    }
    if let Some(rest) = base.strip_prefix("Timestamp") {
        let literal = |reading: &mut Reading, fields: &mut Fields<'_>| timestamp(reading, fields, name);
        return operand::<Timestamp>(reading, fields, name, is_path, literal)
            .map(|it| Comparison::Timestamp(order(rest), it));
    }
    let literal = |reading: &mut Reading, fields: &mut Fields<'_>| fields.boolean(reading, name);
    operand::<bool>(reading, fields, name, is_path, literal).map(Comparison::Boolean)
}

fn operand<T>(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
    is_path: bool,
    literal: impl FnOnce(&mut Reading, &mut Fields<'_>) -> Option<T>,
) -> Option<Operand<T>> {
    if is_path {
        let path: Option<Path> = state::path(reading, fields, name);
        return path.map(Operand::Path);
    }
    literal(reading, fields).map(Operand::Literal)
}

fn timestamp(reading: &mut Reading, fields: &mut Fields<'_>, name: &'static str) -> Option<Timestamp> {
    let node = fields.take(name)?;
    let NodeValue::String(text) = &node.value else {
        return fields.wrong_type(reading, name, node, "a timestamp");
    };
    let timestamp = Timestamp::parse(text);
    if timestamp.is_none() {
        let message = format!("`{text}` does not match the RFC 3339 timestamp format");
        reading.error_with_hint(
            "SCHEMA_VALIDATION_FAILED",
            fields.place(name, node),
            message,
            "for example `2026-11-24T09:30:00Z`",
        );
    }
    timestamp
}

fn type_test(name: &str) -> Option<TypeTest> {
    Some(match name {
        "IsBoolean" => TypeTest::Boolean,
        "IsNull" => TypeTest::Null,
        "IsNumeric" => TypeTest::Numeric,
        "IsPresent" => TypeTest::Present,
        "IsString" => TypeTest::String,
        "IsTimestamp" => TypeTest::Timestamp,
        _ => return None,
    })
}

/// INVARIANT: the name is one of [`OPERATORS`], so that what is left after its type is one of five.
fn order(rest: &str) -> Order {
    match rest {
        "LessThan" => Order::LessThan,
        "LessThanEquals" => Order::LessThanEquals,
        "GreaterThan" => Order::GreaterThan,
        "GreaterThanEquals" => Order::GreaterThanEquals,
        _ => Order::Equals,
    }
}
