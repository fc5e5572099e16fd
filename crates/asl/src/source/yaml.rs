//! YAML as another spelling of the same tree. Anchors, tags and several documents are not part of it.

use marked_yaml::types::{MarkedMappingNode, MarkedScalarNode};
use marked_yaml::{Marker, Node as YamlNode};

use super::{Member, Node, NodeValue, span};
use crate::diagnostic::Span;
use crate::json;
use crate::limits::JsonLimits;
use crate::{Json, diagnostic::line_and_column};

/// Why a text is not acceptable YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct YamlError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// What is wrong there.
    pub message: String,
}

/// Reads a YAML text with the places of its parts.
pub fn read_yaml(text: &str, limits: JsonLimits) -> Result<Node, YamlError> {
    bounded(text, limits)?;
    let lines = Lines::of(text);
    match marked_yaml::parse_yaml(0, text) {
        Ok(node) => Ok(convert(&node, &lines)),
        Err(error) => Err(located(text, 0, error.to_string())),
    }
}

/// Refuses what is too large or too deep before anything recurses over it.
fn bounded(text: &str, limits: JsonLimits) -> Result<(), YamlError> {
    if text.len() > limits.bytes_max {
        let message = format!("the text has {} bytes, at most {} are accepted", text.len(), limits.bytes_max);
        return Err(located(text, 0, message));
    }
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        // Every level of nesting costs at least one of these characters on the line that is deepest.
        let openers = line.bytes().take_while(|byte| b" -?:[{".contains(byte)).count();
        let brackets = line.bytes().filter(|byte| b"[{".contains(byte)).count();
        if openers > 2 * limits.depth_max || brackets > limits.depth_max {
            return Err(located(
                text,
                offset,
                format!("the text is nested deeper than {} levels", limits.depth_max),
            ));
        }
        offset += line.len();
    }
    Ok(())
}

fn located(text: &str, offset: usize, message: String) -> YamlError {
    let (line, column) = line_and_column(text, u32::try_from(offset).unwrap_or(u32::MAX));
    YamlError { offset, line, column, message }
}

/// Byte offsets of lines, to turn YAML's marks into spans.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, starts: std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect() }
    }

    fn offset(&self, mark: Option<&Marker>) -> usize {
        let Some(mark) = mark else { return 0 };
        let start = self.starts.get(mark.line().saturating_sub(1)).copied().unwrap_or(0);
        let rest = &self.text[start..];
        start + rest.char_indices().nth(mark.column().saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }

    fn span(&self, marks: &marked_yaml::Span, length: usize) -> Span {
        let start = self.offset(marks.start());
        let end = if marks.end().is_some() { self.offset(marks.end()) } else { start + length };
        span(start, end.max(start))
    }
}

fn convert(node: &YamlNode, lines: &Lines<'_>) -> Node {
    match node {
        YamlNode::Scalar(scalar) => convert_scalar(scalar, lines),
        YamlNode::Sequence(items) => {
            let value = NodeValue::Array(items.iter().map(|item| convert(item, lines)).collect());
            Node { span: lines.span(items.span(), 1), value }
        }
        YamlNode::Mapping(mapping) => convert_mapping(mapping, lines),
    }
}

fn convert_mapping(mapping: &MarkedMappingNode, lines: &Lines<'_>) -> Node {
    let members = mapping.iter().map(|(key, value)| Member {
        key: key.as_str().into(),
        key_span: lines.span(key.span(), key.as_str().len()),
        value: convert(value, lines),
    });
    Node { span: lines.span(mapping.span(), 1), value: NodeValue::Object(members.collect()) }
}

/// A plain scalar that reads as a JSON number, boolean or null is one; everything else is text.
fn convert_scalar(scalar: &MarkedScalarNode, lines: &Lines<'_>) -> Node {
    let text = scalar.as_str();
    let plain = if scalar.may_coerce() { json::parse(text, JsonLimits::DEFINITION).ok() } else { None };
    let value = match plain {
        Some(Json::Number(number)) => NodeValue::Number(number),
        Some(Json::Bool(value)) => NodeValue::Bool(value),
        Some(Json::Null) => NodeValue::Null,
        Some(Json::String(_) | Json::Array(_) | Json::Object(_)) | None
            if text.is_empty() && scalar.may_coerce() =>
        {
            NodeValue::Null
        }
        Some(Json::String(_) | Json::Array(_) | Json::Object(_)) | None => NodeValue::String(text.into()),
    };
    Node { span: lines.span(scalar.span(), text.len()), value }
}
