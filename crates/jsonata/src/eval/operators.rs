//! Operators with two sides, and negation.

use std::cmp::Ordering;

use super::{Evaluator, FrameId, Outcome};
use crate::ast::{Node, Operator};
use crate::error::Error;
use crate::json::Style;
use crate::value::compare::text_order;
use crate::value::{Flags, Value};

impl Evaluator<'_, '_> {
    pub(super) fn binary(
        &mut self,
        operator: Operator,
        node: &Node,
        left: &Node,
        right: &Node,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        let left = self.eval(left, input, frame)?;
        if operator == Operator::And || operator == Operator::Or {
            let is_left = self.truth(left.as_ref())?;
            if is_left == (operator == Operator::Or) {
                return Ok(Some(Value::Bool(is_left)));
            }
            return Ok(Some(Value::Bool(self.is_true(right, input, frame)?)));
        }
        let right = self.eval(right, input, frame)?;
        self.apply_operator(operator, left, right).map_err(|it| it.at(node.position).about(operator.text()))
    }

    fn apply_operator(&mut self, operator: Operator, left: Option<Value>, right: Option<Value>) -> Outcome {
        match operator {
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Remainder => arithmetic(operator, left.as_ref(), right.as_ref()),
            Operator::Equal | Operator::NotEqual => {
                let (Some(left), Some(right)) = (left, right) else { return Ok(Some(Value::Bool(false))) };
                let is_equal = self.equal(&left, &right)?;
                Ok(Some(Value::Bool(is_equal == (operator == Operator::Equal))))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                if let (Some(left), Some(right)) = (&left, &right) {
                    self.charge_comparison(left, right)?;
                }
                comparison(operator, left.as_ref(), right.as_ref())
            }
            Operator::In => self.includes(left, right),
            Operator::Concat => self.concat(left, right),
            Operator::Range => self.range(left.as_ref(), right.as_ref()),
            Operator::And | Operator::Or => Ok(Some(Value::Bool(false))),
        }
    }

    fn includes(&mut self, left: Option<Value>, right: Option<Value>) -> Outcome {
        let (Some(left), Some(right)) = (left, right) else { return Ok(Some(Value::Bool(false))) };
        let Some(items) = right.items() else {
            return self.equal(&left, &right).map(|it| Some(Value::Bool(it)));
        };
        for item in items.iter() {
            if self.equal(&left, &item)? {
                return Ok(Some(Value::Bool(true)));
            }
        }
        Ok(Some(Value::Bool(false)))
    }

    fn concat(&mut self, left: Option<Value>, right: Option<Value>) -> Outcome {
        let left = left.map(|it| self.text_of(&it, Style::STRING)).transpose()?.unwrap_or_default();
        let right = right.map(|it| self.text_of(&it, Style::STRING)).transpose()?.unwrap_or_default();
        self.charge_text(left.len() + right.len())?;
        Ok(Some(Value::string([&*left, &*right].concat())))
    }

    fn range(&mut self, from: Option<&Value>, to: Option<&Value>) -> Outcome {
        let from = integer(from, "T2003")?;
        let to = integer(to, "T2004")?;
        let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
        if from > to {
            return Ok(None);
        }
        let count = to - from + 1.0;
        #[expect(clippy::cast_precision_loss, reason = "limits stay far below 2^53")]
        let limit = self.bounds().sequence_items as f64;
        if count > limit {
            return Err(Error::new("D2014").with("value", count).with("limit", limit));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked against the limit"
        )]
        let count = count as usize;
        self.reserve(0, count)?;
        let mut items = Vec::with_capacity(count);
        let mut next = from;
        for _ in 0..count {
            items.push(Value::number(next));
            next += 1.0;
        }
        self.array_of(items, Flags::SEQUENCE).map(Some)
    }

    pub(super) fn negate(
        &mut self,
        node: &Node,
        operand: &Node,
        input: Option<&Value>,
        frame: FrameId,
    ) -> Outcome {
        match self.eval(operand, input, frame)? {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(Value::number(-number.as_f64()))),
            other => Err(Error::new("D1002").value(other.as_ref()).about("-").at(node.position)),
        }
    }
}

fn arithmetic(operator: Operator, left: Option<&Value>, right: Option<&Value>) -> Outcome {
    let left = operand(left, "T2001")?;
    let right = operand(right, "T2002")?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    };
    if !result.is_finite() {
        return Err(Error::new("D1001").with("value", result));
    }
    Ok(Some(Value::number(result)))
}

/// A side of an operator as a number; `code` says which side is none.
fn operand(value: Option<&Value>, code: &'static str) -> Result<Option<f64>, Error> {
    match value {
        None => Ok(None),
        Some(Value::Number(number)) if number.as_f64().is_finite() => Ok(Some(number.as_f64())),
        Some(Value::Number(number)) => Err(Error::new("D1001").with("value", number.as_f64())),
        other => Err(Error::new(code).value(other)),
    }
}

fn integer(value: Option<&Value>, code: &'static str) -> Result<Option<f64>, Error> {
    match value {
        None => Ok(None),
        Some(Value::Number(number)) if number.as_f64().fract() == 0.0 => Ok(Some(number.as_f64())),
        other => Err(Error::new(code).value(other)),
    }
}

fn comparison(operator: Operator, left: Option<&Value>, right: Option<&Value>) -> Outcome {
    let is_comparable = |it: &Value| matches!(it, Value::Number(_) | Value::String(_));
    if let Some(wrong) = [left, right].into_iter().flatten().find(|it| !is_comparable(it)) {
        return Err(Error::new("T2010").value(Some(wrong)));
    }
    let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::String(left), Value::String(right)) => Some(text_order(left, right)),
        _ => return Err(Error::new("T2009").value(Some(left)).with("value2", right.preview(64))),
    };
    let order = order.unwrap_or(Ordering::Equal);
    Ok(Some(Value::Bool(match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })))
}
