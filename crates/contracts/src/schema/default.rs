//! Defaults of fields: the value that one stands for, or why it is none.
//!
//! Spec (Avro 1.12): "Complex Types, Records, default". Bytes and fixed are text whose code points 0 to 255 are the
//! bytes; a union's default is of the first branch that it fits; logical types do not count. This is not the mapping
//! of payloads, nor Avro's JSON encoding.

use std::sync::Arc;

use asl::{Json, Object};

use super::node::{Kind, Node, NodeId, Record, Union};
use crate::avro::Value;
use crate::check::found;
use crate::limits::{DATUM_DEPTH_MAX, DEFAULT_STEPS_MAX};

/// Refuses a default with what was found and what was expected.
pub(crate) fn check(
    nodes: &[Node],
    id: NodeId,
    value: &Json,
    steps_left: &mut usize,
) -> Result<(), (String, String)> {
    if read_within(nodes, id, value, steps_left).is_some() {
        return Ok(());
    }
    let node = &nodes[id.0 as usize];
    Err((found::describe(value), format!("of type `{}`", node.name().map_or(node.type_name(), |name| name))))
}

/// The value that a default stands for, if it fits.
pub(crate) fn read(nodes: &[Node], id: NodeId, value: &Json) -> Option<Value> {
    read_within(nodes, id, value, &mut { DEFAULT_STEPS_MAX })
}

/// The same, where many defaults together may take so many steps.
pub(crate) fn read_within(nodes: &[Node], id: NodeId, value: &Json, steps_left: &mut usize) -> Option<Value> {
    Reader { nodes, steps_left }.value(id, value, 0)
}

struct Reader<'a> {
    nodes: &'a [Node],
    steps_left: &'a mut usize,
}

impl Reader<'_> {
    fn value(&mut self, id: NodeId, value: &Json, depth: usize) -> Option<Value> {
        if depth > DATUM_DEPTH_MAX {
            return None;
        }
        *self.steps_left = self.steps_left.checked_sub(1)?;
        let nodes = self.nodes;
        match (&nodes[id.0 as usize].kind, value) {
            (Kind::Null, Json::Null) => Some(Value::Null),
            (Kind::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
            (Kind::String, Json::String(text)) => Some(Value::String(text.clone())),
            (Kind::Float, Json::Number(number)) => Some(Value::Float(number.as_f32())),
            (Kind::Double, Json::Number(number)) => Some(Value::Double(number.as_f64())),
            (Kind::Int, Json::Number(number)) => {
                number.as_i64().and_then(|value| i32::try_from(value).ok()).map(Value::Int)
            }
            (Kind::Long, Json::Number(number)) => number.as_i64().map(Value::Long),
            (Kind::Bytes, Json::String(text)) => latin1(text).map(Value::Bytes),
            (Kind::Fixed { size, .. }, Json::String(text)) => {
                latin1(text).filter(|bytes| bytes.len() as u64 == *size).map(Value::Fixed)
            }
            (Kind::Enum { symbols, .. }, Json::String(text)) => symbols.position(text).map(Value::Enum),
            (Kind::Array(items), Json::Array(list)) => {
                let list: Option<_> = list.iter().map(|item| self.value(*items, item, depth + 1)).collect();
                list.map(Value::Array)
            }
            (Kind::Map(values), Json::Object(object)) => self.map(*values, object, depth + 1),
            (Kind::Record(record), Json::Object(object)) => self.record(record, object, depth + 1),
            (Kind::Union(union), _) => self.union(union, value, depth),
            _ => None,
        }
    }

    fn map(&mut self, values: NodeId, object: &Object, depth: usize) -> Option<Value> {
        let entry = |(key, value): (&Arc<str>, &Json)| Some((key.clone(), self.value(values, value, depth)?));
        object.iter().map(entry).collect::<Option<_>>().map(Value::Map)
    }

    fn record(&mut self, record: &Record, object: &Object, depth: usize) -> Option<Value> {
        let mut fields = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let value = object.get(&field.name).or(field.default.as_ref())?;
            fields.push(self.value(field.node, value, depth)?);
        }
        Some(Value::Record(fields))
    }

    fn union(&mut self, union: &Union, value: &Json, depth: usize) -> Option<Value> {
        let mut branches = (0_u32..).zip(&union.branches);
        branches.find_map(|(at, branch)| {
            // Unions do not nest, and are no level of a datum.
            let value = self.value(*branch, value, depth)?;
            Some(Value::Union(at, Box::new(value)))
        })
    }
}

/// The bytes that a text stands for; `None` where a character is beyond U+00FF.
pub(crate) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}
