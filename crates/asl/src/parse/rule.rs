//! Choice rules: their rules of validity. Spec: `#choice-state`. What they mean: `../rule.rs`.

use super::code;
use super::fields::{Fields, flag, items, text, wrong_type};
use super::report::Report;
use super::scope::Builder;
use super::spelling::closest;
use super::wait::timestamp;
use crate::json::Number;
use crate::rule::{Comparison, Operand, Order, Rule, TypeTest};
use crate::source::{Member, Node, Value};

/// An operator as it is written, without `Path` at its end.
enum Operator {
    Boolean,
    Numeric(Order),
    String(Order),
    Timestamp(Order),
    StringMatches,
    Is(TypeTest),
}

impl Builder {
    /// Reads `And`, `Or`, `Not`, or `Variable` with one operator. Recursion is bounded by the depth of the text.
    pub(super) fn rule(
        &mut self,
        fields: &mut Fields<'_>,
        depth: usize,
        report: &mut Report<'_>,
    ) -> Option<Rule> {
        let joins: Vec<&Member> =
            ["And", "Or", "Not"].into_iter().filter_map(|name| fields.take(name)).collect();
        match *joins {
            [] => self.comparison(fields, report),
            [member] => {
                if let Some(variable) = fields.take("Variable") {
                    report.error(
                        variable.key_span,
                        code::CONFLICT,
                        format!("`Variable` and `{}` exclude each other", member.key),
                    );
                }
                self.join(member, depth, report)
            }
            [first, second, ..] => {
                report.error(
                    second.key_span,
                    code::CONFLICT,
                    format!("`{}` and `{}` exclude each other", first.key, second.key),
                );
                None
            }
        }
    }

    fn join(&mut self, member: &Member, depth: usize, report: &mut Report<'_>) -> Option<Rule> {
        if &*member.key == "Not" {
            return self.inner_rule(&member.value, depth, report).map(|rule| Rule::Not(Box::new(rule)));
        }
        let parts = items(&member.value, &member.key, report)?;
        let rules: Vec<_> = parts.iter().map(|node| self.inner_rule(node, depth, report)).collect();
        let rules = rules.into_iter().collect::<Option<Vec<_>>>()?;
        Some(if &*member.key == "And" { Rule::And(rules) } else { Rule::Or(rules) })
    }

    fn inner_rule(&mut self, node: &Node, depth: usize, report: &mut Report<'_>) -> Option<Rule> {
        let mut fields = Fields::new(node, node.span, "a rule inside another", report)?;
        fields.comment(report);
        for name in ["Next", "Assign"] {
            if let Some(member) = fields.get(name) {
                fields.mark(name);
                let message = format!("`{name}` belongs to the outermost rule, not to a rule inside another");
                report.error(member.key_span, code::UNKNOWN_FIELD, message);
            }
        }
        let rule = self.rule(&mut fields, depth + 1, report);
        fields.finish(report);
        rule
    }

