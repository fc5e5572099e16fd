//! Tuple streams: paths whose steps bind `@$focus`, `#$index` or the parent of a `%`.
//!
//! Each result carries what was bound on its way, so that later steps see it as variables.

use std::sync::Arc;

use super::path::Stream;
use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Kind, Node, Stage, Step};
use crate::error::Error;
use crate::value::{Flags, Value};

/// One result and what is bound to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tuple {
    pub(super) item: Option<Value>,
    bindings: Vec<(Arc<str>, Option<Value>)>,
}

impl Tuple {
    pub(super) fn of(item: Option<Value>) -> Self {
        Self { item, bindings: Vec::new() }
    }

    pub(super) fn bind(&mut self, name: &Arc<str>, value: Option<Value>) {
        match self.bindings.iter_mut().find(|(it, _)| it == name) {
            Some((_, old)) => *old = value,
            None => self.bindings.push((Arc::clone(name), value)),
        }
    }
}

/// What a node gives that may carry bindings.
enum Carried {
    Tuples(Vec<Tuple>),
    Value(Option<Value>),
}

impl Evaluator<'_, '_> {
    pub(super) fn tuple_path(
        &mut self,
        node: &Node,
        steps: &[Node],
        keep: bool,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let result = match self.walk(steps, input, frame)? {
            Carried::Tuples(tuples) => {
                if let Some(group) = &node.group {
                    return self.group_tuples(group, tuples, frame);
                }
                let items: Vec<Value> = tuples.into_iter().filter_map(|it| it.item).collect();
                self.array_of(items, if keep { Flags::KEPT } else { Flags::SEQUENCE }).map(Some)?
            }
            Carried::Value(value) => value,
        };
        match &node.group {
            Some(group) => self.group(group, result.as_ref(), frame),
            None => Ok(result),
        }
    }

    fn walk(&mut self, steps: &[Node], input: Option<&Value>, frame: FrameId) -> Result<Carried, Error> {
        let mut stream = Stream::start(input, &steps[0]);
        let mut tuples: Option<Vec<Tuple>> = None;
        for (index, step) in steps.iter().enumerate() {
            if step.is_tuple || tuples.is_some() {
                let before = std::mem::replace(&mut stream, Stream::Empty);
                tuples = Some(self.tuple_step(step, before, tuples.take(), frame)?);
                continue;
            }
            stream = self.step(step, stream, frame, index == 0, index + 1 == steps.len())?;
            if stream.is_empty() {
                break;
            }
        }
        match tuples {
            Some(tuples) => Ok(Carried::Tuples(tuples)),
            None => self.gather(stream, false).map(Carried::Value),
        }
    }

    fn tuple_step(
        &mut self,
        step: &Node,
        stream: Stream,
        tuples: Option<Vec<Tuple>>,
        frame: FrameId,
    ) -> Result<Vec<Tuple>, Error> {
        let part = step.step.as_deref();
        let is_sort = matches!(step.kind, Kind::Sort(_));
        let mut tuples = match tuples {
            Some(tuples) => tuples,
            None => self.tuples_of(stream)?,
        };
        if let Kind::Sort(terms) = &step.kind {
            tuples = self.sort_tuples(terms, tuples, frame)?;
            if let Some(name) = part.and_then(|it| it.index.as_ref()) {
                for (index, tuple) in tuples.iter_mut().enumerate() {
                    tuple.bind(name, Some(Value::count(index)));
                }
            }
        }
        let mut out = if is_sort { tuples } else { self.spread(step, part, tuples, frame)? };
        for stage in part.iter().flat_map(|it| &it.stages) {
            out = self.stage(stage, out, frame)?;
        }
        Ok(out)
    }

    /// Evaluates the step on each tuple; each result is a tuple with what the step binds.
    fn spread(
        &mut self,
        step: &Node,
        part: Option<&Step>,
        tuples: Vec<Tuple>,
        frame: FrameId,
    ) -> Result<Vec<Tuple>, Error> {
        let mut out = Vec::new();
        for tuple in tuples {
            let result =
                self.in_tuple(&tuple, frame, |this, frame| this.carried(step, tuple.item.as_ref(), frame))?;
            match result {
                Carried::Tuples(inner) => {
                    self.reserve(out.len(), inner.len())?;
                    for found in inner {
                        let mut next = tuple.clone();
                        found.bindings.iter().for_each(|(name, value)| next.bind(name, value.clone()));
                        next.item = found.item;
                        out.push(next);
                    }
                }
                Carried::Value(None) => {}
                Carried::Value(Some(value)) => self.spread_value(&value, part, &tuple, &mut out)?,
            }
        }
        Ok(out)
    }

    fn spread_value(
        &mut self,
        value: &Value,
        part: Option<&Step>,
        tuple: &Tuple,
        out: &mut Vec<Tuple>,
    ) -> Result<(), Error> {
        let mut found = Vec::new();
        self.extend(&mut found, value)?;
        for (index, item) in found.into_iter().enumerate() {
            self.reserve(out.len(), 1 + tuple.bindings.len())?;
            let mut next = tuple.clone();
            match part.and_then(|it| it.focus.as_ref()) {
                Some(name) => next.bind(name, Some(item)),
                None => next.item = Some(item),
            }
            if let Some(name) = part.and_then(|it| it.index.as_ref()) {
                next.bind(name, Some(Value::count(index)));
            }
            if let Some(slot) = part.and_then(|it| it.ancestor.as_ref()) {
                next.bind(slot.label(), tuple.item.clone());
            }
            out.push(next);
        }
        Ok(())
    }

