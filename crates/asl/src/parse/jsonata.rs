//! Expressions of JSONata states, and fields that belong to the other query language.
//!
//! Source: AWS, "Transforming data with JSONata in Step Functions". What an expression means: `../jsonata.rs`.

#[cfg(test)]
mod tests;

use super::code;
use super::data::looks_like_a_query;
use super::fields::{Fields, wrong_type};
use super::report::Report;
use super::scope::{Builder, Mention};
use crate::definition::QueryLanguage;
use crate::jsonata::{Expression, ExpressionError, Template};
use crate::source::{Member, Node, Value};

/// Fields of states and catchers that only JSONPath has.
const PATH_FIELDS: [&str; 16] = [
    "InputPath",
    "OutputPath",
    "ResultPath",
    "ResultSelector",
    "Parameters",
    "Result",
    "ItemsPath",
    "MaxConcurrencyPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "SecondsPath",
    "TimestampPath",
    "ErrorPath",
    "CausePath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
];
/// Fields of states and catchers that only JSONata has.
const JSONATA_FIELDS: [&str; 3] = ["Arguments", "Output", "Items"];

/// What of `$states` is there, besides `input` and `context`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Nothing: the state has not worked, or is of a kind that has no result.
    Before,
    /// `result`.
    Done,
    /// `errorOutput`.
    Caught,
}

/// An expression that does not compile, which has been reported.
pub(super) struct Refused;

