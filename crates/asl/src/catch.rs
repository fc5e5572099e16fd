//! Catch: where a failure goes that no retrier takes. Spec: `#fallback-states`.

use crate::contract::ContractDecl;
use crate::definition::StateId;
use crate::failure::ErrorName;
use crate::state::{Assign, ResultPath};

/// One element of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher {
    /// `ErrorEquals`.
    pub error_equals: Vec<ErrorName>,
    /// `Next`.
    pub next: StateId,
    /// `ResultPath`, applied to the state's raw input.
    pub result_path: ResultPath,
    /// `Assign`, in the scope of the failing state.
    pub assign: Option<Assign>,
    /// `Contract` of the catcher; only `Output` means something here.
    pub contract: Option<ContractDecl>,
}
