//! Reference Paths: paths that mean one place, and so can be written. Spec: `#reference-paths`.

use std::sync::Arc;

use super::{Path, PathError, Root, Segment};
use crate::failure::ErrorName;
use crate::{Failure, Json, Object};

/// A path that means one place, which can also be written: `$`, `$.a.b`, `$.a[0]['c d']`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferencePath {
    text: Arc<str>,
    steps: Arc<[Step]>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(Arc<str>),
    Item(usize),
}

impl ReferencePath {
    /// Compiles `text`.
    pub fn compile(text: &str) -> Result<Self, PathError> {
        let path = Path::compile(text)?;
        let refuse = |message: &str| PathError { offset: 0, message: message.to_owned() };
        if path.root != Root::Input {
            return Err(refuse(
                "a reference path starts with `$.` or `$[`: it names a place in the state's data",
            ));
        }
        let steps = path.segments.iter().map(step).collect::<Option<Vec<_>>>();
        let steps = steps.ok_or_else(|| {
            refuse("a reference path names exactly one place: no `@`, `..`, `,`, `:`, `?` or `*`")
        })?;
        Ok(Self { text: text.into(), steps: steps.into() })
    }

    /// The path as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether it is `$`.
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// `target` with `value` at this place; missing objects on the way are made.
    ///
    /// Fails with `States.ResultPathMatchFailure` where an array index or a scalar is in the way.
    pub fn insert(&self, target: &Json, value: Json) -> Result<Json, Failure> {
        put(target, &self.steps, value).ok_or_else(|| {
            let cause = format!("Unable to apply ReferencePath {} to input {}", self.text, target.to_text());
            Failure::new(ErrorName::RESULT_PATH_MATCH_FAILURE, cause)
        })
    }
}

fn step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Child(name) => Some(Step::Member(name.clone())),
        Segment::Index(at) => usize::try_from(*at).ok().map(Step::Item),
        Segment::Children(_)
        | Segment::Indexes(_)
        | Segment::Slice { .. }
        | Segment::Wildcard
        | Segment::Descend(_)
        | Segment::Filter(_)
        | Segment::Function(_) => None,
    }
}

fn put(target: &Json, steps: &[Step], value: Json) -> Option<Json> {
    let Some((step, rest)) = steps.split_first() else { return Some(value) };
    match (step, target) {
        (Step::Member(name), Json::Object(object)) => {
            let below = object.get(name).cloned().unwrap_or_else(Json::empty_object);
            Some(Json::Object(Arc::new(object.with(name, put(&below, rest, value)?))))
        }
        (Step::Member(name), Json::Null) => {
            let object = Object::default().with(name, put(&Json::empty_object(), rest, value)?);
            Some(Json::Object(Arc::new(object)))
        }
        (Step::Item(at), Json::Array(items)) => {
            let mut items = items.to_vec();
            let below = items.get(*at)?.clone();
            items[*at] = put(&below, rest, value)?;
            Some(Json::array(items))
        }
        _ => None,
    }
}
