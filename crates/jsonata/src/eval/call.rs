//! Calls: arguments, tail calls, partial application, `~>`.

#![expect(
    clippy::option_option,
    reason = "nothing is a value too: what is absent and what is nothing differ"
)]

use std::sync::Arc;

use super::{Evaluator, FrameId, Outcome, function};
use crate::ast::{Kind, Lambda, Node};
use crate::error::Error;
use crate::functions::{Args, Builtin};
use crate::host::HostFunction;
use crate::limits::ParseLimits;
use crate::signature::{Arguments, Signature};
use crate::value::{Closure, FunctionKind, PartialCall, Value};

/// Where a call stands: what the function sees beside its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    /// The context, which stands in for an argument that is left out.
    pub(crate) input: Option<&'a Value>,
    /// The scope, which `$eval` reads.
    pub(crate) frame: FrameId,
}

/// What is called. A function of the library needs no value of its own.
#[derive(Debug)]
pub(crate) enum Callee {
    Builtin(&'static Builtin),
    Host(Arc<HostFunction>),
    Value(Value),
}

/// What the body of a function comes to.
enum Flow {
    Done(Option<Value>),
    /// The last thing that it does is this call.
    Call(Callee, Arguments, Option<CallPlace>),
}

/// Where a call is written and by which name.
#[derive(Clone, Debug)]
struct CallPlace {
    position: usize,
    name: Option<Arc<str>>,
}

impl CallPlace {
    fn mark(&self, error: Error) -> Error {
        let error = error.at(self.position);
        match &self.name {
            Some(name) => error.about(name),
            None => error,
        }
    }
}

impl Evaluator<'_, '_> {
    /// Evaluates a call; `first` is an argument before those that are written (`first ~> f(…)`).
    pub(super) fn call(
        &mut self,
        node: &Node,
        procedure: &Node,
        arguments: &[Node],
        input: Option<&Value>,
        frame: FrameId,
        first: Option<Option<Value>>,
    ) -> Outcome {
        let callee = self.callee(procedure, input, frame)?;
        let arguments = self.arguments(arguments, input, frame, first)?;
        let place = CallPlace { position: node.position, name: name_of(procedure) };
        self.apply(callee, arguments, Site { input, frame }).map_err(|it| place.mark(it))
    }

    fn arguments(
        &mut self,
        nodes: &[Node],
        input: Option<&Value>,
        frame: FrameId,
        first: Option<Option<Value>>,
    ) -> Result<Arguments, Error> {
        let mut arguments = Vec::with_capacity(nodes.len() + 1);
        arguments.extend(first);
        for node in nodes {
            arguments.push(self.eval(node, input, frame)?);
        }
        Ok(arguments)
    }

    fn callee(&mut self, procedure: &Node, input: Option<&Value>, frame: FrameId) -> Result<Callee, Error> {
        if let Kind::Variable(name, builtin) = &procedure.kind
            && procedure.is_bare()
            && !name.is_empty()
            && self.frames.get(frame, name).is_none()
            && self.host.bindings.get(name).is_none()
        {
            if let Some(host) = self.host.functions.get(name) {
                return Ok(Callee::Host(Arc::clone(host)));
            }
            if let Some(builtin) = builtin {
                return Ok(Callee::Builtin(builtin));
            }
        }
        match self.eval(procedure, input, frame)? {
            Some(value) => Ok(Callee::Value(value)),
            None => Err(self.no_function(procedure, frame, "T1005", "T1006")),
        }
    }

    /// The error for a name that is no function; `hint` if there is one of that name with a dollar sign.
    fn no_function(&self, procedure: &Node, frame: FrameId, hint: &'static str, code: &'static str) -> Error {
        let name = match &procedure.kind {
            Kind::Path { .. } => name_of(procedure),
            _ => None,
        };
        let name = name.filter(|it| self.is_known(it, frame));
        match name {
            Some(name) => Error::new(hint).about(&name).at(procedure.position),
            None => Error::new(code).at(procedure.position),
        }
    }

    fn is_known(&self, name: &str, frame: FrameId) -> bool {
        self.frames.get(frame, name).is_some()
            || self.host.functions.get(name).is_some()
            || crate::functions::builtin(name).is_some()
    }

    /// Calls a function value, as higher-order functions do.
    pub(crate) fn apply_value(&mut self, function: &Value, arguments: Arguments, site: Site<'_>) -> Outcome {
        self.charge_steps(1)?;
        self.deepen()?;
        let result = crate::stack::grow(|| self.apply(Callee::Value(function.clone()), arguments, site))?;
        self.leave();
        Ok(result)
    }

