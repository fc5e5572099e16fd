//! The fields that shape data: `InputPath`, `Parameters`, `ResultSelector`, `ResultPath`, `OutputPath`, `Assign`.
//!
//! What is absent and what was reported look alike here: whoever holds a machine knows that nothing was reported.
//! Spec: `#filters`, `#payload-template`. Compiled here once; errors of a path point into its text.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::fields::{Fields, text, whole, wrong_type};
use super::jsonata::Moment;
use super::report::Report;
use super::scope::{Builder, Mention};
use super::{code, variables};
use crate::definition::QueryLanguage;
use crate::diagnostic::Span;
use crate::intrinsic::Intrinsic;
use crate::path::{Path, PathError, ReferencePath};
use crate::source::{Member, Node, Value};
use crate::state::{AnyTemplate, Arguments, Assign, Count, Output, ResultPath, Seconds, Selection, Text};
use crate::template::{Query, Template};

/// Which fields a kind of state has before it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// `InputPath`.
    Input,
    /// `Parameters` too, and no `Arguments`: Pass.
    Parameters,
    /// `Parameters` or `Arguments`.
    Arguments,
}

/// Which fields a kind of state has after it has worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// `OutputPath`: it emits its input.
    Input,
    /// `ResultPath` too: Pass.
    Result,
    /// `ResultSelector` too; in JSONata there is a result.
    Work,
}

impl After {
    fn moment(self) -> Moment {
        match self {
            Self::Input | Self::Result => Moment::Before,
            Self::Work => Moment::Done,
        }
    }
}

