//! Map: its shape. Spec: `#map-state`.

use std::sync::Arc;

use crate::catch::Catcher;
use crate::definition::{ScopeId, Transition};
use crate::jsonata::{self, Expression};
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
#[derive(Clone, Debug)]
pub enum MapMode {
    /// Inside the execution.
    Inline,
    /// Each in an execution of its own. AWS: "Using Map state in Distributed mode".
    Distributed(Box<Distributed>),
}

/// What only a distributed Map has.
#[derive(Clone, Debug)]
pub struct Distributed {
    /// `ProcessorConfig.ExecutionType`.
    pub execution_type: ExecutionType,
    /// `Label`, which names the Map Runs; where it is absent, the state's name stands for it.
    pub label: Option<Arc<str>>,
    /// `ItemReader`: the items are read from a bucket, and not from the state's input.
    pub item_reader: Option<ItemReader>,
    /// `ItemBatcher`: several items make one child execution.
    pub item_batcher: Option<ItemBatcher>,
    /// `ResultWriter`: the results are written to a bucket, or reshaped.
    pub result_writer: Option<ResultWriter>,
    /// `ToleratedFailureCount`, perhaps by a path or an expression.
    pub tolerated_failure_count: Option<Count>,
    /// `ToleratedFailurePercentage`, perhaps by a path or an expression.
    pub tolerated_failure_percentage: Option<Percentage>,
}

/// `ProcessorConfig.ExecutionType` of a distributed Map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionType {
    /// `STANDARD`
    Standard,
    /// `EXPRESS`
    Express,
}

/// A number from 0 to 100 given in place, or by a path or an expression that is read when the state is entered.
#[derive(Clone, Debug)]
pub enum Percentage {
    /// Given in place.
    Literal(f64),
    /// `…Path`.
    Path(Path),
    /// An expression.
    Jsonata(Expression),
}

/// `ItemReader`: where the items are, and in which form.
#[derive(Clone, Debug)]
pub struct ItemReader {
    /// What is asked of the bucket.
    pub action: ReaderAction,
    /// `Parameters` or `Arguments`: `Bucket`, `Key`, `Prefix` …
    pub arguments: AnyTemplate,
    /// `ReaderConfig`; what is absent stands at its default.
    pub config: ReaderConfig,
}

/// `ItemReader.Resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderAction {
    /// `arn:aws:states:::s3:getObject`: the items stand in one object, or in those that a manifest names.
    GetObject,
    /// `arn:aws:states:::s3:listObjectsV2`: the objects of a bucket are the items.
    ListObjects,
}

/// `ItemReader.ReaderConfig`.
#[derive(Clone, Debug, Default)]
pub struct ReaderConfig {
    /// `InputType`.
    pub input_type: Option<InputType>,
    /// `Transformation` is `LOAD_AND_FLATTEN`: the items stand in the objects of a listing.
    pub loads_and_flattens: bool,
    /// `ManifestType`.
    pub manifest_type: Option<ManifestType>,
    /// `CSVDelimiter`; a comma where it is absent.
    pub csv_delimiter: Option<CsvDelimiter>,
    /// `CSVHeaderLocation` with `CSVHeaders`; the first row where it is absent.
    pub csv_headers: Option<Vec<Arc<str>>>,
    /// `ItemsPointer`: a JSON Pointer (RFC 6901) to the array or object that holds the items.
    pub items_pointer: Option<Arc<str>>,
    /// `MaxItems`, perhaps by a path or an expression; 0 and absence mean no bound of its own.
    pub max_items: Option<Count>,
}

/// `ReaderConfig.InputType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputType {
    /// `CSV`
    Csv,
    /// `JSON`
    Json,
    /// `JSONL`
    JsonLines,
    /// `PARQUET`
    Parquet,
    /// `MANIFEST`
    Manifest,
    /// `AVRO`, an object container file. Baton's own.
    Avro,
}

/// `ReaderConfig.ManifestType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestType {
    /// `ATHENA_DATA`
    AthenaData,
    /// `S3_INVENTORY`
    S3Inventory,
}

/// `ReaderConfig.CSVDelimiter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvDelimiter {
    /// `COMMA`
    Comma,
    /// `PIPE`
    Pipe,
    /// `SEMICOLON`
    Semicolon,
    /// `SPACE`
    Space,
    /// `TAB`
    Tab,
}

/// `ItemBatcher`; at least one of its bounds is there.
#[derive(Clone, Debug)]
pub struct ItemBatcher {
    /// `BatchInput`: what every batch has besides its items.
    pub batch_input: Option<AnyTemplate>,
    /// `MaxItemsPerBatch`, perhaps by a path or an expression.
    pub max_items_per_batch: Option<Count>,
    /// `MaxInputBytesPerBatch`, perhaps by a path or an expression.
    pub max_input_bytes_per_batch: Option<Count>,
}

/// `ResultWriter`: a place, a form, or both.
#[derive(Clone, Debug)]
pub struct ResultWriter {
    /// `Parameters` or `Arguments` (`Bucket`, `Prefix`): where the results are written; the state's output where it is absent.
    pub arguments: Option<AnyTemplate>,
    /// `WriterConfig`.
    pub config: Option<WriterConfig>,
}

/// `ResultWriter.WriterConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriterConfig {
    /// `Transformation`.
    pub transformation: Transformation,
    /// `OutputType`.
    pub output_type: OutputType,
}

/// `WriterConfig.Transformation`: what is written of a child that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transformation {
    /// `NONE`: its description, with the output in it.
    None,
    /// `COMPACT`: its output.
    Compact,
    /// `FLATTEN`: the elements of its output where that is an array, else its output.
    Flatten,
}

/// `WriterConfig.OutputType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// `JSON`: one array.
    Json,
    /// `JSONL`: one line each.
    JsonLines,
}
