//! The bytes of a Parquet file where its decoder asks for them, and the headers of its pages before they are believed.
//!
//! A page says how large it becomes, and the decoder makes room. So each header is read here first: where one may stand is
//! known from the row group and from the header before it. Spec: `parquet.thrift`, `PageHeader`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Buf as _, Bytes, BytesMut};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::Handle;

use super::thrift::{I32, STRUCT, Thrift};
use crate::limits::{PARQUET_HEADER_BYTES_MAX, PARQUET_LIST_VALUES_MAX, PARQUET_PAGE_BYTES_MAX};
use crate::objects::Pieces;

/// Bytes of a part that is kept.
const BLOCK_BYTES: u64 = 1_048_576;
/// Parts that are kept.
const BLOCKS: usize = 8;

/// An object as `parquet` reads it. A clone shares what is known of it.
#[derive(Clone)]
pub(super) struct Pages {
    object: Pieces,
    runtime: Handle,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// Parts that were read last, the newest at the end.
    blocks: VecDeque<(u64, Bytes)>,
    /// Where a page's header may begin, and of which column it is; empty before the first row group.
    headers: BTreeMap<u64, usize>,
    /// Where the data of a page begin whose header has been read.
    data: BTreeSet<u64>,
    /// For each column of lists: the values that its pages announced so far.
    list_values: Vec<Option<u64>>,
}

/// What a page's header says.
#[derive(Debug, Default)]
struct Header {
    length: u64,
    compressed_bytes: u64,
    values: u64,
}

impl Pages {
    pub(super) fn new(object: Pieces, runtime: Handle) -> Self {
        Self { object, runtime, known: Arc::default() }
    }

    /// Expects the pages of a row group.
    pub(super) fn enter(&self, group: &RowGroupMetaData) {
        let mut known = self.known();
        known.data.clear();
        known.headers =
            group.columns().iter().enumerate().map(|(index, it)| (it.byte_range().0, index)).collect();
        known.list_values =
            group.columns().iter().map(|it| (it.column_descr().max_rep_level() > 0).then_some(0)).collect();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what is asked for at `start`, of which `bytes` are the first.
    fn check(&self, start: u64, bytes: &[u8]) -> Result<(), ParquetError> {
        let mut known = self.known();
        if known.headers.is_empty() || known.data.contains(&start) {
            return Ok(());
        }
        let fault = |problem: String| ParquetError::General(format!("the page at byte {start} {problem}"));
        let Some(column) = known.headers.get(&start).copied() else {
            return Err(fault("stands where none is expected".to_owned()));
        };
        let header = header(bytes)
            .ok_or_else(|| fault(format!("has no header, or one beyond {PARQUET_PAGE_BYTES_MAX} bytes")))?;
        if let Some(Some(values)) = known.list_values.get_mut(column) {
            *values = values.saturating_add(header.values);
            if *values > PARQUET_LIST_VALUES_MAX {
                return Err(fault(format!("makes it more than {PARQUET_LIST_VALUES_MAX} values in lists")));
            }
        }
        let data = start + header.length;
        known.data.insert(data);
        known.headers.insert(data + header.compressed_bytes, column);
        Ok(())
    }

    /// The part with this number.
    fn block(&self, number: u64) -> Result<Bytes, ParquetError> {
        if let Some((_, block)) = self.known().blocks.iter().find(|(it, _)| *it == number) {
            return Ok(block.clone());
        }
        let start = number * BLOCK_BYTES;
        let block = self.fetch(start, (start + BLOCK_BYTES).min(self.len()))?;
        let mut known = self.known();
        known.blocks.push_back((number, block.clone()));
        if known.blocks.len() > BLOCKS {
            known.blocks.pop_front();
        }
        Ok(block)
    }

    fn fetch(&self, start: u64, end: u64) -> Result<Bytes, ParquetError> {
        let read = self.runtime.block_on(self.object.read(start..end));
        read.map_err(|failure| ParquetError::General(failure.cause.as_deref().unwrap_or_default().to_owned()))
    }

    /// These bytes, from the parts that hold them; many are fetched on their own.
    fn bytes(&self, start: u64, end: u64) -> Result<Bytes, ParquetError> {
        if start > end || end > self.len() {
            return Err(ParquetError::EOF(format!("bytes {start} to {end} are not there")));
        }
        if end - start > BLOCK_BYTES {
            return self.fetch(start, end);
        }
        let mut all = BytesMut::new();
        let mut at = start;
        while at < end {
            let number = at / BLOCK_BYTES;
            let block = self.block(number)?;
            let from = usize::try_from(at - number * BLOCK_BYTES).unwrap_or(block.len());
            let wanted = usize::try_from(end - at).unwrap_or(usize::MAX);
            let part = block.get(from..).unwrap_or_default();
            let part = &part[..part.len().min(wanted)];
            if part.is_empty() {
                return Err(ParquetError::EOF(format!("byte {at} is not there")));
            }
            if part.len() == wanted && all.is_empty() {
                return Ok(block.slice(from..from + wanted));
            }
            all.extend_from_slice(part);
            at += part.len() as u64;
        }
        Ok(all.freeze())
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.object.size_bytes()
    }
}

impl ChunkReader for Pages {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let end = start.saturating_add(PARQUET_HEADER_BYTES_MAX).min(self.len());
        let bytes = self.bytes(start, end)?;
        self.check(start, &bytes)?;
        Ok(bytes.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.bytes(start, start.saturating_add(length as u64))
    }
}

/// Reads a page's header; `None` if it is none, or beyond our bounds.
fn header(bytes: &[u8]) -> Option<Header> {
    let mut found = Header::default();
    let mut uncompressed_bytes = 0;
    let mut dictionary_values = 0;
    let mut thrift = Thrift::new(bytes);
    thrift.fields(&mut |thrift, id, kind| {
        let size = match (id, kind) {
            (2, I32) => &mut uncompressed_bytes,
            (3, I32) => &mut found.compressed_bytes,
            (5 | 8, STRUCT) => {
                found.values = first_number(thrift)?;
                return Some(true);
            }
            (7, STRUCT) => {
                dictionary_values = first_number(thrift)?;
                return Some(true);
            }
            _ => return Some(false),
        };
        *size = u64::try_from(thrift.number()?).ok().filter(|it| *it <= PARQUET_PAGE_BYTES_MAX)?;
        Some(true)
    })?;
    found.length = thrift.at() as u64;
    // Every entry of a dictionary takes a byte at least.
    (dictionary_values <= uncompressed_bytes).then_some(found)
}

/// Field 1 of a structure, a count of values.
fn first_number(thrift: &mut Thrift<'_>) -> Option<u64> {
    let mut number = 0;
    thrift.fields(&mut |thrift, id, kind| {
        if id != 1 || kind != I32 {
            return Some(false);
        }
        number = u64::try_from(thrift.number()?).ok()?;
        Some(true)
    })?;
    Some(number)
}
