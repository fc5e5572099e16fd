//! Objects: keys in the order of their first appearance.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Document, Value};

/// Keys up to which looking through all of them is fastest.
const SCAN_KEYS_MAX: usize = 12;

/// An object.
#[derive(Debug)]
pub struct Object {
    entries: Vec<(Arc<str>, Value)>,
    /// Positions of `entries` in the order of their keys; empty while scanning is faster.
    sorted: Vec<u32>,
    depth: u32,
}

impl Object {
    /// The entries, in order.
    pub fn entries(&self) -> &[(Arc<str>, Value)] {
        &self.entries
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The member called `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        if self.sorted.is_empty() {
            return self.entries.iter().find(|(it, _)| &**it == key).map(|(_, value)| value);
        }
        let found = self.sorted.binary_search_by(|at| (*self.entries[*at as usize].0).cmp(key));
        found.ok().map(|at| &self.entries[self.sorted[at] as usize].1)
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }
}

/// An object in the making.
#[derive(Debug, Default)]
pub(crate) struct ObjectBuilder {
    entries: Vec<(Arc<str>, Value)>,
    places: BTreeMap<Arc<str>, usize>,
}

impl ObjectBuilder {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self { entries: Vec::with_capacity(count.min(1_024)), places: BTreeMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Sets `key`; if it is there, in its place.
    pub(crate) fn insert(&mut self, key: Arc<str>, value: Value) {
        match self.place(&key) {
            Some(at) => self.entries[at].1 = value,
            None => self.append(key, value),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(at) = self.place(key) {
            self.entries.remove(at);
            self.places.clear();
            if self.entries.len() > SCAN_KEYS_MAX {
                self.index();
            }
        }
    }

    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        if self.places.is_empty() {
            return self.entries.iter().position(|(it, _)| &**it == key);
        }
        self.places.get(key).copied()
    }

    fn append(&mut self, key: Arc<str>, value: Value) {
        self.entries.push((key, value));
        let count = self.entries.len();
        if count == SCAN_KEYS_MAX + 1 {
            self.index();
        } else if count > SCAN_KEYS_MAX {
            self.places.insert(Arc::clone(&self.entries[count - 1].0), count - 1);
        }
    }

    fn index(&mut self) {
        self.places = self.entries.iter().enumerate().map(|(at, (key, _))| (Arc::clone(key), at)).collect();
    }

    pub(crate) fn finish(self) -> Value {
        let deepest = self.entries.iter().map(|(_, value)| value.depth()).max().unwrap_or(0);
        let sorted = self.places.values().map(|at| u32::try_from(*at).unwrap_or(u32::MAX)).collect();
        Value::Object(Arc::new(Object { entries: self.entries, sorted, depth: deepest.saturating_add(1) }))
    }
}

/// The entries of an object, wherever they lie.
#[derive(Clone, Copy)]
pub(crate) enum Entries<'a> {
    Own(&'a Object),
    Foreign(&'a dyn Document),
}

impl<'a> Entries<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Own(object) => object.len(),
            Self::Foreign(document) => document.len(),
        }
    }

    pub(crate) fn get(self, index: usize) -> Option<(Arc<str>, Value)> {
        match self {
            Self::Own(object) => object.entries.get(index).cloned(),
            Self::Foreign(document) => document.entry(index),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (Arc<str>, Value)> + 'a {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}
