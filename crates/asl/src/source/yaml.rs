//! A definition (or its contracts) from YAML text: mappings, sequences and scalars, read as JSON would be.
//!
//! Plain `null`, `true`, `false` and JSON numbers mean what they mean in JSON; every other scalar is a string.
//! Anchors, aliases, tags and further documents are refused, so a text never means more than it shows.

use std::sync::Arc;

use marked_yaml::types::{MarkedScalarNode, Marker};
use marked_yaml::{LoadError, LoaderOptions, Node as YamlNode};

use super::{Member, Node, Source, Unreadable, Value};
use crate::diagnostic::Span;
use crate::json::Number;
use crate::json::lex::{Lexer, Start};
use crate::limits::{JsonLimits, YAML_INDENT_MAX};

const CODE: &str = "INVALID_YAML_DESCRIPTION";
const LIMITS: JsonLimits = JsonLimits::DEFINITION;

/// Reads YAML within the limits of a definition.
pub(super) fn read(text: &str) -> Result<Source, Unreadable> {
    refuse_what_recurses_too_deep(text)?;
    let places = Places::new(text);
    let options = LoaderOptions::default().prevent_coercion(true).error_on_duplicate_keys(true);
    let root = marked_yaml::parse_yaml_with_options(0, text, options)
        .map_err(|error| unreadable(&places, &error))?;
    refuse_further_documents(text)?;
    let root = places.node(&root, 0)?;
    Ok(Source { root, duplicates: Vec::new() })
}

/// The YAML reader recurses, so what could make it do so is counted beforehand, generously.
fn refuse_what_recurses_too_deep(text: &str) -> Result<(), Unreadable> {
    let refuse =
        |offset: usize, message: String| Err(Unreadable { code: CODE, span: point(offset), message });
    if text.len() > LIMITS.bytes_max {
        let message = format!("the text has {} bytes, at most {} are accepted", text.len(), LIMITS.bytes_max);
        return refuse(0, message);
    }
    let (mut depth, mut leading) = (0_usize, 0_usize);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' | b'\r' => leading = 0,
            b' ' | b'\t' | b'-' | b'?' | b':' if leading < usize::MAX => leading += 1,
            _ => leading = usize::MAX,
        }
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let indented = leading < usize::MAX && leading > YAML_INDENT_MAX;
        if depth > LIMITS.depth_max || indented {
            return refuse(offset, "brackets or blocks inside each other are too deep".into());
        }
    }
    Ok(())
}

fn refuse_further_documents(text: &str) -> Result<(), Unreadable> {
    let mut offset = 0;
    let mut seen = false;
    for line in text.split_inclusive('\n') {
        let is_marker = line.trim_end() == "---" || line.starts_with("--- ");
        if is_marker && seen {
            let message = "one text holds one document; a second one starts here".into();
            return Err(Unreadable { code: CODE, span: point(offset), message });
        }
        seen |= is_marker || !(line.trim().is_empty() || line.starts_with(['#', '%']));
        offset += line.len();
    }
    Ok(())
}

fn unreadable(places: &Places<'_>, error: &LoadError) -> Unreadable {
    let (marker, message) = match error {
        LoadError::TopLevelMustBeMapping(at) | LoadError::TopLevelMustBeSequence(at) => {
            (Some(*at), "expected keys and values, as in `StartAt: First`".into())
        }
        LoadError::UnexpectedAnchor(at) => (Some(*at), "anchors and aliases are not accepted".into()),
        LoadError::MappingKeyMustBeScalar(at) => (Some(*at), "a key must be plain text".into()),
        LoadError::UnexpectedTag(at) => (Some(*at), "tags are not accepted".into()),
        LoadError::ScanError(at, error) => (Some(*at), error.info().to_lowercase()),
        LoadError::DuplicateKey(pair) => {
            (pair.key.span().start().copied(), format!("the key `{}` stands here twice", pair.key.as_str()))
        }
    };
    Unreadable { code: CODE, span: point(marker.map_or(0, |marker| places.offset(&marker))), message }
}

