//! JSONata in states: `{% … %}` expressions, the templates that hold them, and what they are evaluated on.
//!
//! An expression is compiled once, with its definition, and sees nothing but [`Env`]: `$states`, the variables, the
//! instant and the entropy of the activation. What of a payload it does not read is never converted. The language itself
//! is the room `jsonata`.
//!
//! Source: AWS, "Transforming data with JSONata in Step Functions". AWS's texts of failures are those of recorded
//! histories, but for wrong types and ranges, which public reports of AWS's answers show.

mod compile;
mod document;
mod env;
mod location;
mod template;
#[cfg(test)]
mod tests;
mod typed;

use std::sync::Arc;

use document::Origin;

pub use compile::{Budget, ExpressionError, INVALID, UNSUPPORTED};
pub use env::Env;
pub use location::Location;
pub use template::{Template, TemplateError};

use crate::failure::{ErrorName, Failure, Fault};
use crate::{Json, limits};

/// A compiled expression. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// What stands between `{%` and `%}`, without the blanks around it, as AWS quotes it.
    text: Box<str>,
    compiled: ::jsonata::Expression,
    /// Whether the context object is read, which is only made for those that do.
    reads_context: bool,
}

impl Expression {
    /// What stands between `{%` and `%}`, if `text` is an expression: nothing may stand outside.
    pub fn body(text: &str) -> Option<&str> {
        text.strip_prefix("{%")?.strip_suffix("%}")
    }

    /// As it was written, without the blanks around it.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The value.
    ///
    /// Fails with `States.QueryEvaluationError`: what the expression throws, no value at all, a function.
    pub fn evaluate(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<Json, Fault> {
        self.evaluate_with_origin(at, env).map(|(value, _)| value)
    }

    fn evaluate_with_origin(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<(Json, Origin), Fault> {
        let found = env.evaluate(&self.0.compiled, self.0.reads_context);
        let found =
            found.map_err(|error| self.failed(at, &format!("threw an error during evaluation. {error}")))?;
        let found = found.ok_or_else(|| self.failed(at, "returned nothing (undefined)."))?;
        document::to_json(&found).map_err(|problem| self.failed(at, &problem.to_string()))
    }

    /// AWS's words: which expression, of which field, and what it did.
    fn failed(&self, at: &Location<'_>, what: &str) -> Fault {
        fault(at, format!("The JSONata expression '{}' specified for the field '{at}' {what}", self.text()))
    }
}

/// `States.QueryEvaluationError` at a place of a state.
fn fault(at: &Location<'_>, cause: String) -> Fault {
    Fault {
        failure: Failure::new(ErrorName::QUERY_EVALUATION_ERROR, cause),
        location: Some(at.to_string().into()),
    }
}

/// The beginning of a value's text, for a cause.
fn shown(value: &Json) -> String {
    let Ok(text) = crate::measure::bounded_text(value) else { return "…".into() };
    match text.char_indices().nth(limits::CAUSE_VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