    /// Calls. A tail call takes the place of the call that it ends.
    pub(crate) fn apply(&mut self, callee: Callee, arguments: Arguments, site: Site<'_>) -> Outcome {
        let (mut callee, mut arguments, mut place) = (callee, arguments, None::<CallPlace>);
        loop {
            let flow = self.apply_once(&callee, arguments, site).map_err(|error| match &place {
                Some(place) => place.mark(error),
                None => error,
            })?;
            match flow {
                Flow::Done(value) => return Ok(value),
                Flow::Call(next, with, at) => (callee, arguments, place) = (next, with, at),
            }
        }
    }

    fn apply_once(&mut self, callee: &Callee, arguments: Arguments, site: Site<'_>) -> Result<Flow, Error> {
        let value = match callee {
            Callee::Builtin(builtin) => return self.run_builtin(builtin, arguments, site).map(Flow::Done),
            Callee::Host(host) => return self.run_host(host, arguments, site).map(Flow::Done),
            Callee::Value(value) => value,
        };
        let Value::Function(function) = value else { return Err(Error::new("T1006").value(Some(value))) };
        match &function.kind {
            FunctionKind::Builtin(it) => self.run_builtin(it, arguments, site).map(Flow::Done),
            FunctionKind::Host(it) => self.run_host(it, arguments, site).map(Flow::Done),
            FunctionKind::Lambda(it) => self.run_lambda(it, arguments, site),
            FunctionKind::Partial(it) => {
                let mut given = arguments.into_iter();
                let filled = it.arguments.iter().map(|slot| match slot {
                    Some(value) => value.clone(),
                    None => given.next().flatten(),
                });
                Ok(Flow::Call(Callee::Value(it.function.clone()), filled.collect(), None))
            }
            FunctionKind::Composed { first, second } => {
                let argument = arguments.into_iter().next().flatten();
                let middle = self.apply_value(first, vec![argument], site)?;
                Ok(Flow::Call(Callee::Value(second.clone()), vec![middle], None))
            }
            FunctionKind::Regex(pattern) => {
                let argument = arguments.into_iter().next().flatten();
                self.match_object(pattern, argument, 0).map(Flow::Done)
            }
            FunctionKind::NextMatch { pattern, text, from } => {
                let text = Some(Value::String(Arc::clone(text)));
                self.match_object(pattern, text, *from).map(Flow::Done)
            }
            FunctionKind::Transform(it) => {
                let argument = arguments.into_iter().next().flatten();
                self.run_transform(it, argument).map(Flow::Done)
            }
        }
    }

    fn run_builtin(&mut self, builtin: &'static Builtin, arguments: Arguments, site: Site<'_>) -> Outcome {
        let arguments = builtin.signature.check(arguments, site.input)?;
        (builtin.run)(self, Args::new(arguments), site)
    }

    fn run_host(&mut self, host: &HostFunction, arguments: Arguments, site: Site<'_>) -> Outcome {
        let arguments = host.signature().check(arguments, site.input)?;
        self.charge_steps(1)?;
        match host.run(self, &arguments)? {
            Some(value) => self.checked(value),
            None => Ok(None),
        }
    }

    fn run_lambda(&mut self, closure: &Closure, arguments: Arguments, site: Site<'_>) -> Result<Flow, Error> {
        if !self.is_owner(&closure.owner) {
            return Err(Error::new("U1010"));
        }
        let arguments = match &closure.code.signature {
            Some(signature) => check(signature, arguments, site)?,
            None => arguments,
        };
        let inner = self.frames.open(closure.frame);
        let mut arguments = arguments.into_iter();
        for name in &closure.code.parameters {
            self.frames.bind(inner, Arc::clone(name), arguments.next().flatten());
        }
        let flow = self.tail(&closure.code.body, closure.input.as_ref(), inner)?;
        self.close(inner)?;
        Ok(flow)
    }

