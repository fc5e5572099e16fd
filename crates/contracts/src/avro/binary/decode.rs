//! From bytes to a value. Nothing in the bytes is believed before it is paid for (`../budget.rs`).

use std::sync::Arc;

use super::varint::{self, Fault};
use crate::Schema;
use crate::avro::value::distinct;
use crate::avro::{Budget, DatumError, DatumProblem, Value};
use crate::check::Path;
use crate::schema::node::{Kind, NodeId, Record, Union};
use crate::schema::nodes::Nodes;

/// The value that `bytes` are under `schema`; all of them.
pub fn decode(schema: &Schema, bytes: &[u8]) -> Result<Value, DatumError> {
    let (value, length) = decode_prefix(schema, bytes)?;
    if length < bytes.len() {
        let found = format!("{} bytes after the end of the datum", bytes.len() - length);
        return Err(DatumError::unexpected(&Path::Root, found, "none").at_offset(length));
    }
    Ok(value)
}

/// The value at the start of `bytes`, and how many bytes it takes.
pub fn decode_prefix(schema: &Schema, bytes: &[u8]) -> Result<(Value, usize), DatumError> {
    let mut decoder = Decoder { nodes: schema.table(), bytes, at: 0, budget: Budget::new() };
    match decoder.value(schema.root, &Path::Root, 0) {
        Ok(value) => Ok((value, decoder.at)),
        Err(error) if error.offset.is_some() => Err(error),
        Err(error) => Err(error.at_offset(decoder.at)),
    }
}

/// INVARIANT: `at` never passes the end of `bytes`; where an error is made it stands at what is wrong.
struct Decoder<'a> {
    nodes: Nodes<'a>,
    bytes: &'a [u8],
    at: usize,
    budget: Budget,
}

