//! A JSON object: entries in order, looked up by key.

use std::sync::Arc;

use super::Json;
use super::key::{mix, same_text};

/// Up to this many keys a scan is faster than an index.
const SCAN_KEYS_MAX: usize = 24;

/// The entries of an object, in the order in which their keys first appeared.
#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Vec<(Arc<str>, Json)>,
    /// Positions in `entries`, sorted by key; empty while a scan is faster.
    /// INVARIANT: either empty or as long as `entries`. Sorting, not hashing: no key flood can make it slow.
    index: Vec<u32>,
}

impl Object {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Json)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The entries in order, as a slice.
    pub(crate) fn entries(&self) -> &[(Arc<str>, Json)] {
        &self.entries
    }

    /// A copy in which `key` has `value`: in its old place if it was there, at the end otherwise.
    #[must_use]
    pub fn with(&self, key: &str, value: Json) -> Self {
        let mut copy = self.clone();
        if let Some(at) = copy.position(key) {
            copy.entries[at].1 = value;
        } else {
            copy.entries.push((key.into(), value));
            copy.index = sorted_index(&copy.entries);
        }
        copy
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|(candidate, _)| same_text(candidate, key));
        }
        self.index
            .binary_search_by(|&at| (*self.entries[at as usize].0).cmp(key))
            .ok()
            .map(|at| self.index[at] as usize)
    }
}

impl FromIterator<(Arc<str>, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Json)>>(entries: I) -> Self {
        Self::from(entries.into_iter().collect::<Vec<_>>())
    }
}

impl From<Vec<(Arc<str>, Json)>> for Object {
    /// Takes entries as they came; of duplicates the last value stays, in the place of the first.
    fn from(mut entries: Vec<(Arc<str>, Json)>) -> Self {
        if entries.len() <= SCAN_KEYS_MAX {
            merge_few(&mut entries);
            return Self { entries, index: Vec::new() };
        }
        let index = sorted_index(&entries);
        let is_same = |pair: &[u32]| entries[pair[0] as usize].0 == entries[pair[1] as usize].0;
        if !index.windows(2).any(is_same) {
            return Self { entries, index };
        }
        merge_many(&mut entries);
        let index = sorted_index(&entries);
        Self { entries, index }
    }
}

impl PartialEq for Object {
    /// Order of keys does not matter to equality.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

fn merge_few(entries: &mut Vec<(Arc<str>, Json)>) {
    // One bit for each key seen: a new bit is a new key, and only an old one asks for a look.
    let mut bits = 0_u64;
    let mut at = 0;
    while at < entries.len() {
        let bit = 1 << mix(&entries[at].0, 6);
        let seen = bits & bit != 0;
        bits |= bit;
        let same = |(key, _): &(Arc<str>, Json)| same_text(key, &entries[at].0);
        let first = if seen { entries[..at].iter().position(same) } else { None };
        match first {
            Some(first) => entries[first].1 = entries.remove(at).1,
            None => at += 1,
        }
    }
}

fn merge_many(entries: &mut Vec<(Arc<str>, Json)>) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    // Stable: of equal keys the first stands first.
    order.sort_by(|&a, &b| entries[a].0.cmp(&entries[b].0));
    let mut keep = vec![true; entries.len()];
    let mut moves = Vec::new();
    for run in order.chunk_by(|&a, &b| entries[a].0 == entries[b].0) {
        if let [first, .., last] = *run {
            moves.push((first, last));
            run[1..].iter().for_each(|&at| keep[at] = false);
        }
    }
    for (first, last) in moves {
        entries[first].1 = entries[last].1.clone();
    }
    let mut kept = keep.into_iter();
    entries.retain(|_| kept.next().unwrap_or(true));
}

fn sorted_index(entries: &[(Arc<str>, Json)]) -> Vec<u32> {
    if entries.len() <= SCAN_KEYS_MAX {
        return Vec::new();
    }
    let count = u32::try_from(entries.len()).expect("an object is bounded far below 2^32 keys");
    let mut index: Vec<u32> = (0..count).collect();
    index.sort_by(|&a, &b| entries[a as usize].0.cmp(&entries[b as usize].0));
    index
}
