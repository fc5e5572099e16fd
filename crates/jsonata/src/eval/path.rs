//! Paths: each step is applied to each result of the step before, and the results are flattened into one sequence.

use super::{Evaluator, FrameId, Outcome, unwrap};
use crate::ast::{Kind, Node, Stage};
use crate::error::Error;
use crate::stack::grow;
use crate::value::{Flags, Items, Value};

/// What lies between two steps. Most paths go through one object at a time, which needs no list.
#[derive(Debug)]
pub(super) enum Stream {
    /// Nothing: the path ends here.
    Empty,
    /// The start of a path where there is no input.
    Undefined,
    One(Value),
    /// The items of an array, without having been copied.
    Items(Value),
    /// An array that is the one result of the last step, as it is.
    Plain(Value),
    Many(Vec<Value>),
}

impl Stream {
    /// What the first step is applied to.
    pub(super) fn start(input: Option<&Value>, first: &Node) -> Self {
        match input {
            None => Self::Undefined,
            Some(value) if value.is_array() && !matches!(first.kind, Kind::Variable(..)) => {
                Self::Items(value.clone())
            }
            Some(value) => Self::One(value.clone()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Items(value) | Self::Plain(value) => value.is_empty(),
            Self::Many(items) => items.is_empty(),
            Self::Undefined | Self::One(_) => false,
        }
    }

    /// As the input of one expression.
    pub(super) fn as_value(&self) -> Option<&Value> {
        match self {
            Self::One(value) | Self::Items(value) | Self::Plain(value) => Some(value),
            Self::Empty | Self::Undefined | Self::Many(_) => None,
        }
    }

    fn add(&mut self, value: Value) {
        *self = match std::mem::replace(self, Self::Empty) {
            Self::One(first) => Self::Many(vec![first, value]),
            Self::Many(mut items) => {
                items.push(value);
                Self::Many(items)
            }
            Self::Empty | Self::Undefined | Self::Items(_) | Self::Plain(_) => Self::One(value),
        };
    }

    fn len(&self) -> usize {
        match self {
            Self::Empty | Self::Undefined => 0,
            Self::One(_) | Self::Plain(_) => 1,
            Self::Items(value) => value.len().unwrap_or(0),
            Self::Many(items) => items.len(),
        }
    }
}

impl Evaluator<'_, '_> {
    pub(super) fn path(
        &mut self,
        node: &Node,
        steps: &[Node],
        keep: bool,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let (mut stream, done) = self.plain_steps(steps, input, frame)?;
        if steps[done..].iter().any(|it| it.is_tuple) {
            return self.tuple_path(node, steps, keep, input, frame);
        }
        for (index, step) in steps.iter().enumerate().skip(done) {
            if stream.is_empty() {
                break;
            }
            stream = self.step(step, stream, frame, index == 0, index + 1 == steps.len())?;
        }
        let result = self.gather(stream, keep)?;
        match &node.group {
            Some(group) => self.group(group, result.as_ref(), frame),
            None => Ok(result),
        }
    }

    /// Goes as far as the path is a variable or field and fields of one object at a time: what is there, and how many
    /// steps that were. Most paths end here.
    fn plain_steps(
        &mut self,
        steps: &[Node],
        input: Option<&Value>,
        frame: FrameId,
    ) -> Result<(Stream, usize), Error> {
        let first = &steps[0];
        let mut value = match &first.kind {
            Kind::Variable(name, builtin) if is_plain(first) => self.variable(name, *builtin, input, frame),
            Kind::Name(name) if is_plain(first) && input.is_none_or(|it| !it.is_array()) => {
                input.and_then(|it| it.get(name))
            }
            _ => return Ok((Stream::start(input, first), 0)),
        };
        let mut done = 1;
        for step in &steps[1..] {
            let (Kind::Name(name), Some(object), true) = (&step.kind, &value, is_plain(step)) else { break };
            if object.is_array() {
                break;
            }
            value = object.get(name);
            done += 1;
        }
        self.charge_steps(done)?;
        let stream = match value {
            None => Stream::Empty,
            Some(value) if !value.is_array() => Stream::One(value),
            Some(value) if done == steps.len() && !value.flags().is_sequence() => Stream::Plain(value),
            Some(value) if value.flags().is_constructed() => Stream::One(value),
            Some(value) => Stream::Items(value),
        };
        Ok((stream, done))
    }

    /// Applies one step to all that came before.
    pub(super) fn step(
        &mut self,
        step: &Node,
        input: Stream,
        frame: FrameId,
        is_first: bool,
        is_last: bool,
    ) -> Result<Stream, Error> {
        if is_first && step.is_constructed && matches!(step.kind, Kind::Array(_) | Kind::Block(_)) {
            let result = self.eval(step, input.as_value(), frame)?;
            return Ok(match result {
                None => Stream::Empty,
                Some(value) if !value.is_array() => Stream::One(value),
                Some(value) if is_last || value.is_empty() => Stream::Plain(value),
                Some(value) => Stream::Items(value),
            });
        }
        if let Kind::Sort(terms) = &step.kind {
            return self.sort_step(step, terms, input, frame);
        }
        let mut out = Stream::Empty;
        match input {
            Stream::Empty => {}
            Stream::Undefined => self.step_item(step, None, frame, &mut out)?,
            Stream::One(value) => self.step_item(step, Some(&value), frame, &mut out)?,
            Stream::Many(items) => {
                for item in &items {
                    self.step_item(step, Some(item), frame, &mut out)?;
                }
            }
            Stream::Items(array) | Stream::Plain(array) => self.step_items(step, &array, frame, &mut out)?,
        }
        self.flatten(out, is_last)
    }

