//! The 18 intrinsic functions. Spec: `#appendix-b`. Each group has a file of its own.

use std::sync::Arc;

use crate::env::Env;
use crate::path::PathError;
use crate::{Failure, Json};

/// A compiled call of an intrinsic function.
#[derive(Clone, Debug, PartialEq)]
pub struct Intrinsic {
    text: Arc<str>,
}

impl Intrinsic {
    /// Compiles `text`, for example `States.Format('{}-{}', $.a, States.UUID())`.
    pub fn compile(_text: &str) -> Result<Self, PathError> {
        todo!()
    }

    /// The call as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The paths among its arguments, nested ones too.
    pub fn paths(&self) -> Vec<&crate::path::Path> {
        todo!()
    }

    /// The value. Fails with `States.IntrinsicFailure` (or `States.Runtime` for a path that finds nothing), AWS's texts.
    pub fn call(&self, _env: &mut Env<'_>) -> Result<Json, Failure> {
        todo!()
    }
}
