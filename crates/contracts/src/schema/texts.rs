//! A schema and the subjects it refers to: read together into one node table.
//!
//! `"type": "orders.Money"` means the type of that name in the schema's own text; where there is none, the subject
//! `orders.Money` is asked of the source and its text is read as well. Bounded, and never in a circle.

use std::sync::Arc;

use asl::{Json, JsonLimits};

use super::error::{SchemaError, SchemaProblem};
use super::node::{Node, NodeId};
use super::parse::Parser;
use super::place::Place;
use crate::limits::{
    REFERENCE_DEPTH_MAX, REFERENCES_MAX, SCHEMA_BYTES_MAX, SCHEMA_BYTES_TOTAL_MAX, SCHEMA_JSON_DEPTH_MAX,
};
use crate::source::{SchemaText, SourceError};

/// Answers for a subject's latest text, or `None` where there is no such subject.
pub(crate) type Resolve<'a> = &'a mut dyn FnMut(&str) -> Result<Option<SchemaText>, SourceError>;

/// What reading gave.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
    /// The texts that were referred to, in the order in which they were met.
    pub(crate) references: Vec<SchemaText>,
}

/// Reads `text`, and what it refers to.
pub(crate) fn read(text: &str, resolve: Resolve<'_>) -> Result<Read, SchemaError> {
    let mut texts = Texts { parser: Parser::new(), finished: Vec::new(), references: Vec::new(), bytes: 0 };
    let root = texts.add(text, None, 0, resolve)?;
    texts.parser.finish()?;
    Ok(Read { nodes: texts.parser.nodes, root, references: texts.references })
}

struct Texts {
    parser: Parser,
    /// By number of text: whether it and all it refers to is read.
    finished: Vec<bool>,
    references: Vec<SchemaText>,
    bytes: usize,
}

impl Texts {
    fn add(
        &mut self,
        text: &str,
        subject: Option<Arc<str>>,
        depth: usize,
        resolve: Resolve<'_>,
    ) -> Result<NodeId, SchemaError> {
        let number = self.finished.len();
        self.finished.push(false);
        let wrong = |problem| SchemaError { subject: subject.clone(), pointer: String::new(), problem };
        self.bytes += text.len();
        if self.bytes > SCHEMA_BYTES_TOTAL_MAX {
            let what = "bytes of schemas that refer to each other";
            return Err(wrong(SchemaProblem::TooMuch { what, limit: SCHEMA_BYTES_TOTAL_MAX }));
        }
        let json = json(text).map_err(|message| wrong(SchemaProblem::NotJson(message)))?;
        self.parser.subjects.push(subject);
        self.parser.text = number;
        let at = self.parser.places.root(number);
        let root = self.parser.schema(&json, "", at, 0)?;
        for (name, at) in std::mem::take(&mut self.parser.uses) {
            self.settle(number, &name, at, depth, resolve)?;
        }
        self.finished[number] = true;
        Ok(root)
    }

    /// Makes sure that a name used by text `number` is defined: by itself, or by a text that is finished.
    fn settle(
        &mut self,
        number: usize,
        name: &Arc<str>,
        at: Place,
        depth: usize,
        resolve: Resolve<'_>,
    ) -> Result<(), SchemaError> {
        match self.parser.names[name].defined_in {
            Some(text) if text == number || self.finished[text] => return Ok(()),
            Some(_) => return Err(self.parser.fault(at, SchemaProblem::Circle { name: name.clone() })),
            None => {}
        }
        if self.parser.subjects.iter().flatten().any(|subject| subject == name) {
            return Err(self.parser.fault(at, SchemaProblem::Circle { name: name.clone() }));
        }
        if depth >= REFERENCE_DEPTH_MAX || self.references.len() >= REFERENCES_MAX {
            let what = "subjects that refer to each other";
            return Err(self.parser.fault(at, SchemaProblem::TooMuch { what, limit: REFERENCES_MAX }));
        }
        let found = resolve(name).map_err(|error| {
            self.parser.fault(at, SchemaProblem::Source { name: name.clone(), message: error.message })
        })?;
        let Some(found) = found else {
            return Err(self.parser.fault(at, SchemaProblem::UnknownType { name: name.clone() }));
        };
        self.references.push(found.clone());
        self.add(&found.text, Some(name.clone()), depth + 1, resolve)?;
        if self.parser.names[name].defined_in.is_none() {
            return Err(self.parser.fault(at, SchemaProblem::SubjectWithoutType { name: name.clone() }));
        }
        Ok(())
    }
}

fn json(text: &str) -> Result<Json, String> {
    let limits = JsonLimits {
        bytes_max: SCHEMA_BYTES_MAX,
        depth_max: SCHEMA_JSON_DEPTH_MAX,
        ..JsonLimits::DEFINITION
    };
    asl::json::parse(text, limits).map_err(|error| error.to_string())
}
