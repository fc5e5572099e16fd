//! Where something stands in a schema text: one small record for each visited place, written out only for an error.

use std::fmt::Write as _;

/// A place's number in its [`Places`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(u32);

/// One step of a JSON Pointer. All keys of a schema are known words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A text of its own: the schema itself, or the number of a subject it refers to.
    Text(usize),
    Key(&'static str),
    Index(usize),
}

/// Every place visited.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<(u32, Step)>);

impl Places {
    /// The top of text number `text`.
    pub(crate) fn root(&mut self, text: usize) -> Place {
        self.push(u32::MAX, Step::Text(text))
    }

    /// The place of `key` in the object at `parent`.
    pub(crate) fn key(&mut self, parent: Place, key: &'static str) -> Place {
        self.push(parent.0, Step::Key(key))
    }

    /// The place of item `index` in the array at `parent`.
    pub(crate) fn index(&mut self, parent: Place, index: usize) -> Place {
        self.push(parent.0, Step::Index(index))
    }

    /// The number of the text, and the pointer into it.
    pub(crate) fn pointer(&self, place: Place) -> (usize, String) {
        let mut steps = Vec::new();
        let mut at = place.0;
        let text = loop {
            let (parent, step) = self.0[at as usize];
            match step {
                Step::Text(text) => break text,
                Step::Key(_) | Step::Index(_) => steps.push(step),
            }
            at = parent;
        };
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            match step {
                Step::Text(_) => {}
                Step::Key(key) => write!(pointer, "/{key}").expect("writing to a string cannot fail"),
                Step::Index(at) => write!(pointer, "/{at}").expect("writing to a string cannot fail"),
            }
        }
        (text, pointer)
    }

    fn push(&mut self, parent: u32, step: Step) -> Place {
        let at = u32::try_from(self.0.len()).expect("schema texts are bounded far below 2^32 places");
        self.0.push((parent, step));
        Place(at)
    }
}
