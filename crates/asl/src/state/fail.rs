//! Fail: its shape. Spec: `#fail-state`.

use crate::state::Text;

/// A Fail state.
#[derive(Clone, Debug)]
pub struct Fail {
    /// `Error` or `ErrorPath`; an expression in `Error`.
    pub error: Option<Text>,
    /// `Cause` or `CausePath`; an expression in `Cause`.
    pub cause: Option<Text>,
}
