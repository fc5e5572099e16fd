//! From a reference to a schema: asked for once, parsed once, with every fault located where the reference stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::contract::{ContractRef, SchemaRef};
use asl::{Diagnostic, Severity};

use super::ambiguity;
use crate::schema::{Schema, SchemaError};
use crate::source::{SchemaSource, SchemaText, SourceError};

/// Subjects that refer to each other, inside each other. (Ours.)
const REFERENCE_DEPTH_MAX: usize = 32;

pub(super) struct Resolver<'s> {
    source: &'s dyn SchemaSource,
    by_version: BTreeMap<(Arc<str>, u32), Arc<Schema>>,
    inline: BTreeMap<Arc<str>, Arc<Schema>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Why a reference gives no schema.
enum Fault {
    Source(SourceError),
    Missing(Arc<str>, Option<u32>),
    Invalid(Arc<str>, SchemaError),
}

impl<'s> Resolver<'s> {
    pub(super) fn new(source: &'s dyn SchemaSource) -> Self {
        Self { source, by_version: BTreeMap::new(), inline: BTreeMap::new(), diagnostics: Vec::new() }
    }

    /// The schema that a reference means, or a diagnostic.
    pub(super) fn schema(&mut self, reference: &ContractRef) -> Option<Arc<Schema>> {
        let result = match &reference.schema {
            SchemaRef::Named { subject, version } => self.named(subject, *version, 0),
            SchemaRef::Inline(schema) => self.inline(&schema.to_text().into()),
        };
        match result {
            Ok(schema) => {
                self.warn_of_ambiguity(reference, &schema);
                Some(schema)
            }
            Err(fault) => {
                self.report(reference, &fault);
                None
            }
        }
    }

    fn named(&mut self, subject: &Arc<str>, version: Option<u32>, depth: usize) -> Result<Arc<Schema>, Fault> {
        if let Some(schema) = version.and_then(|version| self.by_version.get(&(subject.clone(), version))) {
            return Ok(schema.clone());
        }
        let text = self.source.schema(subject, version).map_err(Fault::Source)?;
        let text = text.ok_or_else(|| Fault::Missing(subject.clone(), version))?;
        let key = (text.subject.clone(), text.version);
        if let Some(schema) = self.by_version.get(&key) {
            return Ok(schema.clone());
        }
        let schema = Arc::new(self.parse(&text, depth)?);
        self.by_version.insert(key, schema.clone());
        Ok(schema)
    }

    fn parse(&mut self, text: &SchemaText, depth: usize) -> Result<Schema, Fault> {
        let origin = text.origin.clone();
        let subject = Some((text.subject.clone(), text.version));
        let mut lookup = |name: &str| self.referred(name, depth);
        Schema::parse(&text.text, subject, text.commit.clone(), &mut lookup).map_err(|error| Fault::Invalid(origin, error))
    }

    /// A named type of another subject. What cannot be had is reported by the parser, as an unknown name.
    fn referred(&mut self, name: &str, depth: usize) -> Option<Arc<Schema>> {
        // A cycle between subjects ends here: neither can be read before the other.
        if depth >= REFERENCE_DEPTH_MAX {
            return None;
        }
        self.named(&name.into(), None, depth + 1).ok()
    }

    fn inline(&mut self, text: &Arc<str>) -> Result<Arc<Schema>, Fault> {
        if let Some(schema) = self.inline.get(text) {
            return Ok(schema.clone());
        }
        let mut lookup = |name: &str| self.referred(name, 0);
        let schema = Schema::parse(text, None, None, &mut lookup);
        let schema = Arc::new(schema.map_err(|error| Fault::Invalid("the schema written in place".into(), error))?);
        self.inline.insert(text.clone(), schema.clone());
        Ok(schema)
    }

    fn warn_of_ambiguity(&mut self, reference: &ContractRef, schema: &Schema) {
        for message in ambiguity::unions(schema) {
            self.diagnostics.push(Diagnostic {
                code: "CONTRACT_UNION_AMBIGUOUS",
                severity: Severity::Warning,
                place: reference.place.clone(),
                message,
                hint: Some("the first record in the order written is taken; give one of them a required field of its own".to_owned()),
            });
        }
    }

    fn report(&mut self, reference: &ContractRef, fault: &Fault) {
        let (code, message, hint) = match fault {
            Fault::Source(error) => ("CONTRACT_SCHEMA_UNAVAILABLE", error.message.clone(), None),
            Fault::Missing(subject, version) => self.missing(subject, *version),
            Fault::Invalid(origin, error) => {
                let message = format!("{origin} is not an Avro schema: {} (at `{}`)", error.message, error.pointer);
                ("CONTRACT_SCHEMA_INVALID", message, None)
            }
        };
        let place = reference.place.clone();
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, place, message, hint });
    }

    fn missing(&self, subject: &str, version: Option<u32>) -> (&'static str, String, Option<String>) {
        let known = self.source.subjects();
        let code = "CONTRACT_SCHEMA_NOT_FOUND";
        if let (Some(version), true) = (version, known.iter().any(|it| **it == *subject)) {
            return (code, format!("the subject `{subject}` has no version {version}"), None);
        }
        let alike = |candidate: &&Arc<str>| {
            let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_lowercase();
            last(candidate) == last(subject) || candidate.eq_ignore_ascii_case(subject)
        };
        let hint = match known.iter().find(alike) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "there are no schemas here: put them at `schemas/SUBJECT.avsc` or `schemas/SUBJECT/VERSION.avsc`".to_owned(),
            None => {
                let some: Vec<&str> = known.iter().take(8).map(|subject| &**subject).collect();
                format!("known subjects: {}", some.join(", "))
            }
        };
        (code, format!("there is no subject `{subject}`"), Some(hint))
    }
}
