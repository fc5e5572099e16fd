//! One state: what all kinds share, and the kinds that are small.

use std::sync::Arc;

use super::contract::{Owner, contract};
use super::data;
use super::errors;
use super::fields::Fields;
use super::scope::{Names, scope};
use super::{Reading, choice, map};
use crate::definition::{QueryLanguage, ScopeId, State, StateId, Transition};
use crate::diagnostic::Place;
use crate::limits::SECONDS_MAX;
use crate::path::Path;
use crate::resource::Resource;
use crate::source::{Member, Node, NodeValue};
use crate::state::wait::Delay;
use crate::state::{Fail, Parallel, Pass, Seconds, StateKind, Succeed, Task, Text, Wait};
use crate::template::Query;
use crate::timestamp::Timestamp;

/// Fields of JSONata states; where they stand in a JSONPath state, that is the likely mistake.
const JSONATA_FIELDS: [(&str, &str); 4] = [
    ("Arguments", "`Arguments` belongs to JSONata states; a JSONPath state has `Parameters`"),
    (
        "Output",
        "`Output` belongs to JSONata states; a JSONPath state has `ResultSelector`, `ResultPath` and `OutputPath`",
    ),
    ("Items", "`Items` belongs to JSONata states; a JSONPath state has `ItemsPath`"),
    ("Condition", "`Condition` belongs to JSONata states; a JSONPath rule has `Variable` and an operator"),
];

/// Reads one state.
pub(super) fn state(
    reading: &mut Reading,
    member: &Member,
    pointer: &str,
    scope: ScopeId,
    id: StateId,
    names: &Names,
) -> Option<State> {
    let mut fields = Fields::of(reading, &member.value, pointer, &format!("the state `{}`", member.key))?;
    let type_name = fields.required_text(reading, "Type")?;
    let comment = fields.text(reading, "Comment");
    let language = query_language(reading, &mut fields).unwrap_or(reading.query_language);
    if language == QueryLanguage::Jsonata {
        // Reported where the language was chosen; its fields are another language's.
        return None;
    }
    let owner = Owner::of_type(&type_name);
    let contract = owner.and_then(|owner| contract(reading, &mut fields, owner));
    let kind = match &*type_name {
        "Task" => task(reading, &mut fields, names).map(StateKind::Task),
        "Pass" => pass(reading, &mut fields, names).map(StateKind::Pass),
        "Choice" => choice::choice(reading, &mut fields, names).map(StateKind::Choice),
        "Wait" => wait(reading, &mut fields, names).map(StateKind::Wait),
        "Succeed" => Some(StateKind::Succeed(succeed(reading, &mut fields))),
        "Fail" => Some(StateKind::Fail(fail(reading, &mut fields))),
        "Parallel" => parallel(reading, &mut fields, id, names).map(StateKind::Parallel),
        "Map" => map::map(reading, &mut fields, id, names).map(StateKind::Map),
        other => {
            unknown_type(reading, &mut fields, other);
            return None;
        }
    };
    fields.finish(reading, &JSONATA_FIELDS);
    let place = Place { pointer: pointer.into(), span: member.key_span };
    Some(State {
        name: member.key.clone(),
        id,
        scope,
        comment,
        query_language: language,
        contract,
        place,
        kind: kind?,
    })
}

fn unknown_type(reading: &mut Reading, fields: &mut Fields<'_>, found: &str) {
    const TYPES: [&str; 8] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
    let Some(node) = fields.take("Type") else { return };
    let message = format!("`{found}` is not a type of state");
    let hint = super::fields::nearest(found, &TYPES)
        .map_or_else(|| format!("one of {}", TYPES.join(", ")), |near| format!("did you mean `{near}`?"));
    reading.error_with_hint("SCHEMA_VALIDATION_FAILED", fields.place("Type", node), message, hint);
}

