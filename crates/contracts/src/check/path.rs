//! The way from the top of a value to where the walk stands: links on the stack, written out only for a violation.

use std::fmt::Write as _;

use super::found::cut;
use crate::limits::PATH_CHARS_MAX;

/// One step, and the steps before it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Path<'a> {
    /// `$`
    Root,
    /// `.name` or `['odd name']`
    Field(&'a Path<'a>, &'a str),
    /// `[2]`
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// The text, in the manner of `JSONPath`.
    pub(crate) fn text(&self) -> String {
        let mut steps = Vec::new();
        let mut at = self;
        while let Path::Field(parent, _) | Path::Item(parent, _) = at {
            steps.push(at);
            at = parent;
        }
        let mut out = String::from("$");
        for step in steps.iter().rev() {
            match step {
                Path::Root => {}
                Path::Field(_, name) => push_name(&mut out, name),
                Path::Item(_, index) => write!(out, "[{index}]").expect("writing to a string cannot fail"),
            }
        }
        cut(&out, PATH_CHARS_MAX)
    }
}

fn push_name(out: &mut String, name: &str) {
    if crate::schema::name::is_name(name) {
        out.push('.');
        out.push_str(name);
        return;
    }
    out.push_str("['");
    // One character beyond the limit is enough to show that the path was cut.
    for character in name.chars().take(PATH_CHARS_MAX + 1) {
        match character {
            '\'' | '\\' => out.extend(['\\', character]),
            control if control.is_control() => {
                write!(out, "\\u{:04x}", u32::from(control)).expect("writing to a string cannot fail");
            }
            other => out.push(other),
        }
    }
    out.push_str("']");
}
