//! Functions as values.

#![expect(
    clippy::option_option,
    reason = "nothing is a value too: what is absent and what is nothing differ"
)]

use std::sync::Arc;

use crate::ast::{Lambda, Transform};
use crate::eval::FrameId;
use crate::functions::Builtin;
use crate::host::HostFunction;
use crate::regex::Pattern;

use super::Value;

/// A function. It belongs to the evaluation that made it.
#[derive(Debug)]
pub struct Function {
    pub(crate) kind: FunctionKind,
    depth: u32,
}

#[derive(Debug)]
pub(crate) enum FunctionKind {
    /// Of the library.
    Builtin(&'static Builtin),
    /// Of the caller.
    Host(Arc<HostFunction>),
    /// Written in the expression.
    Lambda(Closure),
    /// With some arguments already given.
    Partial(PartialCall),
    /// `f ~> g`
    Composed { first: Value, second: Value },
    /// `/pattern/flags`: matches a text.
    Regex(Arc<Pattern>),
    /// Finds the next match of a pattern in a text.
    NextMatch { pattern: Arc<Pattern>, text: Arc<str>, from: usize },
    /// `| location | update, delete |`
    Transform(TransformClosure),
}

/// A lambda and what it can see.
#[derive(Debug)]
pub(crate) struct Closure {
    pub(crate) code: Arc<Lambda>,
    pub(crate) frame: FrameId,
    pub(crate) input: Option<Value>,
    /// Names the evaluation whose frames `frame` counts.
    pub(crate) owner: Arc<()>,
}

/// A transform and what it can see.
#[derive(Debug)]
pub(crate) struct TransformClosure {
    pub(crate) code: Arc<Transform>,
    pub(crate) frame: FrameId,
    pub(crate) owner: Arc<()>,
}

/// A function with some of its arguments.
#[derive(Debug)]
pub(crate) struct PartialCall {
    pub(crate) function: Value,
    /// `None` is a place still open; `Some(None)` is given as nothing.
    pub(crate) arguments: Vec<Option<Option<Value>>>,
}

impl Function {
    pub(crate) fn new(kind: FunctionKind) -> Self {
        let depth = match &kind {
            FunctionKind::Lambda(it) => it.input.as_ref().map_or(0, Value::depth),
            FunctionKind::Partial(it) => {
                let deepest = it.arguments.iter().flatten().flatten().map(Value::depth).max();
                deepest.unwrap_or(0).max(it.function.depth())
            }
            FunctionKind::Composed { first, second } => first.depth().max(second.depth()),
            FunctionKind::Builtin(_)
            | FunctionKind::Host(_)
            | FunctionKind::Regex(_)
            | FunctionKind::NextMatch { .. }
            | FunctionKind::Transform(_) => 0,
        };
        Self { kind, depth: depth.saturating_add(1) }
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// How many arguments it is made for; higher-order functions pass no more than that.
    pub(crate) fn arity(&self) -> usize {
        match &self.kind {
            FunctionKind::Builtin(it) => it.arity,
            FunctionKind::Host(it) => it.arity(),
            FunctionKind::Lambda(it) => it.code.parameters.len(),
            FunctionKind::Partial(it) => it.arguments.iter().filter(|it| it.is_none()).count(),
            FunctionKind::Composed { .. } | FunctionKind::Regex(_) | FunctionKind::Transform(_) => 1,
            FunctionKind::NextMatch { .. } => 0,
        }
    }
}
