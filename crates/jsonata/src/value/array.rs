//! Arrays, and the marks by which JSONata tells a sequence of results from an array that somebody wrote.

use super::{Document, Value};

/// An array with its marks.
#[derive(Debug)]
pub struct Array {
    items: Vec<Value>,
    flags: Flags,
    depth: u32,
}

/// Marks of an array. They decide when an array of one is taken for the one, and when it is flattened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    /// An array as in JSON.
    pub(crate) const PLAIN: Self = Self(0);
    /// A sequence: the results of a path, flattened into what holds it, and one result stands for itself.
    pub(crate) const SEQUENCE: Self = Self(1);
    /// A sequence that stays an array even of one (`[]` was written).
    pub(crate) const KEPT: Self = Self(1 | 2);
    /// An array constructor as a step of a path: it is one result, never flattened.
    pub(crate) const CONSTRUCTED: Self = Self(4);
    /// The input of the whole expression, wrapped so that it counts as one item.
    pub(crate) const WRAPPER: Self = Self(1 | 8);

    pub(crate) fn is_sequence(self) -> bool {
        self.0 & 1 != 0
    }

    pub(crate) fn is_kept(self) -> bool {
        self.0 & 2 != 0
    }

    pub(crate) fn is_constructed(self) -> bool {
        self.0 & 4 != 0
    }

    pub(crate) fn is_wrapper(self) -> bool {
        self.0 & 8 != 0
    }
}

impl Array {
    pub(crate) fn new(items: Vec<Value>, flags: Flags) -> Self {
        let deepest = items.iter().map(Value::depth).max().unwrap_or(0);
        Self { items, flags, depth: deepest.saturating_add(1) }
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    pub(crate) fn into_items(self) -> Vec<Value> {
        self.items
    }

    pub(crate) fn flags(&self) -> Flags {
        self.flags
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }
}

/// The items of an array, wherever they lie.
#[derive(Clone, Copy)]
pub(crate) enum Items<'a> {
    Own(&'a [Value]),
    Foreign(&'a dyn Document),
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Own(items) => items.len(),
            Self::Foreign(document) => document.len(),
        }
    }

    pub(crate) fn get(self, index: usize) -> Option<Value> {
        match self {
            Self::Own(items) => items.get(index).cloned(),
            Self::Foreign(document) => document.item(index),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Value> + 'a {
        (0..self.len()).filter_map(move |index| self.get(index))
    }

    pub(crate) fn to_vec(self) -> Vec<Value> {
        match self {
            Self::Own(items) => items.to_vec(),
            Self::Foreign(_) => self.iter().collect(),
        }
    }
}