/// From the YAML reader's characters to bytes.
struct Places<'a> {
    text: &'a str,
    /// Where each character starts; empty if every character is one byte.
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let starts =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { text, starts }
    }

    fn offset(&self, marker: &Marker) -> usize {
        let character = marker.character();
        let offset = if self.starts.is_empty() {
            character
        } else {
            self.starts.get(character).copied().unwrap_or(usize::MAX)
        };
        offset.min(self.text.len())
    }

    /// Recursion is bounded by `depth`.
    fn node(&self, node: &YamlNode, depth: usize) -> Result<Node, Unreadable> {
        let mut start = node.span().start().map_or(0, |marker| self.offset(marker));
        if depth > LIMITS.depth_max {
            let message = format!("more than {} blocks inside each other", LIMITS.depth_max);
            return Err(Unreadable { code: CODE, span: point(start), message });
        }
        let (value, end) = match node {
            YamlNode::Scalar(scalar) => return Ok(self.scalar(scalar)),
            YamlNode::Sequence(sequence) => {
                let items =
                    sequence.iter().map(|item| self.node(item, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                let end = items.last().map(|item| item.span.end);
                (Value::Array(items), end)
            }
            YamlNode::Mapping(mapping) => {
                let members = mapping.iter().map(|(key, value)| self.member(key, value, depth + 1));
                let members = members.collect::<Result<Vec<_>, _>>()?;
                let end = members.last().map(|member| member.value.span.end);
                // A block's mark is where its first `:` stands.
                start = members.first().map_or(start, |member| start.min(member.key_span.start as usize));
                (Value::Object(members), end)
            }
        };
        let marked = node.span().end().map_or(start, |marker| self.offset(marker));
        // The mark of a block's end is where the next thing starts; the last part of it says better.
        let end = end.map_or(marked, |end| {
            if self.text[start..].starts_with(['{', '[']) { marked + 1 } else { end as usize }
        });
        Ok(Node { span: span(start, end.max(start)), value })
    }

    fn member(&self, key: &MarkedScalarNode, value: &YamlNode, depth: usize) -> Result<Member, Unreadable> {
        let key_span = self.scalar_span(key);
        let mut value = self.node(value, depth)?;
        if matches!(value.value, Value::Null) && value.span.start == value.span.end {
            // Nothing is written; the mark of nothing is wherever the next thing starts.
            value.span = Span { start: key_span.end, end: key_span.end };
        }
        Ok(Member { key: Arc::from(key.as_str()), key_span, value })
    }

    fn scalar(&self, scalar: &MarkedScalarNode) -> Node {
        Node { span: self.scalar_span(scalar), value: scalar_value(scalar) }
    }

    /// Only the start is marked; the end is where the text as it was written ends.
    fn scalar_span(&self, scalar: &MarkedScalarNode) -> Span {
        let start = scalar.span().start().map_or(0, |marker| self.offset(marker));
        let rest = self.text.get(start..).unwrap_or_default();
        let length = match rest.as_bytes().first() {
            Some(b'"') => quoted_length(rest, b'"'),
            Some(b'\'') => quoted_length(rest, b'\''),
            _ if rest.starts_with(scalar.as_str()) => scalar.as_str().len(),
            _ => rest.lines().next().map_or(0, |line| line.trim_end().len()),
        };
        span(start, start + length)
    }
}

fn scalar_value(scalar: &MarkedScalarNode) -> Value {
    let text = scalar.as_str();
    if !scalar.may_coerce() {
        return Value::String(text.into());
    }
    match text {
        "" | "~" => Value::Null,
        _ => literal(text).unwrap_or_else(|| Value::String(text.into())),
    }
}

/// What `text` means in JSON, if it is a JSON scalar that needs no quotes.
fn literal(text: &str) -> Option<Value> {
    let mut lexer = Lexer::new(text, LIMITS).ok()?;
    let value = match lexer.start("").ok()? {
        Start::Null => Value::Null,
        Start::Bool(value) => Value::Bool(value),
        Start::Number(number) => Value::Number(Number::from_valid_text(number)),
        Start::String(_) | Start::Array | Start::Object => return None,
    };
    lexer.finish().is_ok().then_some(value)
}

fn quoted_length(rest: &str, quote: u8) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            _ if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

fn point(offset: usize) -> Span {
    span(offset, offset)
}

fn span(start: usize, end: usize) -> Span {
    let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { start: narrow(start), end: narrow(end) }
}
