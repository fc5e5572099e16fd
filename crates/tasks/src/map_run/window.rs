//! The window: children that were started and whose results are not taken yet, in the order of their numbers.

use std::collections::VecDeque;

use super::children::{ChildEnd, Ran};
use crate::limits::MAP_RUN_HELD_BYTES_MAX;

/// Ends as they come in, results as they go out: in order.
#[derive(Debug)]
pub(super) struct Window {
    /// The number of the first.
    base: u64,
    places: VecDeque<Place>,
    /// Bytes of what its children were given.
    input_bytes: usize,
    /// Bytes of results that wait for a child before them.
    held_bytes: usize,
}

/// A child, and its end once there is one.
#[derive(Debug)]
struct Place {
    input_bytes: usize,
    end: Option<ChildEnd>,
}

impl Window {
    /// An empty window before child `base`.
    pub(super) fn new(base: u64) -> Self {
        Self { base, places: VecDeque::new(), input_bytes: 0, held_bytes: 0 }
    }

    /// The next child is started, with an input and a share of so many bytes.
    pub(super) fn start(&mut self, input_bytes: usize) {
        self.input_bytes += input_bytes;
        self.places.push_back(Place { input_bytes, end: None });
    }

    /// A child has ended. What of it is too much to be held is let go; whoever takes it reads it again. INVARIANT: it was
    /// started, and its result has not been taken.
    pub(super) fn end(&mut self, mut end: ChildEnd) {
        let bytes = bytes(&end);
        let at = usize::try_from(end.index - self.base).expect("a window fits into memory");
        if at > 0 && self.held_bytes + bytes > MAP_RUN_HELD_BYTES_MAX {
            end.ran.iter_mut().for_each(Ran::let_go);
        } else {
            self.held_bytes += bytes;
        }
        self.places[at].end = Some(end);
    }

    /// The result of the first child, if it has ended.
    pub(super) fn take(&mut self) -> Option<ChildEnd> {
        let end = self.places.front_mut()?.end.take()?;
        self.input_bytes -= self.places.pop_front().map_or(0, |place| place.input_bytes);
        self.base += 1;
        self.held_bytes -= bytes(&end);
        Some(end)
    }

    /// Children in it.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Bytes of what its children were given, and of what was set aside beside them.
    pub(super) fn input_bytes(&self) -> usize {
        self.input_bytes
    }

    /// Bytes of results that wait for a child before them.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }
}

fn bytes(end: &ChildEnd) -> usize {
    let Some(ran) = &end.ran else { return 0 };
    let output = ran.end.output.as_ref().map_or(0, |output| output.text().len());
    let cause = ran.end.failure.as_ref().and_then(|failure| failure.cause.as_ref());
    output + cause.map_or(0, |cause| cause.len())
}
