//! Choice: its shape. Spec: `#choice-state`. Which rule holds: `rule.rs`.

use crate::contract::ContractDecl;
use crate::definition::StateId;
use crate::rule::Rule;
use crate::state::{Assign, Selection};

/// A Choice state.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `InputPath`.
    pub input_path: Selection,
    /// `Choices`, in order; at least one.
    pub choices: Vec<ChoiceRule>,
    /// `Default`.
    pub default: Option<StateId>,
    /// `OutputPath`.
    pub output_path: Selection,
    /// `Assign` of the default path.
    pub assign: Option<Assign>,
}

/// One rule and where it leads.
#[derive(Clone, Debug)]
pub struct ChoiceRule {
    /// When it holds.
    pub rule: Rule,
    /// `Next`.
    pub next: StateId,
    /// `Assign` of this rule.
    pub assign: Option<Assign>,
    /// `Contract` of this rule; only `Output` means something here.
    pub contract: Option<ContractDecl>,
}
