//! Evaluation: a walk over the syntax tree, with every piece of work counted.
//!
//! One file per construct. Here: the state of an evaluation, the one `match` over the language, and the counting.

mod call;
mod construct;
mod filter;
mod frames;
mod group;
mod operators;
mod path;
mod sort;
#[cfg(test)]
mod tests;
mod transform;
mod tuple;

use std::sync::Arc;

pub(crate) use call::Site;
pub(crate) use frames::FrameId;
use frames::Frames;

use crate::ast::{Kind, Node, Stage};
use crate::error::Error;
use crate::functions::Builtin;
use crate::host::{Call, Environment};
use crate::json::{Printer, Style};
use crate::limits::{Limits, VALUE_DEPTH_MAX};
use crate::stack::grow;
use crate::value::{Array, Flags, Function, FunctionKind, Value, compare};

/// What an evaluation gives: a value, nothing, or an error.
pub(crate) type Outcome = Result<Option<Value>, Error>;

/// Bytes that are counted for each item of an array and each entry of an object.
const ITEM_BYTES: usize = 40;
/// Bytes that are counted for an array; twice as many for an object.
const CONTAINER_BYTES: usize = 64;

/// One evaluation under way.
pub(crate) struct Evaluator<'e, 'h> {
    host: &'e mut Environment<'h>,
    root: Option<Value>,
    frames: Frames,
    limits: Limits,
    steps_left: u64,
    bytes_left: u64,
    depth: u32,
    /// Names this evaluation in the closures that it makes.
    owner: Option<Arc<()>>,
}

impl<'e, 'h> Evaluator<'e, 'h> {
    /// Evaluates `root` from the start; tells the steps that it took.
    pub(crate) fn run(root: &Node, host: &'e mut Environment<'h>) -> (Outcome, u64) {
        let limits = host.limits;
        let mut evaluator = Self {
            root: host.input.clone(),
            host,
            frames: Frames::default(),
            limits,
            steps_left: limits.steps,
            bytes_left: limits.memory_bytes,
            depth: 0,
            owner: None,
        };
        let input = evaluator.root.clone().map(wrap);
        let result = evaluator.eval(root, input.as_ref(), FrameId::GLOBAL);
        let result = result.and_then(|it| it.map(|it| evaluator.finish(it)).transpose());
        (result, limits.steps - evaluator.steps_left)
    }

    /// A result that may leave: not larger than allowed. A document of the caller's leaves as it came.
    fn finish(&self, value: Value) -> Result<Value, Error> {
        if matches!(value, Value::Foreign(_) | Value::Null | Value::Bool(_) | Value::Number(_)) {
            return Ok(value);
        }
        let limit = self.limits.output_bytes;
        crate::json::measure(&value, limit).map_err(|it| it.error("U1005", limit))?;
        Ok(value)
    }

