//! Paths: `a.b`, and what can follow one of their steps (`[…]`, `{…}`, `^(…)`, `@$v`, `#$v`).

use std::sync::Arc;

use super::{Parser, ancestor};
use crate::ast::{Group, Kind, Node, SortTerm, Stage};
use crate::error::Error;
use crate::value::Value;

impl Parser<'_> {
    /// `left.right`
    pub(super) fn join(&mut self, left: Node, right: Node, at: usize) -> Result<Node, Error> {
        let position = left.position;
        let mut height = left.height.max(right.height) + 1;
        let mut path = self.path_from(left);
        let right_keeps = match right.kind {
            Kind::Path { steps, keep_singleton } if right.predicates.is_empty() && right.group.is_none() => {
                steps_of(&mut path).extend(steps);
                keep_singleton
            }
            Kind::Path { steps, keep_singleton } => {
                // Groups stand on the path as a whole, and `{` binds less tightly than `.`, so this is `a.(b{…})` only.
                steps_of(&mut path).extend(steps);
                path.group = right.group;
                path.predicates.extend(right.predicates);
                keep_singleton
            }
            _ => {
                let mut right = right;
                let predicates = std::mem::take(&mut right.predicates);
                if !predicates.is_empty() {
                    right.step_mut().stages = predicates;
                }
                steps_of(&mut path).push(right);
                false
            }
        };
        let keeps = finish_steps(steps_of(&mut path), at)? || right_keeps;
        if let Kind::Path { keep_singleton, .. } = &mut path.kind {
            *keep_singleton |= keeps;
        }
        height = height.max(path.height);
        path.height = height;
        path.position = position;
        self.resolve_ancestry(&mut path)?;
        Ok(path)
    }

    fn path_from(&mut self, node: Node) -> Node {
        if matches!(node.kind, Kind::Path { .. }) {
            return node;
        }
        let (position, height) = (node.position, node.height);
        let seeking = self.unresolved(ancestor::slots_of(&node));
        let mut path = Node::new(Kind::Path { steps: vec![node], keep_singleton: false }, position);
        path.height = height + 1;
        path.seeking = seeking;
        path
    }

    /// `left[…]`; `left[]` keeps an array of one.
    pub(super) fn predicate(&mut self, mut left: Node, at: usize) -> Result<Node, Error> {
        if self.is("]") {
            self.expect("]")?;
            keep_array(&mut left);
            return Ok(left);
        }
        let mut filter = self.expression(0)?;
        self.expect("]")?;
        let height = left.height.max(filter.height + 1);
        let is_path = matches!(left.kind, Kind::Path { .. });
        let step = last_step(&mut left);
        if step.group.is_some() {
            return Err(Error::new("S0209").at(at));
        }
        let seeking = ancestor::take_seeking(&mut filter);
        let unresolved = self.seek_from_filter(step, seeking)?;
        step.seeking.extend(unresolved);
        if is_path {
            step.step_mut().stages.push(Stage::Filter(filter));
        } else {
            step.predicates.push(Stage::Filter(filter));
        }
        left.height = height;
        Ok(left)
    }

    /// `left{ key: value }`
    pub(super) fn group(&mut self, mut left: Node, at: usize) -> Result<Node, Error> {
        let pairs = self.pairs()?;
        if left.group.is_some() {
            return Err(Error::new("S0210").at(at));
        }
        let deepest = pairs.iter().map(|(key, value)| key.height.max(value.height)).max();
        left.height = left.height.max(deepest.unwrap_or(0) + 1);
        left.group = Some(Box::new(Group { pairs, position: at }));
        Ok(left)
    }

    /// `left^(<a, >b)`
    pub(super) fn order_by(&mut self, left: Node, at: usize) -> Result<Node, Error> {
        self.expect("(")?;
        let mut terms = Vec::new();
        loop {
            let is_descending = self.is(">");
            if is_descending || self.is("<") {
                self.take(false)?;
            }
            terms.push(SortTerm { is_descending, expression: self.expression(0)? });
            if !self.take_if(",")? {
                break;
            }
        }
        self.expect(")")?;
        let seeking = terms.iter_mut().flat_map(|it| ancestor::take_seeking(&mut it.expression)).collect();
        let mut sort = Node::new(Kind::Sort(terms), at);
        sort.seeking = seeking;
        let mut path = self.path_from(left);
        path.height = path.height.max(sort.height + 1);
        steps_of(&mut path).push(sort);
        self.resolve_ancestry(&mut path)?;
        Ok(path)
    }

    /// `left@$name`
    pub(super) fn focus(&mut self, mut left: Node, at: usize) -> Result<Node, Error> {
        let name = self.binding_name("@", at)?;
        let step = last_step(&mut left);
        let has_stages = step.step.as_ref().is_some_and(|it| !it.stages.is_empty());
        if has_stages || !step.predicates.is_empty() {
            return Err(Error::new("S0215").at(at));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            return Err(Error::new("S0216").at(at));
        }
        step.step_mut().focus = Some(name);
        step.is_tuple = true;
        Ok(left)
    }

    /// `left#$name`
    pub(super) fn index(&mut self, mut left: Node, at: usize) -> Result<Node, Error> {
        let name = self.binding_name("#", at)?;
        if !matches!(left.kind, Kind::Path { .. }) {
            let stages = std::mem::take(&mut left.predicates);
            if !stages.is_empty() {
                left.step_mut().stages = stages;
            }
            let keep = left.keep_array;
            left = self.path_from(left);
            if let Kind::Path { keep_singleton, .. } = &mut left.kind {
                *keep_singleton |= keep;
            }
        }
        let step = last_step(&mut left);
        step.is_tuple = true;
        let part = step.step_mut();
        if part.stages.is_empty() {
            part.index = Some(name);
        } else {
            part.stages.push(Stage::Index(name));
        }
        Ok(left)
    }

    fn binding_name(&mut self, operator: &'static str, at: usize) -> Result<Arc<str>, Error> {
        let right = self.expression(80)?;
        match right.kind {
            Kind::Variable(name, _) => Ok(name),
            _ => Err(Error::new("S0214").about(operator).at(at)),
        }
    }

    /// `$name := value`
    pub(super) fn bind(&mut self, left: Node, at: usize) -> Result<Node, Error> {
        let is_bare = left.is_bare();
        let Kind::Variable(name, _) = left.kind else { return Err(Error::new("S0212").at(left.position)) };
        if !is_bare {
            return Err(Error::new("S0212").at(left.position));
        }
        let mut value = self.expression(9)?;
        let seeking = ancestor::take_seeking(&mut value);
        let mut node = Node::new(Kind::Bind { name, value: Box::new(value) }, at);
        node.seeking = seeking;
        Ok(node)
    }

    /// `condition ? then : otherwise`
    pub(super) fn condition(&mut self, mut condition: Node, at: usize) -> Result<Node, Error> {
        let mut then = self.expression(0)?;
        let mut otherwise = if self.take_if(":")? { Some(Box::new(self.expression(0)?)) } else { None };
        let mut seeking = ancestor::take_seeking(&mut condition);
        seeking.append(&mut ancestor::take_seeking(&mut then));
        seeking.extend(otherwise.iter_mut().flat_map(|it| ancestor::take_seeking(it)));
        let kind = Kind::Condition { condition: Box::new(condition), then: Box::new(then), otherwise };
        let mut node = Node::new(kind, at);
        node.seeking = seeking;
        Ok(node)
    }
}