impl Builder {
    /// A field that holds a template, as `Arguments`.
    pub(super) fn jsonata_field(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Option<Template> {
        let member = fields.take(name)?;
        self.jsonata_template(&member.value, moment, report)
    }

    /// Compiles a template; errors point into the offending text.
    pub(super) fn jsonata_template(
        &mut self,
        node: &Node,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Option<Template> {
        check_texts(node, report);
        match Template::compile(&node.to_json(), &mut self.budget) {
            Ok(template) => {
                for expression in template.expressions() {
                    self.mention(expression, node, moment, report);
                }
                Some(template)
            }
            Err(errors) => {
                for it in errors {
                    refuse(node.at(&it.pointer).unwrap_or(node), it.error, report);
                }
                None
            }
        }
    }

    /// The expression that a text is, if it is one.
    pub(super) fn expression(
        &mut self,
        node: &Node,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Result<Option<Expression>, Refused> {
        let Value::String(text) = &node.value else { return Ok(None) };
        let Some(body) = Expression::body(text) else { return Ok(None) };
        match Expression::compile(body, &mut self.budget) {
            Ok(expression) => {
                self.mention(&expression, node, moment, report);
                Ok(Some(expression))
            }
            Err(error) => {
                refuse(node, error, report);
                Err(Refused)
            }
        }
    }

    /// An expression, where nothing else will do.
    pub(super) fn required_expression(
        &mut self,
        member: &Member,
        expected: &str,
        moment: Moment,
        report: &mut Report<'_>,
    ) -> Option<Expression> {
        match self.expression(&member.value, moment, report).ok()? {
            Some(expression) => Some(expression),
            None => wrong_type(
                &member.value,
                &member.key,
                &format!("{expected} or an expression `{{% … %}}`"),
                report,
            ),
        }
    }

    /// Remembers the variables that an expression reads, and holds its use of `$states` against what is there.
    fn mention(&mut self, expression: &Expression, node: &Node, moment: Moment, report: &mut Report<'_>) {
        for name in expression.variables() {
            let (scope, language) = (self.here, QueryLanguage::Jsonata);
            self.read.push(Mention { scope, name: name.into(), span: node.span, language, caught_by: None });
        }
        if moment != Moment::Caught && expression.reads_states("errorOutput") {
            report
                .error(
                    node.span,
                    code::UNSUPPORTED_JSONATA,
                    "`$states.errorOutput` is there in catchers only",
                )
                .hint("put it into `Output` or `Assign` of an element of `Catch`");
            report.in_aws_words("Field '$states.errorOutput' does not exist.");
        }
        if moment != Moment::Done && expression.reads_states("result") {
            let message = "`$states.result` is not there, and gives nothing";
            report.warning(node.span, code::UNSUPPORTED_JSONATA, message).hint(
                "a result is there in `Output` and `Assign` of Task, Parallel and Map states; elsewhere use `$states.input`",
            );
        }
    }
}

/// Reports the fields that the other query language has.
pub(super) fn check_language(fields: &mut Fields<'_>, language: QueryLanguage, report: &mut Report<'_>) {
    let names: &[&str] = match language {
        QueryLanguage::JsonPath => &JSONATA_FIELDS,
        QueryLanguage::Jsonata => &PATH_FIELDS,
    };
    foreign(fields, names, language, report);
}

/// Reports those of `names` that are there, which belong to the language that is not `language`; whether any is.
pub(super) fn foreign(
    fields: &mut Fields<'_>,
    names: &[&str],
    language: QueryLanguage,
    report: &mut Report<'_>,
) -> bool {
    let (own, other) = match language {
        QueryLanguage::JsonPath => ("JSONPath", "JSONata"),
        QueryLanguage::Jsonata => ("JSONata", "JSONPath"),
    };
    let mut is_any = false;
    for name in names {
        let Some(member) = fields.get(name) else { continue };
        is_any = true;
        // Marked, not taken: a field that is refused is not one to suggest.
        fields.mark(name);
        let message = format!("`{name}` belongs to {other}, and the query language here is {own}");
        let diagnostic = report.error(member.key_span, code::QUERY_LANGUAGE, message);
        match twin(name) {
            Some(twin) => diagnostic.hint(format!("in {own}: {twin}")),
            None if language == QueryLanguage::JsonPath => {
                diagnostic.hint("give the state `\"QueryLanguage\": \"JSONata\"`");
            }
            None => {}
        }
        report.in_aws_words_of_parent(format!(
            "The QueryLanguage is set to '{own}', but field '{name}' is only supported for the '{other}' QueryLanguage"
        ));
    }
    is_any
}

/// What says the same in the other language.
fn twin(name: &str) -> Option<&'static str> {
    Some(match name {
        "InputPath" | "Parameters" => {
            "`Arguments`, of Task and Parallel states, of `ItemReader` and `ResultWriter`"
        }
        "OutputPath" | "ResultPath" | "ResultSelector" | "Result" => "`Output`",
        "ItemsPath" => "`Items`",
        "MaxConcurrencyPath" => "an expression in `MaxConcurrency`",
        "TimeoutSecondsPath" => "an expression in `TimeoutSeconds`",
        "HeartbeatSecondsPath" => "an expression in `HeartbeatSeconds`",
        "SecondsPath" => "an expression in `Seconds`",
        "TimestampPath" => "an expression in `Timestamp`",
        "ErrorPath" => "an expression in `Error`",
        "CausePath" => "an expression in `Cause`",
        "ToleratedFailureCountPath" => "an expression in `ToleratedFailureCount`",
        "ToleratedFailurePercentagePath" => "an expression in `ToleratedFailurePercentage`",
        "MaxItemsPath" => "an expression in `MaxItems`",
        "MaxItemsPerBatchPath" => "an expression in `MaxItemsPerBatch`",
        "MaxInputBytesPerBatchPath" => "an expression in `MaxInputBytesPerBatch`",
        _ => return None,
    })
}

/// Says why an expression does not compile, pointing into it.
fn refuse(node: &Node, error: ExpressionError, report: &mut Report<'_>) {
    // Behind the two characters that open an expression.
    let span = report.inner_span(node, error.offset + 2);
    let diagnostic = report.error(span, error.code, error.message);
    if let Some(hint) = error.hint {
        diagnostic.hint(hint);
    }
    report.in_aws_words(error.aws);
}

/// Texts that may have been meant as expressions. Recursion is bounded by the depth of the text.
fn check_texts(node: &Node, report: &mut Report<'_>) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| check_texts(item, report)),
        Value::Object(members) => {
            for member in members {
                if member.key.ends_with(".$") && looks_like_a_query(&member.value) {
                    let message = format!("`{}` is a field of that name: JSONata knows no `.$`", member.key);
                    report
                        .warning(member.key_span, code::NO_EXPRESSION, message)
                        .hint("an expression is a text `{% … %}`, under a name without `.$`");
                }
                check_texts(&member.value, report);
            }
        }
        Value::String(text) if is_almost_an_expression(text) => {
            report
                .warning(
                    node.span,
                    code::NO_EXPRESSION,
                    "this looks like an expression, and is passed on as a text",
                )
                .hint("an expression begins with `{%` and ends with `%}`, and nothing stands outside");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_almost_an_expression(text: &str) -> bool {
    let inner = text.trim();
    Expression::body(text).is_none() && (inner.starts_with("{%") || inner.ends_with("%}"))
}
