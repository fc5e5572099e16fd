//! Values without parts: numbers, texts, bytes, enums, and the logical types on top of them.

use asl::{Json, Number};

use super::logical;
use crate::schema::{Logical, Node};

/// Whether a scalar type takes the value.
pub(super) fn fits(node: &Node, value: &Json) -> bool {
    match node {
        Node::Null => value.is_null(),
        Node::Boolean => value.as_bool().is_some(),
        Node::Int(logical) => {
            integer(value).is_some_and(|number| i32::try_from(number).is_ok()) || logical_text(*logical, value)
        }
        Node::Long(logical) => integer(value).is_some() || logical_text(*logical, value),
        // What does not survive the round trip to `float` is accepted; what overflows is not.
        #[expect(clippy::cast_possible_truncation, reason = "whether it overflows is the question")]
        Node::Float => value.as_number().is_some_and(|number| (number.as_f64() as f32).is_finite()),
        Node::Double => value.as_number().is_some_and(|number| number.as_f64().is_finite()),
        Node::Bytes(Some(Logical::Decimal { precision, scale })) => logical::is_decimal(value, *precision, *scale),
        Node::Bytes(_) => value.as_str().is_some_and(|text| base64_bytes(text).is_some()),
        Node::String(Some(Logical::Uuid)) => value.as_str().is_some_and(logical::is_uuid),
        Node::String(_) => value.as_str().is_some(),
        Node::Enum { symbols, .. } => {
            value.as_str().is_some_and(|text| symbols.iter().any(|symbol| &**symbol == text))
        }
        Node::Fixed { logical: Some(Logical::Decimal { precision, scale }), .. } => {
            logical::is_decimal(value, *precision, *scale)
        }
        Node::Fixed { logical: Some(Logical::Duration), .. } => value.as_str().is_some_and(logical::is_duration),
        Node::Fixed { logical: Some(Logical::Uuid), .. } => value.as_str().is_some_and(logical::is_uuid),
        Node::Fixed { size, .. } => value.as_str().is_some_and(|text| base64_bytes(text) == Some(*size)),
        Node::Record { .. } | Node::Array(_) | Node::Map(_) | Node::Union(_) | Node::Open => false,
    }
}

/// A scalar type as a violation names it.
pub(super) fn expected(node: &Node) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Boolean => "boolean".to_owned(),
        Node::Int(None) => "int".to_owned(),
        Node::Long(None) => "long".to_owned(),
        Node::Int(Some(logical)) => format!("int ({})", logical::name(*logical)),
        Node::Long(Some(logical)) => format!("long ({})", logical::name(*logical)),
        Node::Float => "float".to_owned(),
        Node::Double => "double".to_owned(),
        Node::Bytes(Some(logical)) => format!("bytes ({})", logical::name(*logical)),
        Node::Bytes(None) => "bytes (base64)".to_owned(),
        Node::String(Some(logical)) => format!("string ({})", logical::name(*logical)),
        Node::String(None) => "string".to_owned(),
        Node::Enum { name, symbols } => {
            let some: Vec<&str> = symbols.iter().take(8).map(|symbol| &**symbol).collect();
            let more = if symbols.len() > 8 { ", …" } else { "" };
            format!("enum {name} ({}{more})", some.join(", "))
        }
        Node::Fixed { name, logical: Some(logical), .. } => format!("fixed {name} ({})", logical::name(*logical)),
        Node::Fixed { name, size, .. } => format!("fixed {name} ({size} bytes, base64)"),
        Node::Record { name, .. } => format!("record {name}"),
        Node::Array(_) => "array".to_owned(),
        Node::Map(_) => "map".to_owned(),
        Node::Union(_) => "union".to_owned(),
        Node::Open => "a finished type".to_owned(),
    }
}

fn integer(value: &Json) -> Option<i64> {
    value.as_number().and_then(Number::as_i64)
}

fn logical_text(logical: Option<Logical>, value: &Json) -> bool {
    let (Some(logical), Some(text)) = (logical, value.as_str()) else { return false };
    logical::is_text_of(logical, text)
}

/// How many bytes a standard Base64 text stands for; `None` if it is not one. Decodes nothing.
fn base64_bytes(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(4) {
        return None;
    }
    let padding = bytes.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    let is_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/';
    body.iter().all(is_alphabet).then_some(bytes.len() / 4 * 3 - padding)
}
