//! Unions: a branch that fits; where several do, a fixed order decides, so that two readers never disagree.

use asl::Json;

use super::{Trail, Walk};
use crate::schema::{Node, NodeId};

/// Whether one of the branches takes the value. The number of branches tried in one walk is bounded.
pub(super) fn fits(walk: &mut Walk<'_>, value: &Json, branches: &[NodeId], trail: &Trail<'_>) -> bool {
    let gathers = std::mem::replace(&mut walk.gathers, false);
    let fitting = find(walk, value, branches, trail);
    walk.gathers = gathers;
    if fitting.is_some() {
        return true;
    }
    if gathers {
        explain(walk, value, branches, trail);
    }
    false
}

/// The branch that takes the value: by rank, and in the order written among equals.
pub(super) fn find(walk: &mut Walk<'_>, value: &Json, branches: &[NodeId], trail: &Trail<'_>) -> Option<NodeId> {
    for rank in 0..RANKS {
        for branch in branches {
            let node = walk.nodes.node(*branch);
            if self::rank(node) != rank || !may_fit(node, value) {
                continue;
            }
            if walk.attempts_left == 0 {
                return None;
            }
            walk.attempts_left -= 1;
            if walk.fits(value, *branch, trail) {
                return Some(*branch);
            }
        }
    }
    None
}

/// If one branch alone is of the value's shape, its violations say more than "none of them".
fn explain(walk: &mut Walk<'_>, value: &Json, branches: &[NodeId], trail: &Trail<'_>) {
    let mut alike = branches.iter().filter(|branch| may_fit(walk.nodes.node(**branch), value));
    match (alike.next(), alike.next()) {
        (Some(only), None) if walk.attempts_left > 0 => _ = walk.fits(value, *only, trail),
        _ => {
            let names: Vec<String> = branches.iter().map(|branch| walk.type_name(*branch)).collect();
            walk.report(trail, names.join(" or "), value);
        }
    }
}

const RANKS: u8 = 13;

/// null, boolean, int, long, float, double, enum, logical types, string, fixed, bytes, array, map, records as written.
fn rank(node: &Node) -> u8 {
    match node {
        Node::Null => 0,
        Node::Boolean => 1,
        Node::Int(None) => 2,
        Node::Long(None) => 3,
        Node::Float => 4,
        Node::Double => 5,
        Node::Enum { .. } => 6,
        Node::Int(Some(_))
        | Node::Long(Some(_))
        | Node::String(Some(_))
        | Node::Bytes(Some(_))
        | Node::Fixed { logical: Some(_), .. } => 7,
        Node::String(None) => 8,
        Node::Fixed { .. } => 9,
        Node::Bytes(None) => 10,
        Node::Array(_) => 11,
        Node::Map(_) | Node::Record { .. } | Node::Union(_) | Node::Open => 12,
    }
}

/// Whether the value has the shape that the type needs; cheap, and decides most unions.
fn may_fit(node: &Node, value: &Json) -> bool {
    match node {
        Node::Null => value.is_null(),
        Node::Boolean => value.as_bool().is_some(),
        Node::Int(None) | Node::Long(None) | Node::Float | Node::Double => value.as_number().is_some(),
        Node::Int(Some(_)) | Node::Long(Some(_)) | Node::Bytes(Some(_)) | Node::Fixed { logical: Some(_), .. } => {
            value.as_number().is_some() || value.as_str().is_some()
        }
        Node::Bytes(None) | Node::String(_) | Node::Enum { .. } | Node::Fixed { .. } => value.as_str().is_some(),
        Node::Array(_) => value.as_array().is_some(),
        Node::Map(_) | Node::Record { .. } => value.as_object().is_some(),
        Node::Union(_) | Node::Open => true,
    }
}
