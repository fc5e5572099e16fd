//! Succeed: its shape. Spec: `#succeed-state`.

use crate::state::Selection;

/// A Succeed state.
#[derive(Clone, Debug)]
pub struct Succeed {
    /// `InputPath`.
    pub input_path: Selection,
    /// `OutputPath`.
    pub output_path: Selection,
}
