//! `[…]` after a step: an index, several indexes, or a condition on each item.

use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Kind, Node};
use crate::error::Error;
use crate::value::{Flags, Items, Value};

impl Evaluator<'_, '_> {
    /// The items of `value` that the filter selects. None is nothing; one that is no array stands for itself.
    pub(super) fn filter(&mut self, filter: &Node, value: Option<Value>, frame: FrameId) -> Outcome {
        let Some(value) = value else { return Ok(None) };
        let count = value.items().map_or(1, Items::len);
        if let Kind::Literal(Value::Number(number)) = &filter.kind {
            self.charge_steps(1)?;
            let index = place(number.as_f64(), count);
            return Ok(index.and_then(|it| if value.is_array() { value.item(it) } else { Some(value) }));
        }
        let mut found = Vec::new();
        for index in 0..count {
            let item = if value.is_array() { value.item(index) } else { Some(value.clone()) };
            let Some(item) = item else { continue };
            if self.selects(filter, Some(&item), frame, index, count)? {
                self.push(&mut found, item)?;
            }
        }
        match found.as_slice() {
            [] => Ok(None),
            [only] if !only.is_array() => Ok(found.pop()),
            _ => self.array_of(found, Flags::SEQUENCE).map(Some),
        }
    }

    /// Whether the filter selects the item at `index` of `count`.
    pub(super) fn selects(
        &mut self,
        filter: &Node,
        item: Option<&Value>,
        frame: FrameId,
        index: usize,
        count: usize,
    ) -> Result<bool, Error> {
        let Some(result) = self.eval(filter, item, frame)? else { return Ok(false) };
        if let Value::Number(number) = &result {
            return Ok(place(number.as_f64(), count) == Some(index));
        }
        let Some(items) = result.items() else { return self.truth(Some(&result)) };
        if items.len() == 0 || !items.iter().all(|it| matches!(it, Value::Number(_))) {
            return self.truth(Some(&result));
        }
        self.charge_steps(items.len())?;
        Ok(items.iter().filter_map(|it| it.as_f64()).any(|it| place(it, count) == Some(index)))
    }
}

/// The place that an index means: rounded down, from the end if negative.
pub(super) fn place(index: f64, count: usize) -> Option<usize> {
    let floor = index.floor();
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let items = count as f64;
    let at = if floor < 0.0 { floor + items } else { floor };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked against the count")]
    (at >= 0.0 && at < items).then_some(at as usize)
}
