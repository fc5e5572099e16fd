//! From a value to bytes.

use std::sync::Arc;

use super::varint::push;
use crate::Schema;
use crate::avro::names::mismatch;
use crate::avro::{Budget, DatumError, Value};
use crate::check::Path;
use crate::schema::node::{Kind, NodeId};
use crate::schema::nodes::Nodes;

/// The bytes of `value` under `schema`.
pub fn encode(schema: &Schema, value: &Value) -> Result<Vec<u8>, DatumError> {
    let mut out = Vec::new();
    encode_into(schema, value, &mut out)?;
    Ok(out)
}

/// Appends the bytes of `value`; after an error `out` holds a part of them.
pub(crate) fn encode_into(schema: &Schema, value: &Value, out: &mut Vec<u8>) -> Result<(), DatumError> {
    let mut encoder = Encoder { nodes: schema.table(), budget: Budget::new(), out };
    encoder.value(schema.root, value, &Path::Root, 0)
}

struct Encoder<'a> {
    nodes: Nodes<'a>,
    budget: Budget,
    out: &'a mut Vec<u8>,
}

impl Encoder<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(&mut self, id: NodeId, value: &Value, at: &Path<'_>, depth: usize) -> Result<(), DatumError> {
        self.budget.value(at, depth)?;
        let nodes = self.nodes;
        match (&nodes.get(id).kind, value) {
            (Kind::Null, Value::Null) => {}
            (Kind::Boolean, Value::Boolean(value)) => self.out.push(u8::from(*value)),
            (Kind::Int, Value::Int(value)) => push(i64::from(*value), self.out),
            (Kind::Long, Value::Long(value)) => push(*value, self.out),
            (Kind::Float, Value::Float(value)) => self.out.extend(value.to_le_bytes()),
            (Kind::Double, Value::Double(value)) => self.out.extend(value.to_le_bytes()),
            (Kind::Bytes, Value::Bytes(bytes)) => self.sized(bytes, at)?,
            (Kind::String, Value::String(text)) => self.sized(text.as_bytes(), at)?,
            (Kind::Fixed { size, .. }, Value::Fixed(bytes)) if bytes.len() as u64 == *size => {
                self.budget.bytes(bytes.len(), at)?;
                self.out.extend(bytes);
            }
            (Kind::Enum { symbols, .. }, Value::Enum(symbol)) if (*symbol as usize) < symbols.list.len() => {
                push(i64::from(*symbol), self.out);
            }
            (Kind::Array(items), Value::Array(list)) => {
                self.count(list.len());
                for (index, item) in list.iter().enumerate() {
                    let (before, path) = (self.out.len(), Path::Item(at, index));
                    self.value(*items, item, &path, depth + 1)?;
                    // What a reader would not take is not written.
                    if self.out.len() == before {
                        self.budget.zero_width_item(&path)?;
                    }
                }
                self.out.push(0);
            }
            (Kind::Map(values), Value::Map(entries)) => {
                self.count(entries.len());
                for (key, value) in entries {
                    self.sized(key.as_bytes(), at)?;
                    self.budget.bytes(size_of::<Arc<str>>(), at)?;
                    self.value(*values, value, &Path::Field(at, key), depth + 1)?;
                }
                self.out.push(0);
            }
            (Kind::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
                for (field, value) in record.fields.iter().zip(values) {
                    self.value(field.node, value, &Path::Field(at, &field.name), depth + 1)?;
                }
            }
            (Kind::Union(union), Value::Union(branch, value))
                if (*branch as usize) < union.branches.len() =>
            {
                push(i64::from(*branch), self.out);
                self.value(union.branches[*branch as usize], value, at, depth)?;
            }
            _ => return Err(mismatch(nodes, id, value, at)),
        }
        Ok(())
    }

    /// The head of the only block; nothing where there are no items.
    fn count(&mut self, count: usize) {
        if count > 0 {
            push(i64::try_from(count).expect("a vector has fewer than 2^63 items"), self.out);
        }
    }

    fn sized(&mut self, bytes: &[u8], at: &Path<'_>) -> Result<(), DatumError> {
        self.budget.bytes(bytes.len(), at)?;
        push(i64::try_from(bytes.len()).expect("a slice has fewer than 2^63 bytes"), self.out);
        self.out.extend(bytes);
        Ok(())
    }
}
