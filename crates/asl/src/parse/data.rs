//! Fields that move data: paths, templates, `ResultPath`, `Assign`.

use super::Reading;
use super::fields::Fields;
use crate::diagnostic::{Place, Span};
use crate::limits::VARIABLE_NAME_CHARS_MAX;
use crate::path::{Path, PathError, ReferencePath};
use crate::source::{Node, NodeValue};
use crate::state::{Assign, ResultPath, Selection};
use crate::template::Template;

/// `InputPath` or `OutputPath`.
pub(super) fn selection(reading: &mut Reading, fields: &mut Fields<'_>, name: &'static str) -> Selection {
    let Some(node) = fields.take(name) else { return Selection::All };
    match &node.value {
        NodeValue::Null => Selection::Nothing,
        NodeValue::String(text) => {
            let path = compiled(reading, fields.place(name, node), text, Path::compile(text));
            // `$` alone is the whole input: nothing to do, nothing to copy.
            path.filter(|path| &**path.text() != "$").map_or(Selection::All, Selection::Path)
        }
        _ => fields.wrong_type(reading, name, node, "a path or `null`").unwrap_or_default(),
    }
}

/// `ResultPath`.
pub(super) fn result_path(reading: &mut Reading, fields: &mut Fields<'_>) -> ResultPath {
    let Some(node) = fields.take("ResultPath") else { return ResultPath::Replace };
    match &node.value {
        NodeValue::Null => ResultPath::Discard,
        NodeValue::String(text) => {
            let path =
                compiled(reading, fields.place("ResultPath", node), text, ReferencePath::compile(text));
            path.filter(|path| !path.is_root()).map_or(ResultPath::Replace, ResultPath::At)
        }
        _ => fields.wrong_type(reading, "ResultPath", node, "a reference path or `null`").unwrap_or_default(),
    }
}

/// A payload template.
pub(super) fn template(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
) -> Option<Template> {
    let node = fields.take(name)?;
    compile_template(reading, &fields.child(name), node)
}

fn compile_template(reading: &mut Reading, pointer: &str, node: &Node) -> Option<Template> {
    match Template::compile(&node.to_json()) {
        Ok(template) => Some(template),
        Err(errors) => {
            for error in errors {
                let at = find(node, &error.pointer);
                let place = Place {
                    pointer: format!("{pointer}{}", error.pointer).into(),
                    span: inside(at.span, error.offset),
                };
                reading.error("INVALID_PATH", place, error.message);
            }
            None
        }
    }
}

/// `Assign`.
pub(super) fn assign(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<Assign> {
    let node = fields.take("Assign")?;
    let NodeValue::Object(members) = &node.value else {
        return fields.wrong_type(reading, "Assign", node, "an object of variables");
    };
    for member in members {
        let name = member.key.strip_suffix(".$").unwrap_or(&member.key);
        let place = Place {
            pointer: super::fields::child(&fields.child("Assign"), &member.key).into(),
            span: member.key_span,
        };
        if name == "states" {
            reading.error(
                "INVALID_VARIABLE",
                place,
                "`states` is a reserved name; a variable cannot have it",
            );
        } else if !is_variable_name(name) {
            let message = format!("`{name}` is not the name of a variable");
            let hint = format!(
                "a letter or `_`, then letters, digits or `_`, at most {VARIABLE_NAME_CHARS_MAX} characters"
            );
            reading.error_with_hint("INVALID_VARIABLE", place, message, hint);
        }
    }
    compile_template(reading, &fields.child("Assign"), node).map(|template| Assign { template })
}

fn is_variable_name(name: &str) -> bool {
    let mut chars = name.chars();
    let starts_well = chars.next().is_some_and(|char| char.is_alphabetic() || char == '_');
    starts_well
        && chars.all(|char| char.is_alphanumeric() || char == '_')
        && name.chars().count() <= VARIABLE_NAME_CHARS_MAX
}

/// What was compiled, or a report at the place inside the text where it went wrong.
pub(super) fn compiled<T>(
    reading: &mut Reading,
    place: Place,
    text: &str,
    result: Result<T, PathError>,
) -> Option<T> {
    match result {
        Ok(compiled) => Some(compiled),
        Err(error) => {
            let place = Place { span: inside(place.span, error.offset), ..place };
            let message = format!("`{text}` cannot be read: {}", error.message);
            reading.error("INVALID_PATH", place, message);
            None
        }
    }
}

/// The place in a quoted text; exact where no escape stands before it.
fn inside(span: Span, offset: usize) -> Span {
    let start = span.start + 1 + u32::try_from(offset).unwrap_or(0);
    if start < span.end { Span { start, end: span.end.saturating_sub(1).max(start + 1) } } else { span }
}

/// The node that a pointer below `node` names.
fn find<'n>(node: &'n Node, pointer: &str) -> &'n Node {
    let mut at = node;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = match &at.value {
            NodeValue::Object(members) => {
                members.iter().rfind(|member| *member.key == *token).map(|member| &member.value)
            }
            NodeValue::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) | NodeValue::String(_) => None,
        };
        let Some(next) = next else { return at };
        at = next;
    }
    at
}
