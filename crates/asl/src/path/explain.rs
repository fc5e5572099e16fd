//! Why a path found nothing, in Jayway's words, which AWS hands on.
//!
//! `Invalid path '$.a.b' : ` is AWS's (seen in public reports of `InputPath`, `OutputPath` and `…Path` fields); what
//! follows are the words of Jayway 2.0, which AWS's reports show, and whose other marks AWS's documented and recorded
//! behaviour bears: no functions, no operators in letters, `[]` for a list that is not there. `Unable to apply Path
//! transformation to null or empty input.` is AWS's too. The texts about variables and about too many values are ours.

use super::select::{Budget, Miss, select};
use super::{Path, Root, Segment};
use crate::limits::PATH_STEPS_MAX;
use crate::measure::bounded_text;
use crate::{Failure, Json};

/// The failure of a path that was applied to `start` and missed.
pub(super) fn failure(path: &Path, start: Option<&Json>, miss: Miss) -> Failure {
    if path.root == Root::Input && start.is_some_and(Json::is_null) {
        return Failure::runtime("Unable to apply Path transformation to null or empty input.");
    }
    let start = start.unwrap_or(&Json::Null);
    Failure::runtime(format!("Invalid path '{}' : {}", path.text, reason(path, start, miss)))
}

fn reason(path: &Path, start: &Json, miss: Miss) -> String {
    match miss {
        Miss::End => format!("No results for path: {}", place(path, path.segments.len())),
        Miss::Member(at) => format!("Missing property in path {}", place(path, at + 1)),
        Miss::NotObject(at) => {
            let wanted = written(&path.segments[at]);
            format!("Property {wanted} not found in path {}", place(path, at))
        }
        Miss::Index(at) => format!("Index out of bounds when evaluating path {}", place(path, at + 1)),
        Miss::NotArray(at) => match value_at(path, start, at) {
            None | Some(Json::Null) => format!("The path {} is null", place(path, at)),
            Some(value) => {
                let value = bounded_text(&value).unwrap_or_default();
                let wanted: String = path.segments[at..].iter().map(written).collect();
                format!("Filter: {wanted} can only be applied to arrays. Current context is: {value}")
            }
        },
        Miss::Variable => format!("the variable '{}' is not assigned", path.variable().unwrap_or_default()),
        Miss::TooMuch => format!("the path visits more than {PATH_STEPS_MAX} values"),
    }
}

/// What the first `count` segments lead to. They mean one place, or nothing would have been missed there.
fn value_at(path: &Path, start: &Json, count: usize) -> Option<Json> {
    select(start, &path.segments[..count], start, &mut Budget::full()).ok()
}

/// The first `count` segments as Jayway writes them: `$['a'][0]`.
pub(super) fn place(path: &Path, count: usize) -> String {
    let root = match &path.root {
        Root::Input | Root::Context => "$".to_owned(),
        Root::Variable(name) => format!("${name}"),
    };
    path.segments[..count].iter().fold(root, |out, segment| out + &written(segment))
}

pub(super) fn written(segment: &Segment) -> String {
    match segment {
        Segment::Child(name) => format!("['{name}']"),
        Segment::Children(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
            format!("[{}]", names.join(", "))
        }
        Segment::Index(at) => format!("[{at}]"),
        Segment::Indexes(all) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            format!("[{}]", all.join(","))
        }
        Segment::Slice { from, to, .. } => {
            let bound = |at: &Option<i64>| at.map_or_else(String::new, |at| at.to_string());
            format!("[{}:{}]", bound(from), bound(to))
        }
        Segment::Wildcard => "[*]".to_owned(),
        Segment::Descend(inner) => format!("..{}", written(inner)),
        Segment::Filter(_) => "[?]".to_owned(),
    }
}
