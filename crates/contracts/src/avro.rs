//! Avro values and their encodings: binary, Avro's JSON, and plain JSON; and reading what another schema wrote.
//!
//! Spec (Avro 1.12): "Data Serialization and Deserialization", "Schema Resolution". All of it is our own, over the
//! node table that also checks payloads (why not `apache-avro`: `docs/internals/avro-differences.md`).
//! A [`Value`] has a meaning only beside its schema; each function takes both and says where they part.

pub mod binary;
mod budget;
pub mod compatibility;
pub mod container;
mod error;
pub mod framing;
pub mod json;
mod names;
pub mod plain;
pub mod resolve;
#[cfg(test)]
mod tests;
mod tree;
mod value;

pub use compatibility::{Incompatibility, IncompatibilityKind, compatibility};
pub use error::{DatumError, DatumProblem};
pub use resolve::Resolution;
pub use value::Value;

pub(crate) use budget::Budget;
