//! The end of a Parquet file, before it is believed: its size, and a schema that is a small tree.
//!
//! Spec: `parquet.thrift`, `FileMetaData`, `SchemaElement`. A schema that nests deep would use up the stack, one that
//! announces many children the memory.

use parquet::file::reader::{ChunkReader as _, Length as _};

use super::pages::Pages;
use super::thrift::{I32, LIST, STRUCT, Thrift};
use crate::items::fault::Problem;
use crate::limits::{PARQUET_DEPTH_MAX, PARQUET_FOOTER_BYTES_MAX, PARQUET_SCHEMA_ELEMENTS_MAX};

/// The length of the metadata, and the magic number.
const TAIL_BYTES: u64 = 8;
const MAGIC: &[u8] = b"PAR1";

/// Refuses what the decoder should not be shown.
pub(super) fn check(pages: &Pages) -> Result<(), Problem> {
    let size = pages.len();
    let not_parquet = || Problem::At("this is not a Parquet file: it does not end with `PAR1`".to_owned());
    if size < TAIL_BYTES {
        return Err(not_parquet());
    }
    let read = |start: u64, length: u64| {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        pages.get_bytes(start, length).map_err(|error| Problem::At(format!("the footer: {error}")))
    };
    let tail = read(size - TAIL_BYTES, TAIL_BYTES)?;
    let (length, magic) = tail.split_at(4);
    if magic != MAGIC {
        return Err(not_parquet());
    }
    let length = u64::from(u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
    if length > PARQUET_FOOTER_BYTES_MAX || length > size - TAIL_BYTES {
        let limit = PARQUET_FOOTER_BYTES_MAX.min(size - TAIL_BYTES);
        return Err(format!("the footer: {length} bytes are announced, at most {limit} are accepted").into());
    }
    let metadata = read(size - TAIL_BYTES - length, length)?;
    schema(&metadata).ok_or_else(|| {
        let (elements, depth) = (PARQUET_SCHEMA_ELEMENTS_MAX, PARQUET_DEPTH_MAX);
        let problem = "the footer: its schema is no tree of at most";
        Problem::At(format!("{problem} {elements} elements and {depth} levels"))
    })
}

/// Whether the schema is a tree within our bounds.
fn schema(metadata: &[u8]) -> Option<()> {
    let mut children: Option<Vec<u64>> = None;
    Thrift::new(metadata).fields(&mut |thrift, id, kind| {
        if id != 2 || kind != LIST {
            return Some(false);
        }
        children = Some(elements(thrift)?);
        Some(true)
    })?;
    // The groups that are open: how many children each still has.
    let mut open: Vec<u64> = Vec::new();
    for count in children? {
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if count > 0 {
            open.push(count);
        }
        if open.len() > PARQUET_DEPTH_MAX {
            return None;
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    open.is_empty().then_some(())
}

/// How many children each element of the schema has.
fn elements(thrift: &mut Thrift<'_>) -> Option<Vec<u64>> {
    let (kind, length) = thrift.list()?;
    if kind != STRUCT || length > PARQUET_SCHEMA_ELEMENTS_MAX {
        return None;
    }
    let mut all = Vec::new();
    for _ in 0..length {
        let mut count = 0;
        thrift.fields(&mut |thrift, id, kind| {
            if id != 5 || kind != I32 {
                return Some(false);
            }
            count = u64::try_from(thrift.number()?).ok().filter(|it| *it <= PARQUET_SCHEMA_ELEMENTS_MAX)?;
            Some(true)
        })?;
        all.push(count);
    }
    Some(all)
}
