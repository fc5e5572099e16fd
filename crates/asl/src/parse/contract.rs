//! The `Contract` field: which points it may have where, and how a schema is referred to.
//!
//! `subject@version`, `subject`, an inline Avro schema, or the long form `{"Schema": …, "Unknown": …, "Mode": …}`.
//! Whether the schema exists and is one is asked when the machine is bound (room `contracts`).

use std::sync::Arc;

use super::code;
use super::fields::{Fields, choice};
use super::report::Report;
use super::state::KIND_POINTS;
use crate::Json;
use crate::contract::{ContractDecl, ContractRef, Mode, SchemaRef, Unknown};
use crate::source::{Member, Node, Value};

/// The points that an owner has.
pub(super) type Points = &'static [&'static str];

/// The machine guards its door and its end.
pub(super) const MACHINE: Points = &["Input", "Output"];
/// A catcher and a choice rule speak of what they emit.
pub(super) const OUTPUT_ONLY: Points = &["Output"];
/// By kind of state, in the order of their names in `state.rs`.
pub(super) const POINTS: [Points; 8] = KIND_POINTS;
/// Characters of a subject. (Ours.)
const SUBJECT_CHARS_MAX: usize = 255;
/// A bare name of these is the Avro type, not a subject.
const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/// Reads `Contract`, of which only `points` mean something here.
pub(super) fn read(fields: &mut Fields<'_>, points: Points, report: &mut Report<'_>) -> Option<ContractDecl> {
    let member = fields.take("Contract")?;
    declaration(member, fields.owner, points, report)
}

/// The points of one declaration.
pub(super) fn declaration(
    member: &Member,
    owner: &'static str,
    points: Points,
    report: &mut Report<'_>,
) -> Option<ContractDecl> {
    let Value::Object(members) = &member.value.value else {
        report
            .error(
                member.value.span,
                code::CONTRACT,
                format!("a contract is an object of points, found {}", member.value.a_kind()),
            )
            .hint("for example `{ \"Input\": \"orders.Order@3\" }`");
        return None;
    };
    let mut declaration = ContractDecl::default();
    for point in members {
        let slot = match &*point.key {
            "Input" => &mut declaration.input,
            "Arguments" => &mut declaration.arguments,
            "Result" => &mut declaration.result,
            "Output" => &mut declaration.output,
            "Items" => &mut declaration.items,
            _ => {
                unknown_point(point, points, report);
                continue;
            }
        };
        if points.contains(&&*point.key) {
            *slot = reference(point, report);
        } else {
            report
                .error(
                    point.key_span,
                    code::CONTRACT,
                    format!("{owner} has no point `{}` for a contract", point.key),
                )
                .hint(format!("it has {}", points.join(", ")));
        }
    }
    Some(declaration)
}

fn unknown_point(point: &Member, points: Points, report: &mut Report<'_>) {
    let diagnostic =
        report.error(point.key_span, code::CONTRACT, format!("a contract has no point `{}`", point.key));
    match super::spelling::closest(&point.key, points) {
        Some(close) => diagnostic.hint(format!("did you mean `{close}`?")),
        None => diagnostic.hint(format!("here it has {}", points.join(", "))),
    }
}

fn reference(point: &Member, report: &mut Report<'_>) -> Option<ContractRef> {
    let place = report.place(point.value.span);
    let is_long =
        matches!(&point.value.value, Value::Object(members) if members.iter().any(|it| &*it.key == "Schema"));
    if !is_long {
        let schema = schema(&point.value, report)?;
        return Some(ContractRef { schema, unknown: Unknown::default(), mode: Mode::default(), place });
    }
    let mut fields = Fields::new(&point.value, point.key_span, "the long form of a contract", report)?;
    let schema = fields.require("Schema", report).and_then(|member| schema(&member.value, report));
    let unknown = option(&mut fields, "Unknown", &["reject", "allow"], report);
    let modes = [Mode::Enforce, Mode::Warn, Mode::Quarantine];
    let modes = if &*point.key == "Items" { &modes[..] } else { &modes[..2] };
    let names: Vec<_> = modes.iter().map(|mode| mode.as_str()).collect();
    let mode = option(&mut fields, "Mode", &names, report);
    fields.finish(report);
    let unknown = if unknown? == 0 { Unknown::Reject } else { Unknown::Allow };
    Some(ContractRef { schema: schema?, unknown, mode: modes[mode?], place })
}

/// The position of an option's value; the first where it is absent.
fn option(
    fields: &mut Fields<'_>,
    name: &'static str,
    values: &[&'static str],
    report: &mut Report<'_>,
) -> Option<usize> {
    fields.take(name).map_or(Some(0), |member| choice(&member.value, name, values, report))
}

fn schema(node: &Node, report: &mut Report<'_>) -> Option<SchemaRef> {
    match &node.value {
        Value::String(text) if PRIMITIVES.contains(&&**text) => {
            Some(SchemaRef::Inline(Json::String(text.clone())))
        }
        Value::String(text) => named(text, node, report),
        Value::Array(_) => Some(SchemaRef::Inline(node.to_json())),
        Value::Object(members) if members.iter().any(|it| &*it.key == "type") => {
            Some(SchemaRef::Inline(node.to_json()))
        }
        Value::Object(_) => {
            report
                .error(
                    node.span,
                    code::CONTRACT,
                    "an object here is an Avro schema with `type`, or the long form with `Schema`",
                )
                .hint("for example `{ \"Schema\": \"orders.Order@3\", \"Unknown\": \"allow\" }`");
            None
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            report.error(
                node.span,
                code::CONTRACT,
                format!("a schema is `subject@version` or an Avro schema, found {}", node.a_kind()),
            );
            None
        }
    }
}

fn named(text: &Arc<str>, node: &Node, report: &mut Report<'_>) -> Option<SchemaRef> {
    let (subject, version) = match text.rsplit_once('@') {
        Some((subject, version)) => (subject, Some(version)),
        None => (&**text, None),
    };
    let is_fine = |char: char| !char.is_whitespace() && !char.is_control() && char != '@';
    if subject.is_empty() || subject.chars().count() > SUBJECT_CHARS_MAX || !subject.chars().all(is_fine) {
        report
            .error(node.span, code::CONTRACT, format!("`{text}` is not `subject@version`"))
            .hint("for example `orders.Order@3`, or `orders.Order` for the latest version");
        return None;
    }
    let version = match version {
        None | Some("latest") => None,
        Some(digits) => Some(version_number(digits, node, report)?),
    };
    Some(SchemaRef::Named { subject: subject.into(), version })
}

fn version_number(digits: &str, node: &Node, report: &mut Report<'_>) -> Option<u32> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let version = digits.parse().ok().filter(|version| all_digits && *version >= 1);
    if version.is_none() {
        report
            .error(node.span, code::CONTRACT, format!("`{digits}` is not a version"))
            .hint("versions count from 1; without `@` the latest is meant");
    }
    version
}
