//! What the recordings' own tests leave out of their comparison: paths like `$..redriveCount`, `$..events[8].previousEventId`.

use serde_json::Value;

enum Segment {
    /// `.name`
    Child(String),
    /// `..name`
    Below(String),
    /// `[8]`
    Index(usize),
}

/// A copy without what `paths` name.
pub(crate) fn without(value: &Value, paths: &[&str]) -> Value {
    let mut value = value.clone();
    paths.iter().for_each(|path| remove(&mut value, &segments(path)));
    value
}

/// Object texts as objects (texts in those stay texts), as the snapshot library keeps them.
pub(crate) fn parsed_texts(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), parsed_texts(value))).collect()
        }
        Value::Array(items) => items
            .iter()
            .map(|item| if item.is_object() { parsed_texts(item) } else { item.clone() })
            .collect(),
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        other => other.clone(),
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let mut rest = path.strip_prefix('$').expect("a path starts at the root");
    let mut out = Vec::new();
    while !rest.is_empty() {
        let below = rest.starts_with("..");
        if let Some(after) = rest.strip_prefix('[') {
            let (digits, after) = after.split_once(']').expect("an index is closed");
            out.push(Segment::Index(digits.parse().expect("an index is a number")));
            rest = after;
            continue;
        }
        let name = rest.trim_start_matches('.');
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let text = name[..end].to_owned();
        out.push(if below { Segment::Below(text) } else { Segment::Child(text) });
        rest = &name[end..];
    }
    out
}

fn remove(value: &mut Value, segments: &[Segment]) {
    let Some((first, rest)) = segments.split_first() else { return };
    match (first, value) {
        (Segment::Child(name), Value::Object(members)) => remove_member(members, name, rest),
        (Segment::Index(at), Value::Array(items)) => {
            if let Some(item) = items.get_mut(*at) {
                if rest.is_empty() { *item = "<skipped>".into() } else { remove(item, rest) }
            }
        }
        (Segment::Below(name), value) => {
            if let Value::Object(members) = value {
                remove_member(members, name, rest);
                members.values_mut().for_each(|member| remove(member, segments));
            } else if let Value::Array(items) = value {
                items.iter_mut().for_each(|item| remove(item, segments));
            }
        }
        _ => {}
    }
}

fn remove_member(members: &mut serde_json::Map<String, Value>, name: &str, rest: &[Segment]) {
    if rest.is_empty() {
        members.remove(name);
    } else if let Some(member) = members.get_mut(name) {
        remove(member, rest);
    }
}
