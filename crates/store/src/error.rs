//! What can go wrong with a store. Each kind says what is true of the batch, because that decides what may be done next.

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Definite: nothing was remembered, and the same batch would fail again.
    #[error("{message}")]
    Rejected {
        /// What, where, what to do.
        message: String,
    },
    /// Definite: nothing was remembered, because there is no room. It may work later.
    #[error("{message}")]
    Full {
        /// What, where, what to do.
        message: String,
    },
    /// A sync or a commit failed half-way: the batch may or may not be remembered.
    #[error("{message}")]
    Unknown {
        /// What, where, what to do.
        message: String,
    },
    /// Something that was stored cannot be what was stored.
    #[error("{message}")]
    Corrupt {
        /// What, where, what to do.
        message: String,
    },
    /// Another process has the data folder.
    #[error("{message}")]
    InUse {
        /// Who, where, what to do.
        message: String,
    },
    /// There is no such thing.
    #[error("{message}")]
    Missing {
        /// What was asked for.
        message: String,
    },
    /// The folder or the file cannot be used: rights, path, a file of something else.
    #[error("{message}")]
    Unusable {
        /// What, where, what to do.
        message: String,
    },
}
