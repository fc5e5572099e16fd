//! JSONPath as AWS reads it (Jayway's semantics), and Reference Paths, which also say where to write.
//!
//! A *definite* path gives a value or fails; an indefinite one (filter, slice, wildcard, union, `..`) gives a list.
//! Compiled once, evaluated by borrowing; the number of values visited is bounded. Spec: `#path`, `#reference-paths`.

mod filter;
mod lexer;
mod parse;
mod reference;
mod select;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use reference::ReferencePath;

use crate::env::Env;
use crate::{Failure, Json};

/// A compiled JSONPath.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    text: Arc<str>,
    root: Root,
    segments: Arc<[Segment]>,
}

/// Why a path's text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// What is wrong there, lower case, no full stop.
    pub message: String,
}

/// What a path starts at.
#[derive(Clone, Debug, PartialEq)]
enum Root {
    Input,
    Context,
    Variable(Arc<str>),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
enum Segment {
    /// `.name`, `['name']`
    Child(Arc<str>),
    /// `['a','b']`
    Children(Arc<[Arc<str>]>),
    /// `[0]`, `[-1]`
    Index(i64),
    /// `[0,2]`
    Indexes(Arc<[i64]>),
    /// `[from:to:step]`
    Slice { from: Option<i64>, to: Option<i64>, step: i64 },
    /// `*`, `[*]`
    Wildcard,
    /// `..`, with what is looked for at every depth
    Descend(Box<Segment>),
    /// `[?(…)]`
    Filter(Arc<filter::Filter>),
    /// `.length()` and the like, at the end of a path
    Function(Function),
}

/// What can be asked of the value that a path has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Length,
    Min,
    Max,
    Avg,
    Sum,
    Keys,
    First,
    Last,
}

impl Path {
    /// Compiles `text`: `$…` reads the input, `$$…` the context object, `$name…` a variable.
    pub fn compile(text: &str) -> Result<Self, PathError> {
        parse::path(text)
    }

    /// The path as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether it always means exactly one place.
    pub fn is_definite(&self) -> bool {
        self.segments
            .iter()
            .all(|segment| matches!(segment, Segment::Child(_) | Segment::Index(_) | Segment::Function(_)))
    }

    /// The variable it reads, without `$`, if it reads one.
    pub fn variable(&self) -> Option<&str> {
        match &self.root {
            Root::Variable(name) => Some(name),
            Root::Input | Root::Context => None,
        }
    }

    /// Whether it is `$`, `$$` or a variable as a whole.
    pub fn is_whole(&self) -> bool {
        self.segments.is_empty()
    }

    /// The value it selects: of a definite path the value, of an indefinite one the list.
    ///
    /// Fails with `States.Runtime` when a definite path finds nothing.
    pub fn select(&self, env: &Env<'_>) -> Result<Json, Failure> {
        self.find(env).ok_or_else(|| {
            Failure::runtime(format!(
                "Invalid path '{}' : No results for path: {}",
                self.text,
                self.normalised()
            ))
        })
    }

    /// The value, or `None` where a definite path finds nothing (or the path visits too much). For `IsPresent` and the like.
    pub fn find(&self, env: &Env<'_>) -> Option<Json> {
        let start = match &self.root {
            Root::Input => env.input,
            Root::Context => env.context.value(),
            Root::Variable(name) => env.variables.get(name)?,
        };
        select::select(start, &self.segments, self.is_definite())
    }

    /// As Jayway writes a definite path: `$['a'][0]`.
    fn normalised(&self) -> String {
        let mut out = match &self.root {
            Root::Input => "$".to_owned(),
            Root::Context => "$$".to_owned(),
            Root::Variable(name) => format!("${name}"),
        };
        for segment in self.segments.iter() {
            match segment {
                Segment::Child(name) => out.push_str(&format!("['{name}']")),
                Segment::Index(at) => out.push_str(&format!("[{at}]")),
                Segment::Children(_)
                | Segment::Indexes(_)
                | Segment::Slice { .. }
                | Segment::Wildcard
                | Segment::Descend(_)
                | Segment::Filter(_)
                | Segment::Function(_) => return self.text.to_string(),
            }
        }
        out
    }
}
