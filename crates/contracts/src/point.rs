//! The five points at which a value is held against a contract.

/// A point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    /// What arrives, before anything reads it.
    Input,
    /// What is sent to the task.
    Arguments,
    /// What the task answered.
    Result,
    /// What is emitted.
    Output,
    /// Each item of a Map.
    Items,
}

impl Point {
    /// As the `Contract` field calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Arguments => "Arguments",
            Self::Result => "Result",
            Self::Output => "Output",
            Self::Items => "Items",
        }
    }

    /// The error that a violation here is.
    pub fn error_name(self) -> &'static str {
        match self {
            Self::Input => "Contract.InputViolation",
            Self::Arguments => "Contract.ArgumentsViolation",
            Self::Result => "Contract.ResultViolation",
            Self::Output => "Contract.OutputViolation",
            Self::Items => "Contract.ItemsViolation",
        }
    }

    /// Where history says that evaluation failed.
    pub fn location(self) -> &'static str {
        match self {
            Self::Input => "Contract.Input",
            Self::Arguments => "Contract.Arguments",
            Self::Result => "Contract.Result",
            Self::Output => "Contract.Output",
            Self::Items => "Contract.Items",
        }
    }
}
