//! A value's text, as PostgreSQL prints it, as a value. Exact: a number keeps its digits, an instant all of its fraction.
//!
//! The session prints in fixed styles (`session.rs`): ISO dates in UTC, ISO intervals, hexadecimal bytes, shortest doubles.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::{JsonLimits, json};

use super::types::{Kind, Oid, Types};
use crate::limits::{ARRAY_DIMENSIONS_MAX, NUMBER_CHARS_MAX};
use crate::sql::fault::{Class, Fault};
use crate::sql::session::Value;

/// The value that `text` is, of a type.
pub(crate) fn decode(text: &str, oid: Oid, types: &Types) -> Result<Value, Fault> {
    Ok(match types.kind(oid) {
        Kind::Bool => Value::Bool(text == "t"),
        Kind::Integer => text.parse().map_or_else(|_| Value::Text(text.into()), Value::Integer),
        Kind::Float => text.parse().map_or_else(|_| Value::Text(text.into()), Value::Real),
        Kind::Numeric => numeric(text),
        Kind::Bytes => Value::Blob(bytes_of(text).ok_or_else(|| unreadable("bytea"))?),
        Kind::Json => Value::Json(parsed(text)?),
        Kind::Timestamp => timestamp(text),
        Kind::Array(element) => array(text, element, types)?,
        Kind::Text => Value::Text(text.into()),
    })
}

/// `NaN`, the infinities and numbers that nobody could call one any more stay texts.
fn numeric(text: &str) -> Value {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if is_number && text.len() <= NUMBER_CHARS_MAX {
        Value::Number(text.into())
    } else {
        Value::Text(text.into())
    }
}

/// `2026-11-03 10:00:00.5+00` becomes `2026-11-03T10:00:00.5Z`; `infinity` and years before Christ stay as they are.
fn timestamp(text: &str) -> Value {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.ends_with("BC") {
        return Value::Text(text.into());
    }
    let iso = text.replacen(' ', "T", 1);
    Value::Timestamp(match iso.strip_suffix("+00") {
        Some(utc) => format!("{utc}Z").into(),
        None => iso.into(),
    })
}

fn parsed(text: &str) -> Result<asl::Json, Fault> {
    let limits = JsonLimits { bytes_max: text.len(), keys_max: usize::MAX, ..JsonLimits::PAYLOAD };
    json::parse(text, limits).map_err(|error| {
        Fault::new(Class::InvalidValue, format!("a value of `json` is more than a payload can hold: {error}"))
    })
}

/// `\x00ff`
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?));
    pairs.collect()
}

fn unreadable(name: &str) -> Fault {
    Fault::new(Class::DatabaseError, format!("the server prints a `{name}` in a way that is not known"))
}

/// `{1,NULL,"a"}`, `[0:1]={1,2}`; an array's bounds are not kept.
fn array(text: &str, element: Oid, types: &Types) -> Result<Value, Fault> {
    let body = match text.strip_prefix('[') {
        Some(rest) => rest.split_once('=').map_or("", |(_, body)| body),
        None => text,
    };
    let mut reader = Reader { rest: body, element, types };
    let value = reader.array(0)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(unreadable("array")) }
}

struct Reader<'a> {
    rest: &'a str,
    element: Oid,
    types: &'a Types,
}

impl Reader<'_> {
    // Recursion is bounded by the dimensions that an array can have.
    fn array(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth == ARRAY_DIMENSIONS_MAX || !self.skip('{') {
            return Err(unreadable("array"));
        }
        let mut items = Vec::new();
        if self.skip('}') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.item(depth)?);
            if self.skip('}') {
                return Ok(Value::Array(items));
            }
            if !self.skip(',') {
                return Err(unreadable("array"));
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Value, Fault> {
        if self.rest.starts_with('{') {
            return self.array(depth + 1);
        }
        if self.skip('"') {
            let text = self.quoted()?;
            return decode(&text, self.element, self.types);
        }
        let end = self.rest.find([',', '}']).ok_or_else(|| unreadable("array"))?;
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        if text == "NULL" { Ok(Value::Null) } else { decode(text, self.element, self.types) }
    }

    fn quoted(&mut self) -> Result<Arc<str>, Fault> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text.into());
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err(unreadable("array"))
    }

    fn skip(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
