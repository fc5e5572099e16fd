//! Unions whose records overlap: a value may fit two of them, and the order written decides. Worth a warning.

use crate::schema::{Node, NodeId, Nodes, Schema};

/// A sentence for each pair of overlapping records of a union, with a value that fits both.
pub(super) fn unions(schema: &Schema) -> Vec<String> {
    let nodes = &schema.nodes;
    let unions = nodes.table.iter().filter_map(|node| match node {
        Node::Union(branches) => Some(branches),
        _ => None,
    });
    unions.flat_map(|branches| pairs(nodes, branches)).collect()
}

fn pairs(nodes: &Nodes, branches: &[NodeId]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, first) in branches.iter().enumerate() {
        for second in &branches[at + 1..] {
            found.extend(overlap(nodes, *first, *second));
        }
    }
    found
}

/// Two records overlap if each field that one requires is a field of the other with a type that may be the same.
fn overlap(nodes: &Nodes, first: NodeId, second: NodeId) -> Option<String> {
    let (Node::Record { name: a, fields: a_fields }, Node::Record { name: b, fields: b_fields }) =
        (nodes.node(first), nodes.node(second))
    else {
        return None;
    };
    let mut example = Vec::new();
    for (ours, theirs) in [(a_fields, b_fields), (b_fields, a_fields)] {
        for field in ours.iter().filter(|field| !field.has_default) {
            let other = theirs.iter().find(|other| other.name == field.name)?;
            let sample = sample(nodes.node(field.node), nodes.node(other.node))?;
            let member = format!("\"{}\":{sample}", field.name);
            if !example.contains(&member) {
                example.push(member);
            }
        }
    }
    Some(format!("the records `{a}` and `{b}` of a union overlap: {{{}}} fits both", example.join(",")))
}

/// A value that two types both take; `None` where that is not plain.
fn sample(a: &Node, b: &Node) -> Option<&'static str> {
    match (a, b) {
        (Node::Null, Node::Null) => Some("null"),
        (Node::Boolean, Node::Boolean) => Some("true"),
        (Node::String(None), Node::String(None)) => Some("\"x\""),
        (Node::Array(_), Node::Array(_)) => Some("[]"),
        (Node::Map(_), Node::Map(_)) => Some("{}"),
        (a, b) if is_number(a) && is_number(b) => Some("1"),
        _ => None,
    }
}

fn is_number(node: &Node) -> bool {
    matches!(node, Node::Int(_) | Node::Long(_) | Node::Float | Node::Double)
}
