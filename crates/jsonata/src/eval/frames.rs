//! Scopes: variables by name, each scope inside another.
//!
//! All scopes of an evaluation lie in one list and closures name theirs by number, so that a function that refers to
//! itself makes no cycle that nobody frees. A scope that no closure has seen is used again when it is left.

#![expect(
    clippy::option_option,
    reason = "nothing is a value too: what is absent and what is nothing differ"
)]

use std::sync::Arc;

use crate::value::Value;

/// Number of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameId(u32);

impl FrameId {
    /// The scope of the whole expression.
    pub(crate) const GLOBAL: Self = Self(0);
}

#[derive(Debug, Default)]
struct Frame {
    outer: Option<FrameId>,
    variables: Vec<(Arc<str>, Option<Value>)>,
    is_captured: bool,
}

/// The scopes of an evaluation.
#[derive(Debug)]
pub(super) struct Frames {
    frames: Vec<Frame>,
    free: Vec<FrameId>,
}

impl Default for Frames {
    fn default() -> Self {
        Self { frames: vec![Frame::default()], free: Vec::new() }
    }
}

impl Frames {
    /// A new scope inside `outer`.
    pub(super) fn open(&mut self, outer: FrameId) -> FrameId {
        if let Some(id) = self.free.pop() {
            self.frames[id.0 as usize].outer = Some(outer);
            return id;
        }
        self.frames.push(Frame { outer: Some(outer), ..Frame::default() });
        FrameId(
            u32::try_from(self.frames.len() - 1).expect("each scope costs steps, of which there are fewer"),
        )
    }

    /// Leaves a scope; `false` if a closure keeps it alive.
    pub(super) fn close(&mut self, id: FrameId) -> bool {
        let frame = &mut self.frames[id.0 as usize];
        if frame.is_captured {
            return false;
        }
        frame.variables.clear();
        self.free.push(id);
        true
    }

    /// A closure has seen this scope and all around it.
    pub(super) fn capture(&mut self, id: FrameId) {
        let mut next = Some(id);
        while let Some(id) = next {
            let frame = &mut self.frames[id.0 as usize];
            if frame.is_captured {
                return;
            }
            frame.is_captured = true;
            next = frame.outer;
        }
    }

    /// Sets a variable of this very scope.
    pub(super) fn bind(&mut self, id: FrameId, name: Arc<str>, value: Option<Value>) {
        let variables = &mut self.frames[id.0 as usize].variables;
        match variables.iter_mut().find(|(it, _)| *it == name) {
            Some((_, old)) => *old = value,
            None => variables.push((name, value)),
        }
    }

    /// The variable `name` as seen from a scope; `Some(None)` if it is bound to nothing.
    pub(super) fn get(&self, id: FrameId, name: &str) -> Option<Option<Value>> {
        let mut next = Some(id);
        while let Some(id) = next {
            let frame = &self.frames[id.0 as usize];
            if let Some((_, value)) = frame.variables.iter().find(|(it, _)| &**it == name) {
                return Some(value.clone());
            }
            next = frame.outer;
        }
        None
    }
}
