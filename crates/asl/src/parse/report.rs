//! What is found on the way: diagnostics with their places, bounded, in the order of the text.

use super::code;
use crate::diagnostic::aws::{self, AwsDiagnostic, Words};
use crate::diagnostic::{Diagnostic, Place, Severity, Span};
use crate::limits::{DIAGNOSTICS_COLLECTED_MAX, DIAGNOSTICS_MAX};
use crate::source::{Node, Source, Unreadable};

/// What AWS says to a text that is no object.
pub(super) const NO_OBJECT: &str = "Definition must be a valid JSON object";

/// Everything that was found.
pub(super) struct Findings {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) aws: Vec<AwsDiagnostic>,
    pub(super) failed: bool,
}

/// A collector of diagnostics on one text.
pub(super) struct Report<'a> {
    text: &'a str,
    root: &'a Node,
    /// What was found, and what AWS says in its place, where that is known.
    diagnostics: Vec<(Diagnostic, Option<Words>)>,
    /// Where a diagnostic goes that is one too many: it is counted, and forgotten.
    surplus: Option<Diagnostic>,
    surplus_count: usize,
    failed: bool,
}

impl<'a> Report<'a> {
    /// A report that already knows of keys that stand twice.
    pub(super) fn new(text: &'a str, source: &'a Source) -> Self {
        let root = &source.root;
        let mut report =
            Self { text, root, diagnostics: Vec::new(), surplus: None, surplus_count: 0, failed: false };
        for (key, span) in &source.duplicates {
            let message = format!("the key `{key}` stands in this object twice; the last one counts");
            report.warning(*span, code::DUPLICATE_KEY, message).hint("take one of them out");
        }
        report
    }

    /// Something that cannot run.
    pub(super) fn error(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.failed = true;
        self.push(span, code, Severity::Error, message.into())
    }

    /// Something that runs, and may not do what its author thinks.
    pub(super) fn warning(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push(span, code, Severity::Warning, message.into())
    }

    /// What AWS says in place of what was just reported.
    pub(super) fn in_aws_words(&mut self, words: impl Into<String>) {
        self.say_in_aws_words(Words { text: words.into(), is_of_parent: false });
    }

    /// The same where AWS says it of the object around.
    pub(super) fn in_aws_words_of_parent(&mut self, words: impl Into<String>) {
        self.say_in_aws_words(Words { text: words.into(), is_of_parent: true });
    }

    fn say_in_aws_words(&mut self, words: Words) {
        if self.surplus_count == 0
            && let Some((_, slot)) = self.diagnostics.last_mut()
        {
            *slot = Some(words);
        }
    }

    /// Where `span` stands.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { pointer: self.root.pointer_of(span).into(), span }
    }

    /// The place of byte `offset` of the string `node`.
    pub(super) fn inner_span(&self, node: &Node, offset: usize) -> Span {
        node.inner_span(self.text, offset)
    }

    /// What was found, in the order of the text, and whether any of it is an error.
    pub(super) fn finish(mut self) -> Findings {
        self.diagnostics.sort_by_key(|(it, _)| (it.place.span.start, std::cmp::Reverse(it.severity)));
        let more = self.diagnostics.len().saturating_sub(DIAGNOSTICS_MAX) + self.surplus_count;
        self.diagnostics.truncate(DIAGNOSTICS_MAX);
        if more > 0 {
            let message = format!("{more} more problems are not shown");
            let severity = if self.failed { Severity::Error } else { Severity::Warning };
            let place = Place::default();
            let code = code::TOO_MANY_DIAGNOSTICS;
            self.diagnostics.push((Diagnostic { code, severity, place, message, hint: None }, None));
        }
        let aws = aws::translate(self.diagnostics.iter().map(|(it, words)| (it, words.as_ref())));
        let diagnostics = self.diagnostics.into_iter().map(|(it, _)| it).collect();
        Findings { diagnostics, aws, failed: self.failed }
    }

    fn push(
        &mut self,
        span: Span,
        code: &'static str,
        severity: Severity,
        message: String,
    ) -> &mut Diagnostic {
        let is_surplus = self.diagnostics.len() >= DIAGNOSTICS_COLLECTED_MAX;
        let place = if is_surplus { Place::default() } else { self.place(span) };
        let diagnostic = Diagnostic { code, severity, place, message, hint: None };
        if is_surplus {
            self.surplus_count += 1;
            return self.surplus.insert(diagnostic);
        }
        self.diagnostics.push((diagnostic, None));
        let (diagnostic, _) = self.diagnostics.last_mut().expect("one was pushed just now");
        diagnostic
    }
}

/// A text that is not even JSON or YAML.
pub(super) fn unreadable(fault: Unreadable) -> Findings {
    let place = Place { pointer: "".into(), span: fault.span };
    let (code, message) = (fault.code, fault.message);
    let found = Diagnostic { code, severity: Severity::Error, place, message, hint: None };
    let words = Words { text: NO_OBJECT.to_owned(), is_of_parent: false };
    let words = (found.code == "MISSING_DESCRIPTION").then_some(&words);
    let aws = aws::translate([(&found, words)]);
    Findings { diagnostics: vec![found], aws, failed: true }
}
