//! A schema that is pinned: which subject and version, which fingerprint, compiled for checking.
//!
//! The parser is ours (`schema/parse.rs`): the crate that was measured accepts two definitions of one name, any `order`
//! and a record called `int`, refuses the type `error`, keeps `order` in the canonical form, and recurses without bound.

mod canonical;
mod parse;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::{Json, JsonLimits, json};
use sha2::{Digest as _, Sha256};

pub(crate) use parse::{FieldNode, Logical, Node, NodeId, Nodes};

use crate::limits::{DEPTH_MAX, SCHEMA_BYTES_MAX};

/// SHA-256 of the schema's parsing canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A pinned schema.
#[derive(Debug)]
pub struct Schema {
    /// The subject; `None` for a schema written in place.
    pub subject: Option<Arc<str>>,
    /// The version; `None` for a schema written in place.
    pub version: Option<u32>,
    /// What identifies its meaning.
    pub fingerprint: Fingerprint,
    /// The text as it was read.
    pub text: Arc<str>,
    /// The commit it came from, where known.
    pub commit: Option<Arc<str>>,
    /// The schemas of other subjects that it refers to, by the full name it uses.
    pub references: Vec<Arc<Schema>>,
    pub(crate) nodes: Nodes,
}

/// Why a text is not a schema, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at `{pointer}` of the schema)")]
pub struct SchemaError {
    /// JSON Pointer into the schema; empty for its root.
    pub pointer: String,
    /// What is wrong there, lower case, no full stop.
    pub message: String,
}

impl Schema {
    /// Parses a schema; `lookup` finds the schema of a named type that the text does not define.
    pub fn parse(
        text: &Arc<str>,
        subject: Option<(Arc<str>, u32)>,
        commit: Option<Arc<str>>,
        lookup: &mut dyn FnMut(&str) -> Option<Arc<Self>>,
    ) -> Result<Self, SchemaError> {
        let limits = JsonLimits { bytes_max: SCHEMA_BYTES_MAX, depth_max: DEPTH_MAX, ..JsonLimits::DEFINITION };
        // A bare name such as `string` is a schema too, with or without its quotes.
        let value = json::parse(text, limits).or_else(|error| {
            let is_name = text.trim().chars().all(|char| char.is_ascii_alphanumeric() || "._".contains(char));
            if is_name && !text.trim().is_empty() { Ok(Json::from(text.trim())) } else { Err(error) }
        });
        let value = value.map_err(|error| SchemaError { pointer: String::new(), message: error.to_string() })?;
        let mut references = Vec::new();
        let nodes = parse::parse(&value, &mut |name| {
            let found = lookup(name)?;
            references.push(found.clone());
            Some(found)
        })?;
        let canonical = canonical::form(&nodes);
        let fingerprint = Fingerprint(Sha256::digest(canonical.as_bytes()).into());
        let (subject, version) = subject.map_or((None, None), |(subject, version)| (Some(subject), Some(version)));
        Ok(Self { subject, version, fingerprint, text: text.clone(), commit, references, nodes })
    }

    /// The parsing canonical form. Spec: Avro, "Parsing Canonical Form for Schemas".
    pub fn canonical_form(&self) -> String {
        canonical::form(&self.nodes)
    }
}

/// 64 hexadecimal digits.
impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
