//! Payload templates: JSON in which a key that ends in `.$` holds a query. Spec: `#payload-template`.
//!
//! A template without queries is its own value, shared and never copied.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;

use crate::env::Env;
use crate::intrinsic::Intrinsic;
use crate::path::{Path, PathError};
use crate::{Failure, Json, measure};

/// A compiled payload template.
#[derive(Clone, Debug)]
pub struct Template(Node);

#[derive(Clone, Debug)]
enum Node {
    /// No query anywhere below.
    Constant(Json),
    Object(Vec<Member>),
    Array(Vec<Node>),
}

#[derive(Clone, Debug)]
struct Member {
    /// Without `.$`.
    key: Arc<str>,
    value: Field,
}

#[derive(Clone, Debug)]
enum Field {
    Node(Node),
    Query(Query),
}

/// What a field ending in `.$` or `Path` holds: a path, or a call of an intrinsic function.
#[derive(Clone, Debug)]
pub enum Query {
    /// A path.
    Path(Path),
    /// A call of an intrinsic function.
    Intrinsic(Intrinsic),
}

/// Why a template does not compile, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// JSON Pointer from the template's root to the offending field, for example `/order/total.$`.
    pub pointer: String,
    /// Bytes into the field's text, where that is known.
    pub offset: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl Template {
    /// Compiles `source`; reports every offending field.
    pub fn compile(source: &Json) -> Result<Self, Vec<TemplateError>> {
        let mut errors = Vec::new();
        let node = compile(source, &mut String::new(), &mut errors);
        if errors.is_empty() { Ok(Self(node)) } else { Err(errors) }
    }

    /// Whether there is no query in it, so that it is its own value.
    pub fn is_constant(&self) -> bool {
        matches!(self.0, Node::Constant(_))
    }

    /// The queries in it, in the order of the text. For the validator (variables read) and the static checker.
    pub fn queries(&self) -> Vec<&Query> {
        let mut queries = Vec::new();
        collect(&self.0, &mut queries);
        queries
    }

    /// The top-level keys, with `.$` taken off. For `Assign`.
    pub fn keys(&self) -> Vec<&str> {
        match &self.0 {
            Node::Constant(value) => {
                value.as_object().into_iter().flat_map(|it| it.iter().map(|(key, _)| &**key)).collect()
            }
            Node::Object(members) => members.iter().map(|member| &*member.key).collect(),
            Node::Array(_) => Vec::new(),
        }
    }

    /// The value; parts without queries are shared, not copied.
    ///
    /// Fails with `States.Runtime` or `States.IntrinsicFailure`. The specification says `States.ParameterPathFailure` for a
    /// path that finds nothing; AWS's histories say `States.Runtime` and
    /// `The JSONPath '$.x' specified for the field 'y.$' could not be found in the input '{…}'` (public reports of real
    /// executions). A `null` input cannot be queried at all on AWS: that text is AWS's too.
    pub fn render(&self, env: &mut Env<'_>) -> Result<Json, Failure> {
        match &self.0 {
            Node::Constant(value) => Ok(value.clone()),
            node => render(node, env).and_then(measure::bounded),
        }
    }
}

impl Query {
    /// Compiles a path (`$…`) or an intrinsic (`States.…`).
    pub fn compile(text: &str) -> Result<Self, PathError> {
        if text.starts_with('$') {
            return Path::compile(text).map(Self::Path);
        }
        if text.starts_with("States.") {
            return Intrinsic::compile(text).map(Self::Intrinsic);
        }
        let message =
            "expected a path (`$…`, `$$…`, `$variable…`) or an intrinsic function (`States.…`)".to_owned();
        Err(PathError { offset: 0, message })
    }

    /// The value; where a path leads nowhere, AWS's words name `field`.
    pub fn evaluate_for(&self, field: &str, env: &mut Env<'_>) -> Result<Json, Failure> {
        self.value_of([field, ""], env)
    }

    /// The same for a field whose name is in two parts, put together only where it is needed.
    fn value_of(&self, field: [&str; 2], env: &mut Env<'_>) -> Result<Json, Failure> {
        match self {
            Self::Path(path) => path_value(field, path, env),
            Self::Intrinsic(call) => call.call(env),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &Arc<str> {
        match self {
            Self::Path(path) => path.text(),
            Self::Intrinsic(call) => call.text(),
        }
    }

    /// Every path in it.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Path(path) => vec![path],
            Self::Intrinsic(call) => call.paths(),
        }
    }
}

