//! The points at which a contract is checked, and the errors that a violation there raises.

/// A point of a state, of the machine, of a catcher or of a choice rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    /// What arrives, before anything reads it.
    Input,
    /// What is sent to the task.
    Arguments,
    /// What the task answered.
    Result,
    /// What is emitted, before the next state sees it.
    Output,
    /// Each item of a Map, after `ItemSelector`.
    Items,
}

impl Point {
    /// Every point, in the order in which a state passes them.
    pub const ALL: [Self; 5] = [Self::Input, Self::Arguments, Self::Result, Self::Output, Self::Items];

    /// The key of the `Contract` field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Arguments => "Arguments",
            Self::Result => "Result",
            Self::Output => "Output",
            Self::Items => "Items",
        }
    }

    /// The error that Retry and Catch see; the family name `Contract.Violation` matches them all.
    pub fn error_name(self) -> &'static str {
        match self {
            Self::Input => "Contract.InputViolation",
            Self::Arguments => "Contract.ArgumentsViolation",
            Self::Result => "Contract.ResultViolation",
            Self::Output => "Contract.OutputViolation",
            Self::Items => "Contract.ItemsViolation",
        }
    }

    /// The point of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.as_str() == name)
    }
}
