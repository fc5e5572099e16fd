//! Payload templates: JSON in which a key that ends in `.$` holds a query. Spec: `#payload-template`.

use crate::env::Env;
use crate::intrinsic::Intrinsic;
use crate::path::Path;
use crate::{Failure, Json};

/// A compiled payload template.
#[derive(Clone, Debug)]
pub struct Template {}

/// What a field ending in `.$` or `Path` holds: a path, or a call of an intrinsic function.
#[derive(Clone, Debug)]
pub enum Query {
    /// A path.
    Path(Path),
    /// A call of an intrinsic function.
    Intrinsic(Intrinsic),
}

/// Why a template does not compile, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// JSON Pointer from the template's root to the offending field, for example `/order/total.$`.
    pub pointer: String,
    /// Bytes into the field's text, where that is known.
    pub offset: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl Template {
    /// Compiles `source`; reports every offending field.
    pub fn compile(_source: &Json) -> Result<Self, Vec<TemplateError>> {
        todo!()
    }

    /// Whether there is no query in it, so that it is its own value.
    pub fn is_constant(&self) -> bool {
        todo!()
    }

    /// The queries in it, in the order of the text. For the validator (variables read) and the static checker.
    pub fn queries(&self) -> Vec<&Query> {
        todo!()
    }

    /// The top-level keys, with `.$` taken off. For `Assign`.
    pub fn keys(&self) -> Vec<&str> {
        todo!()
    }

    /// The value; parts without queries are shared, not copied.
    ///
    /// Fails with `States.ParameterPathFailure` or `States.IntrinsicFailure`, with AWS's text: AWS names the field
    /// (`The JSONPath '$.x' specified for the field 'y.$' could not be found in the input '…'`).
    pub fn render(&self, _env: &mut Env<'_>) -> Result<Json, Failure> {
        todo!()
    }
}

impl Query {
    /// Compiles a path (`$…`) or an intrinsic (`States.…`).
    pub fn compile(_text: &str) -> Result<Self, crate::path::PathError> {
        todo!()
    }

    /// The value.
    pub fn evaluate(&self, _env: &mut Env<'_>) -> Result<Json, Failure> {
        todo!()
    }
}
