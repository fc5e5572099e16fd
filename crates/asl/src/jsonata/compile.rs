//! From text to an expression: what cannot be read, and what AWS does not allow.

use std::sync::Arc;

use ::jsonata::{Facts, ParseLimits, aws};

use super::{Expression, Inner, env};
use crate::limits::{JSONATA_PARSE_LIMITS, JSONATA_REGEXES_MAX};

/// The code of an expression that cannot be read. AWS's.
pub const INVALID: &str = "INVALID_JSONATA_EXPRESSION";
/// The code of an expression that refers to what is not there in a state. AWS's.
pub const UNSUPPORTED: &str = "UNSUPPORTED_JSONATA_EXPRESSION";

/// What the expressions of one definition may still hold.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    regexes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { regexes: JSONATA_REGEXES_MAX }
    }
}

/// Why an expression does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// [`INVALID`] or [`UNSUPPORTED`].
    pub code: &'static str,
    /// Bytes into the text between `{%` and `%}`.
    pub offset: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do, where that can be said.
    pub hint: Option<String>,
    /// What AWS says.
    pub aws: String,
}

impl Expression {
    /// Compiles what stands between `{%` and `%}`.
    pub fn compile(body: &str, budget: &mut Budget) -> Result<Self, ExpressionError> {
        let regexes = JSONATA_PARSE_LIMITS.regexes.min(budget.regexes);
        let limits = ParseLimits { regexes, ..JSONATA_PARSE_LIMITS };
        let compiled = ::jsonata::Expression::parse_without(body, &limits, aws::FORBIDDEN)
            .map_err(|error| unreadable(body, &error))?;
        budget.regexes -= compiled.facts().regexes();
        check_context(body, compiled.facts())?;
        let reads_context = reads_states(compiled.facts(), |field| field.is_none_or(|it| it == env::CONTEXT));
        Ok(Self(Arc::new(Inner { text: body.trim().into(), compiled, reads_context })))
    }

    /// The variables that it reads, without `states` and without functions.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0
            .compiled
            .facts()
            .free_variables()
            .filter(|name| *name != env::STATES && !env::is_function(name))
    }

    /// Whether it reads this member of `$states`, by name.
    pub fn reads_states(&self, member: &str) -> bool {
        reads_states(self.0.compiled.facts(), |field| field == Some(member))
    }
}

/// Whether `$states` is read in a way that `asked` accepts: by which member, `None` for the whole of it.
fn reads_states(facts: &Facts, asked: impl Fn(Option<&str>) -> bool) -> bool {
    facts.reads().any(|it| &*it.variable == env::STATES && asked(it.fields.first().map(|field| &**field)))
}

fn unreadable(body: &str, error: &::jsonata::Error) -> ExpressionError {
    let offset = error.position().unwrap_or(0).min(body.len());
    let is_forbidden = error.code() == "S0500";
    ExpressionError {
        code: if is_forbidden { UNSUPPORTED } else { INVALID },
        offset,
        message: if is_forbidden {
            "the function `$eval` is not available in states".to_owned()
        } else {
            format!("the expression cannot be read: {error}")
        },
        hint: is_forbidden.then(|| "`$parse` reads JSON text".to_owned()),
        aws: error.message(),
    }
}

/// An expression of a state has no context: a name that starts from it, `$` and `$$` mean nothing.
fn check_context(body: &str, facts: &Facts) -> Result<(), ExpressionError> {
    if let Some(offset) = facts.reads_root() {
        return Err(no_context(offset, "$$", "Reference to '$$' is not supported."));
    }
    let Some(offset) = facts.reads_context() else { return Ok(()) };
    let name = word_at(body, offset);
    Err(no_context(offset, name, &format!("Reference to '{name}' at the top level is not supported.")))
}

fn no_context(offset: usize, name: &str, aws: &str) -> ExpressionError {
    let hint = if name.starts_with(['$', '*', '%']) {
        "the input is `$states.input`, a variable is `$name`".to_owned()
    } else {
        format!("a field of the input is `$states.input.{name}`, a variable is `${name}`")
    };
    ExpressionError {
        code: UNSUPPORTED,
        offset,
        message: format!("`{name}` refers to a context, which expressions of a state do not have"),
        hint: Some(hint),
        aws: aws.to_owned(),
    }
}

/// The name that stands at a place of the text.
fn word_at(body: &str, offset: usize) -> &str {
    let rest = body.get(offset..).unwrap_or_default();
    if let Some(quoted) = rest.strip_prefix('`') {
        return quoted.split('`').next().unwrap_or_default();
    }
    if rest.starts_with("**") {
        return "**";
    }
    let end = rest.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(rest.len());
    let end = if end == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { end };
    &rest[..end]
}