    fn comparison(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Rule> {
        let variable =
            fields.require("Variable", report).and_then(|member| self.definite_path(member, report));
        let found: Vec<&Member> = fields.rest().filter(|member| operator(&member.key).is_some()).collect();
        for member in &found {
            fields.mark(&member.key);
        }
        let member = match *found {
            [member] => member,
            [] => {
                no_operator(fields, report);
                return None;
            }
            [first, second, ..] => {
                let message = format!("a rule has one operator, found `{}` and `{}`", first.key, second.key);
                report
                    .error(second.key_span, code::CONFLICT, message)
                    .hint("join two rules by `And` or `Or`");
                return None;
            }
        };
        let comparison = self.operation(member, report);
        Some(Rule::Compare { variable: variable?, comparison: comparison? })
    }

    fn operation(&mut self, member: &Member, report: &mut Report<'_>) -> Option<Comparison> {
        let (operator, is_path) = operator(&member.key)?;
        let node = &member.value;
        Some(match operator {
            Operator::Boolean if is_path => {
                Comparison::Boolean(Operand::Path(self.definite_path(member, report)?))
            }
            Operator::Boolean => Comparison::Boolean(Operand::Literal(flag(node, &member.key, report)?)),
            Operator::Numeric(order) if is_path => {
                Comparison::Numeric(order, Operand::Path(self.definite_path(member, report)?))
            }
            Operator::Numeric(order) => Comparison::Numeric(order, Operand::Literal(number(member, report)?)),
            Operator::String(order) if is_path => {
                Comparison::String(order, Operand::Path(self.definite_path(member, report)?))
            }
            Operator::String(order) => {
                Comparison::String(order, Operand::Literal(text(node, &member.key, report)?))
            }
            Operator::Timestamp(order) if is_path => {
                Comparison::Timestamp(order, Operand::Path(self.definite_path(member, report)?))
            }
            Operator::Timestamp(order) => {
                Comparison::Timestamp(order, Operand::Literal(timestamp(member, report)?))
            }
            Operator::StringMatches => Comparison::StringMatches(text(node, &member.key, report)?),
            Operator::Is(test) => Comparison::Is(test, flag(node, &member.key, report)?),
        })
    }
}

fn number(member: &Member, report: &mut Report<'_>) -> Option<Number> {
    match &member.value.value {
        Value::Number(number) => Some(number.clone()),
        _ => wrong_type(&member.value, &member.key, "a number", report),
    }
}

/// The operator that `key` writes, and whether what it compares to is given by a path.
fn operator(key: &str) -> Option<(Operator, bool)> {
    let test = match key {
        "IsNull" => Some(TypeTest::Null),
        "IsPresent" => Some(TypeTest::Present),
        "IsNumeric" => Some(TypeTest::Numeric),
        "IsString" => Some(TypeTest::String),
        "IsBoolean" => Some(TypeTest::Boolean),
        "IsTimestamp" => Some(TypeTest::Timestamp),
        "StringMatches" => return Some((Operator::StringMatches, false)),
        _ => None,
    };
    if let Some(test) = test {
        return Some((Operator::Is(test), false));
    }
    let (plain, is_path) = match key.strip_suffix("Path") {
        Some(plain) => (plain, true),
        None => (key, false),
    };
    let operator = if plain == "BooleanEquals" {
        Operator::Boolean
    } else if let Some(rest) = plain.strip_prefix("Numeric") {
        Operator::Numeric(order(rest)?)
    } else if let Some(rest) = plain.strip_prefix("String") {
        Operator::String(order(rest)?)
    } else {
        Operator::Timestamp(order(plain.strip_prefix("Timestamp")?)?)
    };
    Some((operator, is_path))
}

/// Whether `key` writes an operator.
pub(super) fn is_operator(key: &str) -> bool {
    operator(key).is_some()
}

fn order(text: &str) -> Option<Order> {
    Some(match text {
        "Equals" => Order::Equals,
        "LessThan" => Order::LessThan,
        "LessThanEquals" => Order::LessThanEquals,
        "GreaterThan" => Order::GreaterThan,
        "GreaterThanEquals" => Order::GreaterThanEquals,
        _ => return None,
    })
}

/// Says that no operator is there; a misspelt one is named, and then not reported again as unknown.
fn no_operator(fields: &mut Fields<'_>, report: &mut Report<'_>) {
    let misspelt =
        fields.rest().find_map(|member| closest(&member.key, &OPERATORS).map(|close| (member, close)));
    match misspelt {
        Some((member, close)) => {
            fields.mark(&member.key);
            report
                .error(
                    member.key_span,
                    code::UNKNOWN_FIELD,
                    format!("`{}` is not a comparison operator", member.key),
                )
                .hint(format!("did you mean `{close}`?"));
        }
        None => {
            report
                .error(
                    fields.span,
                    code::MISSING_FIELD,
                    format!("{} needs a comparison operator", fields.owner),
                )
                .hint("for example `StringEquals`, `NumericLessThan`, `IsPresent`");
        }
    }
}

/// The operators as they are written, for suggestions; their `Path` forms are close enough to these.
const OPERATORS: [&str; 23] = [
    "BooleanEquals",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "StringEquals",
    "StringLessThan",
    "StringLessThanEquals",
    "StringGreaterThan",
    "StringGreaterThanEquals",
    "TimestampEquals",
    "TimestampLessThan",
    "TimestampLessThanEquals",
    "TimestampGreaterThan",
    "TimestampGreaterThanEquals",
    "StringMatches",
    "IsNull",
    "IsPresent",
    "IsNumeric",
    "IsString",
    "IsBoolean",
    "IsTimestamp",
];
