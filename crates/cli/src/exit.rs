//! Exit codes: a promise to scripts. Each is explained in `docs/reference/exit-codes.md`.

#[cfg(test)]
mod tests;

use std::process::ExitCode;

/// How the process ends; from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// What was asked for is done; an execution that was run has succeeded.
    Succeeded,
    /// The execution failed, ran over its time or was aborted.
    ExecutionFailed,
    /// The command line makes no sense.
    Usage,
    /// A definition, contract, configuration or input is wrong, or something that was named does not exist.
    Refused,
    /// The world failed: store, disk, rights, a data folder in use.
    World,
    /// Stopped before the end; nothing is lost and the execution can be resumed.
    Interrupted,
    /// A bug of Baton.
    Bug,
}

impl Exit {
    /// Every code, in order; the documentation is held against it.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Succeeded,
        Self::ExecutionFailed,
        Self::Usage,
        Self::Refused,
        Self::World,
        Self::Interrupted,
        Self::Bug,
    ];

    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::ExecutionFailed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::World => 4,
            Self::Interrupted => 5,
            Self::Bug => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
