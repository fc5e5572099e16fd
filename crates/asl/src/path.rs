//! `JSONPath` as AWS reads it (Jayway's semantics), and Reference Paths, which also say where to write.
//!
//! A *definite* path (members and single indexes) gives a value or fails; any other gives a list, perhaps an empty one.
//! Several names at the end of a path (`$['a','b']`) give the object of those members, as Jayway does. Jayway's functions
//! (`.length()` and the like) are not part of AWS's paths; AWS looks for a member of that name, we refuse to compile.
//! Compiled once, evaluated by borrowing; the number of values visited is bounded. Spec: `#path`, `#reference-paths`.

mod explain;
mod filter;
mod lexer;
mod parse;
mod reference;
mod select;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use reference::ReferencePath;

use self::select::{Budget, Miss};
use crate::env::Env;
use crate::failure::ErrorName;
use crate::{Failure, Json, measure};

/// A compiled `JSONPath`.
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
        select::is_definite(&self.segments)
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
    /// Fails with `States.Runtime` when a definite path finds nothing (the texts: `path/explain.rs`), with
    /// `States.DataLimitExceeded` when the list is too large for any payload.
    pub fn select(&self, env: &Env<'_>) -> Result<Json, Failure> {
        let start = self.start(env);
        let found = self.follow(start).map_err(|miss| explain::failure(self, start, miss))?;
        if self.is_definite() { Ok(found) } else { measure::bounded(found) }
    }

    /// The value, or `None` where [`Path::select`] would fail. For `IsPresent` and the like.
    pub fn find(&self, env: &Env<'_>) -> Option<Json> {
        self.look(env).ok().flatten()
    }

    /// The value, or `None` where a definite path leads nowhere, for callers that have words of their own for that.
    ///
    /// Fails with `States.Runtime` when more values are visited, with `States.DataLimitExceeded` when more is found, than
    /// any payload needs.
    pub fn look(&self, env: &Env<'_>) -> Result<Option<Json>, Failure> {
        let start = self.start(env);
        match self.follow(start) {
            Ok(found) if self.is_definite() => Ok(Some(found)),
            Ok(found) => measure::bounded(found).map(Some),
            Err(miss @ Miss::TooMuch) => Err(explain::failure(self, start, miss)),
            Err(
                Miss::End
                | Miss::Member(_)
                | Miss::NotObject(_)
                | Miss::NotArray(_)
                | Miss::Index(_)
                | Miss::Variable,
            ) => Ok(None),
        }
    }

    /// The value, for fields that hold a Reference Path and read by it (`ItemsPath`).
    ///
    /// Fails with `States.ReferencePathConflict` and AWS's text, `Unable to apply step "b" to input {…}` (seen in public
    /// reports), which names the first step that leads nowhere.
    pub fn select_as_reference(&self, env: &Env<'_>) -> Result<Json, Failure> {
        let start = self.start(env);
        let step = match self.follow(start) {
            Ok(_) | Err(Miss::Variable | Miss::TooMuch) => return self.select(env),
            Err(Miss::End) => self.segments.last(),
            Err(Miss::Member(at) | Miss::NotObject(at) | Miss::NotArray(at) | Miss::Index(at)) => {
                self.segments.get(at)
            }
        };
        let step = step.map_or_else(String::new, reference::step_text);
        let input = measure::bounded_text(start.unwrap_or(&Json::Null))?;
        let cause = format!("Unable to apply step \"{step}\" to input {input}");
        Err(Failure::new(ErrorName::REFERENCE_PATH_CONFLICT, cause))
    }

    /// Whether it is a definite path that leads to an array, and ends in an index that the array has not.
    pub(crate) fn ends_past_an_array(&self, env: &Env<'_>) -> bool {
        let last = self.segments.len().checked_sub(1);
        matches!(self.follow(self.start(env)), Err(Miss::Index(at)) if Some(at) == last)
    }

    /// Whether it reads the state's data.
    pub(crate) fn reads_input(&self) -> bool {
        self.root == Root::Input
    }

    /// What it reads from, for the failures that show it.
    pub(crate) fn start<'a>(&self, env: &'a Env<'_>) -> Option<&'a Json> {
        match &self.root {
            Root::Input => Some(env.input),
            Root::Context => Some(env.context.value()),
            Root::Variable(name) => env.variables.get(name),
        }
    }

    fn follow(&self, start: Option<&Json>) -> Result<Json, Miss> {
        let start = start.ok_or(Miss::Variable)?;
        select::select(start, &self.segments, start, &mut Budget::full())
    }
}
