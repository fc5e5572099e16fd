//! Choice rules: comparisons on one variable, joined by `And`, `Or`, `Not`. Spec: `#choice-state`.
//!
//! A value of another type than the operator's does not hold, and is no failure; a path that finds nothing is one
//! (except under `IsPresent`), with AWS's text.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::env::Env;
use crate::json::Number;
use crate::path::Path;
use crate::timestamp::Timestamp;
use crate::{Failure, Json};

/// When a choice is taken.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `And`: every one holds; at least one is given.
    And(Vec<Rule>),
    /// `Or`: one holds; at least one is given.
    Or(Vec<Rule>),
    /// `Not`.
    Not(Box<Rule>),
    /// `Variable` and one operator.
    Compare {
        /// `Variable`.
        variable: Path,
        /// The operator with what it compares to.
        comparison: Comparison,
    },
}

/// One of the 39 comparison operators.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// `BooleanEquals`
    Boolean(Operand<bool>),
    /// `NumericEquals` and its four siblings. The number keeps its text, so large integers compare exactly.
    Numeric(Order, Operand<Number>),
    /// `StringEquals` and its four siblings.
    String(Order, Operand<Arc<str>>),
    /// `TimestampEquals` and its four siblings.
    Timestamp(Order, Operand<Timestamp>),
    /// `StringMatches`: `*` matches any run, a backslash makes the next character literal.
    StringMatches(Arc<str>),
    /// `IsNull`, `IsPresent`, … with the answer that makes it hold.
    Is(TypeTest, bool),
}

/// What is compared to.
#[derive(Clone, Debug)]
pub enum Operand<T> {
    /// Given in place.
    Literal(T),
    /// The `…Path` form.
    Path(Path),
}

/// The order between two values that an operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `…Equals`
    Equals,
    /// `…LessThan`
    LessThan,
    /// `…LessThanEquals`
    LessThanEquals,
    /// `…GreaterThan`
    GreaterThan,
    /// `…GreaterThanEquals`
    GreaterThanEquals,
}

/// What `Is…` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeTest {
    /// `IsNull`
    Null,
    /// `IsPresent`
    Present,
    /// `IsNumeric`
    Numeric,
    /// `IsString`
    String,
    /// `IsBoolean`
    Boolean,
    /// `IsTimestamp`
    Timestamp,
}

impl Rule {
    /// Whether it holds. A value of another type than the operator's does not hold; it is not a failure.
    ///
    /// Fails with `States.Runtime` and AWS's text when `Variable` (or a `…Path`) finds nothing, except under `IsPresent`.
    pub fn holds(&self, env: &Env<'_>) -> Result<bool, Failure> {
        match self {
            Self::And(all) => {
                for rule in all {
                    if !rule.holds(env)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(any) => {
                for rule in any {
                    if rule.holds(env)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(inner) => inner.holds(env).map(|holds| !holds),
            Self::Compare { variable, comparison: Comparison::Is(TypeTest::Present, wanted) } => {
                Ok(variable.find(env).is_some() == *wanted)
            }
            Self::Compare { variable, comparison } => comparison.holds(&read(variable, env)?, env),
        }
    }
}

impl Comparison {
    fn holds(&self, value: &Json, env: &Env<'_>) -> Result<bool, Failure> {
        Ok(match self {
            Self::Boolean(operand) => {
                let wanted = resolve(operand, env, Json::as_bool)?;
                wanted.is_some() && value.as_bool() == wanted
            }
            Self::Numeric(order, operand) => {
                let wanted = resolve(operand, env, |value| value.as_number().cloned())?;
                let ordering =
                    value.as_number().zip(wanted.as_ref()).and_then(|(a, b)| order_of_numbers(a, b));
                order.accepts(ordering)
            }
            Self::String(order, operand) => {
                let wanted = resolve(operand, env, |value| value.as_str().map(Arc::from))?;
                order.accepts(value.as_str().zip(wanted.as_deref()).map(|(a, b)| a.cmp(b)))
            }
            Self::Timestamp(order, operand) => {
                let wanted = resolve(operand, env, as_timestamp)?;
                order.accepts(as_timestamp(value).zip(wanted).map(|(a, b)| a.cmp(&b)))
            }
            Self::StringMatches(pattern) => value.as_str().is_some_and(|text| wildcard(pattern, text)),
            Self::Is(test, wanted) => test.is(value) == *wanted,
        })
    }
}

impl Order {
    fn accepts(self, ordering: Option<Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

impl TypeTest {
    fn is(self, value: &Json) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Present => true,
            Self::Numeric => value.as_number().is_some(),
            Self::String => value.as_str().is_some(),
            Self::Boolean => value.as_bool().is_some(),
            Self::Timestamp => as_timestamp(value).is_some(),
        }
    }
}

/// The order of two numbers: exact between integers, by the nearest doubles otherwise.
pub(crate) fn order_of_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64().partial_cmp(&b.as_f64()),
    }
}

fn as_timestamp(value: &Json) -> Option<Timestamp> {
    Timestamp::parse(value.as_str()?)
}

fn read(path: &Path, env: &Env<'_>) -> Result<Json, Failure> {
    path.look(env)?.ok_or_else(|| {
        Failure::runtime(format!(
            "Invalid path '{}': The choice state's condition path references an invalid value.",
            path.text()
        ))
    })
}

fn resolve<T: Clone>(
    operand: &Operand<T>,
    env: &Env<'_>,
    convert: impl FnOnce(&Json) -> Option<T>,
) -> Result<Option<T>, Failure> {
    match operand {
        Operand::Literal(value) => Ok(Some(value.clone())),
        Operand::Path(path) => read(path, env).map(|value| convert(&value)),
    }
}

/// Whether `text` matches a pattern of `*` and literals: its first and last literal parts stand at the ends, the others
/// in order between them. Each part is looked for once, so the time is linear.
fn wildcard(pattern: &str, text: &str) -> bool {
    let parts = literal_parts(pattern);
    // INVARIANT: there is one part more than there are stars.
    let [first, others @ ..] = &parts[..] else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(&**first) else { return false };
    let Some((last, between)) = others.split_last() else { return rest.is_empty() };
    for part in between {
        let Some(at) = rest.find(&**part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(&**last)
}

/// The literal texts between the stars; a backslash makes the next character literal.
fn literal_parts(pattern: &str) -> Vec<String> {
    let mut parts = vec![];
    let mut part = String::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        match char {
            '*' => parts.push(std::mem::take(&mut part)),
            '\\' => part.push(chars.next().unwrap_or('\\')),
            _ => part.push(char),
        }
    }
    parts.push(part);
    parts
}
