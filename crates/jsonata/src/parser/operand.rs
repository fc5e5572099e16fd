//! What an expression starts with: literals, names, variables, brackets, prefix operators.

use std::sync::Arc;

use super::{Parser, ancestor};
use crate::ast::{Group, Kind, Lambda, Node, Operator, Slot, Transform};
use crate::error::Error;
use crate::functions;
use crate::lexer::{Token, TokenKind};
use crate::limits::ARGUMENTS_MAX;
use crate::regex::Pattern;
use crate::signature::Signature;
use crate::value::{Number, Value};

use super::SlotState;

impl Parser<'_> {
    /// The operand that starts with `token`, which has been taken.
    pub(super) fn operand(&mut self, token: Token) -> Result<Node, Error> {
        let at = token.start;
        match token.kind {
            TokenKind::Literal(value) => Ok(Node::new(Kind::Literal(value), at)),
            TokenKind::Name(name) => Ok(name_path(name, at)),
            TokenKind::Variable(name) => self.variable(name, at),
            TokenKind::Regex { source, flags } => {
                self.regexes += 1;
                if self.regexes > self.limits.regexes {
                    return Err(Error::new("U1011").with("limit", self.limits.regexes).at(at));
                }
                let pattern = Pattern::new(&source, &flags, self.limits.regex_bytes);
                Ok(Node::new(Kind::Regex(Arc::new(pattern.map_err(|it| it.at(at))?)), at))
            }
            TokenKind::Operator(operator) => self.prefix(operator, at),
            TokenKind::End => Err(Error::new("S0207").at(at)),
        }
    }

    fn prefix(&mut self, operator: &'static str, at: usize) -> Result<Node, Error> {
        match operator {
            "and" | "or" | "in" => Ok(name_path(operator.into(), at)),
            "*" => Ok(Node::new(Kind::Wildcard, at)),
            "**" => Ok(Node::new(Kind::Descendants, at)),
            "%" => Ok(self.parent(at)),
            "-" => self.negation(at),
            "(" => self.block(at),
            "[" => self.array(at),
            "{" => self.object(at),
            "|" => self.transform(at),
            _ => Err(Error::new("S0211").about(operator).at(at)),
        }
    }

    fn variable(&mut self, name: Arc<str>, at: usize) -> Result<Node, Error> {
        if self.forbidden.contains(&&*name) {
            return Err(Error::new("S0500").about(&name).at(at));
        }
        let builtin = functions::builtin(&name);
        Ok(Node::new(Kind::Variable(name, builtin), at))
    }

    fn parent(&mut self, at: usize) -> Node {
        let slot = Arc::new(Slot::new(self.slots.len()));
        self.slots.push(SlotState { slot: Arc::clone(&slot), label: self.slots.len(), level: 1 });
        Node::new(Kind::Parent(slot), at)
    }

    fn negation(&mut self, at: usize) -> Result<Node, Error> {
        let mut operand = self.expression(70)?;
        if let Kind::Literal(Value::Number(number)) = &mut operand.kind {
            *number = Number::from_f64(-number.as_f64());
            operand.position = at;
            return Ok(operand);
        }
        let seeking = ancestor::take_seeking(&mut operand);
        let mut node = Node::new(Kind::Negate(Box::new(operand)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn block(&mut self, at: usize) -> Result<Node, Error> {
        let mut expressions = Vec::new();
        while !self.is(")") {
            expressions.push(self.expression(0)?);
            if !self.take_if(";")? {
                break;
            }
        }
        self.expect(")")?;
        let seeking = expressions.iter_mut().flat_map(ancestor::take_seeking).collect();
        let is_constructed = expressions.iter().any(starts_constructed);
        let mut node = Node::new(Kind::Block(expressions), at);
        node.seeking = seeking;
        node.is_constructed = is_constructed;
        self.check_height(&node)?;
        Ok(node)
    }

    fn array(&mut self, at: usize) -> Result<Node, Error> {
        let mut items = Vec::new();
        while !self.is("]") {
            let mut item = self.expression(0)?;
            let range_at = self.token.start;
            if self.take_if("..")? {
                let end = self.expression(0)?;
                item = Self::binary(item, end, range_at, |from, to| Kind::Binary(Operator::Range, from, to));
            }
            items.push(item);
            if !self.take_if(",")? {
                break;
            }
        }
        self.expect("]")?;
        let seeking = items.iter_mut().flat_map(ancestor::take_seeking).collect();
        let mut node = Node::new(Kind::Array(items), at);
        node.seeking = seeking;
        self.check_height(&node)?;
        Ok(node)
    }

    fn object(&mut self, at: usize) -> Result<Node, Error> {
        let mut pairs = self.pairs()?;
        let parts = pairs.iter_mut().flat_map(|(key, value)| [key, value]);
        let seeking = parts.flat_map(ancestor::take_seeking).collect();
        let mut node = Node::new(Kind::Object(Group { pairs, position: at }), at);
        node.seeking = seeking;
        self.check_height(&node)?;
        Ok(node)
    }

    /// `key: value, … }`
    pub(super) fn pairs(&mut self) -> Result<Vec<(Node, Node)>, Error> {
        let mut pairs = Vec::new();
        while !self.is("}") {
            let key = self.expression(0)?;
            self.expect(":")?;
            pairs.push((key, self.expression(0)?));
            if !self.take_if(",")? {
                break;
            }
        }
        self.expect("}")?;
        Ok(pairs)
    }

    fn transform(&mut self, at: usize) -> Result<Node, Error> {
        let location = self.expression(0)?;
        self.expect("|")?;
        let update = self.expression(0)?;
        let delete = if self.take_if(",")? { Some(self.expression(0)?) } else { None };
        if !self.is("|") {
            self.expect("|")?;
        }
        self.take(true)?;
        let node = Node::new(Kind::Transform(Arc::new(Transform { location, update, delete })), at);
        self.check_height(&node)?;
        Ok(node)
    }

    /// `left(…)`: a call, a partial application, or a lambda if `left` is the word `function` or `λ`.
    pub(super) fn call(&mut self, left: Node, at: usize) -> Result<Node, Error> {
        let mut arguments = Vec::new();
        while !self.is(")") {
            arguments.push(self.argument()?);
            if arguments.len() > ARGUMENTS_MAX {
                return Err(self.unexpected("S0205"));
            }
            if !self.take_if(",")? {
                break;
            }
        }
        self.expect(")")?;
        if is_function_word(&left) {
            return self.lambda(arguments, at);
        }
        let seeking: Vec<_> = arguments.iter_mut().flatten().flat_map(ancestor::take_seeking).collect();
        let procedure = Box::new(left);
        let is_partial = arguments.iter().any(Option::is_none);
        let kind = if is_partial {
            Kind::Partial { procedure, arguments }
        } else {
            Kind::Call { procedure, arguments: arguments.into_iter().flatten().collect() }
        };
        let mut node = Node::new(kind, at);
        node.seeking = seeking;
        Ok(node)
    }

    /// An argument; `None` for `?`.
    fn argument(&mut self) -> Result<Option<Node>, Error> {
        if self.is("?") {
            self.take(true)?;
            return Ok(None);
        }
        self.expression(0).map(Some)
    }

    fn lambda(&mut self, arguments: Vec<Option<Node>>, at: usize) -> Result<Node, Error> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.into_iter().enumerate() {
            match argument.map(|it| (it.position, it.kind)) {
                Some((_, Kind::Variable(name, _))) => parameters.push(name),
                other => {
                    let place = other.map_or(at, |(place, _)| place);
                    return Err(Error::new("S0208").with("value", index + 1).at(place));
                }
            }
        }
        let signature = if self.is("<") { Some(self.signature()?) } else { None };
        self.expect("{")?;
        let body = self.expression(0)?;
        self.expect("}")?;
        let node = Node::new(Kind::Lambda(Arc::new(Lambda { parameters, signature, body })), at);
        self.check_height(&node)?;
        Ok(node)
    }

    fn signature(&mut self) -> Result<Signature, Error> {
        let start = self.token.start;
        let text = self.lexer.signature(start);
        let text = text.ok_or_else(|| Error::new("S0202").with("value", ">").about("{").at(start))?;
        let signature = Signature::parse(text).map_err(|it| it.at(start))?;
        self.token = self.lexer.next(true)?;
        Ok(signature)
    }
}

/// A name alone is a path of one step.
fn name_path(name: Arc<str>, at: usize) -> Node {
    let step = Node::new(Kind::Name(name), at);
    Node::new(Kind::Path { steps: vec![step], keep_singleton: false }, at)
}

fn is_function_word(node: &Node) -> bool {
    let Kind::Path { steps, .. } = &node.kind else { return false };
    match steps.as_slice() {
        [Node { kind: Kind::Name(name), step: None, .. }] => matches!(&**name, "function" | "λ"),
        _ => false,
    }
}

fn starts_constructed(node: &Node) -> bool {
    match &node.kind {
        Kind::Path { steps, .. } => steps.first().is_some_and(|it| it.is_constructed),
        _ => node.is_constructed,
    }
}