/// The steps of a node that is known to be a path.
pub(super) fn steps_of(path: &mut Node) -> &mut Vec<Node> {
    match &mut path.kind {
        Kind::Path { steps, .. } => steps,
        _ => unreachable!("the caller made a path"),
    }
}

/// The last step of a path, or the node itself.
fn last_step(node: &mut Node) -> &mut Node {
    if matches!(node.kind, Kind::Path { .. }) {
        return steps_of(node).last_mut().expect("a path has a step");
    }
    node
}

fn keep_array(node: &mut Node) {
    if let Kind::Path { keep_singleton, .. } = &mut node.kind {
        *keep_singleton = true;
    }
    last_step(node).keep_array = true;
}

/// What holds for the steps of every joined path; whether one of them keeps arrays.
fn finish_steps(steps: &mut [Node], at: usize) -> Result<bool, Error> {
    for step in steps.iter_mut() {
        let Kind::Literal(value) = &step.kind else { continue };
        match value {
            Value::String(name) => step.kind = Kind::Name(Arc::clone(name)),
            other => {
                return Err(Error::new("S0213").value(Some(other)).about(&other.preview(32)).at(at));
            }
        }
    }
    let last = steps.len() - 1;
    for end in [0, last] {
        if matches!(steps[end].kind, Kind::Array(_)) {
            steps[end].is_constructed = true;
        }
    }
    Ok(steps.iter().any(|it| it.keep_array))
}
