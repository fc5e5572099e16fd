//! A definition as it was written: a tree in which every value and every key knows its place in the text.
//!
//! JSON and YAML give the same tree, so everything above reads both. Not here: what any field means (`parse.rs`).

mod yaml;

use std::sync::Arc;

use crate::diagnostic::Span;
use crate::json::{self, JsonError, Number};
use crate::limits::JsonLimits;
use crate::{Json, Object};

pub use yaml::{YamlError, read_yaml};

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The bytes of the value.
    pub span: Span,
    /// The value.
    pub value: NodeValue,
}

/// A value whose parts know their places.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeValue {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, unescaped.
    String(Arc<str>),
    /// An array.
    Array(Vec<Node>),
    /// Members in the order of the text, duplicates included.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, unescaped.
    pub key: Arc<str>,
    /// The bytes of the key, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value without its places.
    pub fn to_json(&self) -> Json {
        match &self.value {
            NodeValue::Null => Json::Null,
            NodeValue::Bool(value) => Json::Bool(*value),
            NodeValue::Number(number) => Json::Number(number.clone()),
            NodeValue::String(text) => Json::String(text.clone()),
            NodeValue::Array(items) => Json::array(items.iter().map(Self::to_json)),
            NodeValue::Object(members) => {
                let entries = members.iter().map(|member| (member.key.clone(), member.value.to_json()));
                Json::Object(Arc::new(entries.collect::<Object>()))
            }
        }
    }

    /// What kind of value this is, as JSON names it.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "boolean",
            NodeValue::Number(_) => "number",
            NodeValue::String(_) => "string",
            NodeValue::Array(_) => "array",
            NodeValue::Object(_) => "object",
        }
    }
}

/// Reads a JSON text with the places of its parts.
pub fn read_json(text: &str, limits: JsonLimits) -> Result<Node, JsonError> {
    // The strict reader judges the text; what follows only has to find its way through valid JSON.
    json::parse(text, limits)?;
    let mut walker = Walker { text, at: 0 };
    Ok(walker.value())
}

/// Finds the places in a text that is known to be JSON. INVARIANT: the text is valid and its depth is bounded.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl Walker<'_> {
    fn value(&mut self) -> Node {
        self.space();
        let start = self.at;
        let value = match self.peek() {
            b'{' => self.object(),
            b'[' => self.array(),
            _ => self.scalar(),
        };
        Node { span: span(start, self.at), value }
    }

    fn object(&mut self) -> NodeValue {
        let mut members = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                b'}' => break,
                b',' => self.at += 1,
                _ => {
                    let start = self.at;
                    let NodeValue::String(key) = self.scalar() else { unreachable!("a key is a string") };
                    let key_span = span(start, self.at);
                    self.space();
                    self.at += 1;
                    members.push(Member { key, key_span, value: self.value() });
                }
            }
        }
        self.at += 1;
        NodeValue::Object(members)
    }

    fn array(&mut self) -> NodeValue {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                b']' => break,
                b',' => self.at += 1,
                _ => items.push(self.value()),
            }
        }
        self.at += 1;
        NodeValue::Array(items)
    }

    fn scalar(&mut self) -> NodeValue {
        let start = self.at;
        if self.peek() == b'"' {
            self.at += 1;
            while self.peek() != b'"' {
                self.at += if self.peek() == b'\\' { 2 } else { 1 };
            }
            self.at += 1;
        } else {
            while !matches!(self.peek(), b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | 0) {
                self.at += 1;
            }
        }
        match json::parse(&self.text[start..self.at], JsonLimits::PAYLOAD.with_bytes_max(usize::MAX)) {
            Ok(Json::String(text)) => NodeValue::String(text),
            Ok(Json::Number(number)) => NodeValue::Number(number),
            Ok(Json::Bool(value)) => NodeValue::Bool(value),
            Ok(Json::Null | Json::Array(_) | Json::Object(_)) | Err(_) => NodeValue::Null,
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The byte here; 0 at the end, which no valid JSON holds elsewhere.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
}

/// A span of two offsets; a definition has far fewer than 2^32 bytes.
pub(crate) fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end) }
}