    /// Evaluates `node` on `input`; one result of a sequence stands for itself.
    pub(crate) fn eval(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Outcome {
        if let Kind::Literal(value) = &node.kind
            && node.is_bare()
        {
            self.charge_steps(1)?;
            return Ok(Some(value.clone()));
        }
        self.enter(node)?;
        let result = grow(|| self.eval_whole(node, input, frame))?;
        self.leave();
        Ok(result)
    }

    fn eval_whole(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Outcome {
        let mut result = self.eval_kind(node, input, frame)?;
        for stage in &node.predicates {
            if let Stage::Filter(filter) = stage {
                result = self.filter(filter, result, frame)?;
            }
        }
        if node.keep_array && !node.predicates.is_empty() {
            result = result.map(kept);
        }
        if let Some(group) = &node.group
            && !matches!(node.kind, Kind::Path { .. })
        {
            result = self.group(group, result.as_ref(), frame)?;
        }
        Ok(collapse(result, node.keep_array))
    }

    /// The language on one page.
    fn eval_kind(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Outcome {
        match &node.kind {
            Kind::Literal(value) => Ok(Some(value.clone())),
            Kind::Name(name) => self.lookup(input, name),
            Kind::Variable(name, builtin) => Ok(self.variable(name, *builtin, input, frame)),
            Kind::Wildcard => self.wildcard(input),
            Kind::Descendants => self.descendants(input),
            Kind::Parent(slot) => Ok(self.frames.get(frame, slot.label()).unwrap_or(None)),
            Kind::Regex(pattern) => Ok(Some(function(FunctionKind::Regex(Arc::clone(pattern))))),
            Kind::Path { steps, keep_singleton } => self.path(node, steps, *keep_singleton, input, frame),
            Kind::Block(expressions) => self.block(expressions, input, frame),
            Kind::Condition { condition, then, otherwise } => {
                let branch =
                    if self.is_true(condition, input, frame)? { Some(then) } else { otherwise.as_ref() };
                branch.map_or(Ok(None), |it| self.eval(it, input, frame))
            }
            Kind::Elvis(left, right) => self.elvis(left, right, input, frame),
            Kind::Coalesce(left, right) => match self.eval(left, input, frame)? {
                None => self.eval(right, input, frame),
                found => Ok(found),
            },
            Kind::Bind { name, value } => {
                let value = self.eval(value, input, frame)?;
                self.frames.bind(frame, Arc::clone(name), value.clone());
                self.charge_bytes(ITEM_BYTES)?;
                Ok(value)
            }
            Kind::Call { procedure, arguments } => self.call(node, procedure, arguments, input, frame, None),
            Kind::Partial { procedure, arguments } => self.partial(node, procedure, arguments, input, frame),
            Kind::Lambda(code) => self.lambda(code, input, frame),
            Kind::Apply(left, right) => self.chain(node, left, right, input, frame),
            Kind::Binary(operator, left, right) => self.binary(*operator, node, left, right, input, frame),
            Kind::Negate(operand) => self.negate(node, operand, input, frame),
            Kind::Array(items) => self.array(node, items, input, frame),
            Kind::Object(group) => self.group(group, input, frame),
            Kind::Transform(code) => self.transformer(code, frame),
            Kind::Sort(terms) => self.sort_values(terms, input.cloned(), frame),
        }
    }

    fn variable(
        &mut self,
        name: &Arc<str>,
        builtin: Option<&'static Builtin>,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Option<Value> {
        if name.is_empty() {
            return input.map(unwrap);
        }
        if let Some(found) = self.frames.get(frame, name) {
            return found;
        }
        if &**name == "$" {
            return self.root.clone();
        }
        if let Some(found) = self.host.bindings.get(name) {
            return Some(found);
        }
        if let Some(found) = self.host.functions.get(name) {
            return Some(function(FunctionKind::Host(Arc::clone(found))));
        }
        builtin.map(|it| function(FunctionKind::Builtin(it)))
    }

    fn block(&mut self, expressions: &[Node], input: Option<&Value>, frame: FrameId) -> Outcome {
        let inner = self.frames.open(frame);
        let mut result = None;
        for expression in expressions {
            result = self.eval(expression, input, inner)?;
        }
        self.close(inner)?;
        Ok(result)
    }

    /// Leaves a scope. One that a closure can still see is kept, and paid for.
    fn close(&mut self, frame: FrameId) -> Result<(), Error> {
        if self.frames.close(frame) { Ok(()) } else { self.charge_bytes(ITEM_BYTES * 4) }
    }

    fn is_true(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Result<bool, Error> {
        let value = self.eval(node, input, frame)?;
        self.truth(value.as_ref())
    }

    /// Whether JSONata takes a value for true. An array is true if one of its items is; each item is a step.
    pub(crate) fn truth(&mut self, value: Option<&Value>) -> Result<bool, Error> {
        let Some(value) = value else { return Ok(false) };
        if let Some(items) = value.items() {
            for item in items.iter() {
                self.charge_steps(1)?;
                if grow(|| self.truth(Some(&item)))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Ok(match value {
            Value::Bool(value) => *value,
            Value::Number(number) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
            Value::String(text) => !text.is_empty(),
            Value::Object(_) | Value::Foreign(_) => !value.is_empty(),
            Value::Null | Value::Function(_) | Value::Array(_) => false,
        })
    }

    fn elvis(&mut self, left: &Node, right: &Node, input: Option<&Value>, frame: FrameId) -> Outcome {
        let value = self.eval(left, input, frame)?;
        if self.truth(value.as_ref())? { Ok(value) } else { self.eval(right, input, frame) }
    }

    // ---- counting ----

    fn enter(&mut self, node: &Node) -> Result<(), Error> {
        self.charge_steps(1)?;
        self.deepen().map_err(|it| it.at(node.position))
    }

    /// One level further in.
    fn deepen(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > self.limits.depth { Err(self.out_of_depth()) } else { Ok(()) }
    }

    #[cold]
    fn out_of_depth(&self) -> Error {
        let message = format!(
            "The evaluation is nested too deeply: at most {} levels. Look for a function that calls itself without end, \
             or make the call the last thing that it does",
            self.limits.depth
        );
        Error::new("U1001").saying(message)
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Takes `count` steps off what is left.
    pub(crate) fn charge_steps(&mut self, count: usize) -> Result<(), Error> {
        match self.steps_left.checked_sub(count as u64) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => Err(self.out_of_steps()),
        }
    }

    #[cold]
    fn out_of_steps(&self) -> Error {
        let steps = self.limits.steps;
        Error::new("U1001").saying(format!("The evaluation takes too many steps: at most {steps}"))
    }

    /// Takes `count` bytes off what may still be made.
    pub(crate) fn charge_bytes(&mut self, count: usize) -> Result<(), Error> {
        match self.bytes_left.checked_sub(count as u64) {
            Some(left) => {
                self.bytes_left = left;
                Ok(())
            }
            None => Err(Error::new("U1004").with("limit", self.limits.memory_bytes)),
        }
    }

    /// The bounds of this evaluation.
    pub(crate) fn bounds(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn now(&self) -> i64 {
        self.host.now_unix_ms
    }

    pub(crate) fn draw(&mut self) -> u64 {
        (self.host.entropy)()
    }

    /// The name of this evaluation, which its closures carry.
    pub(crate) fn owner(&mut self) -> Arc<()> {
        Arc::clone(self.owner.get_or_insert_default())
    }

    pub(crate) fn is_owner(&self, owner: &Arc<()>) -> bool {
        self.owner.as_ref().is_some_and(|it| Arc::ptr_eq(it, owner))
    }

    // ---- making values ----

    /// Counts `items` items about to stand in one array that already has `present`.
    pub(crate) fn reserve(&mut self, present: usize, items: usize) -> Result<(), Error> {
        if present + items > self.limits.sequence_items {
            return Err(Error::new("U1007").with("limit", self.limits.sequence_items));
        }
        self.charge_steps(items)?;
        self.charge_bytes(items * ITEM_BYTES)
    }

    /// Adds an item to an array in the making.
    pub(crate) fn push(&mut self, items: &mut Vec<Value>, item: Value) -> Result<(), Error> {
        self.reserve(items.len(), 1)?;
        items.push(item);
        Ok(())
    }

    /// Adds all items of an array, or the value if it is none.
    pub(crate) fn extend(&mut self, items: &mut Vec<Value>, value: &Value) -> Result<(), Error> {
        let Some(more) = value.items() else { return self.push(items, value.clone()) };
        self.reserve(items.len(), more.len())?;
        items.extend(more.iter());
        Ok(())
    }

    /// An array whose items have been counted.
    pub(crate) fn array_of(&mut self, items: Vec<Value>, flags: Flags) -> Result<Value, Error> {
        let array = Array::new(items, flags);
        self.charge_bytes(CONTAINER_BYTES)?;
        check_depth(array.depth())?;
        Ok(Value::Array(Arc::new(array)))
    }

    /// A sequence of results: none is nothing, one stands for itself.
    pub(crate) fn sequence(&mut self, mut items: Vec<Value>) -> Outcome {
        match items.len() {
            0 => Ok(None),
            1 => Ok(items.pop()),
            _ => self.array_of(items, Flags::SEQUENCE).map(Some),
        }
    }

    /// A value that was made elsewhere, if it is not nested too deeply.
    pub(crate) fn checked(&mut self, value: Value) -> Outcome {
        self.charge_bytes(2 * CONTAINER_BYTES)?;
        check_depth(value.depth())?;
        Ok(Some(value))
    }

    /// A string, if it is not too long.
    pub(crate) fn text(&mut self, text: impl Into<Arc<str>> + AsRef<str>) -> Outcome {
        self.charge_text(text.as_ref().len())?;
        Ok(Some(Value::String(text.into())))
    }

    /// Counts a string of `bytes` about to be made.
    pub(crate) fn charge_text(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limits.string_bytes {
            return Err(Error::new("U1003").with("limit", self.limits.string_bytes));
        }
        self.charge_steps(bytes / 64)?;
        self.charge_bytes(bytes)
    }

    /// The text of a value, as `$string` gives it.
    pub(crate) fn text_of(&mut self, value: &Value, style: Style) -> Result<Arc<str>, Error> {
        match value {
            Value::String(text) => Ok(Arc::clone(text)),
            Value::Function(_) => Ok(Arc::from("")),
            _ => {
                let limit = self.limits.string_bytes;
                let text = Printer::new(style, limit).print(value).map_err(|it| it.error("U1003", limit))?;
                self.charge_text(text.len())?;
                Ok(text.into())
            }
        }
    }

    /// Counts the comparison of two strings or numbers.
    pub(crate) fn charge_comparison(&mut self, this: &Value, other: &Value) -> Result<(), Error> {
        self.charge_steps(usize::try_from(compare::steps_of(this, other)).unwrap_or(usize::MAX))
    }

    /// Whether both are equal; each comparison is a step.
    pub(crate) fn equal(&mut self, this: &Value, other: &Value) -> Result<bool, Error> {
        let mut left = self.steps_left;
        let mut is_spent = false;
        let result = compare::equal(this, other, &mut |steps| {
            is_spent |= left < steps;
            left = left.saturating_sub(steps);
            !is_spent
        });
        self.steps_left = left;
        if is_spent { Err(self.out_of_steps()) } else { Ok(result) }
    }
}

impl Call for Evaluator<'_, '_> {
    fn entropy(&mut self) -> u64 {
        self.draw()
    }

    fn now_unix_ms(&self) -> i64 {
        self.now()
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn charge_steps(&mut self, count: usize) -> Result<(), Error> {
        Evaluator::charge_steps(self, count)
    }

    fn charge_bytes(&mut self, count: usize) -> Result<(), Error> {
        Evaluator::charge_bytes(self, count)
    }
}

/// A function as a value.
pub(crate) fn function(kind: FunctionKind) -> Value {
    Value::Function(Arc::new(Function::new(kind)))
}

fn check_depth(depth: u32) -> Result<(), Error> {
    if depth > VALUE_DEPTH_MAX { Err(Error::new("U1006").with("limit", VALUE_DEPTH_MAX)) } else { Ok(()) }
}

/// The input of the whole expression counts as one item, also when it is an array.
fn wrap(input: Value) -> Value {
    if input.is_array() { Value::Array(Arc::new(Array::new(vec![input], Flags::WRAPPER))) } else { input }
}

/// What the wrapped input is.
pub(crate) fn unwrap(input: &Value) -> Value {
    match input {
        Value::Array(array) if array.flags().is_wrapper() => array.items()[0].clone(),
        _ => input.clone(),
    }
}

/// One result of a filter that is to stay an array.
fn kept(result: Value) -> Value {
    if result.is_array() { result } else { Value::Array(Arc::new(Array::new(vec![result], Flags::KEPT))) }
}

/// A sequence of none is nothing; of one, the one, unless it is to be kept.
fn collapse(result: Option<Value>, keep: bool) -> Option<Value> {
    match result {
        Some(Value::Array(array)) if array.flags().is_sequence() => match array.items() {
            [] => None,
            [only] if !keep && !array.flags().is_kept() => Some(only.clone()),
            [only] if !array.flags().is_kept() => {
                Some(Value::Array(Arc::new(Array::new(vec![only.clone()], Flags::KEPT))))
            }
            _ => Some(Value::Array(array)),
        },
        other => other,
    }
}
