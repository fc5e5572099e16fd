//! The node table, for looking at.

use super::node::{Node, NodeId};

/// All nodes of a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nodes<'a>(&'a [Node]);

impl<'a> Nodes<'a> {
    pub(crate) fn new(nodes: &'a [Node]) -> Self {
        Self(nodes)
    }

    /// The node of this number.
    pub(crate) fn get(self, id: NodeId) -> &'a Node {
        &self.0[id.0 as usize]
    }

    pub(crate) fn all(self) -> &'a [Node] {
        self.0
    }
}
