//! How things are shown to people.

pub(crate) mod error;
