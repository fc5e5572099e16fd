//! Reading a file, value by value.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use super::codec::UnpackError;
use super::error::{ContainerError, ContainerProblem};
use super::header::{self, Header};
use super::input::Input;
use super::{Codec, SyncMarker};
use crate::Schema;
use crate::avro::{Value, binary};
use crate::limits::{CONTAINER_BLOCK_BYTES_MAX, ZERO_WIDTH_ITEMS_MAX};

/// The values of a container file, in their order; ends after the first error.
#[derive(Debug)]
pub struct ContainerReader<R> {
    input: Input<BufReader<R>>,
    header: Header,
    block: Block,
    ended: bool,
}

/// The block that is being read, uncompressed.
#[derive(Debug, Default)]
struct Block {
    data: Vec<u8>,
    at: usize,
    /// Values that are left, and that have been read.
    left: u64,
    read: u64,
    /// Where it starts in the file.
    start: u64,
}

impl<R: Read> ContainerReader<R> {
    /// Reads the header of `source`.
    pub fn new(source: R) -> Result<Self, ContainerError> {
        let mut input = Input::new(BufReader::new(source));
        let header = header::read(&mut input)?;
        input.block = Some(0);
        Ok(Self { input, header, block: Block::default(), ended: false })
    }

    /// The schema of the values.
    pub fn schema(&self) -> &Schema {
        &self.header.schema
    }

    /// How the blocks are compressed.
    pub fn codec(&self) -> Codec {
        self.header.codec
    }

    /// Everything that the header says, by key.
    pub fn metadata(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.header.metadata
    }

    fn next_value(&mut self) -> Result<Option<Value>, ContainerError> {
        while self.block.left == 0 {
            if self.block.at < self.block.data.len() {
                let found = format!("{} bytes after the last value", self.block.data.len() - self.block.at);
                let expected = "as many values as the block announces, and nothing else";
                return Err(self.in_block(ContainerProblem::Unexpected { found, expected }));
            }
            if !self.next_block()? {
                return Ok(None);
            }
        }
        let rest = &self.block.data[self.block.at..];
        let (value, length) = binary::decode_prefix(&self.header.schema, rest).map_err(|error| {
            self.in_block(ContainerProblem::Datum { number: self.block.read + 1, error: error.into() })
        })?;
        self.block.at += length;
        self.block.left -= 1;
        self.block.read += 1;
        Ok(Some(value))
    }

    /// Reads the next block; `false` at the end of the file.
    fn next_block(&mut self) -> Result<bool, ContainerError> {
        let start = self.input.offset;
        self.input.block = self.input.block.map(|block| block + 1);
        let Some(count) = self.input.long("the count of a block")? else { return Ok(false) };
        let what = "bytes in a block";
        let size = self.input.size("the size of a block", what, CONTAINER_BLOCK_BYTES_MAX)?;
        let packed = self.input.bytes(size, "the data of a block")?;
        let sync: SyncMarker = header::sync(&mut self.input, "the sync marker of a block")?;
        self.block = Block { start, ..Block::default() };
        if sync != self.header.sync {
            return Err(self.in_block(ContainerProblem::Sync));
        }
        let data = self.header.codec.unpack(packed).map_err(|error| self.in_block(self.problem(error)))?;
        let left = self.announced(count, data.len())?;
        self.block = Block { data, left, start, at: 0, read: 0 };
        Ok(true)
    }

    /// The announced count, if so many values can be there: all but those of no width take at least a byte.
    fn announced(&self, count: i64, data_bytes: usize) -> Result<u64, ContainerError> {
        let expected = "a count of values that the block can hold";
        let most = data_bytes.saturating_add(ZERO_WIDTH_ITEMS_MAX) as u64;
        match u64::try_from(count) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(self
                .in_block(ContainerProblem::Unexpected { found: format!("a count of {count}"), expected })),
        }
    }

    fn problem(&self, error: UnpackError) -> ContainerProblem {
        match error {
            UnpackError::TooLarge(limit) => {
                ContainerProblem::TooMuch { what: "bytes in an uncompressed block", limit }
            }
            UnpackError::Damaged(message) => {
                ContainerProblem::Compressed { codec: self.header.codec, message }
            }
        }
    }

    fn in_block(&self, problem: ContainerProblem) -> ContainerError {
        ContainerError { block: self.input.block, offset: self.block.start, problem }
    }
}

impl<R: Read> Iterator for ContainerReader<R> {
    type Item = Result<Value, ContainerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_value().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
