//! From a reference to a schema: asked for once, compiled once, with every fault located where the reference stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl::contract::{ContractRef, SchemaRef, Unknown};
use asl::{Diagnostic, Severity};

use super::ambiguity;
use crate::hint;
use crate::schema::{Schema, SchemaError};
use crate::source::{SchemaSource, SchemaText, SourceError};

/// Subjects that a hint lists when none of them is near.
const LISTED_MAX: usize = 8;

/// Asks the source, and remembers what it said: one revision sees one latest version of a subject.
pub(super) struct Resolver<'s> {
    source: &'s dyn SchemaSource,
    texts: BTreeMap<(Arc<str>, Option<u32>), Option<SchemaText>>,
    schemas: BTreeMap<(Arc<str>, u32), Arc<Schema>>,
    inline: BTreeMap<Arc<str>, Arc<Schema>>,
    /// Fingerprints whose ambiguities have been told; a second reference need not say it again.
    warned: BTreeSet<([u8; 32], bool)>,
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
        Self {
            source,
            texts: BTreeMap::new(),
            schemas: BTreeMap::new(),
            inline: BTreeMap::new(),
            warned: BTreeSet::new(),
            diagnostics: Vec::new(),
        }
    }

    /// The schema that a reference means, or a diagnostic.
    pub(super) fn schema(&mut self, reference: &ContractRef) -> Option<Arc<Schema>> {
        let result = match &reference.schema {
            SchemaRef::Named { subject, version } => self.named(subject, *version),
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

    fn named(&mut self, subject: &Arc<str>, version: Option<u32>) -> Result<Arc<Schema>, Fault> {
        let found = self.text(subject, version).map_err(Fault::Source)?;
        let found = found.ok_or_else(|| Fault::Missing(subject.clone(), version))?;
        let key = (found.subject.clone(), found.version);
        if let Some(schema) = self.schemas.get(&key) {
            return Ok(schema.clone());
        }
        let schema =
            self.compile(&found.text).map_err(|error| Fault::Invalid(found.origin.clone(), error))?;
        let schema = Arc::new(schema.of_subject(found.subject, found.version, found.commit));
        self.schemas.insert(key, schema.clone());
        Ok(schema)
    }

    fn inline(&mut self, text: &Arc<str>) -> Result<Arc<Schema>, Fault> {
        if let Some(schema) = self.inline.get(text) {
            return Ok(schema.clone());
        }
        let invalid = |error| Fault::Invalid("the schema written in place".into(), error);
        let schema = Arc::new(self.compile(text).map_err(invalid)?);
        self.inline.insert(text.clone(), schema.clone());
        Ok(schema)
    }

    fn compile(&mut self, text: &str) -> Result<Schema, SchemaError> {
        Schema::parse_with(text, &mut |name| self.text(&name.into(), None))
    }

    fn text(&mut self, subject: &Arc<str>, version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        let key = (subject.clone(), version);
        if let Some(found) = self.texts.get(&key) {
            return Ok(found.clone());
        }
        let found = self.source.schema(subject, version)?;
        self.texts.insert(key, found.clone());
        Ok(found)
    }

    fn warn_of_ambiguity(&mut self, reference: &ContractRef, schema: &Schema) {
        if !self.warned.insert((schema.fingerprint.0, reference.unknown == Unknown::Allow)) {
            return;
        }
        let hint =
            "the first that fits in the order written is taken; give one of them a required field of its own";
        for message in ambiguity::unions(schema, reference.unknown) {
            self.diagnostics.push(Diagnostic {
                code: "CONTRACT_UNION_AMBIGUOUS",
                severity: Severity::Warning,
                place: reference.place.clone(),
                message,
                hint: Some(hint.to_owned()),
            });
        }
    }

    fn report(&mut self, reference: &ContractRef, fault: &Fault) {
        let (code, message, hint) = match fault {
            Fault::Source(error) => ("CONTRACT_SCHEMA_UNAVAILABLE", error.message.clone(), None),
            Fault::Missing(subject, version) => self.missing(subject, *version),
            Fault::Invalid(origin, error) => {
                let code = if error.is_reference() {
                    "CONTRACT_SUBJECT_REFERENCE"
                } else {
                    "CONTRACT_SCHEMA_INVALID"
                };
                (code, format!("{origin} is not usable as an Avro schema: {error}"), None)
            }
        };
        let place = reference.place.clone();
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, place, message, hint });
    }

    fn missing(&self, subject: &str, version: Option<u32>) -> (&'static str, String, Option<String>) {
        let known = self.source.subjects();
        let code = "CONTRACT_SCHEMA_NOT_FOUND";
        if let (Some(version), true) = (version, known.iter().any(|it| **it == *subject)) {
            let hint = format!(
                "add `{subject}/{version}.avsc` to the schema folder, or name a version that is there (`{subject}` alone is the latest)"
            );
            return (code, format!("the subject `{subject}` has no version {version}"), Some(hint));
        }
        (code, format!("there is no subject `{subject}`"), Some(near_subjects(subject, &known)))
    }
}

/// What to do about a subject that is not there: the nearest name, the same name elsewhere, or what there is.
fn near_subjects(subject: &str, known: &[Arc<str>]) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let same = |candidate: &&Arc<str>| last(candidate) == last(subject);
    let near = hint::nearest(subject, known.iter().map(|name| &**name));
    match near.or_else(|| known.iter().find(same).map(|name| &**name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => {
            "there are no schemas here: put them at `schemas/SUBJECT.avsc` or `schemas/SUBJECT/VERSION.avsc`"
                .to_owned()
        }
        None => {
            let some: Vec<&str> = known.iter().take(LISTED_MAX).map(|subject| &**subject).collect();
            format!("known subjects: {}", some.join(", "))
        }
    }
}