impl Builder {
    /// `InputPath` or `OutputPath`.
    pub(super) fn selection(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Selection> {
        let Some(member) = fields.take(name) else { return Some(Selection::All) };
        if matches!(member.value.value, Value::Null) {
            return Some(Selection::Nothing);
        }
        let path = self.path(member, report)?;
        Some(if &**path.text() == "$" { Selection::All } else { Selection::Path(path) })
    }

    /// A template field, as `Parameters`: any value.
    pub(super) fn template(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Template> {
        let member = fields.take(name)?;
        self.compile_template(&member.value, name, report)
    }

    /// A template field that must be an object, as `ResultSelector`; `null` says that there is none.
    pub(super) fn object_template(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Template> {
        let member = fields.take(name)?;
        match &member.value.value {
            Value::Object(_) => self.compile_template(&member.value, name, report),
            Value::Null => None,
            _ => wrong_type(&member.value, name, "an object", report),
        }
    }

    /// What a state makes of its raw input: `InputPath` and `parameters`, a field that only some kinds have, or `Arguments`
    /// of those that have it.
    pub(super) fn arguments(
        &mut self,
        fields: &mut Fields<'_>,
        shape: Before,
        report: &mut Report<'_>,
    ) -> Option<Arguments> {
        Some(match self.language {
            QueryLanguage::JsonPath => Arguments::Path {
                input_path: self.selection(fields, "InputPath", report)?,
                parameters: match shape {
                    Before::Input => None,
                    Before::Parameters | Before::Arguments => self.template(fields, "Parameters", report),
                },
            },
            QueryLanguage::Jsonata => Arguments::Jsonata(match shape {
                Before::Input | Before::Parameters => None,
                Before::Arguments => self.jsonata_field(fields, "Arguments", Moment::Before, report),
            }),
        })
    }

    /// How a state's result becomes its output: `ResultSelector` and `ResultPath`, of the kinds that have them, and
    /// `OutputPath`; or `Output`.
    pub(super) fn output(
        &mut self,
        fields: &mut Fields<'_>,
        shape: After,
        report: &mut Report<'_>,
    ) -> Option<Output> {
        if self.language == QueryLanguage::Jsonata {
            let template = self.jsonata_field(fields, "Output", shape.moment(), report);
            return Some(Output::Jsonata(template));
        }
        let result_selector = match shape {
            After::Work => self.object_template(fields, "ResultSelector", report),
            After::Input | After::Result => None,
        };
        let result_path = match shape {
            After::Work | After::Result => result_path(fields, report),
            After::Input => Some(ResultPath::Replace),
        };
        let output_path = self.selection(fields, "OutputPath", report);
        Some(Output::Path { result_selector, result_path: result_path?, output_path: output_path? })
    }

    /// A template in the state's language, already taken.
    pub(super) fn any_template(
        &mut self,
        member: &Member,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Option<AnyTemplate> {
        match self.language {
            QueryLanguage::JsonPath => {
                self.compile_template(&member.value, &member.key, report).map(AnyTemplate::Path)
            }
            QueryLanguage::Jsonata => {
                self.jsonata_template(&member.value, moment, report).map(AnyTemplate::Jsonata)
            }
        }
    }

    /// `Assign`.
    pub(super) fn assign(
        &mut self,
        fields: &mut Fields<'_>,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Option<Assign> {
        let member = fields.take("Assign")?;
        let Value::Object(members) = &member.value.value else {
            return wrong_type(&member.value, "Assign", "an object of names and values", report);
        };
        for it in members {
            let name = match self.language {
                QueryLanguage::JsonPath => it.key.strip_suffix(".$").unwrap_or(&it.key),
                QueryLanguage::Jsonata => &it.key,
            };
            variables::check_name(name, it.key_span, report);
            let (scope, language, caught_by) = (self.here, self.language, self.catching);
            self.assigned.push(Mention { scope, name: name.into(), span: it.key_span, language, caught_by });
        }
        Some(Assign { template: self.any_template(member, moment, report)? })
    }

    /// A field that holds a path.
    pub(super) fn path(&mut self, member: &Member, report: &mut Report<'_>) -> Option<Path> {
        let source = text(&member.value, &member.key, report)?;
        match Path::compile(&source) {
            Ok(path) => {
                self.reads(&path, member.value.span);
                Some(path)
            }
            Err(error) => not_a_path(&member.value, &member.key, &error, report),
        }
    }

    /// A field that holds a path which means exactly one place.
    pub(super) fn definite_path(&mut self, member: &Member, report: &mut Report<'_>) -> Option<Path> {
        let path = self.path(member, report)?;
        if !path.is_definite() {
            let message =
                format!("`{}` needs a path that means one place, found `{}`", member.key, path.text());
            report
                .error(member.value.span, code::PATH, message)
                .hint("no `..`, `*`, filters, slices or lists of names");
            return None;
        }
        Some(path)
    }

    /// `…Seconds` or `…SecondsPath`, or an expression.
    pub(super) fn timeout(
        &mut self,
        fields: &mut Fields<'_>,
        names: [&'static str; 2],
        report: &mut Report<'_>,
    ) -> Option<Seconds> {
        let member = self.given(fields, names, report)?;
        if &*member.key == names[1] {
            return self.definite_path(member, report).map(Seconds::Path);
        }
        if self.may_be_expression(member) {
            let expression = self.required_expression(member, "a number", Moment::Before, report);
            return expression.map(Seconds::Jsonata);
        }
        let literal = whole(&member.value, names[0], 1, crate::limits::SECONDS_MAX, report)?;
        Some(Seconds::Literal(literal))
    }

    /// A count or its `…Path`, or an expression.
    pub(super) fn count(
        &mut self,
        fields: &mut Fields<'_>,
        names: [&'static str; 2],
        report: &mut Report<'_>,
    ) -> Option<Count> {
        self.count_in(fields, names, 0..=i32::MAX.unsigned_abs(), report)
    }

    /// The same, where what is given in place has bounds of its own.
    pub(super) fn count_in(
        &mut self,
        fields: &mut Fields<'_>,
        names: [&'static str; 2],
        range: RangeInclusive<u32>,
        report: &mut Report<'_>,
    ) -> Option<Count> {
        let member = self.given(fields, names, report)?;
        if &*member.key == names[1] {
            return self.definite_path(member, report).map(Count::Path);
        }
        if self.may_be_expression(member) {
            let expression = self.required_expression(member, "a number", Moment::Before, report);
            return expression.map(Count::Jsonata);
        }
        whole(&member.value, names[0], *range.start(), *range.end(), report).map(Count::Literal)
    }

    /// `Error` or `ErrorPath`, `Cause` or `CausePath`: a text, or what gives one.
    pub(super) fn text_or_query(
        &mut self,
        fields: &mut Fields<'_>,
        names: [&'static str; 2],
        report: &mut Report<'_>,
    ) -> Option<Text> {
        let member = self.given(fields, names, report)?;
        if self.may_be_expression(member)
            && let Some(expression) = self.expression(&member.value, Moment::Before, report).ok()?
        {
            return Some(Text::Jsonata(expression));
        }
        if &*member.key == names[0] {
            return text(&member.value, names[0], report).map(Text::Literal);
        }
        let source = text(&member.value, names[1], report)?;
        match Query::compile(&source) {
            Ok(Query::Path(path)) => {
                let path = self.definite_path(member, report).filter(|found| *found == path)?;
                Some(Text::Query(Query::Path(path)))
            }
            Ok(Query::Intrinsic(call)) => {
                self.intrinsic_reads(&call, member.value.span);
                gives_text(&call, member, report).then_some(Text::Query(Query::Intrinsic(call)))
            }
            Err(error) => not_a_path(&member.value, names[1], &error, report),
        }
    }

    /// A field, or in JSONPath the one that says the same by a path.
    pub(super) fn given<'a>(
        &self,
        fields: &mut Fields<'a>,
        names: [&'static str; 2],
        report: &mut Report<'_>,
    ) -> Option<&'a Member> {
        match self.language {
            QueryLanguage::JsonPath => fields.one_of(names[0], names[1], report),
            QueryLanguage::Jsonata => fields.take(names[0]),
        }
    }

    /// Whether a field that is no template may be an expression: a text, in JSONata.
    pub(super) fn may_be_expression(&self, member: &Member) -> bool {
        self.language == QueryLanguage::Jsonata && matches!(member.value.value, Value::String(_))
    }

    /// Compiles a template; errors point to the offending field.
    pub(super) fn compile_template(
        &mut self,
        node: &Node,
        name: &str,
        report: &mut Report<'_>,
    ) -> Option<Template> {
        check_keys(node, report);
        let template = match Template::compile(&node.to_json()) {
            Ok(template) => template,
            Err(errors) => {
                for error in errors {
                    let span = match node.at(&error.pointer) {
                        Some(field) => report.inner_span(field, error.offset),
                        None => node.span,
                    };
                    let field = error.pointer.rsplit('/').next().unwrap_or(name);
                    report.error(span, code::PATH, format!("`{field}` in `{name}`: {}", error.message));
                    report.in_aws_words(format!(
                        "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
                    ));
                }
                return None;
            }
        };
        for query in template.queries() {
            match query {
                Query::Path(path) => self.reads(path, node.span),
                Query::Intrinsic(call) => self.intrinsic_reads(call, node.span),
            }
        }
        Some(template)
    }

    fn intrinsic_reads(&mut self, call: &Intrinsic, span: Span) {
        call.paths().into_iter().for_each(|path| self.reads(path, span));
    }

    /// Remembers the variable that a path reads.
    fn reads(&mut self, path: &Path, span: Span) {
        if let Some(name) = path.variable() {
            let (scope, language) = (self.here, QueryLanguage::JsonPath);
            self.read.push(Mention { scope, name: Arc::from(name), span, language, caught_by: None });
        }
    }
}

/// `ResultPath`.
pub(super) fn result_path(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<ResultPath> {
    let Some(member) = fields.take("ResultPath") else { return Some(ResultPath::Replace) };
    if matches!(member.value.value, Value::Null) {
        return Some(ResultPath::Discard);
    }
    let source = text(&member.value, "ResultPath", report)?;
    match ReferencePath::compile(&source) {
        Ok(path) if path.is_root() => Some(ResultPath::Replace),
        Ok(path) => Some(ResultPath::At(path)),
        Err(error) => not_a_path(&member.value, "ResultPath", &error, report),
    }
}

/// `x` and `x.$` in one object of a template give the same field; a path in `x` may have been meant for `x.$`.
/// Recursion is bounded by the depth of the text.
fn check_keys(node: &Node, report: &mut Report<'_>) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| check_keys(item, report)),
        Value::Object(members) => {
            let keys: BTreeSet<&str> = members.iter().map(|it| &*it.key).collect();
            for member in members {
                if let Some(plain) = member.key.strip_suffix(".$").filter(|plain| keys.contains(plain)) {
                    let message = format!("`{}` and `{plain}` give the same field twice", member.key);
                    report.error(member.key_span, code::CONFLICT, message);
                }
                if !member.key.ends_with(".$") && looks_like_a_query(&member.value) {
                    let message = format!("`{}` looks like a path, and is passed on as a text", member.key);
                    let hint = format!("to read what it means, call the field `{}.$`", member.key);
                    report.warning(member.value.span, code::NO_DOLLAR, message).hint(hint);
                }
                check_keys(&member.value, report);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a `Result` holds what would be a query in a template. Recursion is bounded by the depth of the text.
pub(super) fn holds_queries(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().any(holds_queries),
        Value::Object(members) => members.iter().any(|it| it.key.ends_with(".$") || holds_queries(&it.value)),
        _ => looks_like_a_query(node),
    }
}

pub(super) fn looks_like_a_query(node: &Node) -> bool {
    let Value::String(text) = &node.value else { return false };
    let starts = ["$.", "$[", "$$.", "States."].iter().any(|start| text.starts_with(start));
    starts && Query::compile(text).is_ok()
}

/// Functions of which the answer is a string.
const TEXT_FUNCTIONS: [&str; 7] = [
    "States.Format",
    "States.JsonToString",
    "States.ArrayGetItem",
    "States.Base64Encode",
    "States.Base64Decode",
    "States.Hash",
    "States.UUID",
];

fn gives_text(call: &Intrinsic, member: &Member, report: &mut Report<'_>) -> bool {
    let function = call.text().split('(').next().unwrap_or_default().trim();
    let gives = TEXT_FUNCTIONS.contains(&function);
    if !gives {
        let message = format!("`{}` needs a function that gives a string, `{function}` does not", member.key);
        report
            .error(member.value.span, code::PATH, message)
            .hint(format!("one of {}", TEXT_FUNCTIONS.join(", ")));
    }
    gives
}

/// Says why a text is no path, pointing into it.
pub(super) fn not_a_path<T>(
    node: &Node,
    name: &str,
    error: &PathError,
    report: &mut Report<'_>,
) -> Option<T> {
    let span = report.inner_span(node, error.offset);
    report.error(span, code::PATH, format!("`{name}`: {}", error.message));
    None
}
