//! An expression: read once, evaluated often, shared between threads.

#[cfg(test)]
mod tests;

use crate::analysis::Facts;
use crate::ast::Node;
use crate::error::Error;
use crate::eval::Evaluator;
use crate::host::Environment;
use crate::limits::ParseLimits;
use crate::parser;
use crate::value::Value;

/// Names that an expression may not mention, without their dollar signs.
pub(crate) type Forbidden<'a> = &'a [&'a str];

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    root: Node,
    facts: Facts,
}

impl Expression {
    /// Reads `text`.
    ///
    /// Errors are `S…` codes with the place, or U1002 and U1008 when a limit is exceeded.
    pub fn parse(text: &str, limits: &ParseLimits) -> Result<Self, Error> {
        Self::parse_without(text, limits, &[])
    }

    /// Reads `text`, in which none of the variables and functions in `forbidden` may occur: S0500 says where one does.
    pub fn parse_without(text: &str, limits: &ParseLimits, forbidden: &[&str]) -> Result<Self, Error> {
        let root = parser::parse(text, limits, forbidden)?;
        let facts = Facts::of(&root);
        Ok(Self { root, facts })
    }

    /// What the expression gives in `environment`; `None` is JSONata's undefined.
    pub fn evaluate(&self, environment: &mut Environment<'_>) -> Result<Option<Value>, Error> {
        Evaluator::run(&self.root, environment).0
    }

    /// The same, with the steps that it takes taken off `steps_left`, which bounds them too: for a caller who evaluates
    /// many expressions and must end in time.
    pub fn evaluate_counting(
        &self,
        environment: &mut Environment<'_>,
        steps_left: &mut u64,
    ) -> Result<Option<Value>, Error> {
        let limits = environment.limits;
        environment.limits.steps = limits.steps.min(*steps_left);
        let (outcome, steps) = Evaluator::run(&self.root, environment);
        environment.limits = limits;
        *steps_left = steps_left.saturating_sub(steps);
        outcome
    }

    /// What can be known without evaluating it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}
