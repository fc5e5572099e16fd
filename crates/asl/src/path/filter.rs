//! Filters: `[?(@.price < 10 && @.tags anyof ['a','b'])]`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Segment;
use super::select::{Budget, select_within};
use crate::Json;

/// When an element is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// `@.name`: there is such a member.
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

/// A compiled regular expression; equal when its text is.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Arc<regex_lite::Regex>);

impl From<regex_lite::Regex> for Pattern {
    fn from(regex: regex_lite::Regex) -> Self {
        Self(Arc::new(regex))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
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
    Size,
    Empty,
}

impl Operand {
    pub(super) fn path(from_root: bool, segments: Vec<Segment>) -> Self {
        let is_definite = segments
            .iter()
            .all(|segment| matches!(segment, Segment::Child(_) | Segment::Index(_) | Segment::Function(_)));
        Self::Path { from_root, segments: segments.into(), is_definite }
    }

    fn value(&self, element: &Json, root: &Json, budget: &mut Budget) -> Option<Json> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Pattern(_) => None,
            Self::Path { from_root, segments, is_definite } => {
                let start = if *from_root { root } else { element };
                select_within(start, segments, *is_definite, root, budget)
            }
        }
    }
}

impl Filter {
    /// Whether `element` is kept.
    pub(super) fn keeps(&self, element: &Json, root: &Json, budget: &mut Budget) -> bool {
        match self {
            Self::And(all) => all.iter().all(|filter| filter.keeps(element, root, budget)),
            Self::Or(any) => any.iter().any(|filter| filter.keeps(element, root, budget)),
            Self::Not(inner) => !inner.keeps(element, root, budget),
            Self::Exists(operand @ Operand::Path { is_definite, .. }) => {
                let found = operand.value(element, root, budget);
                found.is_some_and(|value| {
                    *is_definite || value.as_array().is_some_and(|list| !list.is_empty())
                })
            }
            Self::Exists(Operand::Value(_) | Operand::Pattern(_)) => false,
            Self::Compare { left, operator: Operator::Matches, right: Operand::Pattern(pattern) } => {
                let value = left.value(element, root, budget);
                value.is_some_and(|value| pattern.0.is_match(&plain(&value)))
            }
            Self::Compare { left, operator, right } => {
                let left = left.value(element, root, budget);
                let right = right.value(element, root, budget);
                compares(left.as_ref(), *operator, right.as_ref())
            }
        }
    }
}

fn compares(left: Option<&Json>, operator: Operator, right: Option<&Json>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        // Something that is not there equals nothing, and differs from everything that is.
        return operator == Operator::NotEqual && left.is_some() != right.is_some();
    };
    match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Less => order(left, right) == Some(Ordering::Less),
        Operator::LessEqual => matches!(order(left, right), Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => order(left, right) == Some(Ordering::Greater),
        Operator::GreaterEqual => matches!(order(left, right), Some(Ordering::Greater | Ordering::Equal)),
        Operator::Matches => false,
        Operator::In => items(right).contains(left),
        Operator::NotIn => !items(right).contains(left),
        Operator::AnyOf => items(left).iter().any(|item| items(right).contains(item)),
        Operator::NoneOf => !items(left).iter().any(|item| items(right).contains(item)),
        Operator::SubsetOf => items(left).iter().all(|item| items(right).contains(item)),
        Operator::Size => size(left) == right.as_number().and_then(crate::Number::as_i64),
        Operator::Empty => size(left).is_some_and(|size| Some(size == 0) == right.as_bool()),
    }
}

fn items(value: &Json) -> &[Json] {
    value.as_array().unwrap_or(&[])
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
        (Json::Number(a), Json::Number(b)) => crate::rule::order_of_numbers(a, b),
        (Json::String(a), Json::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A value as a regular expression sees it.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_text(), str::to_owned)
}
