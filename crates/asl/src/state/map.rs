//! Map: its shape. Spec: `#map-state`.

use crate::catch::Catcher;
use crate::definition::{ScopeId, Transition};
use crate::jsonata;
use crate::path::Path;
use crate::retry::Retrier;
use crate::state::{AnyTemplate, Assign, Count, Output, Selection};

/// A Map state.
#[derive(Clone, Debug)]
pub struct Map {
    /// Where the items run.
    pub mode: MapMode,
    /// `ItemProcessor`, or the older `Iterator`.
    pub processor: ScopeId,
    /// Where the items are.
    pub items: Items,
    /// `ItemSelector`, or the older `Parameters`.
    pub item_selector: Option<AnyTemplate>,
    /// `MaxConcurrency`, perhaps by a path or an expression; 0 means no bound of its own.
    pub max_concurrency: Count,
    /// How the array of results becomes the output.
    pub output: Output,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub then: Transition,
}

/// Where the items of a Map are, in the language of its queries.
#[derive(Clone, Debug)]
pub enum Items {
    /// JSONPath.
    Path {
        /// `InputPath`.
        input_path: Selection,
        /// `ItemsPath`; `$` where absent.
        items_path: Option<Path>,
    },
    /// `Items`: an array with expressions, or an expression that gives one; the raw input where it is absent.
    Jsonata(Option<jsonata::Template>),
}

/// Where the items of a Map run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapMode {
    /// Inside the execution. `DISTRIBUTED` is refused by the parser, with its place, until it can be run.
    Inline,
}