impl<'a> Decoder<'a> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`: arrays, maps and records count, and unions do not nest.
    fn value(&mut self, id: NodeId, at: &Path<'_>, depth: usize) -> Result<Value, DatumError> {
        self.budget.value(at, depth)?;
        let nodes = self.nodes;
        Ok(match &nodes.get(id).kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(self.boolean(at)?),
            Kind::Int => Value::Int(self.int(at)?),
            Kind::Long => Value::Long(self.long("a long", at)?),
            Kind::Float => Value::Float(f32::from_le_bytes(self.array_of("a float", at)?)),
            Kind::Double => Value::Double(f64::from_le_bytes(self.array_of("a double", at)?)),
            Kind::Bytes => {
                let length = self.length("bytes", at)?;
                Value::Bytes(self.content(length, "bytes", at)?.to_vec())
            }
            Kind::String => Value::String(self.string("a string", at)?),
            Kind::Fixed { size, .. } => {
                let size = usize::try_from(*size).unwrap_or(usize::MAX);
                Value::Fixed(self.content(size, "a fixed", at)?.to_vec())
            }
            Kind::Enum { symbols, .. } => {
                Value::Enum(self.position(symbols.list.len(), "the position of a symbol", at)?)
            }
            Kind::Array(items) => Value::Array(self.array(*items, at, depth + 1)?),
            Kind::Map(values) => Value::Map(self.map(*values, at, depth + 1)?),
            Kind::Record(record) => Value::Record(self.record(record, at, depth + 1)?),
            Kind::Union(union) => self.union(union, at, depth)?,
        })
    }

    fn array(&mut self, items: NodeId, at: &Path<'_>, depth: usize) -> Result<Vec<Value>, DatumError> {
        let mut list = Vec::new();
        while let Some(block) = self.block(at)? {
            for _ in 0..block.count {
                let before = self.at;
                let path = Path::Item(at, list.len());
                let item = self.value(items, &path, depth)?;
                if self.at == before {
                    self.budget.zero_width_item(&path)?;
                }
                list.push(item);
            }
            self.end_of(block, at)?;
        }
        Ok(list)
    }

    fn map(
        &mut self,
        values: NodeId,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Vec<(Arc<str>, Value)>, DatumError> {
        let mut entries = Vec::new();
        while let Some(block) = self.block(at)? {
            for _ in 0..block.count {
                let key = self.string("a key of a map", at)?;
                self.budget.bytes(size_of::<Arc<str>>(), at)?;
                let value = self.value(values, &Path::Field(at, &key), depth)?;
                entries.push((key, value));
            }
            self.end_of(block, at)?;
        }
        Ok(distinct(entries))
    }

    fn record(&mut self, record: &Record, at: &Path<'_>, depth: usize) -> Result<Vec<Value>, DatumError> {
        let mut fields = Vec::new();
        for field in &record.fields {
            fields.push(self.value(field.node, &Path::Field(at, &field.name), depth)?);
        }
        Ok(fields)
    }

    fn union(&mut self, union: &Union, at: &Path<'_>, depth: usize) -> Result<Value, DatumError> {
        let branch = self.position(union.branches.len(), "the position of a union's branch", at)?;
        let value = self.value(union.branches[branch as usize], at, depth)?;
        Ok(Value::Union(branch, Box::new(value)))
    }

    /// The head of the next block of an array or a map; `None` at its end.
    fn block(&mut self, at: &Path<'_>) -> Result<Option<Block>, DatumError> {
        let start = self.at;
        let count = self.long("the count of a block", at)?;
        if count == 0 {
            return Ok(None);
        }
        let mut end = None;
        if count < 0 {
            let size = self.length("the size of a block", at)?;
            end = Some(self.at + size);
        }
        let count = count.unsigned_abs();
        self.budget.block(count, self.bytes.len() - self.at, at).map_err(|error| error.at_offset(start))?;
        Ok(Some(Block { count, end }))
    }

    fn end_of(&self, block: Block, at: &Path<'_>) -> Result<(), DatumError> {
        match block.end {
            Some(end) if end != self.at => {
                let found = format!("a block that ends at byte {}", self.at);
                Err(DatumError::unexpected(at, found, format!("its end at byte {end}, as its size says")))
            }
            _ => Ok(()),
        }
    }

    fn boolean(&mut self, at: &Path<'_>) -> Result<bool, DatumError> {
        match self.bytes.get(self.at) {
            Some(&byte @ (0 | 1)) => {
                self.at += 1;
                Ok(byte == 1)
            }
            Some(byte) => Err(DatumError::unexpected(at, format!("byte {byte}"), "a boolean, 0 or 1")),
            None => Err(end("a boolean", at)),
        }
    }

    fn int(&mut self, at: &Path<'_>) -> Result<i32, DatumError> {
        let start = self.at;
        let value = self.long("an int", at)?;
        i32::try_from(value).map_err(|_| {
            DatumError::unexpected(at, format!("number {value}"), "an int of 32 bits").at_offset(start)
        })
    }

    fn long(&mut self, expected: &'static str, at: &Path<'_>) -> Result<i64, DatumError> {
        match varint::read(&self.bytes[self.at..]) {
            Ok((value, length)) => {
                self.at += length;
                Ok(value)
            }
            Err(Fault::End) => Err(end(expected, at)),
            Err(Fault::TooLong) => Err(DatumError::unexpected(at, "a number of more than 64 bits", expected)),
        }
    }

    /// A length in bytes, of which at least as many are left.
    fn length(&mut self, expected: &'static str, at: &Path<'_>) -> Result<usize, DatumError> {
        let start = self.at;
        let length = self.long(expected, at)?;
        let left = self.bytes.len() - self.at;
        match usize::try_from(length) {
            Ok(length) if length <= left => Ok(length),
            _ => {
                let found = format!("a length of {length}");
                let expected = format!("{expected} within the {left} bytes that are left");
                Err(DatumError::unexpected(at, found, expected).at_offset(start))
            }
        }
    }

    /// Pays for `length` bytes and gives them.
    fn content(
        &mut self,
        length: usize,
        expected: &'static str,
        at: &Path<'_>,
    ) -> Result<&'a [u8], DatumError> {
        let rest = &self.bytes[self.at..];
        let content = rest.get(..length).ok_or_else(|| end(expected, at))?;
        self.budget.bytes(length, at)?;
        self.at += length;
        Ok(content)
    }

    fn string(&mut self, expected: &'static str, at: &Path<'_>) -> Result<Arc<str>, DatumError> {
        let start = self.at;
        let length = self.length(expected, at)?;
        let bytes = self.content(length, expected, at)?;
        str::from_utf8(bytes).map(Arc::from).map_err(|error| {
            let found = format!("bytes that are not UTF-8 from byte {} on", error.valid_up_to());
            DatumError::unexpected(at, found, expected).at_offset(start)
        })
    }

    fn array_of<const N: usize>(
        &mut self,
        expected: &'static str,
        at: &Path<'_>,
    ) -> Result<[u8; N], DatumError> {
        let chunk = self.bytes[self.at..].first_chunk::<N>().ok_or_else(|| end(expected, at))?;
        self.at += N;
        Ok(*chunk)
    }

    /// A position below `count`.
    fn position(&mut self, count: usize, expected: &'static str, at: &Path<'_>) -> Result<u32, DatumError> {
        let start = self.at;
        let position = self.long(expected, at)?;
        match u32::try_from(position) {
            Ok(position) if (position as usize) < count => Ok(position),
            _ => {
                let expected = format!("{expected}, below {count}");
                Err(DatumError::unexpected(at, format!("number {position}"), expected).at_offset(start))
            }
        }
    }
}

/// The head of a block.
#[derive(Clone, Copy, Debug)]
struct Block {
    count: u64,
    /// Where it ends, if it says so.
    end: Option<usize>,
}

fn end(expected: &'static str, at: &Path<'_>) -> DatumError {
    DatumError::new(at, DatumProblem::UnexpectedEnd { expected })
}
