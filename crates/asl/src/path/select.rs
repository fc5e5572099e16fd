//! Following a path through a value, by borrowing.
//!
//! Only a definite path can miss: a recorded answer of AWS to `$.items[*]` on `{}` is `[]`, though Jayway by itself would
//! refuse it. Spec: `#path`.

use std::sync::Arc;

use super::Segment;
use crate::Json;
use crate::limits::PATH_STEPS_MAX;

/// How many values may still be visited.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn full() -> Self {
        Self(PATH_STEPS_MAX)
    }

    /// Takes `cost`; `false` when there is not so much left.
    pub(super) fn take(&mut self, cost: usize) -> bool {
        let is_left = self.0 > cost;
        self.0 = self.0.saturating_sub(cost);
        is_left
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// Why nothing was found; the number is the segment's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// Nothing stands at the end of the path.
    End,
    /// A member on the way is missing.
    Member(usize),
    /// There is no object where the segment needs one.
    NotObject(usize),
    /// There is no array where the segment needs one.
    NotArray(usize),
    /// There is no element of this index.
    Index(usize),
    /// The variable is not assigned.
    Variable,
    /// The path visits more than [`PATH_STEPS_MAX`] values.
    TooMuch,
}

/// Whether a path of these segments means one place.
pub(super) fn is_definite(segments: &[Segment]) -> bool {
    let (last, before) = match segments.split_last() {
        Some((Segment::Children(_), before)) => (true, before),
        Some((last, before)) => (is_single(last), before),
        None => return true,
    };
    last && before.iter().all(is_single)
}

fn is_single(segment: &Segment) -> bool {
    matches!(segment, Segment::Child(_) | Segment::Index(_))
}

/// What `segments` select from `start`: the value of a definite path, the list of an indefinite one.
/// `root` is what `$` means in filters.
pub(super) fn select(
    start: &Json,
    segments: &[Segment],
    root: &Json,
    budget: &mut Budget,
) -> Result<Json, Miss> {
    let single = segments.iter().take_while(|segment| is_single(segment)).count();
    let (before, rest) = segments.split_at(single);
    let found = follow(start, before, rest.is_empty());
    match rest {
        [] => found.cloned(),
        [Segment::Children(names)] => merged(found?, names).ok_or(Miss::NotObject(single)),
        _ => found.map_or_else(|_| Ok(Json::array([])), |value| select_many(value, rest, root, budget)),
    }
}

/// The one value that members and single indexes lead to; `is_end` where nothing stands behind them.
fn follow<'a>(start: &'a Json, segments: &[Segment], is_end: bool) -> Result<&'a Json, Miss> {
    let mut value = start;
    for (at, segment) in segments.iter().enumerate() {
        let is_last = is_end && at + 1 == segments.len();
        value = match segment {
            Segment::Child(name) => {
                let object = value.as_object().ok_or(Miss::NotObject(at))?;
                object.get(name).ok_or(if is_last { Miss::End } else { Miss::Member(at) })?
            }
            Segment::Index(index) => {
                nth(value.as_array().ok_or(Miss::NotArray(at))?, *index).ok_or(Miss::Index(at))?
            }
            Segment::Children(_)
            | Segment::Indexes(_)
            | Segment::Slice { .. }
            | Segment::Wildcard
            | Segment::Descend(_)
            | Segment::Filter(_) => unreachable!("the caller has taken single segments only"),
        };
    }
    Ok(value)
}

fn select_many(start: &Json, segments: &[Segment], root: &Json, budget: &mut Budget) -> Result<Json, Miss> {
    let mut walk = Walk { root, budget, found: Vec::new() };
    let mut values = vec![start];
    let (last, before) = segments.split_last().expect("the caller has found a segment");
    for segment in before {
        walk.step_all(values, segment);
        values = std::mem::take(&mut walk.found);
    }
    // Several names at the end of a path do not name several values, but one object that has them.
    let list = match last {
        Segment::Children(names) => Json::array(values.into_iter().filter_map(|value| merged(value, names))),
        Segment::Descend(inner) if matches!(**inner, Segment::Children(_)) => {
            walk.step_all(values, last);
            let Segment::Children(names) = &**inner else { unreachable!("just matched") };
            Json::array(walk.found.iter().filter_map(|value| merged(value, names)))
        }
        _ => {
            walk.step_all(values, last);
            Json::array(walk.found.iter().map(|value| (*value).clone()))
        }
    };
    if walk.budget.is_spent() { Err(Miss::TooMuch) } else { Ok(list) }
}