    fn stage(&mut self, stage: &Stage, tuples: Vec<Tuple>, frame: FrameId) -> Result<Vec<Tuple>, Error> {
        let count = tuples.len();
        let mut out = Vec::with_capacity(count);
        for (index, mut tuple) in tuples.into_iter().enumerate() {
            match stage {
                Stage::Index(name) => {
                    tuple.bind(name, Some(Value::count(index)));
                    out.push(tuple);
                }
                Stage::Filter(filter) => {
                    let is_selected = self.in_tuple(&tuple, frame, |this, frame| {
                        this.selects(filter, tuple.item.as_ref(), frame, index, count)
                    })?;
                    if is_selected {
                        out.push(tuple);
                    }
                }
            }
        }
        Ok(out)
    }

    /// Evaluates a step; a path or block through which a `%` looks hands its bindings on.
    fn carried(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Result<Carried, Error> {
        if !node.is_tuple || node.group.is_some() {
            return self.eval(node, input, frame).map(Carried::Value);
        }
        let carried = match &node.kind {
            Kind::Path { steps, .. } => {
                self.enter(node)?;
                let carried = crate::stack::grow(|| self.walk(steps, input, frame))?;
                self.leave();
                carried
            }
            Kind::Block(expressions) => self.carried_block(node, expressions, input, frame)?,
            _ => return self.eval(node, input, frame).map(Carried::Value),
        };
        self.carried_predicates(node, carried, frame)
    }

    fn carried_block(
        &mut self,
        node: &Node,
        expressions: &[Node],
        input: Option<&Value>,
        frame: FrameId,
    ) -> Result<Carried, Error> {
        let Some((last, before)) = expressions.split_last() else { return Ok(Carried::Value(None)) };
        self.enter(node)?;
        let inner = self.frames.open(frame);
        for expression in before {
            self.eval(expression, input, inner)?;
        }
        let carried = crate::stack::grow(|| self.carried(last, input, inner))?;
        self.close(inner)?;
        self.leave();
        Ok(carried)
    }

    fn carried_predicates(
        &mut self,
        node: &Node,
        carried: Carried,
        frame: FrameId,
    ) -> Result<Carried, Error> {
        let mut carried = carried;
        for stage in &node.predicates {
            carried = match (carried, stage) {
                (Carried::Tuples(tuples), stage) => Carried::Tuples(self.stage(stage, tuples, frame)?),
                (Carried::Value(value), Stage::Filter(filter)) => {
                    Carried::Value(self.filter(filter, value, frame)?)
                }
                (carried, Stage::Index(_)) => carried,
            };
        }
        Ok(carried)
    }

    /// Runs `work` in a scope that has the bindings of `tuple`.
    pub(super) fn in_tuple<R>(
        &mut self,
        tuple: &Tuple,
        frame: FrameId,
        work: impl FnOnce(&mut Self, FrameId) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if tuple.bindings.is_empty() {
            return work(self, frame);
        }
        let inner = self.frames.open(frame);
        for (name, value) in &tuple.bindings {
            self.frames.bind(inner, Arc::clone(name), value.clone());
        }
        let result = work(self, inner)?;
        self.close(inner)?;
        Ok(result)
    }

    fn tuples_of(&mut self, stream: Stream) -> Result<Vec<Tuple>, Error> {
        Ok(match stream {
            Stream::Empty => Vec::new(),
            Stream::Undefined => vec![Tuple::of(None)],
            Stream::One(value) => vec![Tuple::of(Some(value))],
            Stream::Many(items) => items.into_iter().map(|it| Tuple::of(Some(it))).collect(),
            Stream::Items(value) | Stream::Plain(value) => {
                let mut items = Vec::new();
                self.extend(&mut items, &value)?;
                items.into_iter().map(|it| Tuple::of(Some(it))).collect()
            }
        })
    }

    /// One tuple for a group: each name bound to all that the tuples bind to it.
    pub(super) fn merge_tuples(&mut self, tuples: Vec<Tuple>) -> Result<Tuple, Error> {
        let mut tuples = tuples.into_iter();
        let Some(first) = tuples.next() else { return Ok(Tuple::default()) };
        let rest: Vec<Tuple> = tuples.collect();
        if rest.is_empty() {
            return Ok(first);
        }
        let items = first.item.iter().chain(rest.iter().filter_map(|it| it.item.as_ref()));
        let mut merged = Tuple::of(self.all_of(items)?);
        for (name, value) in &first.bindings {
            let others = rest.iter().flat_map(|it| &it.bindings).filter(|(it, _)| it == name);
            let all = value.iter().chain(others.filter_map(|(_, value)| value.as_ref()));
            let all = self.all_of(all)?;
            merged.bind(name, all);
        }
        Ok(merged)
    }

    fn all_of<'a>(&mut self, values: impl Iterator<Item = &'a Value>) -> Outcome {
        let mut all = Vec::new();
        for value in values {
            self.extend(&mut all, value)?;
        }
        self.sequence(all)
    }
}
