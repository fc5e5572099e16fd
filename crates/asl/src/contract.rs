//! The `Contract` field as it is written: which schema guards which point. What a schema means is the room `contracts`.

use std::sync::Arc;

use crate::Json;
use crate::diagnostic::Place;

/// The points of a state (or of the machine, a catcher) that carry a contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContractDecl {
    /// What arrives, before anything reads it.
    pub input: Option<ContractRef>,
    /// What is sent to the task.
    pub arguments: Option<ContractRef>,
    /// What the task answered.
    pub result: Option<ContractRef>,
    /// What the state emits, before the next state sees it.
    pub output: Option<ContractRef>,
    /// Each item of a Map, after `ItemSelector`.
    pub items: Option<ContractRef>,
}

/// One reference to a schema, with its options.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractRef {
    /// Which schema.
    pub schema: SchemaRef,
    /// What a field that the schema does not know is.
    pub unknown: Unknown,
    /// What a violation does.
    pub mode: Mode,
    /// Where the reference stands.
    pub place: Place,
}

/// Which schema is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaRef {
    /// `subject@version`, or `subject` for the latest when the revision is created.
    Named {
        /// The subject.
        subject: Arc<str>,
        /// The version; versions count from 1.
        version: Option<u32>,
    },
    /// The schema itself, written in place.
    Inline(Json),
}

/// What a field that the schema does not know is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// A violation.
    #[default]
    Reject,
    /// Kept as it is.
    Allow,
}

/// What a violation does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The state fails.
    #[default]
    Enforce,
    /// The violation is recorded and counted; the value goes on.
    Warn,
    /// The item is written beside the results, and no child execution is started for it. Of `Items` of a distributed Map that
    /// has a place for its results.
    Quarantine,
}

impl Mode {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Warn => "warn",
            Self::Quarantine => "quarantine",
        }
    }
}

/// Contracts that stand beside a definition, in `NAME.contracts.yaml`, so that the definition stays as AWS knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SideFile {
    /// The machine's own contract.
    pub machine: Option<ContractDecl>,
    /// By state name; names are unique in a definition.
    pub states: Vec<(Arc<str>, ContractDecl)>,
}
