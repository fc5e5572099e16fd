//! Schema resolution: a writer's value as the reader's schema sees it.
//!
//! Spec (Avro 1.12): "Schema Resolution". The two schemas are compared once, pair of types by pair of types
//! ([`Resolution::new`]); what cannot be read is an error only when a value meets it. Where the specification leaves
//! room we do as Java does (`docs/internals/avro-differences.md`): a type of a reader's union that is the writer's own
//! comes before one that it would have to be promoted to. By the letter of the specification: named types match by
//! full name, by alias, or by the name without namespace; decimals match only where the scale is the same.

mod apply;
mod plan;

use super::{DatumError, Value};
use crate::Schema;
use crate::schema::node::NodeId;
use plan::Plan;

pub(crate) use plan::{decimals_differ, field_source, promotion};

/// How values of one schema are read as values of another.
#[derive(Debug)]
pub struct Resolution {
    plan: Plan,
}

impl Resolution {
    /// Compares the writer's schema with the reader's. Fails only where there are more pairs of types than the limit.
    pub fn new(writer: &Schema, reader: &Schema) -> Result<Self, DatumError> {
        Ok(Self { plan: Plan::new(writer, reader)? })
    }

    /// The reader's view of a value of the writer's schema.
    pub fn resolve(&self, value: Value) -> Result<Value, DatumError> {
        apply::apply(&self.plan, value)
    }
}

/// Reads `bytes`, which are of the writer's schema, as the reader's.
pub fn decode(writer: &Schema, reader: &Schema, bytes: &[u8]) -> Result<Value, DatumError> {
    let value = super::binary::decode(writer, bytes)?;
    Resolution::new(writer, reader)?.resolve(value)
}

/// A pair of types to be compared.
pub(crate) type Pair = (NodeId, NodeId);
