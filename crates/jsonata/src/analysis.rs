//! What can be known about an expression without evaluating it: what it reads.
//!
//! Scopes are followed as the evaluator has them: a variable is free where no `:=`, parameter, `@` or `#` around it
//! binds its name. In doubt the answer is the larger one: a variable that is used whole is reported as read whole.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ast::{Group, Kind, Node, Stage};

/// Facts about an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    free: BTreeSet<Arc<str>>,
    calls: BTreeSet<Arc<str>>,
    reads: BTreeSet<VariablePath>,
    reads_context: Option<usize>,
    reads_root: Option<usize>,
    regexes: usize,
}

/// A variable and the fields below it that are read: `$states.input.id` is `states` and `input`, `id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariablePath {
    /// The variable, without its dollar sign.
    pub variable: Arc<str>,
    /// Fields from the variable down; everything below the last one may be read.
    pub fields: Vec<Arc<str>>,
}

impl Facts {
    pub(crate) fn of(root: &Node) -> Self {
        let mut walk = Walk { facts: Self::default(), bound: Vec::new() };
        walk.node(root, true);
        walk.facts
    }

    /// Names that the expression reads and does not bind, without the functions of the library that nothing hides.
    pub fn free_variables(&self) -> impl Iterator<Item = &str> {
        self.free.iter().map(|it| &**it)
    }

    /// Functions of the library that the expression mentions.
    pub fn library_functions(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().map(|it| &**it)
    }

    /// Each free variable with the fields that are read of it.
    pub fn reads(&self) -> impl Iterator<Item = &VariablePath> {
        self.reads.iter()
    }

    /// Whether the context of the whole expression is read, by `$` or a name alone; where first, in bytes.
    pub fn reads_context(&self) -> Option<usize> {
        self.reads_context
    }

    /// How many regular expressions there are in it, each of which holds memory.
    pub fn regexes(&self) -> usize {
        self.regexes
    }

    /// Whether `$$` is read; where first, in bytes.
    pub fn reads_root(&self) -> Option<usize> {
        self.reads_root
    }
}

struct Walk {
    facts: Facts,
    /// Names bound around the place of the walk, innermost last.
    bound: Vec<Arc<str>>,
}

impl Walk {
    /// Looks at `node`; `is_top`: its context is that of the whole expression.
    fn node(&mut self, node: &Node, is_top: bool) {
        crate::stack::grow(|| self.kind(node, is_top));
        self.behind(node);
    }

    /// What stands behind a node: filters, and its group. A path looks at its group itself, while its names are bound.
    fn behind(&mut self, node: &Node) {
        self.stages(&node.predicates);
        if let Some(group) = &node.group
            && !matches!(node.kind, Kind::Path { .. })
        {
            self.group(group, false);
        }
    }

    fn stages(&mut self, stages: &[Stage]) {
        for stage in stages {
            match stage {
                Stage::Filter(filter) => self.node(filter, false),
                Stage::Index(name) => self.bound.push(Arc::clone(name)),
            }
        }
    }

    fn group(&mut self, group: &Group, is_top: bool) {
        for (key, value) in &group.pairs {
            self.node(key, is_top);
            self.node(value, is_top);
        }
    }

    fn kind(&mut self, node: &Node, is_top: bool) {
        match &node.kind {
            Kind::Path { steps, .. } => self.path(node, steps, is_top),
            Kind::Variable(name, builtin) => self.variable(node, name, builtin.is_some(), is_top, &[]),
            Kind::Name(_) | Kind::Wildcard | Kind::Descendants if is_top => self.context(node),
            Kind::Block(expressions) => self.scoped(|walk| {
                for expression in expressions {
                    walk.node(expression, is_top);
                }
            }),
            Kind::Bind { name, value } => {
                // A function sees the name that it is bound to; any other value is there before its name is.
                if matches!(value.kind, Kind::Lambda(_)) {
                    self.bound.push(Arc::clone(name));
                }
                self.node(value, is_top);
                self.bound.push(Arc::clone(name));
            }
            Kind::Lambda(lambda) => self.scoped(|walk| {
                walk.bound.extend(lambda.parameters.iter().cloned());
                walk.node(&lambda.body, is_top);
            }),
            Kind::Transform(transform) => {
                self.node(&transform.location, false);
                self.node(&transform.update, false);
                transform.delete.iter().for_each(|it| self.node(it, false));
            }
            Kind::Regex(_) => self.facts.regexes += 1,
            Kind::Sort(terms) => terms.iter().for_each(|it| self.node(&it.expression, false)),
            Kind::Object(group) => self.group(group, is_top),
            _ => self.children(node, is_top),
        }
    }

    /// Nothing special: what is below has the same context.
    fn children(&mut self, node: &Node, is_top: bool) {
        let mut below = Vec::new();
        node.kind_children(&mut |child| below.push(child));
        below.into_iter().for_each(|it| self.node(it, is_top));
    }

    fn path(&mut self, node: &Node, steps: &[Node], is_top: bool) {
        let mark = self.bound.len();
        let fields = fields_of(&steps[1..]);
        match &steps[0].kind {
            Kind::Variable(name, builtin) => {
                let fields = if has_filter(&steps[0]) { &[] } else { fields.as_slice() };
                self.variable(&steps[0], name, builtin.is_some(), is_top, fields);
                self.behind(&steps[0]);
            }
            _ => self.node(&steps[0], is_top),
        }
        self.step(&steps[0]);
        for step in &steps[1..] {
            self.node(step, false);
            self.step(step);
        }
        if let Some(group) = &node.group {
            self.group(group, false);
        }
        self.bound.truncate(mark);
    }

    fn step(&mut self, step: &Node) {
        let Some(part) = &step.step else { return };
        self.bound.extend(part.focus.iter().chain(&part.index).cloned());
        self.stages(&part.stages);
    }

    fn variable(
        &mut self,
        node: &Node,
        name: &Arc<str>,
        is_builtin: bool,
        is_top: bool,
        fields: &[Arc<str>],
    ) {
        match &**name {
            "" if is_top => self.context(node),
            "" => {}
            "$" => {
                self.facts.reads_root.get_or_insert(node.position);
            }
            _ if self.bound.contains(name) => {}
            _ if is_builtin => {
                self.facts.calls.insert(Arc::clone(name));
            }
            _ => {
                self.facts.free.insert(Arc::clone(name));
                let path = VariablePath { variable: Arc::clone(name), fields: fields.to_vec() };
                self.facts.reads.insert(path);
            }
        }
    }

    fn context(&mut self, node: &Node) {
        self.facts.reads_context.get_or_insert(node.position);
    }

    fn scoped(&mut self, work: impl FnOnce(&mut Self)) {
        let mark = self.bound.len();
        work(self);
        self.bound.truncate(mark);
    }
}

/// The fields that a path goes through before it does anything else. A step whose input later steps can still see
/// (by `@` or `%`) is not one of them: what it is applied to is read as a whole.
fn fields_of(steps: &[Node]) -> Vec<Arc<str>> {
    let mut fields = Vec::new();
    for step in steps {
        let Kind::Name(name) = &step.kind else { break };
        if step.step.as_ref().is_some_and(|it| it.focus.is_some() || it.ancestor.is_some()) {
            break;
        }
        fields.push(Arc::clone(name));
        if has_filter(step) {
            break;
        }
    }
    fields
}

fn has_filter(step: &Node) -> bool {
    step.step.is_some() || !step.predicates.is_empty()
}
