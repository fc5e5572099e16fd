//! A schema that is pinned: which subject and version, which fingerprint, compiled for checking.
//!
//! Parsing, canonical form and fingerprints are our own (why: `schema/parse.rs`). Errors say what, where (a JSON
//! Pointer into the schema's text) and what was expected.

mod canonical;
pub(crate) mod default;
mod error;
pub(crate) mod logical;
pub(crate) mod name;
pub(crate) mod node;
pub(crate) mod nodes;
mod parse;
mod place;
#[cfg(test)]
mod tests;
mod texts;

use std::sync::Arc;

use asl::json::KeyTable;
use md5::Md5;
use sha2::{Digest, Sha256};

pub use error::{SchemaError, SchemaProblem};

use crate::source::{SchemaText, SourceError};
pub(crate) use parse::quoted;

use node::{Kind, Node, NodeId};

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
    /// The texts of other subjects that it refers to.
    pub references: Vec<SchemaText>,
    pub(crate) nodes: Box<[Node]>,
    pub(crate) root: NodeId,
    /// The names of all fields, for values to share.
    pub(crate) keys: KeyTable,
}

impl Schema {
    /// Compiles a schema that refers to no other subject.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        Self::parse_with(text, &mut |_| Ok(None))
    }

    /// Compiles a schema whose names of other subjects `resolve` answers with their latest text.
    pub fn parse_with(
        text: &str,
        resolve: &mut dyn FnMut(&str) -> Result<Option<SchemaText>, SourceError>,
    ) -> Result<Self, SchemaError> {
        let read = texts::read(text, resolve)?;
        let canonical = canonical::canonical_form(&read.nodes, read.root);
        Ok(Self {
            subject: None,
            version: None,
            fingerprint: Fingerprint(Sha256::digest(canonical.as_bytes()).into()),
            text: text.into(),
            commit: None,
            references: read.references,
            keys: KeyTable::new(field_names(&read.nodes)),
            nodes: read.nodes.into(),
            root: read.root,
        })
    }

    /// The same schema as a version of a subject.
    #[must_use]
    pub fn of_subject(self, subject: Arc<str>, version: u32, commit: Option<Arc<str>>) -> Self {
        Self { subject: Some(subject), version: Some(version), commit, ..self }
    }

    /// Parsing canonical form, types of other subjects written out.
    pub fn canonical_form(&self) -> String {
        canonical::canonical_form(&self.nodes, self.root)
    }

    /// CRC-64-AVRO of the canonical form.
    pub fn rabin(&self) -> u64 {
        canonical::rabin(self.canonical_form().as_bytes())
    }

    /// MD5 of the canonical form. Not for security: it is what some registries call a schema by.
    pub fn md5(&self) -> [u8; 16] {
        Md5::digest(self.canonical_form().as_bytes()).into()
    }

    /// The node table, for looking at.
    pub(crate) fn table(&self) -> nodes::Nodes<'_> {
        nodes::Nodes::new(&self.nodes)
    }
}

fn field_names(nodes: &[Node]) -> impl Iterator<Item = Arc<str>> {
    let records = nodes.iter().filter_map(|node| match &node.kind {
        Kind::Record(record) => Some(record),
        _ => None,
    });
    records.flat_map(|record| record.fields.iter().map(|field| field.name.clone()))
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
