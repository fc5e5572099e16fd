//! Why a state is not tested: what AWS answers with an exception.

/// Why a state is not tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// AWS's name for it.
    pub kind: RefusalKind,
    /// What is wrong, in AWS's words where they are known.
    pub message: String,
}

/// AWS's exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// What is asked makes no sense.
    ValidationException,
    /// The definition is wrong.
    InvalidDefinition,
    /// The input is not JSON.
    InvalidExecutionInput,
}

impl RefusalKind {
    /// As it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValidationException => "ValidationException",
            Self::InvalidDefinition => "InvalidDefinition",
            Self::InvalidExecutionInput => "InvalidExecutionInput",
        }
    }
}

impl Refusal {
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::ValidationException, message: message.into() }
    }

    pub(crate) fn definition(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::InvalidDefinition, message: message.into() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.message)
    }
}

impl std::error::Error for Refusal {}
