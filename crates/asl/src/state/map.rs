//! Map: its shape. Spec: `#map-state`.

use crate::catch::Catcher;
use crate::definition::{ScopeId, Transition};
use crate::path::Path;
use crate::retry::Retrier;
use crate::state::{Assign, Count, ResultPath, Selection};
use crate::template::Template;

/// A Map state.
#[derive(Clone, Debug)]
pub struct Map {
    /// Where the items run.
    pub mode: MapMode,
    /// `ItemProcessor`, or the older `Iterator`.
    pub processor: ScopeId,
    /// `InputPath`.
    pub input_path: Selection,
    /// `ItemsPath`; `$` where absent.
    pub items_path: Option<Path>,
    /// `ItemSelector`, or the older `Parameters`.
    pub item_selector: Option<Template>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; 0 means no bound of its own.
    pub max_concurrency: Count,
    /// `ResultSelector`.
    pub result_selector: Option<Template>,
    /// `ResultPath`.
    pub result_path: ResultPath,
    /// `OutputPath`.
    pub output_path: Selection,
    /// `Assign`.
    pub assign: Option<Assign>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// `Next` or `End`.
    pub then: Transition,
}

/// Where the items of a Map run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapMode {
    /// Inside the execution. `DISTRIBUTED` is refused by the parser, with its place, until it can be run.
    Inline,
}
