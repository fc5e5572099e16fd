//! The fields of one object: taken by name, checked for type and range; what nobody took is unknown.

use std::sync::Arc;

use super::report::Report;
use super::spelling::closest;
use super::{code, shared};
use crate::definition::QueryLanguage;
use crate::diagnostic::Span;
use crate::limits::SECONDS_MAX;
use crate::source::{Member, Node, Value};

/// The fields of one object of a definition.
pub(super) struct Fields<'a> {
    /// What the object is, with its article, for messages: `a Task state`.
    pub(super) owner: &'static str,
    /// What stands for the object as a whole: a state's name, or the object itself.
    pub(super) span: Span,
    members: &'a [Member],
    taken: Vec<bool>,
    /// Every name that was asked for, which is every name that is known here.
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of `node`, which must be an object.
    pub(super) fn new(
        node: &'a Node,
        span: Span,
        owner: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Self> {
        let Value::Object(members) = &node.value else {
            report.error(node.span, code::SCHEMA, format!("{owner} is an object, found {}", node.a_kind()));
            return None;
        };
        Some(Self { owner, span, members, taken: vec![false; members.len()], known: Vec::new() })
    }

    /// The field `name`, which is thereby known.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'a Member> {
        self.known.push(name);
        let at = self.members.iter().position(|member| &*member.key == name)?;
        self.taken[at] = true;
        Some(&self.members[at])
    }

    /// The field `name`, looked at without being taken.
    pub(super) fn get(&self, name: &str) -> Option<&'a Member> {
        self.members.iter().find(|member| &*member.key == name)
    }

    /// Every field that nobody took yet.
    pub(super) fn rest(&self) -> impl Iterator<Item = &'a Member> {
        self.members.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(member, _)| member)
    }

    /// Marks a field that was found by other means than its name.
    pub(super) fn mark(&mut self, key: &str) {
        if let Some(at) = self.members.iter().position(|member| &*member.key == key) {
            self.taken[at] = true;
        }
    }

    /// The field `name`, without which the object means nothing.
    pub(super) fn require(&mut self, name: &'static str, report: &mut Report<'_>) -> Option<&'a Member> {
        let member = self.take(name);
        if member.is_none() {
            report.error(self.span, code::MISSING_FIELD, format!("{} needs the field `{name}`", self.owner));
            report.in_aws_words(format!("These fields are required: [{name}]"));
        }
        member
    }

    /// At most one of two fields that say the same in two ways.
    pub(super) fn one_of(
        &mut self,
        name: &'static str,
        other: &'static str,
        report: &mut Report<'_>,
    ) -> Option<&'a Member> {
        match (self.take(name), self.take(other)) {
            (Some(_), Some(second)) => {
                report.error(
                    second.key_span,
                    code::CONFLICT,
                    format!("`{name}` and `{other}` exclude each other"),
                );
                report.in_aws_words(format!(
                    "There should only be one of the following fields: [{name}, {other}]"
                ));
                None
            }
            (first, second) => first.or(second),
        }
    }

    /// A string.
    pub(super) fn text(&mut self, name: &'static str, report: &mut Report<'_>) -> Option<Arc<str>> {
        let member = self.take(name)?;
        text(&member.value, name, report)
    }

    /// `Comment`.
    pub(super) fn comment(&mut self, report: &mut Report<'_>) -> Option<Arc<str>> {
        self.text("Comment", report)
    }

    /// `Version`, which says nothing but `1.0`.
    pub(super) fn version(&mut self, report: &mut Report<'_>) {
        let Some(member) = self.take("Version") else { return };
        if let Some(version) = text(&member.value, "Version", report)
            && &*version != "1.0"
        {
            report.error(member.value.span, code::SCHEMA, format!("`Version` is `1.0`, found `{version}`"));
        }
    }

    /// `QueryLanguage`.
    pub(super) fn query_language(&mut self, report: &mut Report<'_>) -> Option<QueryLanguage> {
        let member = self.take("QueryLanguage")?;
        match choice(&member.value, "QueryLanguage", &["JSONPath", "JSONata"], report)? {
            0 => Some(QueryLanguage::JsonPath),
            _ => Some(QueryLanguage::Jsonata),
        }
    }

    /// Whole seconds from `min` to the largest that AWS accepts.
    pub(super) fn seconds(&mut self, name: &'static str, min: u32, report: &mut Report<'_>) -> Option<u32> {
        let member = self.take(name)?;
        whole(&member.value, name, min, SECONDS_MAX, report)
    }

    /// Reports every field that nobody took.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for member in self.rest() {
            self.unknown(member, report);
        }
    }

    fn unknown(&self, member: &Member, report: &mut Report<'_>) {
        let key = &*member.key;
        let diagnostic = report.error(
            member.key_span,
            code::UNKNOWN_FIELD,
            format!("{} has no field `{key}`", self.owner),
        );
        if let Some(close) = closest(key, &self.known) {
            diagnostic.hint(format!("did you mean `{close}`?"));
        } else if let Some(plain) = key.strip_suffix(".$") {
            diagnostic.hint(format!("`.$` is for fields inside a template; did you mean `{plain}Path`?"));
        } else if let Some(owner) = owner_of(key) {
            diagnostic.hint(format!("`{key}` is a field of {owner}"));
        } else {
            diagnostic.hint(format!("known here: {}", self.known.join(", ")));
        }
        report.in_aws_words(format!("Field '{key}' is not supported"));
    }
}