    /// Evaluates what is last in a body, but leaves a call there to be made when the body is done.
    fn tail(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Result<Flow, Error> {
        if !node.is_bare()
            || !matches!(node.kind, Kind::Condition { .. } | Kind::Block(_) | Kind::Call { .. })
        {
            return self.eval(node, input, frame).map(Flow::Done);
        }
        self.enter(node)?;
        let flow = crate::stack::grow(|| self.tail_kind(node, input, frame))?;
        self.leave();
        Ok(flow)
    }

    fn tail_kind(&mut self, node: &Node, input: Option<&Value>, frame: FrameId) -> Result<Flow, Error> {
        match &node.kind {
            Kind::Condition { condition, then, otherwise } => {
                let branch =
                    if self.is_true(condition, input, frame)? { Some(then) } else { otherwise.as_ref() };
                branch.map_or(Ok(Flow::Done(None)), |it| self.tail(it, input, frame))
            }
            Kind::Block(expressions) => {
                let Some((last, before)) = expressions.split_last() else { return Ok(Flow::Done(None)) };
                let inner = self.frames.open(frame);
                for expression in before {
                    self.eval(expression, input, inner)?;
                }
                let flow = self.tail(last, input, inner)?;
                self.close(inner)?;
                Ok(flow)
            }
            Kind::Call { procedure, arguments } => {
                let callee = self.callee(procedure, input, frame)?;
                let arguments = self.arguments(arguments, input, frame, None)?;
                let place = CallPlace { position: node.position, name: name_of(procedure) };
                Ok(Flow::Call(callee, arguments, Some(place)))
            }
            _ => self.eval(node, input, frame).map(Flow::Done),
        }
    }

    /// `$eval`: reads `text` and evaluates it here, on `focus` or else the context of the call.
    pub(crate) fn eval_text(&mut self, text: &str, focus: Option<Value>, site: Site<'_>) -> Outcome {
        self.charge_steps(text.len() / 8 + 1)?;
        self.charge_bytes(text.len() * 16)?;
        let node =
            crate::parser::parse(text, &ParseLimits::default(), &[]).map_err(|it| wrapped(&it, "D3120"))?;
        let input = focus.map(super::wrap);
        let input = input.as_ref().or(site.input);
        self.eval(&node, input, site.frame).map_err(|it| wrapped(&it, "D3121"))
    }

    pub(super) fn lambda(&mut self, code: &Arc<Lambda>, input: Option<&Value>, frame: FrameId) -> Outcome {
        self.frames.capture(frame);
        let closure = Closure { code: Arc::clone(code), frame, input: input.cloned(), owner: self.owner() };
        self.charge_bytes(128)?;
        self.checked(function(FunctionKind::Lambda(closure)))
    }

    pub(super) fn partial(
        &mut self,
        node: &Node,
        procedure: &Node,
        arguments: &[Option<Node>],
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(match argument {
                Some(argument) => Some(self.eval(argument, input, frame)?),
                None => None,
            });
        }
        let Some(function_value) = self.eval(procedure, input, frame)? else {
            return Err(self.no_function(procedure, frame, "T1007", "T1008"));
        };
        if !function_value.is_function() {
            return Err(Error::new("T1008").value(Some(&function_value)).at(node.position));
        }
        self.charge_bytes(128)?;
        let call = PartialCall { function: function_value, arguments: given };
        self.checked(function(FunctionKind::Partial(call)))
    }

    /// `left ~> right`
    pub(super) fn chain(
        &mut self,
        node: &Node,
        left: &Node,
        right: &Node,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let first = self.eval(left, input, frame)?;
        // As in jsonata-js, what is written after the call (a filter, `[]`) does not take part.
        if let Kind::Call { procedure, arguments } = &right.kind {
            return self.call(right, procedure, arguments, input, frame, Some(first));
        }
        let second = self.eval(right, input, frame)?;
        let Some(second) = second.filter(Value::is_function) else {
            return Err(Error::new("T2006").at(node.position).about("~>"));
        };
        if let Some(first) = first.as_ref().filter(|it| it.is_function()) {
            self.charge_bytes(64)?;
            return self.checked(function(FunctionKind::Composed { first: first.clone(), second }));
        }
        let place = CallPlace { position: node.position, name: name_of(right) };
        self.apply_value(&second, vec![first], Site { input: None, frame }).map_err(|it| place.mark(it))
    }
}

fn check(signature: &Signature, arguments: Arguments, site: Site<'_>) -> Result<Arguments, Error> {
    signature.check(arguments, site.input)
}

/// An error of a text that was evaluated. Limits stay what they are.
fn wrapped(error: &Error, code: &'static str) -> Error {
    if error.code().starts_with('U') { error.clone() } else { Error::new(code).with("value", error) }
}

/// The name by which a function is called, for a message.
fn name_of(procedure: &Node) -> Option<Arc<str>> {
    match &procedure.kind {
        Kind::Variable(name, _) => Some(Arc::clone(name)),
        Kind::Path { steps, .. } => match &steps.first()?.kind {
            Kind::Name(name) => Some(Arc::clone(name)),
            _ => None,
        },
        _ => None,
    }
}
