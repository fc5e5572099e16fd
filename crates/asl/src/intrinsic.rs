//! The 18 intrinsic functions. Spec: `#appendix-b`. Each group has a file of its own.
//!
//! AWS accepts at most ten calls inside each other, and says it will add no more functions.
//!
//! Texts of failures. AWS's, seen in public reports: `The function '…' had the following error: ` before every one, and
//! `The JsonPath argument for the field '…' could not be found in the input '…'` (with `States.Runtime`). No answer of AWS
//! to wrong arguments is recorded anywhere we looked; those texts are ours, with `States.IntrinsicFailure`.

mod array;
mod call;
mod encode;
mod format;
mod math;
mod object;
mod parse;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::env::Env;
use crate::path::{Path, PathError};
use crate::{Failure, Json, measure};

/// A compiled call of an intrinsic function.
#[derive(Clone, Debug, PartialEq)]
pub struct Intrinsic {
    text: Arc<str>,
    call: Call,
}

#[derive(Clone, Debug, PartialEq)]
struct Call {
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq)]
enum Argument {
    Literal(Json),
    /// A literal template of `States.Format`, whose escaped braces are not places.
    Template(Arc<[format::Piece]>),
    Path(Path),
    Call(Call),
}

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Format,
    StringToJson,
    JsonToString,
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    Base64Encode,
    Base64Decode,
    Hash,
    JsonMerge,
    MathRandom,
    MathAdd,
    StringSplit,
    Uuid,
}

/// Every function: its name after `States.`, and how many arguments it takes at least and at most.
const FUNCTIONS: [(&str, Function, usize, usize); 18] = [
    ("Format", Function::Format, 1, usize::MAX),
    ("StringToJson", Function::StringToJson, 1, 1),
    ("JsonToString", Function::JsonToString, 1, 1),
    ("Array", Function::Array, 0, usize::MAX),
    ("ArrayPartition", Function::ArrayPartition, 2, 2),
    ("ArrayContains", Function::ArrayContains, 2, 2),
    ("ArrayRange", Function::ArrayRange, 3, 3),
    ("ArrayGetItem", Function::ArrayGetItem, 2, 2),
    ("ArrayLength", Function::ArrayLength, 1, 1),
    ("ArrayUnique", Function::ArrayUnique, 1, 1),
    ("Base64Encode", Function::Base64Encode, 1, 1),
    ("Base64Decode", Function::Base64Decode, 1, 1),
    ("Hash", Function::Hash, 2, 2),
    ("JsonMerge", Function::JsonMerge, 3, 3),
    ("MathRandom", Function::MathRandom, 2, 3),
    ("MathAdd", Function::MathAdd, 2, 2),
    ("StringSplit", Function::StringSplit, 2, 2),
    ("UUID", Function::Uuid, 0, 0),
];

impl Intrinsic {
    /// Compiles `text`, for example `States.Format('{}-{}', $.a, States.UUID())`.
    pub fn compile(text: &str) -> Result<Self, PathError> {
        Ok(Self { text: text.into(), call: parse::call(text)? })
    }

    /// The call as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The paths among its arguments, nested ones too.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        self.call.collect_paths(&mut paths);
        paths
    }

    /// The value.
    ///
    /// Fails with `States.IntrinsicFailure`, with `States.Runtime` for a path that finds nothing, and with
    /// `States.DataLimitExceeded` for a value that is too large for any payload.
    pub fn call(&self, env: &mut Env<'_>) -> Result<Json, Failure> {
        call::evaluate(&self.call, env).and_then(measure::bounded).map_err(|failure| {
            let cause = failure.cause.as_deref().unwrap_or_default();
            let cause = format!("The function '{}' had the following error: {cause}", self.text);
            Failure { cause: Some(cause.into()), ..failure }
        })
    }
}

impl Call {
    fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        for argument in &self.arguments {
            match argument {
                Argument::Literal(_) | Argument::Template(_) => {}
                Argument::Path(path) => paths.push(path),
                Argument::Call(call) => call.collect_paths(paths),
            }
        }
    }
}
