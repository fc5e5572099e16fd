//! Text into a syntax tree: a precedence parser (Pratt), as the language defines its operators.
//!
//! Each rule builds the finished node at once: names become paths, a `.` joins two paths (`parser/path.rs`), and each
//! `%` finds the step it stands for as soon as that step is there (`parser/ancestor.rs`).

mod ancestor;
mod operand;
mod path;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::ast::{Kind, Node, Operator, Slot};
use crate::error::Error;
use crate::expression::Forbidden;
use crate::lexer::{Lexer, Token, TokenKind};
use crate::limits::ParseLimits;
use crate::stack::grow;

/// Reads a whole expression.
pub(crate) fn parse(text: &str, limits: &ParseLimits, forbidden: Forbidden<'_>) -> Result<Node, Error> {
    if text.len() > limits.bytes {
        return Err(Error::new("U1008").with("value", text.len()).with("limit", limits.bytes));
    }
    let mut parser = Parser::new(text, limits, forbidden)?;
    let node = parser.expression(0)?;
    if !parser.is_at_end() {
        return Err(parser.unexpected("S0201"));
    }
    if !node.seeking.is_empty() || matches!(node.kind, Kind::Parent(_)) {
        return Err(Error::new("S0217").at(node.position));
    }
    parser.name_slots();
    Ok(node)
}

pub(crate) struct Parser<'a> {
    lexer: Lexer<'a>,
    token: Token,
    limits: &'a ParseLimits,
    forbidden: Forbidden<'a>,
    depth: usize,
    /// Regular expressions so far.
    regexes: usize,
    slots: Vec<SlotState>,
}

/// What is known about a `%` while reading.
struct SlotState {
    slot: Arc<Slot>,
    label: usize,
    /// Steps still to go back.
    level: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, limits: &'a ParseLimits, forbidden: Forbidden<'a>) -> Result<Self, Error> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next(false)?;
        Ok(Self { lexer, token, limits, forbidden, depth: 0, regexes: 0, slots: Vec::new() })
    }

    /// An expression whose operators bind more tightly than `binding`.
    fn expression(&mut self, binding: u8) -> Result<Node, Error> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(self.too_deep());
        }
        let node = grow(|| {
            let token = self.take(true)?;
            let mut left = self.operand(token)?;
            while binding < binding_of(&self.token.kind) {
                left = self.infix(left)?;
                self.check_height(&left)?;
            }
            Ok(left)
        });
        self.depth -= 1;
        node
    }

    /// A node with the rule that its parts are not nested too deeply.
    fn check_height(&self, node: &Node) -> Result<(), Error> {
        if node.height > self.limits.depth { Err(self.too_deep()) } else { Ok(()) }
    }

    fn too_deep(&self) -> Error {
        Error::new("U1002").with("limit", self.limits.depth).at(self.token.start)
    }

    /// What stands between two operands, with `left` already read.
    fn infix(&mut self, left: Node) -> Result<Node, Error> {
        let token = self.take(false)?;
        let TokenKind::Operator(operator) = token.kind else { return Err(self.unexpected("S0201")) };
        let at = token.start;
        let binding = binding_of_operator(operator);
        match operator {
            "." => {
                let right = self.expression(binding)?;
                self.join(left, right, at)
            }
            "[" => self.predicate(left, at),
            "(" => self.call(left, at),
            "{" => self.group(left, at),
            "^" => self.order_by(left, at),
            "@" => self.focus(left, at),
            "#" => self.index(left, at),
            ":=" => self.bind(left, at),
            "?" => self.condition(left, at),
            "?:" => {
                let right = self.expression(0)?;
                Ok(Self::binary(left, right, at, Kind::Elvis))
            }
            "??" => {
                let right = self.expression(0)?;
                Ok(Self::binary(left, right, at, Kind::Coalesce))
            }
            "~>" => {
                let right = self.expression(binding)?;
                let keep_array = left.keep_array || right.keep_array;
                let mut node = Self::binary(left, right, at, Kind::Apply);
                node.keep_array = keep_array;
                Ok(node)
            }
            _ => {
                let operator =
                    operator_of(operator).ok_or_else(|| Error::new("S0204").about(operator).at(at))?;
                let right = self.expression(binding)?;
                Ok(Self::binary(left, right, at, |left, right| Kind::Binary(operator, left, right)))
            }
        }
    }

    fn binary(
        mut left: Node,
        mut right: Node,
        at: usize,
        kind: impl FnOnce(Box<Node>, Box<Node>) -> Kind,
    ) -> Node {
        let mut seeking = ancestor::take_seeking(&mut left);
        seeking.append(&mut ancestor::take_seeking(&mut right));
        let mut node = Node::new(kind(Box::new(left), Box::new(right)), at);
        node.seeking = seeking;
        node
    }

    /// The current word; the next one becomes current.
    fn take(&mut self, after_operand: bool) -> Result<Token, Error> {
        let next = self.lexer.next(after_operand)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn is(&self, operator: &str) -> bool {
        matches!(self.token.kind, TokenKind::Operator(it) if it == operator)
    }

    fn is_at_end(&self) -> bool {
        matches!(self.token.kind, TokenKind::End)
    }

    /// Takes `operator` if it is the current word.
    fn take_if(&mut self, operator: &str) -> Result<bool, Error> {
        let found = self.is(operator);
        if found {
            self.take(false)?;
        }
        Ok(found)
    }

    /// Takes `operator`, which must be the current word. After a closing bracket a `/` divides.
    fn expect(&mut self, operator: &'static str) -> Result<(), Error> {
        if !self.is(operator) {
            let code = if self.is_at_end() { "S0203" } else { "S0202" };
            return Err(self.unexpected(code).with("value", operator));
        }
        self.take(matches!(operator, ")" | "]" | "}"))?;
        Ok(())
    }

    fn unexpected(&self, code: &'static str) -> Error {
        Error::new(code).about(&self.token.kind.text()).at(self.token.start)
    }

    fn name_slots(&self) {
        for state in &self.slots {
            state.slot.set_label(format!("%{}", state.label).into());
        }
    }
}

fn binding_of(token: &TokenKind) -> u8 {
    match token {
        TokenKind::Operator(operator) => binding_of_operator(operator),
        _ => 0,
    }
}

fn binding_of_operator(operator: &str) -> u8 {
    match operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "!=" | "<" | "<=" | ">" | ">=" | "^" | "~>" | "in" | "??" | "?:" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

fn operator_of(text: &str) -> Option<Operator> {
    Some(match text {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "and" => Operator::And,
        "or" => Operator::Or,
        "in" => Operator::In,
        "&" => Operator::Concat,
        _ => return None,
    })
}
