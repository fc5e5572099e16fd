//! Catch: where a failure goes that no retrier takes. Spec: `#fallback-states`.

use crate::contract::ContractDecl;
use crate::definition::StateId;
use crate::failure::ErrorName;
use crate::jsonata;
use crate::state::{Assign, ResultPath};

/// One element of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher {
    /// `ErrorEquals`.
    pub error_equals: Vec<ErrorName>,
    /// `Next`.
    pub next: StateId,
    /// What its target gets.
    pub output: CatcherOutput,
    /// `Assign`, in the scope of the failing state.
    pub assign: Option<Assign>,
    /// `Contract` of the catcher; only `Output` means something here.
    pub contract: Option<ContractDecl>,
}

/// What the target of a catcher gets, in the language of the state's queries.
#[derive(Clone, Debug)]
pub enum CatcherOutput {
    /// `ResultPath`, applied to the state's raw input.
    Path(ResultPath),
    /// `Output`; the error object where it is absent.
    Jsonata(Option<jsonata::Template>),
}
