//! Checking a value against a contract: all violations, with their paths; no allocation when the value fits.

mod bytes;
pub(crate) mod decimal;
pub(crate) mod expected;
pub(crate) mod found;
mod path;
#[cfg(test)]
mod tests;
pub(crate) mod time;
pub(crate) mod uuid;
mod walk;

use std::sync::Arc;

use asl::contract::{Mode, Unknown};
use asl::{Json, JsonError, JsonLimits};

use crate::schema::Schema;

pub(crate) use expected::describe;
pub(crate) use path::Path;
pub(crate) use walk::Attempts;

/// A schema bound to a point, compiled.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Which schema.
    pub schema: Arc<Schema>,
    /// What an unknown field is.
    pub unknown: Unknown,
    /// What a violation does.
    pub mode: Mode,
}

/// One place where a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// For example `$.lines[2].quantity`.
    pub path: String,
    /// In Avro's words, for example `int`.
    pub expected: String,
    /// For example `string "two"`, cut to a documented length.
    pub found: String,
}

/// Everything about a value that does not fit; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// Up to [`crate::limits::VIOLATIONS_MAX`], in the order of the value.
    pub list: Vec<Violation>,
    /// How many more there are.
    pub more: usize,
}

impl Contract {
    /// Reads a text whose objects share the schema's field names; nothing is checked.
    ///
    /// The same as [`asl::json::parse`], with fewer allocations where the value is going to fit. The names are counted by
    /// every thread that reads with this schema: where many do at once, measure before preferring it.
    pub fn read(&self, text: &str, limits: JsonLimits) -> Result<Json, JsonError> {
        asl::json::parse_with_keys(text, limits, &self.schema.keys)
    }

    /// Whether `value` fits.
    pub fn check(&self, value: &Json) -> Result<(), Violations> {
        walk::check(&self.schema.nodes, self.schema.root, self.unknown, value)
    }

    /// Whether this contract and `other` ask for the same, so that what fits one fits the other.
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.schema, &other.schema) && self.unknown == other.unknown
    }
}
