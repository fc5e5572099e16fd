//! Filters: `[?(@.price < 10 && @.tags anyof ['a','b'])]`.
//!
//! Jayway's comparisons: a number and a text that reads as this number are equal and ordered as numbers, other values are
//! ordered with their like only, and nothing holds of a path that finds nothing. Held against Jayway 2.0 (see `explain.rs`)
//! by `examples/path_eval.rs`; its operators in letters (`in`, `nin`, …) are those of later versions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Segment;
use super::select::{Budget, is_definite, select};
use crate::json::Number;
use crate::rule::order_of_numbers;
use crate::{Json, JsonLimits, json};

/// When an element is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// `@.name`: there is such a member, be it `null`. An indefinite path exists when it finds something.
    Exists(Operand),
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Value(Json),
    /// `@…` (of the element) or `$…` (of the whole document).
    Path {
        from_root: bool,
        segments: Arc<[Segment]>,
        is_definite: bool,
    },
    Pattern(Pattern),
}

/// A compiled regular expression; equal when its text and flags are.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Arc<regex_lite::Regex>,
    flags: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    /// `===`: equal, and of one type.
    Same,
    /// `!==`
    NotSame,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Matches,
    In,
    NotIn,
    AnyOf,
    NoneOf,
    SubsetOf,
    /// The left list has every element of the right one.
    All,
    Contains,
    Size,
    Empty,
}

impl Pattern {
    pub(super) fn new(regex: regex_lite::Regex, flags: &str) -> Self {
        Self { regex: Arc::new(regex), flags: flags.into() }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str() && self.flags == other.flags
    }
}

impl Operand {
    pub(super) fn path(from_root: bool, segments: Vec<Segment>) -> Self {
        let is_definite = is_definite(&segments);
        Self::Path { from_root, segments: segments.into(), is_definite }
    }

    fn value(&self, element: &Json, root: &Json, budget: &mut Budget) -> Option<Json> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Pattern(_) => None,
            Self::Path { from_root, segments, .. } => {
                let start = if *from_root { root } else { element };
                select(start, segments, root, budget).ok()
            }
        }
    }
}

impl Filter {
    /// Whether `element` is kept. Costs at least one step, so that a long filter on a long array is bounded too.
    pub(super) fn keeps(&self, element: &Json, root: &Json, budget: &mut Budget) -> bool {
        if !budget.take(1) {
            return false;
        }
        match self {
            Self::And(all) => all.iter().all(|filter| filter.keeps(element, root, budget)),
            Self::Or(any) => any.iter().any(|filter| filter.keeps(element, root, budget)),
            Self::Not(inner) => !inner.keeps(element, root, budget),
            Self::Exists(operand) => exists(operand, element, root, budget),
            Self::Compare { left, operator: Operator::Matches, right: Operand::Pattern(pattern) } => {
                left.value(element, root, budget).is_some_and(|value| matches(&value, pattern, budget))
            }
            Self::Compare { left, operator, right } => {
                let left = left.value(element, root, budget);
                let right = right.value(element, root, budget);
                compares(left.as_ref(), *operator, right.as_ref(), budget)
            }
        }
    }
}

fn exists(operand: &Operand, element: &Json, root: &Json, budget: &mut Budget) -> bool {
    let Operand::Path { is_definite, .. } = operand else { return false };
    let found = operand.value(element, root, budget);
    found.is_some_and(|value| *is_definite || value.as_array().is_some_and(|list| !list.is_empty()))
}

/// A regular expression sees texts, and numbers and truth values as they are written.
fn matches(value: &Json, pattern: &Pattern, budget: &mut Budget) -> bool {
    let written;
    let text = match value {
        Json::String(text) => &**text,
        Json::Number(_) | Json::Bool(_) => {
            written = value.to_text();
            &written
        }
        Json::Null | Json::Array(_) | Json::Object(_) => return false,
    };
    budget.take(text.len()) && pattern.regex.is_match(text)
}