/// `QueryLanguage`. JSONata is known and refused until it can be run.
pub(super) fn query_language(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<QueryLanguage> {
    let node = fields.take("QueryLanguage")?;
    let place = fields.place("QueryLanguage", node);
    match &node.value {
        NodeValue::String(text) if &**text == "JSONPath" => Some(QueryLanguage::JsonPath),
        NodeValue::String(text) if &**text == "JSONata" => {
            let message = "JSONata states cannot be run yet";
            reading.error_with_hint(
                "UNSUPPORTED_QUERY_LANGUAGE",
                place,
                message,
                "write the state in JSONPath",
            );
            Some(QueryLanguage::Jsonata)
        }
        _ => {
            reading.error("SCHEMA_VALIDATION_FAILED", place, "`QueryLanguage` is `JSONPath` or `JSONata`");
            None
        }
    }
}

/// `Next` or `End`: never both, never neither.
pub(super) fn transition(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    names: &Names,
) -> Option<Transition> {
    let next = fields.take("Next");
    let end_node = fields.take("End");
    let end = end_node.and_then(|_| fields.boolean(reading, "End"));
    match (next, end_node) {
        (Some(_), Some(_)) if end == Some(true) => {
            reading.error(
                "CONFLICTING_FIELDS",
                fields.own_place(),
                "a state has `Next` or `\"End\": true`, not both",
            );
            None
        }
        (Some(node), _) => match &node.value {
            NodeValue::String(name) => {
                names.target(reading, name, fields.place("Next", node)).map(Transition::Next)
            }
            _ => fields.wrong_type(reading, "Next", node, "the name of a state"),
        },
        (None, Some(_)) if end == Some(true) => Some(Transition::End),
        (None, Some(_)) if end.is_none() => None,
        (None, _) => {
            let hint = "add `\"Next\": \"…\"` or `\"End\": true`";
            reading.error_with_hint(
                "MISSING_TRANSITION",
                fields.own_place(),
                "the state leads nowhere: it needs `Next` or `End`",
                hint,
            );
            None
        }
    }
}

fn pass(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Option<Pass> {
    let it = Some(Pass {
        input_path: data::selection(reading, fields, "InputPath"),
        parameters: data::template(reading, fields, "Parameters"),
        result: fields.payload("Result"),
        result_path: data::result_path(reading, fields),
        output_path: data::selection(reading, fields, "OutputPath"),
        assign: data::assign(reading, fields),
        then: Transition::End,
    });
    let then = transition(reading, fields, names)?;
    it.map(|it| Pass { then, ..it })
}

fn task(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Option<Task> {
    let resource = resource(reading, fields);
    let timeout = seconds(reading, fields, "TimeoutSeconds", "TimeoutSecondsPath");
    let heartbeat = seconds(reading, fields, "HeartbeatSeconds", "HeartbeatSecondsPath");
    if let (Some(Seconds::Literal(timeout)), Some(Seconds::Literal(heartbeat))) = (&timeout, &heartbeat)
        && heartbeat >= timeout
    {
        let message = format!(
            "`HeartbeatSeconds` is {heartbeat}, expected less than `TimeoutSeconds`, which is {timeout}"
        );
        reading.error("OUT_OF_RANGE", fields.own_place(), message);
    }
    let input_path = data::selection(reading, fields, "InputPath");
    let parameters = data::template(reading, fields, "Parameters");
    let credentials = data::template(reading, fields, "Credentials");
    let result_selector = data::template(reading, fields, "ResultSelector");
    let result_path = data::result_path(reading, fields);
    let output_path = data::selection(reading, fields, "OutputPath");
    let assign = data::assign(reading, fields);
    let retry = errors::retry(reading, fields);
    let catch = errors::catch(reading, fields, names);
    let then = transition(reading, fields, names);
    Some(Task {
        resource: resource?,
        input_path,
        parameters,
        credentials,
        timeout,
        heartbeat,
        result_selector,
        result_path,
        output_path,
        assign,
        retry,
        catch,
        then: then?,
    })
}

fn resource(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<Resource> {
    let node = fields.required(reading, "Resource")?;
    let NodeValue::String(arn) = &node.value else {
        return fields.wrong_type(reading, "Resource", node, "the ARN of a task");
    };
    let resource = Resource::parse(arn);
    if resource.is_none() {
        let message = format!("`{arn}` names nothing that a Task state can run");
        let hint = "for example `arn:aws:states:::baton:sql:transaction`, `arn:aws:states:::aws-sdk:s3:putObject`, `arn:aws:states:::lambda:invoke`";
        reading.error_with_hint("INVALID_RESOURCE", fields.place("Resource", node), message, hint);
    }
    resource
}

/// A number of seconds, given in place or by a path.
fn seconds(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
    path_name: &'static str,
) -> Option<Seconds> {
    fields.exclusive(reading, name, path_name);
    if fields.has(path_name) {
        return path(reading, fields, path_name).map(Seconds::Path);
    }
    fields.count(reading, name, 1, SECONDS_MAX).map(Seconds::Literal)
}

/// A field that holds a path.
pub(super) fn path(reading: &mut Reading, fields: &mut Fields<'_>, name: &'static str) -> Option<Path> {
    let node = fields.take(name)?;
    let NodeValue::String(text) = &node.value else {
        return fields.wrong_type(reading, name, node, "a path");
    };
    data::compiled(reading, fields.place(name, node), text, Path::compile(text))
}

fn wait(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Option<Wait> {
    let input_path = data::selection(reading, fields, "InputPath");
    let output_path = data::selection(reading, fields, "OutputPath");
    let assign = data::assign(reading, fields);
    let delay = delay(reading, fields);
    let then = transition(reading, fields, names)?;
    Some(Wait { input_path, delay: delay?, output_path, assign, then })
}

fn delay(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<Delay> {
    const SOURCES: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    let given = SOURCES.iter().filter(|name| fields.has(name)).count();
    if given != 1 {
        let message = format!(
            "a Wait state has exactly one of `Seconds`, `SecondsPath`, `Timestamp`, `TimestampPath`, found {given}"
        );
        let code = if given == 0 { "MISSING_FIELD" } else { "CONFLICTING_FIELDS" };
        reading.error(code, fields.own_place(), message);
    }
    let seconds = fields.count(reading, "Seconds", 0, SECONDS_MAX).map(Delay::Seconds);
    let seconds_from = path(reading, fields, "SecondsPath").map(Delay::SecondsFrom);
    let until = timestamp(reading, fields).map(Delay::Until);
    let until_from = path(reading, fields, "TimestampPath").map(Delay::UntilFrom);
    seconds.or(seconds_from).or(until).or(until_from)
}

fn timestamp(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<Timestamp> {
    let node = fields.take("Timestamp")?;
    let NodeValue::String(text) = &node.value else {
        return fields.wrong_type(reading, "Timestamp", node, "a timestamp");
    };
    let timestamp = Timestamp::parse(text);
    if timestamp.is_none() {
        let message = format!("`{text}` does not match the RFC 3339 timestamp format");
        reading.error_with_hint(
            "SCHEMA_VALIDATION_FAILED",
            fields.place("Timestamp", node),
            message,
            "for example `2026-11-24T09:30:00Z`",
        );
    }
    timestamp
}

fn succeed(reading: &mut Reading, fields: &mut Fields<'_>) -> Succeed {
    let input_path = data::selection(reading, fields, "InputPath");
    Succeed { input_path, output_path: data::selection(reading, fields, "OutputPath") }
}

fn fail(reading: &mut Reading, fields: &mut Fields<'_>) -> Fail {
    let error = text_or_query(reading, fields, "Error", "ErrorPath");
    Fail { error, cause: text_or_query(reading, fields, "Cause", "CausePath") }
}

fn text_or_query(
    reading: &mut Reading,
    fields: &mut Fields<'_>,
    name: &'static str,
    path_name: &'static str,
) -> Option<Text> {
    fields.exclusive(reading, name, path_name);
    let literal: Option<Arc<str>> = fields.text(reading, name);
    if let Some(node) = fields.take(path_name) {
        let NodeValue::String(text) = &node.value else {
            return fields.wrong_type(reading, path_name, node, "a path or an intrinsic function");
        };
        return data::compiled(reading, fields.place(path_name, node), text, Query::compile(text))
            .map(Text::Query);
    }
    literal.map(Text::Literal)
}

fn parallel(reading: &mut Reading, fields: &mut Fields<'_>, id: StateId, names: &Names) -> Option<Parallel> {
    let branches = branches(reading, fields, id);
    let input_path = data::selection(reading, fields, "InputPath");
    let parameters = data::template(reading, fields, "Parameters");
    let result_selector = data::template(reading, fields, "ResultSelector");
    let result_path = data::result_path(reading, fields);
    let output_path = data::selection(reading, fields, "OutputPath");
    let assign = data::assign(reading, fields);
    let retry = errors::retry(reading, fields);
    let catch = errors::catch(reading, fields, names);
    let then = transition(reading, fields, names);
    Some(Parallel {
        branches: branches?,
        input_path,
        parameters,
        result_selector,
        result_path,
        output_path,
        assign,
        retry,
        catch,
        then: then?,
    })
}

fn branches(reading: &mut Reading, fields: &mut Fields<'_>, id: StateId) -> Option<Vec<ScopeId>> {
    if !fields.has("Branches") {
        fields.required(reading, "Branches")?;
    }
    let (node, items) = fields.list(reading, "Branches")?;
    if items.is_empty() {
        reading.error(
            "SCHEMA_VALIDATION_FAILED",
            fields.place("Branches", node),
            "`Branches` needs at least one branch",
        );
        return None;
    }
    let read: Vec<Option<ScopeId>> =
        items.iter().enumerate().map(|(at, item)| branch(reading, fields, id, at, item)).collect();
    read.into_iter().collect()
}

fn branch(
    reading: &mut Reading,
    fields: &Fields<'_>,
    id: StateId,
    at: usize,
    item: &Node,
) -> Option<ScopeId> {
    let pointer = format!("{}/{at}", fields.child("Branches"));
    let mut branch = Fields::of(reading, item, &pointer, "a branch")?;
    branch.text(reading, "Comment");
    let scope = scope(reading, &mut branch, Some(id));
    branch.finish(reading, &[]);
    scope
}
