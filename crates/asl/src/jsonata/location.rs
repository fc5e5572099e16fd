//! Where in a state an expression stands, as AWS names it: `Output/total[0]`, `Choices[1]/Condition`.

use std::fmt;

/// A place in a state. It costs nothing until somebody writes it.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    outer: Option<&'a Location<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Location<'a> {
    /// A field of the state.
    pub const fn field(name: &'a str) -> Self {
        Self { outer: None, step: Step::Key(name) }
    }

    /// A member of what stands here.
    #[must_use]
    pub const fn key(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Key(name) }
    }

    /// An element of what stands here.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Location<'_> {
    /// Recursion is bounded by the depth of a definition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            outer.fmt(f)?;
        }
        match self.step {
            Step::Key(name) if self.outer.is_none() => f.write_str(name),
            Step::Key(name) => write!(f, "/{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