/// The object of those members that `value` has; `None` if it is not an object.
fn merged(value: &Json, names: &[Arc<str>]) -> Option<Json> {
    let object = value.as_object()?;
    let members = names.iter().filter_map(|name| Some((name.clone(), object.get(name)?.clone())));
    Some(Json::object(members))
}

/// One step from many values to many values.
struct Walk<'a, 'b> {
    root: &'a Json,
    budget: &'b mut Budget,
    found: Vec<&'a Json>,
}

impl<'a> Walk<'a, '_> {
    fn step_all(&mut self, values: Vec<&'a Json>, segment: &Segment) {
        for value in values {
            self.step(value, segment);
        }
    }

    fn step(&mut self, value: &'a Json, segment: &Segment) {
        if !self.budget.take(1) {
            return;
        }
        match segment {
            Segment::Child(name) => self.keep(value.get(name)),
            Segment::Children(names) => self.keep(names.iter().filter_map(|name| value.get(name))),
            Segment::Index(index) => self.keep(value.as_array().and_then(|items| nth(items, *index))),
            Segment::Indexes(indexes) => {
                let items = value.as_array().unwrap_or(&[]);
                self.keep(indexes.iter().filter_map(|index| nth(items, *index)));
            }
            Segment::Slice { from, to, step } => {
                self.keep(slice(value.as_array().unwrap_or(&[]), *from, *to, *step));
            }
            Segment::Wildcard => self.keep_members(value),
            Segment::Filter(filter) => match value {
                // Jayway filters the elements of an array, and an object as a whole.
                Json::Array(items) => items.iter().for_each(|item| self.keep_if(item, filter)),
                Json::Object(_) => self.keep_if(value, filter),
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
            },
            Segment::Descend(inner) => self.descend(value, inner),
        }
    }

    fn keep(&mut self, values: impl IntoIterator<Item = &'a Json>) {
        for value in values {
            if !self.budget.take(1) {
                return;
            }
            self.found.push(value);
        }
    }

    fn keep_members(&mut self, value: &'a Json) {
        match value {
            Json::Array(items) => self.keep(items.iter()),
            Json::Object(object) => self.keep(object.iter().map(|(_, member)| member)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    fn keep_if(&mut self, value: &'a Json, filter: &super::filter::Filter) {
        if self.budget.take(1) && filter.keeps(value, self.root, self.budget) {
            self.found.push(value);
        }
    }

    /// First the value itself, then what is below. Values nest as deep as a payload may, and so does this.
    fn descend(&mut self, value: &'a Json, inner: &Segment) {
        match inner {
            Segment::Children(names) => {
                let has_all =
                    value.as_object().is_some_and(|it| names.iter().all(|name| it.get(name).is_some()));
                self.keep(has_all.then_some(value));
            }
            _ => self.step(value, inner),
        }
        let mut below = |member: &'a Json| {
            if matches!(member, Json::Array(_) | Json::Object(_)) && self.budget.take(1) {
                self.descend(member, inner);
            }
        };
        match value {
            Json::Array(items) => items.iter().for_each(below),
            Json::Object(object) => object.iter().for_each(|(_, member)| below(member)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

fn nth(items: &[Json], index: i64) -> Option<&Json> {
    let at = if index < 0 { i64::try_from(items.len()).ok()?.checked_add(index)? } else { index };
    items.get(usize::try_from(at).ok()?)
}

fn slice(items: &[Json], from: Option<i64>, to: Option<i64>, step: i64) -> impl Iterator<Item = &Json> {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |at: i64| if at < 0 { count.saturating_add(at).max(0) } else { at.min(count) };
    let (from, to) = (from.map_or(0, place), to.map_or(count, place));
    let range = usize::try_from(from).unwrap_or(0)..usize::try_from(to.max(from)).unwrap_or(0);
    items[range].iter().step_by(usize::try_from(step).unwrap_or(usize::MAX).max(1))
}