fn compile(source: &Json, pointer: &mut String, errors: &mut Vec<TemplateError>) -> Node {
    let length = pointer.len();
    match source {
        Json::Object(object) => {
            let mut members = Vec::with_capacity(object.len());
            for (key, value) in object.iter() {
                crate::source::push_key(pointer, key);
                members.extend(member(key, value, pointer, errors));
                pointer.truncate(length);
            }
            let is_constant = members.iter().all(|it| matches!(it.value, Field::Node(Node::Constant(_))));
            if is_constant { Node::Constant(source.clone()) } else { Node::Object(members) }
        }
        Json::Array(items) => {
            let mut nodes = Vec::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                write!(pointer, "/{at}").expect("writing to a string cannot fail");
                nodes.push(compile(item, pointer, errors));
                pointer.truncate(length);
            }
            let is_constant = nodes.iter().all(|node| matches!(node, Node::Constant(_)));
            if is_constant { Node::Constant(source.clone()) } else { Node::Array(nodes) }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Node::Constant(source.clone()),
    }
}

fn member(
    key: &Arc<str>,
    value: &Json,
    pointer: &mut String,
    errors: &mut Vec<TemplateError>,
) -> Option<Member> {
    let Some(name) = key.strip_suffix(".$") else {
        return Some(Member { key: key.clone(), value: Field::Node(compile(value, pointer, errors)) });
    };
    let compiled = if let Some(text) = value.as_str() {
        Query::compile(text)
    } else {
        let message = format!("a field whose name ends in `.$` holds a text, found {}", value.kind());
        Err(PathError { offset: 0, message })
    };
    match compiled {
        Ok(query) => Some(Member { key: name.into(), value: Field::Query(query) }),
        Err(error) => {
            errors.push(TemplateError {
                pointer: pointer.clone(),
                offset: error.offset,
                message: error.message,
            });
            None
        }
    }
}

fn collect<'a>(node: &'a Node, queries: &mut Vec<&'a Query>) {
    match node {
        Node::Constant(_) => {}
        Node::Array(nodes) => nodes.iter().for_each(|node| collect(node, queries)),
        Node::Object(members) => members.iter().for_each(|member| match &member.value {
            Field::Node(node) => collect(node, queries),
            Field::Query(query) => queries.push(query),
        }),
    }
}

fn render(node: &Node, env: &mut Env<'_>) -> Result<Json, Failure> {
    match node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Array(nodes) => {
            nodes.iter().map(|node| render(node, env)).collect::<Result<Vec<_>, _>>().map(Json::array)
        }
        Node::Object(members) => {
            let mut entries = Vec::with_capacity(members.len());
            for member in members {
                let value = match &member.value {
                    Field::Node(node) => render(node, env)?,
                    Field::Query(query) => query_value(&member.key, query, env)?,
                };
                entries.push((member.key.clone(), value));
            }
            Ok(Json::object(entries))
        }
    }
}

fn query_value(key: &str, query: &Query, env: &mut Env<'_>) -> Result<Json, Failure> {
    query.value_of([key, ".$"], env)
}

fn path_value(field: [&str; 2], path: &Path, env: &Env<'_>) -> Result<Json, Failure> {
    if path.reads_input() && env.input.is_null() {
        return Err(Failure::runtime("Unable to apply Path transformation to null or empty input."));
    }
    if let Some(value) = path.look(env)? {
        return Ok(value);
    }
    // AWS's JSON library answers so, and AWS hands it on; anywhere else such a path leads nowhere.
    if path.ends_past_an_array(env) {
        return Ok(Json::Null);
    }
    let field = field.concat();
    let told = format!("The JSONPath '{}' specified for the field '{field}' could not be found", path.text());
    Err(Failure::runtime(match (path.start(env), path.variable()) {
        (None, Some(name)) => format!("{told}: the variable '{name}' is not assigned"),
        (start, _) => {
            format!("{told} in the input '{}'", measure::bounded_text(start.unwrap_or(&Json::Null))?)
        }
    }))
}
