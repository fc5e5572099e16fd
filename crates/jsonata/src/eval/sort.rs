//! `^(…)`: order-by. Also the merge sort that `$sort` uses: stable, and safe with a comparison that errs or contradicts itself.

use std::cmp::Ordering;

use super::path::Stream;
use super::tuple::Tuple;
use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Node, SortTerm, Stage};
use crate::error::Error;
use crate::value::compare::text_order;
use crate::value::{Flags, Value};

/// The keys of one item, each evaluated when it is first needed.
type Keys = Vec<Option<Option<Value>>>;

impl Evaluator<'_, '_> {
    pub(super) fn sort_step(
        &mut self,
        step: &Node,
        terms: &[SortTerm],
        input: Stream,
        frame: FrameId,
    ) -> Result<Stream, Error> {
        let input = self.gather(input, false)?;
        let mut result = self.sort_values(terms, input, frame)?;
        for stage in step.step.iter().flat_map(|it| &it.stages) {
            if let Stage::Filter(filter) = stage {
                result = self.filter(filter, result, frame)?;
            }
        }
        Ok(match result {
            None => Stream::Empty,
            Some(value) if value.is_array() => Stream::Items(value),
            Some(value) => Stream::One(value),
        })
    }

    /// The items of `input` in order.
    pub(super) fn sort_values(
        &mut self,
        terms: &[SortTerm],
        input: Option<Value>,
        frame: FrameId,
    ) -> Outcome {
        let Some(input) = input else { return Ok(None) };
        let mut items = Vec::new();
        self.extend(&mut items, &input)?;
        let order =
            self.order(terms, items.len(), |this, term, at| this.eval(term, Some(&items[at]), frame))?;
        let sorted = order.into_iter().map(|at| items[at].clone()).collect();
        self.array_of(sorted, Flags::SEQUENCE).map(Some)
    }

    pub(super) fn sort_tuples(
        &mut self,
        terms: &[SortTerm],
        tuples: Vec<Tuple>,
        frame: FrameId,
    ) -> Result<Vec<Tuple>, Error> {
        let order = self.order(terms, tuples.len(), |this, term, at| {
            let tuple = &tuples[at];
            this.in_tuple(tuple, frame, |this, frame| this.eval(term, tuple.item.as_ref(), frame))
        })?;
        Ok(order.into_iter().map(|at| tuples[at].clone()).collect())
    }

    /// The places of `count` items in order.
    fn order(
        &mut self,
        terms: &[SortTerm],
        count: usize,
        mut key_of: impl FnMut(&mut Self, &Node, usize) -> Outcome,
    ) -> Result<Vec<usize>, Error> {
        let mut keys: Vec<Keys> = vec![vec![None; terms.len()]; count];
        self.merge_sort((0..count).collect(), |this, left, right| {
            for (at, term) in terms.iter().enumerate() {
                for item in [*left, *right] {
                    if keys[item][at].is_none() {
                        keys[item][at] = Some(key_of(this, &term.expression, item)?);
                    }
                }
                let (left, right) = (keys[*left][at].as_ref(), keys[*right][at].as_ref());
                let (left, right) = (left.and_then(Option::as_ref), right.and_then(Option::as_ref));
                if let (Some(left), Some(right)) = (left, right) {
                    this.charge_comparison(left, right)?;
                }
                let order = compare(left, right).map_err(|it| it.at(term.expression.position))?;
                let order = if term.is_descending { order.reversed() } else { order };
                if order.0 != Ordering::Equal {
                    return Ok(order.0 == Ordering::Greater);
                }
            }
            Ok(false)
        })
    }

    /// Sorts; `is_after` says whether the first of two belongs after the second.
    pub(crate) fn merge_sort<T: Clone>(
        &mut self,
        items: Vec<T>,
        mut is_after: impl FnMut(&mut Self, &T, &T) -> Result<bool, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut from = items;
        let mut width = 1;
        while width < from.len() {
            let mut to = Vec::with_capacity(from.len());
            for start in (0..from.len()).step_by(width * 2) {
                let middle = (start + width).min(from.len());
                let end = (start + width * 2).min(from.len());
                let (left, right) = (&from[start..middle], &from[middle..end]);
                self.merge(left, right, &mut to, &mut is_after)?;
            }
            from = to;
            width *= 2;
        }
        Ok(from)
    }

    fn merge<T: Clone>(
        &mut self,
        left: &[T],
        right: &[T],
        to: &mut Vec<T>,
        is_after: &mut impl FnMut(&mut Self, &T, &T) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
        while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
            self.charge_steps(1)?;
            let next = if is_after(self, first, second)? { right.next() } else { left.next() };
            to.extend(next.cloned());
        }
        to.extend(left.cloned());
        to.extend(right.cloned());
        Ok(())
    }
}

/// An order; what has no key comes last, also when descending.
struct KeyOrder(Ordering, bool);

impl KeyOrder {
    fn reversed(self) -> Self {
        if self.1 { self } else { Self(self.0.reverse(), false) }
    }
}

fn compare(left: Option<&Value>, right: Option<&Value>) -> Result<KeyOrder, Error> {
    let is_key = |it: &Value| matches!(it, Value::Number(_) | Value::String(_));
    if let Some(wrong) = [left, right].into_iter().flatten().find(|it| !is_key(it)) {
        return Err(Error::new("T2008").value(Some(wrong)));
    }
    match (left, right) {
        (None, None) => Ok(KeyOrder(Ordering::Equal, true)),
        (None, Some(_)) => Ok(KeyOrder(Ordering::Greater, true)),
        (Some(_), None) => Ok(KeyOrder(Ordering::Less, true)),
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            let order = left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal);
            Ok(KeyOrder(order, false))
        }
        (Some(Value::String(left)), Some(Value::String(right))) => {
            Ok(KeyOrder(text_order(left, right), false))
        }
        (Some(left), Some(right)) => {
            Err(Error::new("T2007").value(Some(left)).with("value2", right.preview(64)))
        }
    }
}
