//! What a violation says was expected: the type in Avro's words.

use std::fmt::Write as _;

use super::found::cut;
use crate::limits::EXPECTED_CHARS_MAX;
use crate::schema::node::{Kind, Node, NodeId, Record};

/// Symbols and branches that are listed before `…`.
const LISTED_MAX: usize = 12;

/// For example `int`, `enum bench.Status (NEW, PAID)`, `null or string`.
pub(crate) fn describe(nodes: &[Node], id: NodeId) -> String {
    let node = &nodes[id.0 as usize];
    let text = match &node.kind {
        Kind::Union(union) => match &*union.branches {
            [] => "nothing: the union has no branches".to_owned(),
            branches => {
                let names = branches.iter().take(LISTED_MAX).map(|id| short(&nodes[id.0 as usize]));
                listed(names, branches.len(), " or ")
            }
        },
        Kind::Enum { name, symbols, .. } => {
            let names = symbols.list.iter().take(LISTED_MAX).map(ToString::to_string);
            format!("enum {name} ({})", listed(names, symbols.list.len(), ", "))
        }
        Kind::Bytes if node.logical.is_none() => "bytes (base64 text)".to_owned(),
        Kind::Fixed { name, size } if node.logical.is_none() => {
            format!("fixed {name} (base64 text of {size} bytes)")
        }
        Kind::Record(record) => format!("record {}", record.name),
        _ => short(node),
    };
    cut(&text, EXPECTED_CHARS_MAX)
}

/// What is said of a field that the record does not have.
pub(crate) fn no_field(record: &Record, found: &str) -> String {
    let mut text = format!("no such field in record {}", record.name);
    let names = record.fields.iter().map(|field| &*field.name);
    if let Some(near) = crate::hint::nearest(found, names) {
        write!(text, " (did you mean `{near}`?)").expect("writing to a string cannot fail");
    }
    cut(&text, EXPECTED_CHARS_MAX)
}

fn short(node: &Node) -> String {
    match (&node.logical, node.name()) {
        (Some(logical), _) => logical.to_string(),
        (None, Some(name)) => name.to_string(),
        (None, None) => node.type_name().to_owned(),
    }
}

fn listed(names: impl Iterator<Item = String>, count: usize, between: &str) -> String {
    let mut text = names.collect::<Vec<_>>().join(between);
    if count > LISTED_MAX {
        text.push_str(between);
        text.push('…');
    }
    text
}