/// Which states have a field that some other state was given.
fn owner_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "Next" | "End" => "states that lead on; Choice, Succeed and Fail do not",
        "Retry" | "Catch" | "ResultSelector" => "Task, Parallel and Map states",
        "Parameters" => "Pass, Task and Parallel states",
        "ResultPath" => "Pass, Task, Parallel and Map states",
        "Assign" => "every state but Succeed and Fail",
        "Result" => "Pass states",
        "Resource"
        | "TimeoutSeconds"
        | "TimeoutSecondsPath"
        | "HeartbeatSeconds"
        | "HeartbeatSecondsPath"
        | "Credentials" => "Task states",
        "Choices" | "Default" => "Choice states",
        "Seconds" | "SecondsPath" | "Timestamp" | "TimestampPath" => "Wait states",
        "Error" | "ErrorPath" | "Cause" | "CausePath" => "Fail states",
        "Branches" => "Parallel states",
        "ItemProcessor" | "Iterator" | "ItemSelector" | "ItemsPath" | "MaxConcurrency"
        | "MaxConcurrencyPath" => "Map states",
        "ItemReader"
        | "ItemBatcher"
        | "ResultWriter"
        | "Label"
        | "ToleratedFailureCount"
        | "ToleratedFailureCountPath"
        | "ToleratedFailurePercentage"
        | "ToleratedFailurePercentagePath" => "distributed Map states",
        "InputPath" | "OutputPath" | "Output" => "every state but Fail",
        "Arguments" => "Task and Parallel states",
        "Items" => "Map states",
        "Condition" => "choice rules of JSONata states",
        "Contract" => "the machine, states, catchers and choice rules",
        _ => return None,
    })
}

/// The text of a string.
pub(super) fn text(node: &Node, name: &str, report: &mut Report<'_>) -> Option<Arc<str>> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        _ => wrong_type(node, name, "a string", report),
    }
}

/// The position in `names` of a string that must be one of them.
pub(super) fn choice(
    node: &Node,
    field: &str,
    names: &[&'static str],
    report: &mut Report<'_>,
) -> Option<usize> {
    let found = text(node, field, report)?;
    let at = names.iter().position(|name| *name == &*found);
    if at.is_none() {
        let message = format!("`{field}` is one of {}, found `{found}`", names.join(", "));
        let diagnostic = report.error(node.span, code::SCHEMA, message);
        if let Some(close) = closest(&found, names) {
            diagnostic.hint(format!("did you mean `{close}`?"));
        }
        let names = names.join(", ");
        report.in_aws_words(format!("The field '{field}' should have one of these values: [{names}]"));
    }
    at
}

/// A boolean.
pub(super) fn flag(node: &Node, name: &str, report: &mut Report<'_>) -> Option<bool> {
    match &node.value {
        Value::Bool(value) => Some(*value),
        _ => wrong_type(node, name, "a boolean", report),
    }
}

/// A whole number in a range.
pub(super) fn whole(node: &Node, name: &str, min: u32, max: u32, report: &mut Report<'_>) -> Option<u32> {
    let Value::Number(number) = &node.value else { return wrong_type(node, name, "a number", report) };
    let found = number.as_i64().and_then(|value| u32::try_from(value).ok());
    let found = found.filter(|value| (min..=max).contains(value));
    if found.is_none() {
        report.error(
            node.span,
            code::RANGE,
            format!("`{name}` is a whole number from {min} to {max}, found `{number}`"),
        );
    }
    found
}

/// The items of an array that holds at least one.
pub(super) fn items<'a>(node: &'a Node, name: &str, report: &mut Report<'_>) -> Option<&'a [Node]> {
    let items = array(node, name, report)?;
    if items.is_empty() {
        report.error(node.span, code::RANGE, format!("`{name}` may not be empty"));
        report.in_aws_words("Value cannot be empty");
        return None;
    }
    Some(items)
}

/// The items of an array.
pub(super) fn array<'a>(node: &'a Node, name: &str, report: &mut Report<'_>) -> Option<&'a [Node]> {
    match &node.value {
        Value::Array(items) => Some(items),
        _ => wrong_type(node, name, "an array", report),
    }
}

/// Says that a field is of the wrong type.
pub(super) fn wrong_type<T>(node: &Node, name: &str, expected: &str, report: &mut Report<'_>) -> Option<T> {
    report.error(
        node.span,
        code::SCHEMA,
        format!("`{}` is {expected}, found {}", shared(name), node.a_kind()),
    );
    None
}
