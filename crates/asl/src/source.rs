//! A definition as it is written: every key and every value with its place in the text.
//!
//! Read from JSON (`source/json.rs`) or from YAML (`source/yaml.rs`). Not here: what it means (`parse.rs`).

mod json;
#[cfg(test)]
mod tests;
mod yaml;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Span;
use crate::json::{Json, Number};

/// A text that was read, with what was noticed on the way.
#[derive(Debug)]
pub(crate) struct Source {
    /// The whole value.
    pub(crate) root: Node,
    /// Keys that another of the same name in the same object overrules.
    pub(crate) duplicates: Vec<(Arc<str>, Span)>,
}

/// A text that cannot be read, and where it cannot.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// One value and its bytes.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// A value whose parts have places.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    String(Arc<str>),
    Array(Vec<Node>),
    /// INVARIANT: in the order of the text, no key twice.
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: Arc<str>,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// Reads JSON, or YAML where the text does not start as a JSON object or array does.
pub(crate) fn read(text: &str) -> Result<Source, Unreadable> {
    match text.trim_start().bytes().next() {
        Some(b'{' | b'[' | b'"') | None => json::read(text),
        Some(_) if text.starts_with('\u{feff}') => json::read(text),
        Some(_) => yaml::read(text),
    }
}

impl Node {
    /// The value without its places.
    pub(crate) fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::String(text) => Json::String(text.clone()),
            Value::Array(items) => Json::array(items.iter().map(Self::to_json)),
            Value::Object(members) => {
                Json::object(members.iter().map(|it| (it.key.clone(), it.value.to_json())))
            }
        }
    }

    /// What kind of value it is, with its article, for messages.
    pub(crate) fn a_kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The node at a JSON Pointer below this one.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).try_fold(self, |node, step| match &node.value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            Value::Object(members) => {
                let key = step.replace("~1", "/").replace("~0", "~");
                members.iter().find(|it| *it.key == key).map(|it| &it.value)
            }
            _ => None,
        })
    }

    /// The JSON Pointer of the innermost key or value that holds `span`.
    pub(crate) fn pointer_of(&self, span: Span) -> String {
        let (mut node, mut pointer) = (self, String::new());
        loop {
            node = match &node.value {
                Value::Array(items) => {
                    let Some(at) = holder(items, span, |it| it.span) else { return pointer };
                    push_key(&mut pointer, &at.to_string());
                    &items[at]
                }
                Value::Object(members) => {
                    let Some(at) = holder(members, span, Member::span) else { return pointer };
                    push_key(&mut pointer, &members[at].key);
                    &members[at].value
                }
                _ => return pointer,
            };
            if !node.span.holds(span) {
                return pointer;
            }
        }
    }

    /// The bytes from offset `offset` of this string to its end; the whole value where that cannot be said.
    pub(crate) fn inner_span(&self, text: &str, offset: usize) -> Span {
        let Value::String(value) = &self.value else { return self.span };
        let raw = text.get(self.span.start as usize..self.span.end as usize).unwrap_or_default();
        let quoted = raw.len() >= 2 && raw.starts_with(['"', '\'']);
        let (open, body) = if quoted { (1, &raw[1..raw.len() - 1]) } else { (0, raw) };
        let escaped = raw.starts_with('"');
        if !escaped && body != &**value {
            return self.span;
        }
        let skipped = raw_length(body, offset.min(value.len()), escaped);
        let end = open + body.len();
        let start = (open + skipped).min(end);
        // Past the last character: the closing quote, or the last character itself.
        let (start, end) =
            if start < end { (start, end) } else { (start.min(raw.len().saturating_sub(1)), raw.len()) };
        let at = |offset: usize| self.span.start + u32::try_from(offset).unwrap_or(0);
        Span { start: at(start), end: at(end) }
    }
}

impl Member {
    /// From the key's first byte to the value's last.
    fn span(&self) -> Span {
        Span { start: self.key_span.start, end: self.value.span.end }
    }
}

/// Appends `/key` with JSON Pointer's escapes.
pub(crate) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

/// Drops members that a later one of the same key overrules, and remembers them.
fn without_duplicates(members: Vec<Member>, duplicates: &mut Vec<(Arc<str>, Span)>) -> Vec<Member> {
    let mut last = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        last.insert(member.key.clone(), at);
    }
    if last.len() == members.len() {
        return members;
    }
    let mut kept = Vec::with_capacity(last.len());
    for (at, member) in members.into_iter().enumerate() {
        if last.get(&member.key) == Some(&at) {
            kept.push(member);
        } else {
            duplicates.push((member.key, member.key_span));
        }
    }
    kept
}

/// The one of `parts` (in the order of the text) that holds `span`.
fn holder<T>(parts: &[T], span: Span, span_of: impl Fn(&T) -> Span) -> Option<usize> {
    let at = parts.partition_point(|part| span_of(part).start <= span.start).checked_sub(1)?;
    span_of(&parts[at]).holds(span).then_some(at)
}

/// How many bytes of `raw` make the first `length` bytes of the unescaped text.
fn raw_length(raw: &str, length: usize, escaped: bool) -> usize {
    if !escaped {
        return length;
    }
    let (mut read, mut made) = (0, 0);
    while made < length && read < raw.len() {
        let rest = &raw[read..];
        let (raw_bytes, bytes) = match rest.as_bytes() {
            [b'\\', b'u', ..] => unicode_length(rest),
            [b'\\', ..] => (2, 1),
            _ => rest.chars().next().map_or((1, 1), |char| (char.len_utf8(), char.len_utf8())),
        };
        read += raw_bytes;
        made += bytes;
    }
    read
}

/// Bytes of a `\u` escape (or of a surrogate pair of them), and of the character it means.
fn unicode_length(rest: &str) -> (usize, usize) {
    let code = rest.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0);
    match char::from_u32(code) {
        Some(char) => (6, char.len_utf8()),
        None => (12, 4),
    }
}
