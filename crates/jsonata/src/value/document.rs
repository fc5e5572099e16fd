//! A caller's own JSON, read where it lies.
//!
//! An expression that reads one field of a large payload should not pay for the rest. A caller implements
//! [`Document`] for its shared array and object type; scalars are made into a [`Value`] when somebody asks for them,
//! and what an expression only moves comes out as the same [`Value::Foreign`], to be taken back by [`Document::as_any`].

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use super::Value;

/// Whether a document is an array or an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It has items.
    Array,
    /// It has entries.
    Object,
}

/// An immutable array or object of the caller.
///
/// Answers must not change between calls, and the nesting must be finite and at most
/// [`JSON_DEPTH_MAX`](crate::limits::JSON_DEPTH_MAX) deep: deeper parts are refused with U1006 where they are walked.
pub trait Document: Debug + Send + Sync + 'static {
    /// Which of the two.
    fn shape(&self) -> Shape;
    /// Items or entries.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The item at `index` of an array; `None` beyond its end and for an object.
    fn item(&self, index: usize) -> Option<Value>;
    /// The member called `key` of an object; `None` without it and for an array.
    fn get(&self, key: &str) -> Option<Value>;
    /// The entry at `index` of an object, in the order of its keys; `None` beyond its end and for an array.
    fn entry(&self, index: usize) -> Option<(Arc<str>, Value)>;
    /// Bytes of its JSON text, where the caller knows a quicker way to them than entry by entry. Not asked of a document that is
    /// deeper than a text may be.
    fn text_bytes(&self) -> Option<usize> {
        None
    }
    /// Itself, so that the caller can find its own type again in a result.
    fn as_any(&self) -> &dyn Any;
}
