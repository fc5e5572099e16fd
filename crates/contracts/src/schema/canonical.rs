//! The parsing canonical form: what matters to a reader of data, and nothing else.

use std::collections::BTreeSet;

use asl::Json;

use super::parse::{Node, NodeId, Nodes};

/// The canonical text of a schema.
pub(super) fn form(nodes: &Nodes) -> String {
    let mut out = String::new();
    write(nodes, nodes.root, &mut BTreeSet::new(), &mut out);
    out
}

/// A named type is written out once and named afterwards. Depth is bounded by the parser.
fn write(nodes: &Nodes, id: NodeId, seen: &mut BTreeSet<NodeId>, out: &mut String) {
    let primitive = |name: &str, out: &mut String| quote(name, out);
    match nodes.node(id) {
        Node::Null => primitive("null", out),
        Node::Boolean => primitive("boolean", out),
        Node::Int(_) => primitive("int", out),
        Node::Long(_) => primitive("long", out),
        Node::Float => primitive("float", out),
        Node::Double => primitive("double", out),
        Node::Bytes(_) => primitive("bytes", out),
        Node::String(_) => primitive("string", out),
        Node::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            write(nodes, *items, seen, out);
            out.push('}');
        }
        Node::Map(values) => {
            out.push_str("{\"type\":\"map\",\"values\":");
            write(nodes, *values, seen, out);
            out.push('}');
        }
        Node::Union(branches) => {
            out.push('[');
            for (at, branch) in branches.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(nodes, *branch, seen, out);
            }
            out.push(']');
        }
        Node::Record { name, .. } | Node::Enum { name, .. } | Node::Fixed { name, .. } => {
            if seen.insert(id) {
                definition(nodes, id, name, seen, out);
            } else {
                quote(name, out);
            }
        }
        Node::Open => unreachable!("no type is left open"),
    }
}

fn definition(nodes: &Nodes, id: NodeId, name: &str, seen: &mut BTreeSet<NodeId>, out: &mut String) {
    out.push_str("{\"name\":");
    quote(name, out);
    match nodes.node(id) {
        Node::Record { fields, .. } => {
            out.push_str(",\"type\":\"record\",\"fields\":[");
            for (at, field) in fields.iter().enumerate() {
                out.push_str(if at > 0 { ",{\"name\":" } else { "{\"name\":" });
                quote(&field.name, out);
                out.push_str(",\"type\":");
                write(nodes, field.node, seen, out);
                out.push('}');
            }
            out.push(']');
        }
        Node::Enum { symbols, .. } => {
            out.push_str(",\"type\":\"enum\",\"symbols\":[");
            for (at, symbol) in symbols.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                quote(symbol, out);
            }
            out.push(']');
        }
        Node::Fixed { size, .. } => out.push_str(&format!(",\"type\":\"fixed\",\"size\":{size}")),
        _ => unreachable!("only named types are defined"),
    }
    out.push('}');
}

fn quote(text: &str, out: &mut String) {
    Json::from(text).write_to(out);
}
