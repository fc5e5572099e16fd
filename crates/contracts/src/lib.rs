//! `contracts`: Avro schemas at every hand-off. Pure: schemas arrive through [`SchemaSource`], values as [`asl::Json`].
//!
//! [`bind()`] pins every reference of a machine to a schema and compiles it; [`Contract::check`] walks a plain JSON value
//! without building an Avro one. Design: `docs/reference/contracts.md`.

pub mod avro;
pub mod bind;
pub mod check;
mod hint;
pub mod limits;
pub mod point;
pub mod schema;
pub mod source;
pub mod violation;

pub use bind::{Binding, Contracts, bind};
pub use check::{Contract, Violation, Violations};
pub use point::Point;
pub use schema::{Fingerprint, Schema, SchemaError};
pub use source::{SchemaSource, SchemaText, SourceError};
pub use violation::violation_cause;