    fn step_items(
        &mut self,
        step: &Node,
        array: &Value,
        frame: FrameId,
        out: &mut Stream,
    ) -> Result<(), Error> {
        let Some(items) = array.items() else { return Ok(()) };
        for index in 0..items.len() {
            let item = items.get(index);
            self.step_item(step, item.as_ref(), frame, out)?;
        }
        Ok(())
    }

    fn step_item(
        &mut self,
        step: &Node,
        item: Option<&Value>,
        frame: FrameId,
        out: &mut Stream,
    ) -> Result<(), Error> {
        let mut result = match &step.kind {
            Kind::Name(name) if step.is_bare() => {
                self.charge_steps(1)?;
                self.lookup(item, name)?
            }
            _ => self.eval(step, item, frame)?,
        };
        for stage in step.step.iter().flat_map(|it| &it.stages) {
            if let Stage::Filter(filter) = stage {
                result = self.filter(filter, result, frame)?;
            }
        }
        if let Some(value) = result {
            self.reserve(out.len(), 1)?;
            out.add(value);
        }
        Ok(())
    }

    fn flatten(&mut self, out: Stream, is_last: bool) -> Result<Stream, Error> {
        match out {
            Stream::One(value) if value.is_array() => {
                let flags = value.flags();
                Ok(if is_last && !flags.is_sequence() {
                    Stream::Plain(value)
                } else if flags.is_constructed() {
                    Stream::One(value)
                } else {
                    Stream::Items(value)
                })
            }
            Stream::Many(items) if items.iter().any(Value::is_array) => {
                let mut flat = Vec::with_capacity(items.len());
                for item in items {
                    if item.flags().is_constructed() {
                        self.push(&mut flat, item)?;
                    } else {
                        self.extend(&mut flat, &item)?;
                    }
                }
                Ok(Stream::Many(flat))
            }
            other => Ok(other),
        }
    }

    /// The results of a path as one value.
    pub(super) fn gather(&mut self, stream: Stream, keep: bool) -> Outcome {
        let flags = if keep { Flags::KEPT } else { Flags::SEQUENCE };
        match stream {
            Stream::Empty | Stream::Undefined => Ok(None),
            Stream::One(value) if keep => self.array_of(vec![value], Flags::KEPT).map(Some),
            Stream::Plain(value) if keep && value.flags().is_constructed() => {
                self.array_of(vec![value], Flags::KEPT).map(Some)
            }
            Stream::One(value) | Stream::Plain(value) => Ok(Some(value)),
            Stream::Items(value) if value.flags() == flags => Ok(Some(value)),
            Stream::Items(value) => {
                let mut items = Vec::new();
                self.extend(&mut items, &value)?;
                self.array_of(items, flags).map(Some)
            }
            Stream::Many(items) => self.array_of(items, flags).map(Some),
        }
    }

    /// The field `key` of an object, or of each object of an array.
    pub(crate) fn lookup(&mut self, value: Option<&Value>, key: &str) -> Outcome {
        let Some(value) = value else { return Ok(None) };
        if !value.is_array() {
            return Ok(value.get(key));
        }
        let mut found = Vec::new();
        self.lookup_all(value, key, &mut found)?;
        self.sequence(found)
    }

    fn lookup_all(&mut self, value: &Value, key: &str, found: &mut Vec<Value>) -> Result<(), Error> {
        let Some(items) = value.items() else {
            return match value.get(key) {
                Some(member) => self.extend(found, &member),
                None => Ok(()),
            };
        };
        self.charge_steps(items.len())?;
        for index in 0..items.len() {
            let Some(item) = items.get(index) else { continue };
            grow(|| self.lookup_all(&item, key, found))?;
        }
        Ok(())
    }

    /// `*`: the values of all fields.
    pub(super) fn wildcard(&mut self, input: Option<&Value>) -> Outcome {
        let Some(input) = input.map(unwrap) else { return Ok(None) };
        let mut found = Vec::new();
        let mut has_array = false;
        let items = input.items().into_iter().flat_map(Items::iter);
        let members = input.entries().into_iter().flat_map(|it| it.iter().map(|(_, value)| value));
        for value in items.chain(members) {
            has_array |= value.is_array();
            self.flat(&value, &mut found)?;
        }
        // Where a field is an array, the fields are one too, even of one.
        if has_array { self.array_of(found, Flags::PLAIN).map(Some) } else { self.sequence(found) }
    }

    /// The value, or all items of an array and of the arrays in it.
    fn flat(&mut self, value: &Value, found: &mut Vec<Value>) -> Result<(), Error> {
        let Some(items) = value.items() else { return self.push(found, value.clone()) };
        self.charge_steps(1)?;
        for item in items.iter() {
            grow(|| self.flat(&item, found))?;
        }
        Ok(())
    }

    /// `**`: the value and everything inside it.
    pub(super) fn descendants(&mut self, input: Option<&Value>) -> Outcome {
        let Some(input) = input.map(unwrap) else { return Ok(None) };
        let mut found = Vec::new();
        self.descend(&input, &mut found, 0)?;
        self.sequence(found)
    }

    fn descend(&mut self, value: &Value, found: &mut Vec<Value>, depth: usize) -> Result<(), Error> {
        crate::json::check_walk(depth)?;
        if let Some(items) = value.items() {
            self.charge_steps(1)?;
            for item in items.iter() {
                grow(|| self.descend(&item, found, depth + 1))?;
            }
            return Ok(());
        }
        self.push(found, value.clone())?;
        if let Some(entries) = value.entries() {
            for (_, member) in entries.iter() {
                grow(|| self.descend(&member, found, depth + 1))?;
            }
        }
        Ok(())
    }
}

/// Whether a step is its expression and nothing else.
fn is_plain(step: &Node) -> bool {
    step.step.is_none() && !step.is_tuple && step.is_bare()
}
