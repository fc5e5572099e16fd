//! Templates of JSONata states: JSON in which a text `{% … %}` is an expression. A template without any is its own
//! value, shared and never copied.

use std::fmt::Write as _;
use std::sync::Arc;

use super::document::Origin;
use super::{Budget, Env, Expression, ExpressionError, Location};
use crate::limits::QUERY_RESULT_BYTES_MAX;
use crate::{Fault, Json, measure};

/// A compiled template.
#[derive(Clone, Debug)]
pub struct Template(Node);

#[derive(Clone, Debug)]
enum Node {
    /// No expression anywhere below.
    Constant(Json),
    Expression(Expression),
    Array(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
}

/// Why a template does not compile, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// JSON Pointer from the template's root to the text, for example `/order/total`.
    pub pointer: String,
    /// What is wrong with the expression there.
    pub error: ExpressionError,
}

impl Template {
    /// Compiles `source`; reports every expression that does not compile.
    pub fn compile(source: &Json, budget: &mut Budget) -> Result<Self, Vec<TemplateError>> {
        let mut errors = Vec::new();
        let node = compile(source, &mut String::new(), budget, &mut errors);
        if errors.is_empty() { Ok(Self(node)) } else { Err(errors) }
    }

    /// The expressions in it, in the order of the text.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut found = Vec::new();
        collect(&self.0, &mut found);
        found
    }

    /// The value; parts without expressions are shared, not copied.
    ///
    /// Fails with `States.QueryEvaluationError`, and with `States.DataLimitExceeded` or `States.Runtime` for a value that
    /// is far too large or too deep for any payload; whoever makes it a payload measures it against that one's own limit.
    pub fn render(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<Json, Fault> {
        match &self.0 {
            Node::Constant(value) => Ok(value.clone()),
            // An expression has bounded its value already.
            Node::Expression(expression) => expression.evaluate(at, env),
            node => {
                let mut parts = Parts::default();
                let value = render(node, at, env, &mut parts)?;
                if parts.are_bounded() { Ok(value) } else { measure::bounded(value).map_err(Fault::from) }
            }
        }
    }

    /// The value, which must be an array, or an object where those are taken too.
    pub fn items(&self, at: &Location<'_>, takes_objects: bool, env: &mut Env<'_>) -> Result<Json, Fault> {
        match &self.0 {
            Node::Expression(expression) => expression.items(at, takes_objects, env),
            Node::Constant(_) | Node::Array(_) | Node::Object(_) => self.render(at, env),
        }
    }
}

fn compile(
    source: &Json,
    pointer: &mut String,
    budget: &mut Budget,
    errors: &mut Vec<TemplateError>,
) -> Node {
    let length = pointer.len();
    match source {
        Json::Object(object) => {
            let mut members = Vec::with_capacity(object.len());
            for (key, value) in object.iter() {
                crate::source::push_key(pointer, key);
                members.push((key.clone(), compile(value, pointer, budget, errors)));
                pointer.truncate(length);
            }
            let is_constant = members.iter().all(|(_, node)| matches!(node, Node::Constant(_)));
            if is_constant { Node::Constant(source.clone()) } else { Node::Object(members) }
        }
        Json::Array(items) => {
            let mut nodes = Vec::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                write!(pointer, "/{at}").expect("writing to a string cannot fail");
                nodes.push(compile(item, pointer, budget, errors));
                pointer.truncate(length);
            }
            let is_constant = nodes.iter().all(|node| matches!(node, Node::Constant(_)));
            if is_constant { Node::Constant(source.clone()) } else { Node::Array(nodes) }
        }
        Json::String(text) => match Expression::body(text).map(|body| Expression::compile(body, budget)) {
            None => Node::Constant(source.clone()),
            Some(Ok(expression)) => Node::Expression(expression),
            Some(Err(error)) => {
                errors.push(TemplateError { pointer: pointer.clone(), error });
                Node::Constant(Json::Null)
            }
        },
        Json::Null | Json::Bool(_) | Json::Number(_) => Node::Constant(source.clone()),
    }
}

fn collect<'a>(node: &'a Node, found: &mut Vec<&'a Expression>) {
    match node {
        Node::Constant(_) => {}
        Node::Expression(expression) => found.push(expression),
        Node::Array(nodes) => nodes.iter().for_each(|node| collect(node, found)),
        Node::Object(members) => members.iter().for_each(|(_, node)| collect(node, found)),
    }
}

/// What the expressions of a template gave. Values share their parts, so many that were given may mean an enormous text;
/// one is no more than was there, and what was made has been counted.
#[derive(Default)]
struct Parts {
    given: usize,
    made_bytes: usize,
}

impl Parts {
    fn add(&mut self, origin: Origin) {
        match origin {
            Origin::Given => self.given += 1,
            Origin::Made { bytes } => self.made_bytes = self.made_bytes.saturating_add(bytes),
        }
    }

    /// Whether the whole is certainly of a size that can be walked.
    fn are_bounded(&self) -> bool {
        self.given <= 1 && self.made_bytes <= QUERY_RESULT_BYTES_MAX
    }
}

fn render(node: &Node, at: &Location<'_>, env: &mut Env<'_>, parts: &mut Parts) -> Result<Json, Fault> {
    match node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Expression(expression) => {
            let (value, origin) = expression.evaluate_with_origin(at, env)?;
            parts.add(origin);
            Ok(value)
        }
        Node::Array(nodes) => {
            let items =
                nodes.iter().enumerate().map(|(index, node)| render(node, &at.index(index), env, parts));
            items.collect::<Result<Vec<_>, _>>().map(Json::array)
        }
        Node::Object(members) => {
            let mut entries = Vec::with_capacity(members.len());
            for (key, node) in members {
                entries.push((key.clone(), render(node, &at.key(key), env, parts)?));
            }
            Ok(Json::object(entries))
        }
    }
}
