//! The window: children that were started and whose results are not taken yet, in the order of their numbers.

use std::collections::VecDeque;

use super::children::ChildEnd;

/// Ends as they come in, results as they go out: in order.
#[derive(Debug)]
pub(super) struct Window {
    /// The number of the first.
    base: u64,
    ends: VecDeque<Option<ChildEnd>>,
    /// Bytes of payloads that wait for a child before them.
    held_bytes: usize,
}

impl Window {
    /// An empty window before child `base`.
    pub(super) fn new(base: u64) -> Self {
        Self { base, ends: VecDeque::new(), held_bytes: 0 }
    }

    /// The next child is started.
    pub(super) fn start(&mut self) {
        self.ends.push_back(None);
    }

    /// A child has ended. INVARIANT: it was started, and its result has not been taken.
    pub(super) fn end(&mut self, end: ChildEnd) {
        self.held_bytes += bytes(&end);
        let at = usize::try_from(end.index - self.base).expect("a window fits into memory");
        self.ends[at] = Some(end);
    }

    /// The result of the first child, if it has ended.
    pub(super) fn take(&mut self) -> Option<ChildEnd> {
        let end = self.ends.front_mut()?.take()?;
        self.ends.pop_front();
        self.base += 1;
        self.held_bytes -= bytes(&end);
        Some(end)
    }

    /// Children in it.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of what waits for a child before it.
    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }
}

fn bytes(end: &ChildEnd) -> usize {
    let Some(ran) = &end.ran else { return 0 };
    ran.input.text().len() + ran.end.output.as_ref().map_or(0, |output| output.text().len())
}
