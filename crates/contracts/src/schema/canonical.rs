//! Parsing canonical form, and the fingerprints of it.
//!
//! Spec (Avro 1.12): "Transforming into Parsing Canonical Form", "Schema Fingerprints". A type that is defined
//! elsewhere (further down, in another subject) is written out at its first use, so that equal meanings have equal forms.
//! Nothing needs escaping: a canonical form holds names and symbols only, which are ASCII letters, digits, `_` and dots.

use std::fmt::Write as _;

use super::node::{Kind, Node, NodeId};

/// Something still to be written.
enum Todo {
    Text(&'static str),
    Node(NodeId),
    Field(NodeId, usize),
}

/// The canonical form of `root`. No recursion: a chain of types that are defined further down may be very long.
pub(crate) fn canonical_form(nodes: &[Node], root: NodeId) -> String {
    let mut out = String::new();
    let mut written = vec![false; nodes.len()];
    let mut todo = vec![Todo::Node(root)];
    while let Some(next) = todo.pop() {
        match next {
            Todo::Text(text) => out.push_str(text),
            Todo::Node(id) => write_node(nodes, id, &mut written, &mut out, &mut todo),
            Todo::Field(id, at) => write_field(nodes, id, at, &mut out, &mut todo),
        }
    }
    out
}

fn write_node(nodes: &[Node], id: NodeId, written: &mut [bool], out: &mut String, todo: &mut Vec<Todo>) {
    let node = &nodes[id.0 as usize];
    if let Some(name) = node.name() {
        if std::mem::replace(&mut written[id.0 as usize], true) {
            push(out, format_args!("\"{name}\""));
            return;
        }
        push(out, format_args!("{{\"name\":\"{name}\",\"type\":\"{}\",", node.type_name()));
    }
    match &node.kind {
        Kind::Fixed { size, .. } => push(out, format_args!("\"size\":{size}}}")),
        Kind::Enum { symbols, .. } => {
            let list: Vec<String> = symbols.list.iter().map(|symbol| format!("\"{symbol}\"")).collect();
            push(out, format_args!("\"symbols\":[{}]}}", list.join(",")));
        }
        Kind::Record(_) => {
            out.push_str("\"fields\":[");
            todo.extend([Todo::Text("]}"), Todo::Field(id, 0)]);
        }
        Kind::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            todo.extend([Todo::Text("}"), Todo::Node(*items)]);
        }
        Kind::Map(values) => {
            out.push_str("{\"type\":\"map\",\"values\":");
            todo.extend([Todo::Text("}"), Todo::Node(*values)]);
        }
        Kind::Union(union) => {
            out.push('[');
            todo.push(Todo::Text("]"));
            for (at, branch) in union.branches.iter().enumerate().rev() {
                todo.push(Todo::Node(*branch));
                if at > 0 {
                    todo.push(Todo::Text(","));
                }
            }
        }
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String => push(out, format_args!("\"{}\"", node.type_name())),
    }
}

fn write_field(nodes: &[Node], id: NodeId, at: usize, out: &mut String, todo: &mut Vec<Todo>) {
    let Kind::Record(record) = &nodes[id.0 as usize].kind else { return };
    let Some(field) = record.fields.get(at) else { return };
    let comma = if at > 0 { "," } else { "" };
    push(out, format_args!("{comma}{{\"name\":\"{}\",\"type\":", field.name));
    todo.extend([Todo::Field(id, at + 1), Todo::Text("}"), Todo::Node(field.node)]);
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
}

/// The value that stands for no bytes at all, and the polynomial of Avro's CRC.
const RABIN_EMPTY: u64 = 0xc15d_213a_a4d7_a795;

/// CRC-64-AVRO of `bytes`, as Avro's single-object encoding uses it.
pub(crate) fn rabin(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(RABIN_EMPTY, |print, &byte| (print >> 8) ^ rabin_entry((print ^ u64::from(byte)) & 0xff))
}

fn rabin_entry(index: u64) -> u64 {
    (0..8).fold(index, |entry, _| (entry >> 1) ^ (RABIN_EMPTY & (entry & 1).wrapping_neg()))
}