fn compares(left: Option<&Json>, operator: Operator, right: Option<&Json>, budget: &mut Budget) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        // Nothing holds of something that is not there, not even that it is another than something.
        return false;
    };
    match operator {
        Operator::Equal => equals(left, right, budget),
        Operator::NotEqual => !equals(left, right, budget),
        Operator::Same => left.kind() == right.kind() && equals(left, right, budget),
        Operator::NotSame => left.kind() != right.kind() || !equals(left, right, budget),
        Operator::Less => order(left, right).is_some_and(Ordering::is_lt),
        Operator::LessEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::Greater => order(left, right).is_some_and(Ordering::is_gt),
        Operator::GreaterEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::Matches => false,
        Operator::In => contains(right, left, budget),
        Operator::NotIn => !contains(right, left, budget),
        Operator::AnyOf => both_lists(left, right).is_some_and(|(items, _)| has_any(items, right, budget)),
        Operator::NoneOf => both_lists(left, right).is_some_and(|(items, _)| !has_any(items, right, budget)),
        Operator::SubsetOf => both_lists(left, right)
            .is_some_and(|(items, _)| items.iter().all(|item| contains(right, item, budget))),
        Operator::All => both_lists(left, right)
            .is_some_and(|(_, wanted)| wanted.iter().all(|item| contains(left, item, budget))),
        Operator::Contains => match (left, right) {
            (Json::String(text), Json::String(part)) => budget.take(text.len()) && text.contains(&**part),
            _ => contains(left, right, budget),
        },
        Operator::Size => {
            size(left).is_some_and(|size| Some(size) == right.as_number().and_then(Number::as_i64))
        }
        Operator::Empty => size(left).is_some_and(|size| Some(size == 0) == right.as_bool()),
    }
}

fn both_lists<'a>(left: &'a Json, right: &'a Json) -> Option<(&'a [Json], &'a [Json])> {
    left.as_array().zip(right.as_array())
}

fn has_any(items: &[Json], list: &Json, budget: &mut Budget) -> bool {
    items.iter().any(|item| contains(list, item, budget))
}

fn contains(list: &Json, wanted: &Json, budget: &mut Budget) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(|item| equals(item, wanted, budget)))
}

/// Every pair of values that is looked at costs a step.
fn equals(left: &Json, right: &Json, budget: &mut Budget) -> bool {
    if !budget.take(1) {
        return false;
    }
    match (left, right) {
        (Json::String(a), Json::String(b)) => a.len() == b.len() && budget.take(a.len() / 64) && a == b,
        (Json::Number(a), Json::Number(b)) => a == b,
        (Json::Number(number), Json::String(text)) => read_number(text).is_some_and(|read| read == *number),
        (Json::String(text), Json::Number(number)) => {
            number.text_len() == text.len() && number.to_string() == **text
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equals(a, b, budget))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equals(value, other, budget)))
        }
        _ => left == right,
    }
}

fn read_number(text: &str) -> Option<Number> {
    const LONGEST: usize = 32;
    let value = json::parse(text, JsonLimits::PAYLOAD.with_bytes_max(LONGEST)).ok()?;
    value.as_number().cloned()
}

fn size(value: &Json) -> Option<i64> {
    let size = match value {
        Json::Array(items) => items.len(),
        Json::String(text) => text.chars().count(),
        Json::Object(object) => object.len(),
        Json::Null | Json::Bool(_) | Json::Number(_) => return None,
    };
    i64::try_from(size).ok()
}

fn order(left: &Json, right: &Json) -> Option<Ordering> {
    match (left, right) {
        (Json::Number(a), Json::Number(b)) => order_of_numbers(a, b),
        (Json::String(a), Json::String(b)) => Some(a.cmp(b)),
        (Json::Number(a), Json::String(b)) => read_number(b).and_then(|b| order_of_numbers(a, &b)),
        (Json::String(a), Json::Number(b)) => read_number(a).and_then(|a| order_of_numbers(&a, b)),
        _ => None,
    }
}
