//! `[…]`: arrays, into which sequences are poured.

use std::sync::Arc;

use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Kind, Node, Operator};
use crate::value::{Flags, Value};

impl Evaluator<'_, '_> {
    pub(super) fn array(
        &mut self,
        node: &Node,
        nodes: &[Node],
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let flags = if node.is_constructed { Flags::CONSTRUCTED } else { Flags::PLAIN };
        if let [only] = nodes
            && matches!(only.kind, Kind::Binary(Operator::Range, ..))
        {
            return self.array_of_range(only, flags, input, frame);
        }
        let mut items = Vec::with_capacity(nodes.len());
        for item in nodes {
            let Some(value) = self.eval(item, input, frame)? else { continue };
            if matches!(item.kind, Kind::Array(_)) {
                self.push(&mut items, value)?;
            } else {
                self.extend(&mut items, &value)?;
            }
        }
        self.array_of(items, flags).map(Some)
    }

    /// `[1..n]`: the items of the range are not copied.
    fn array_of_range(
        &mut self,
        range: &Node,
        flags: Flags,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let items = match self.eval(range, input, frame)? {
            None => Vec::new(),
            Some(Value::Array(array)) => Arc::try_unwrap(array)
                .map_or_else(|shared| shared.items().to_vec(), crate::value::Array::into_items),
            Some(only) => vec![only],
        };
        self.array_of(items, flags).map(Some)
    }
}
