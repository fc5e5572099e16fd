//! Succeed: its shape. Spec: `#succeed-state`.

use crate::state::{Arguments, Output};

/// A Succeed state.
#[derive(Clone, Debug)]
pub struct Succeed {
    /// `InputPath`.
    pub arguments: Arguments,
    /// `OutputPath` or `Output`.
    pub output: Output,
}
