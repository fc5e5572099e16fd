//! What types are called: by errors, by Avro's JSON, and when a reader looks for a writer's type.

use std::sync::Arc;

use super::{DatumError, Value};
use crate::check::{Path, describe};
use crate::schema::node::{Node, NodeId};
use crate::schema::nodes::Nodes;

/// The name of a union's branch: the full name of a named type, the word of any other.
pub(crate) fn branch_name(node: &Node) -> &str {
    node.name().map_or(node.type_name(), |name| name)
}

/// The last part of a full name.
pub(crate) fn unqualified(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// How surely a reader's named type means a writer's: the full name, an alias, or the name without its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kinship {
    /// The names have nothing in common.
    None,
    /// Only the names without their namespaces are equal, which the specification accepts.
    Unqualified,
    /// The full names are equal, or the reader says that it was once called so.
    Full,
}

/// How a writer's name stands to a reader's node.
pub(crate) fn kinship(writer: &Arc<str>, reader: &Node) -> Kinship {
    match reader.name() {
        Some(name) if name == writer || reader.aliases.contains(writer) => Kinship::Full,
        Some(name) if unqualified(name) == unqualified(writer) => Kinship::Unqualified,
        _ => Kinship::None,
    }
}

/// A value that is not of the schema's type.
#[cold]
pub(crate) fn mismatch(nodes: Nodes<'_>, id: NodeId, value: &Value, at: &Path<'_>) -> DatumError {
    let found = match value {
        Value::Fixed(bytes) => format!("a fixed of {} bytes", bytes.len()),
        Value::Enum(symbol) => format!("symbol number {symbol}"),
        Value::Record(fields) => format!("a record of {} fields", fields.len()),
        Value::Union(branch, _) => format!("branch number {branch} of a union"),
        _ => format!("a value of type {}", value.type_name()),
    };
    DatumError::unexpected(at, found, describe(nodes.all(), id))
}
