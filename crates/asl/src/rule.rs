//! Choice rules: comparisons on one variable, joined by `And`, `Or`, `Not`. Spec: `#choice-state`.

use std::sync::Arc;

use crate::Failure;
use crate::env::Env;
use crate::path::Path;
use crate::timestamp::Timestamp;

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
    Numeric(Order, Operand<crate::json::Number>),
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
    pub fn holds(&self, _env: &Env<'_>) -> Result<bool, Failure> {
        todo!()
    }
}
