//! Following a path through a value, by borrowing.

use super::{Function, Segment};
use crate::Json;
use crate::json::Number;
use crate::limits::PATH_STEPS_MAX;

/// How many values may still be visited.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    /// Takes one; `false` when none is left.
    fn take(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}

/// What `segments` select from `start`: the value of a definite path, the list of an indefinite one.
pub(super) fn select(start: &Json, segments: &[Segment], is_definite: bool) -> Option<Json> {
    let mut budget = Budget(PATH_STEPS_MAX);
    let found = select_within(start, segments, is_definite, start, &mut budget);
    found.filter(|_| budget.0 > 0)
}

/// The same below a filter: `root` is the document, and the budget is shared.
pub(super) fn select_within(
    start: &Json,
    segments: &[Segment],
    is_definite: bool,
    root: &Json,
    budget: &mut Budget,
) -> Option<Json> {
    if is_definite {
        return follow(start, segments);
    }
    let (segments, function) = match segments {
        [head @ .., Segment::Function(function)] => (head, Some(*function)),
        all => (all, None),
    };
    let mut values = vec![start];
    for segment in segments {
        let mut next = Vec::new();
        for value in values {
            step(value, segment, root, budget, &mut next);
        }
        values = next;
    }
    let list = Json::array(values.into_iter().cloned());
    match function {
        None => Some(list),
        Some(function) => apply(function, &list),
    }
}

/// A definite path needs no list.
fn follow(start: &Json, segments: &[Segment]) -> Option<Json> {
    let mut value = start;
    for (at, segment) in segments.iter().enumerate() {
        value = match segment {
            Segment::Child(name) => value.get(name)?,
            Segment::Index(index) => nth(value.as_array()?, *index)?,
            Segment::Function(function) => {
                let result = apply(*function, value)?;
                return follow(&result, &segments[at + 1..]);
            }
            Segment::Children(_)
            | Segment::Indexes(_)
            | Segment::Slice { .. }
            | Segment::Wildcard
            | Segment::Descend(_)
            | Segment::Filter(_) => return None,
        };
    }
    Some(value.clone())
}

fn step<'a>(value: &'a Json, segment: &Segment, root: &Json, budget: &mut Budget, out: &mut Vec<&'a Json>) {
    if !budget.take() {
        return;
    }
    match segment {
        Segment::Child(name) => out.extend(value.get(name)),
        Segment::Children(names) => out.extend(names.iter().filter_map(|name| value.get(name))),
        Segment::Index(index) => out.extend(value.as_array().and_then(|items| nth(items, *index))),
        Segment::Indexes(indexes) => {
            let items = value.as_array().unwrap_or(&[]);
            out.extend(indexes.iter().filter_map(|index| nth(items, *index)));
        }
        Segment::Slice { from, to, step } => {
            out.extend(slice(value.as_array().unwrap_or(&[]), *from, *to, *step))
        }
        Segment::Wildcard => out.extend(members(value)),
        Segment::Filter(filter) => {
            // Jayway filters the elements of an array, and an object as a whole.
            let candidates: Vec<&Json> = match value {
                Json::Array(items) => items.iter().collect(),
                Json::Object(_) => vec![value],
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Vec::new(),
            };
            out.extend(
                candidates.into_iter().filter(|element| budget.take() && filter.keeps(element, root, budget)),
            );
        }
        Segment::Descend(inner) => descend(value, inner, root, budget, out),
        Segment::Function(_) => {}
    }
}

/// Depth is bounded by the parser of JSON, so this recursion is too.
fn descend<'a>(value: &'a Json, inner: &Segment, root: &Json, budget: &mut Budget, out: &mut Vec<&'a Json>) {
    step(value, inner, root, budget, out);
    for member in members(value) {
        if matches!(member, Json::Array(_) | Json::Object(_)) && budget.take() {
            descend(member, inner, root, budget, out);
        }
    }
}

fn members(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(items) => items.iter().collect(),
        Json::Object(object) => object.iter().map(|(_, member)| member).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Vec::new(),
    }
}

fn nth(items: &[Json], index: i64) -> Option<&Json> {
    let at = if index < 0 { i64::try_from(items.len()).ok()? + index } else { index };
    items.get(usize::try_from(at).ok()?)
}

fn slice(items: &[Json], from: Option<i64>, to: Option<i64>, step: i64) -> impl Iterator<Item = &Json> {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |at: i64| if at < 0 { (count + at).max(0) } else { at.min(count) };
    let (from, to) = (from.map_or(0, place), to.map_or(count, place));
    let range = usize::try_from(from).unwrap_or(0)..usize::try_from(to.max(from)).unwrap_or(0);
    items[range].iter().step_by(usize::try_from(step).unwrap_or(usize::MAX).max(1))
}

fn apply(function: Function, value: &Json) -> Option<Json> {
    let numbers = || {
        value
            .as_array()
            .map(|items| items.iter().filter_map(Json::as_number).map(Number::as_f64).collect::<Vec<_>>())
    };
    let from_f64 = |value: f64| Number::from_f64(value).map(Json::Number);
    match function {
        Function::Length => match value {
            Json::Array(items) => Some(items.len()),
            Json::Object(object) => Some(object.len()),
            Json::String(text) => Some(text.chars().count()),
            Json::Null | Json::Bool(_) | Json::Number(_) => None,
        }
        .map(|length| Json::from(length as u64)),
        Function::Min => numbers()?.into_iter().reduce(f64::min).and_then(from_f64),
        Function::Max => numbers()?.into_iter().reduce(f64::max).and_then(from_f64),
        Function::Sum => from_f64(numbers()?.into_iter().sum()),
        Function::Avg => {
            let numbers = numbers()?;
            #[expect(clippy::cast_precision_loss, reason = "a count of items is far below 2^53")]
            from_f64(numbers.iter().sum::<f64>() / numbers.len() as f64)
        }
        Function::Keys => value
            .as_object()
            .map(|object| Json::array(object.iter().map(|(key, _)| Json::String(key.clone())))),
        Function::First => value.as_array()?.first().cloned(),
        Function::Last => value.as_array()?.last().cloned(),
    }
}
