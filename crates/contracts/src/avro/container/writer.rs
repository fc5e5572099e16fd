//! Writing a file, value by value.

use std::io::Write;
use std::sync::Arc;

use super::error::{ContainerError, ContainerProblem};
use super::{Codec, SyncMarker, codec, header};
use crate::Schema;
use crate::avro::binary::varint::push;
use crate::avro::{Value, binary};
use crate::limits::CONTAINER_BLOCK_BYTES;

/// A file being written; nothing of the last block is there before [`ContainerWriter::finish`].
#[derive(Debug)]
pub struct ContainerWriter<W> {
    sink: W,
    schema: Arc<Schema>,
    codec: Codec,
    sync: SyncMarker,
    data: Vec<u8>,
    count: u64,
    /// The number of the block being filled, from 1, and bytes written before it.
    block: u64,
    offset: u64,
}

impl<W: Write> ContainerWriter<W> {
    /// Writes the header. `sync` should be sixteen bytes that nobody can foresee.
    pub fn new(sink: W, schema: Arc<Schema>, codec: Codec, sync: SyncMarker) -> Result<Self, ContainerError> {
        let mut writer = Self { sink, schema, codec, sync, data: Vec::new(), count: 0, block: 1, offset: 0 };
        if !writer.schema.references.is_empty() {
            return Err(writer.error(ContainerProblem::SchemaRefers));
        }
        let bytes = header::bytes(&writer.schema.text, codec, sync);
        writer.write(&bytes)?;
        Ok(writer)
    }

    /// Adds one value. After [`ContainerProblem::Datum`] the value is not in the file, and the file can go on; after any other
    /// error the file is not to be used.
    pub fn push(&mut self, value: &Value) -> Result<(), ContainerError> {
        let length = self.data.len();
        if let Err(error) = binary::encode_into(&self.schema, value, &mut self.data) {
            self.data.truncate(length);
            return Err(self.error(ContainerProblem::Datum { number: self.count + 1, error: error.into() }));
        }
        self.count += 1;
        if self.data.len() >= CONTAINER_BLOCK_BYTES || self.count >= COUNT_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes the block being filled, if it holds anything.
    pub fn flush(&mut self) -> Result<(), ContainerError> {
        if self.count == 0 {
            return Ok(());
        }
        let packed = self.codec.pack(&self.data).map_err(|error| self.io(&error))?;
        let limit = codec::unpacked_max(packed.len());
        if self.data.len() > limit {
            let what = "bytes in an uncompressed block, for how well they compress";
            return Err(self.error(ContainerProblem::TooMuch { what, limit }));
        }
        let mut block = Vec::with_capacity(packed.len() + 36);
        push(self.count.cast_signed(), &mut block);
        push(i64::try_from(packed.len()).expect("a vector has fewer than 2^63 bytes"), &mut block);
        block.extend(packed);
        block.extend(self.sync);
        self.write(&block)?;
        self.data.clear();
        self.count = 0;
        self.block += 1;
        Ok(())
    }

    /// Writes what is left and gives the sink back.
    pub fn finish(mut self) -> Result<W, ContainerError> {
        self.flush()?;
        self.sink.flush().map_err(|error| self.io(&error))?;
        Ok(self.sink)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        self.sink.write_all(bytes).map_err(|error| self.io(&error))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    fn io(&self, error: &std::io::Error) -> ContainerError {
        self.error(ContainerProblem::Io(error.to_string()))
    }

    fn error(&self, problem: ContainerProblem) -> ContainerError {
        ContainerError { block: Some(self.block), offset: self.offset, problem }
    }
}

/// Values of one block: values of no width would never fill it, and a reader takes no more of them.
const COUNT_MAX: u64 = 16_384;
