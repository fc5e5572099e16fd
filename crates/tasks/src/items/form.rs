//! The forms that items have inside an object, and the one page that chooses between them.

use std::io::Read;
use std::sync::Arc;

use asl::measure::{Excess, measure};
use asl::state::map::{CsvDelimiter, InputType, ReaderConfig};
use asl::{Json, JsonLimits};
use tokio::runtime::Handle;

use super::avro::Avro;
use super::csv::{self, Csv};
use super::fault::Problem;
use super::input::Input;
use super::json::JsonItems;
use super::json_lines::JsonLines;
use super::parquet::Parquet;
use super::unpack::unpack;
use crate::limits::ITEM_BYTES_MAX;
use crate::objects::Pieces;

/// Reads the items of one object. After an error nothing more is asked.
pub(super) trait Decode {
    /// The next item, and how many bytes it takes in its object, about.
    fn next(&mut self) -> Result<Option<Decoded>, Problem>;

    /// Passes over the next item; `false` if there is none.
    fn pass(&mut self) -> Result<bool, Problem> {
        self.next().map(|item| item.is_some())
    }

    /// Passes over `count` items, or as many as there are; how many they were.
    fn skip(&mut self, count: u64) -> Result<u64, Problem> {
        for skipped in 0..count {
            if !self.pass()? {
                return Ok(skipped);
            }
        }
        Ok(count)
    }
}

/// An item as an object has it.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub(super) value: Json,
    pub(super) key: Option<Arc<str>>,
    pub(super) bytes: usize,
}

impl Decoded {
    /// An item that is no text in its object: as long as its JSON.
    pub(super) fn measured(value: Json) -> Result<Self, String> {
        let bytes = measure(&value, ITEM_BYTES_MAX, JsonLimits::PAYLOAD.depth_max);
        let bytes = bytes.map_err(|excess| match excess {
            Excess::Bytes => format!("its JSON has more than {ITEM_BYTES_MAX} bytes"),
            Excess::Depth => "its JSON nests too deep".to_owned(),
        })?;
        Ok(Self { value, key: None, bytes })
    }
}

/// How to read an object.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Avro,
    Csv(csv::Options),
    Json { pointer: Option<Arc<str>> },
    JsonLines,
    Parquet,
}

impl Form {
    /// The form of the objects that a reader names; `None` of a manifest, which names others.
    pub(super) fn of(config: &ReaderConfig) -> Option<Self> {
        Some(match config.input_type? {
            InputType::Csv => Self::Csv(csv_options(config)),
            InputType::Json => Self::Json { pointer: config.items_pointer.clone() },
            InputType::JsonLines => Self::JsonLines,
            InputType::Avro => Self::Avro,
            InputType::Parquet => Self::Parquet,
            InputType::Manifest => return None,
        })
    }

    /// A decoder at the beginning of an object.
    pub(super) fn decoder(&self, pieces: &Pieces, runtime: &Handle) -> Result<Box<dyn Decode>, Problem> {
        let source = || -> Result<Box<dyn Read + Send>, Problem> {
            unpack(Input::new(pieces.clone(), runtime.clone())).map_err(|error| Problem::io("byte 0", &error))
        };
        Ok(match self {
            Self::Avro => Box::new(Avro::new(source()?)?),
            Self::Json { pointer } => Box::new(JsonItems::new(source()?, pointer.as_deref())?),
            Self::Csv(options) => Box::new(Csv::new(source()?, options)?),
            Self::Parquet => Box::new(Parquet::new(pieces, runtime)?),
            Self::JsonLines => Box::new(JsonLines::new(source()?)),
        })
    }
}

/// What a reader says of CSV.
pub(super) fn csv_options(config: &ReaderConfig) -> csv::Options {
    csv::Options { delimiter: delimiter(config.csv_delimiter), headers: config.csv_headers.clone() }
}

fn delimiter(delimiter: Option<CsvDelimiter>) -> u8 {
    match delimiter {
        None | Some(CsvDelimiter::Comma) => b',',
        Some(CsvDelimiter::Pipe) => b'|',
        Some(CsvDelimiter::Semicolon) => b';',
        Some(CsvDelimiter::Space) => b' ',
        Some(CsvDelimiter::Tab) => b'\t',
    }
}
