//! Who caused an event. Every event names one.

use std::sync::Arc;

/// Who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person at this machine's command line, by the operating system's name.
    User(Arc<str>),
    /// An authenticated caller.
    Principal(Arc<str>),
    /// Whoever carried out a task: the runner's kind and name, for example `sql:shop`.
    Worker(Arc<str>),
    /// A timer of the execution.
    Timer,
    /// The interpreter itself, going on from what was there.
    Engine,
}

/// `user ada`, `worker sql:shop`, `timer`…
impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(name) => write!(f, "user {name}"),
            Self::Principal(name) => write!(f, "principal {name}"),
            Self::Worker(name) => write!(f, "worker {name}"),
            Self::Timer => f.write_str("timer"),
            Self::Engine => f.write_str("engine"),
        }
    }
}
