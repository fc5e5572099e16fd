//! Reference Paths: paths that mean one place, and so can be written. Spec: `#reference-paths`.

use std::sync::Arc;

use super::{Path, PathError, Root, Segment, explain};
use crate::failure::ErrorName;
use crate::limits::REFERENCE_STEPS_MAX;
use crate::{Failure, Json, Object, measure};

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
        // What is written makes a value that deep, and whoever drops it goes that deep too.
        if steps.len() > REFERENCE_STEPS_MAX {
            return Err(refuse(&format!("a reference path has at most {REFERENCE_STEPS_MAX} steps")));
        }
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
    /// Fails with `States.ResultPathMatchFailure` where an index outside an array or a scalar is in the way. The name is the
    /// specification's, the text AWS's (`Unable to apply step "b" to input {…}`, seen in public reports).
    pub fn insert(&self, target: &Json, value: Json) -> Result<Json, Failure> {
        match put(target, &self.steps, value) {
            Ok(made) if self.steps.is_empty() => Ok(made),
            Ok(made) => measure::bounded(made),
            Err(Obstacle(step)) => {
                let input = measure::bounded_text(target)?;
                let cause = format!("Unable to apply step \"{step}\" to input {input}");
                Err(Failure::new(ErrorName::RESULT_PATH_MATCH_FAILURE, cause))
            }
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Member(name) => f.write_str(name),
            Self::Item(at) => write!(f, "{at}"),
        }
    }
}

/// The step that cannot be made.
struct Obstacle(Step);

/// A step as AWS's failures name it.
pub(super) fn step_text(segment: &Segment) -> String {
    step(segment).map_or_else(|| explain::written(segment), |step| step.to_string())
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
        | Segment::Filter(_) => None,
    }
}

fn put(target: &Json, steps: &[Step], value: Json) -> Result<Json, Obstacle> {
    let Some((step, rest)) = steps.split_first() else { return Ok(value) };
    let obstacle = || Obstacle(step.clone());
    match (step, target) {
        (Step::Member(name), Json::Object(object)) => {
            let below = object.get(name).cloned().unwrap_or_else(Json::empty_object);
            Ok(Json::Object(Arc::new(object.with(name, put(&below, rest, value)?))))
        }
        (Step::Member(name), Json::Null) => {
            let object = Object::default().with(name, put(&Json::empty_object(), rest, value)?);
            Ok(Json::Object(Arc::new(object)))
        }
        (Step::Item(at), Json::Array(items)) => {
            let below = items.get(*at).ok_or_else(obstacle)?;
            let changed = put(below, rest, value)?;
            Ok(Json::array(
                items[..*at].iter().cloned().chain([changed]).chain(items[at + 1..].iter().cloned()),
            ))
        }
        _ => Err(obstacle()),
    }
}
