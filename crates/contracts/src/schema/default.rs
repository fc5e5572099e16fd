//! Defaults of fields: whether one fits the field's type.
//!
//! Spec (Avro 1.12): "Complex Types, Records, default". Bytes and fixed are text whose code points 0 to 255 are the
//! bytes; a union's default may fit any branch; logical types do not count. This is not the mapping of payloads.

use asl::Json;

use super::node::{Kind, Node, NodeId, Record, Union};
use crate::check::found;
use crate::limits::DEPTH_MAX;

/// Refuses a default with what was found and what was expected.
pub(crate) fn check(nodes: &[Node], id: NodeId, value: &Json) -> Result<(), (String, String)> {
    let mut steps_left = STEPS_MAX;
    if fits(nodes, id, value, 0, &mut steps_left) {
        return Ok(());
    }
    let node = &nodes[id.0 as usize];
    Err((found::describe(value), format!("of type `{}`", node.name().map_or(node.type_name(), |name| name))))
}

/// Types tried for one default; a recursive union could otherwise be tried in very many ways.
const STEPS_MAX: usize = 100_000;

fn fits(nodes: &[Node], id: NodeId, value: &Json, depth: usize, steps_left: &mut usize) -> bool {
    if depth > DEPTH_MAX || *steps_left == 0 {
        return false;
    }
    *steps_left -= 1;
    match (&nodes[id.0 as usize].kind, value) {
        (Kind::Null, Json::Null)
        | (Kind::Boolean, Json::Bool(_))
        | (Kind::String, Json::String(_))
        | (Kind::Float | Kind::Double, Json::Number(_)) => true,
        (Kind::Int, Json::Number(number)) => {
            number.as_i64().is_some_and(|value| i32::try_from(value).is_ok())
        }
        (Kind::Long, Json::Number(number)) => number.as_i64().is_some(),
        (Kind::Bytes, Json::String(text)) => latin1_length(text).is_some(),
        (Kind::Fixed { size, .. }, Json::String(text)) => latin1_length(text) == Some(*size),
        (Kind::Enum { symbols, .. }, Json::String(text)) => symbols.contains(text),
        (Kind::Array(items), Json::Array(list)) => {
            list.iter().all(|item| fits(nodes, *items, item, depth + 1, steps_left))
        }
        (Kind::Map(values), Json::Object(object)) => {
            object.iter().all(|(_, value)| fits(nodes, *values, value, depth + 1, steps_left))
        }
        (Kind::Record(record), Json::Object(_)) => record_fits(nodes, record, value, depth, steps_left),
        (Kind::Union(Union { branches, .. }), _) => {
            branches.iter().any(|branch| fits(nodes, *branch, value, depth + 1, steps_left))
        }
        _ => false,
    }
}

fn record_fits(nodes: &[Node], record: &Record, value: &Json, depth: usize, steps_left: &mut usize) -> bool {
    record.fields.iter().all(|field| match value.get(&field.name) {
        Some(value) => fits(nodes, field.node, value, depth + 1, steps_left),
        None => field.default.is_some(),
    })
}

fn latin1_length(text: &str) -> Option<u64> {
    text.chars().try_fold(0, |length, character| (u32::from(character) < 256).then_some(length + 1))
}
