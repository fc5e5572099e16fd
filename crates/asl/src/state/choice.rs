//! Choice: its shape. Spec: `#choice-state`. Which rule holds: `rule.rs`, or an expression.

use crate::contract::ContractDecl;
use crate::definition::StateId;
use crate::jsonata::{self, Expression};
use crate::rule::Rule;
use crate::state::{Arguments, Assign, Output};

/// A Choice state.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `InputPath`.
    pub arguments: Arguments,
    /// `Choices`, in order; at least one.
    pub choices: Vec<ChoiceRule>,
    /// `Default`.
    pub default: Option<StateId>,
    /// `OutputPath`; `Output` of the default path.
    pub output: Output,
    /// `Assign` of the default path.
    pub assign: Option<Assign>,
}

/// One rule and where it leads.
#[derive(Clone, Debug)]
pub struct ChoiceRule {
    /// When it holds.
    pub condition: Condition,
    /// `Next`.
    pub next: StateId,
    /// `Assign` of this rule.
    pub assign: Option<Assign>,
    /// `Output` of this rule; JSONata only.
    pub output: Option<jsonata::Template>,
    /// `Contract` of this rule; only `Output` means something here.
    pub contract: Option<ContractDecl>,
}

/// When a rule holds.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Comparisons, of JSONPath.
    Rule(Rule),
    /// `Condition` given in place.
    Literal(bool),
    /// `Condition`.
    Jsonata(Expression),
}
