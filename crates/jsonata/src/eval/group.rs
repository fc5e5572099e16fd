//! `{ key: value, … }`: an object from one value, or items grouped by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::tuple::Tuple;
use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Group, Node};
use crate::error::Error;
use crate::value::{Flags, ObjectBuilder, Value};

/// The items of one key, and which of the pairs named it.
struct Bucket<T> {
    key: Arc<str>,
    pair: usize,
    items: Vec<T>,
}

impl Evaluator<'_, '_> {
    /// Groups the items of `input`, or makes an object from a single value.
    pub(super) fn group(&mut self, group: &Group, input: Option<&Value>, frame: FrameId) -> Outcome {
        match input.and_then(Value::items) {
            Some(items) if items.len() > 0 => {
                let items = items.to_vec();
                let buckets =
                    self.buckets(group, items, |this, key, item| this.eval(key, Some(item), frame))?;
                let mut out = ObjectBuilder::with_capacity(buckets.len());
                for bucket in buckets {
                    let context = self.context(bucket.items)?;
                    let value = self.eval(&group.pairs[bucket.pair].1, context.as_ref(), frame)?;
                    self.member(&mut out, bucket.key, value)?;
                }
                self.checked(out.finish())
            }
            Some(_) => self.single(group, None, frame),
            None => self.single(group, input, frame),
        }
    }

    fn single(&mut self, group: &Group, input: Option<&Value>, frame: FrameId) -> Outcome {
        let mut keys: Vec<(Arc<str>, usize)> = Vec::with_capacity(group.pairs.len());
        for (pair, (key, _)) in group.pairs.iter().enumerate() {
            let Some(key) = self.key(group, key, |this, key| this.eval(key, input, frame))? else { continue };
            if keys.len() < 16 && keys.iter().any(|(it, _)| *it == key) {
                return Err(twice(group, &key));
            }
            keys.push((key, pair));
        }
        let mut out = ObjectBuilder::with_capacity(keys.len());
        for (key, pair) in keys {
            if out.place(&key).is_some() {
                return Err(twice(group, &key));
            }
            let value = self.eval(&group.pairs[pair].1, input, frame)?;
            self.member(&mut out, key, value)?;
        }
        self.checked(out.finish())
    }

    /// Groups tuples. Within a group, what is bound to a name is all that the group's tuples bind to it.
    pub(super) fn group_tuples(&mut self, group: &Group, tuples: Vec<Tuple>, frame: FrameId) -> Outcome {
        let buckets = self.buckets(group, tuples, |this, key, tuple: &Tuple| {
            this.in_tuple(tuple, frame, |this, frame| this.eval(key, tuple.item.as_ref(), frame))
        })?;
        let mut out = ObjectBuilder::with_capacity(buckets.len());
        for bucket in buckets {
            let tuple = self.merge_tuples(bucket.items)?;
            let value = self.in_tuple(&tuple, frame, |this, frame| {
                this.eval(&group.pairs[bucket.pair].1, tuple.item.as_ref(), frame)
            })?;
            self.member(&mut out, bucket.key, value)?;
        }
        self.checked(out.finish())
    }

    fn buckets<T: Clone>(
        &mut self,
        group: &Group,
        items: Vec<T>,
        mut key_of: impl FnMut(&mut Self, &Node, &T) -> Outcome,
    ) -> Result<Vec<Bucket<T>>, Error> {
        let mut buckets: Vec<Bucket<T>> = Vec::new();
        let mut places: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for item in items {
            for (pair, (key, _)) in group.pairs.iter().enumerate() {
                let Some(key) = self.key(group, key, |this, key| key_of(this, key, &item))? else { continue };
                self.reserve(0, 1)?;
                let Some(place) = places.get(&key) else {
                    places.insert(Arc::clone(&key), buckets.len());
                    buckets.push(Bucket { key, pair, items: vec![item.clone()] });
                    continue;
                };
                if buckets[*place].pair != pair {
                    return Err(twice(group, &key));
                }
                buckets[*place].items.push(item.clone());
            }
        }
        Ok(buckets)
    }

    fn key(
        &mut self,
        group: &Group,
        key: &Node,
        eval: impl FnOnce(&mut Self, &Node) -> Outcome,
    ) -> Result<Option<Arc<str>>, Error> {
        match eval(self, key)? {
            None => Ok(None),
            Some(Value::String(key)) => {
                self.charge_steps(key.len() / 64)?;
                Ok(Some(key))
            }
            other => Err(Error::new("T1003").value(other.as_ref()).at(group.position)),
        }
    }

    /// What the value of a group is evaluated on: one item as it is, several as a sequence, arrays taken apart.
    fn context(&mut self, mut items: Vec<Value>) -> Outcome {
        if items.len() == 1 {
            return Ok(items.pop());
        }
        let mut all = Vec::with_capacity(items.len());
        for item in &items {
            self.extend(&mut all, item)?;
        }
        self.array_of(all, Flags::SEQUENCE).map(Some)
    }

    fn member(&mut self, out: &mut ObjectBuilder, key: Arc<str>, value: Option<Value>) -> Result<(), Error> {
        let Some(value) = value else { return Ok(()) };
        self.reserve(out.len(), 1)?;
        out.insert(key, value);
        Ok(())
    }
}

fn twice(group: &Group, key: &str) -> Error {
    Error::new("D1009").with("value", Value::string(key).preview(64)).at(group.position)
}
