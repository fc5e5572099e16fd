//! Reading from a source, with the place of everything and no belief in announced lengths.

use std::io::Read;

use super::error::{ContainerError, ContainerProblem};
use crate::avro::binary::varint;

/// A source and where it stands.
#[derive(Debug)]
pub(super) struct Input<R> {
    source: R,
    pub(super) offset: u64,
    /// The block being read, from 1; `None` in the header.
    pub(super) block: Option<u64>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, offset: 0, block: None }
    }

    pub(super) fn error(&self, problem: ContainerProblem) -> ContainerError {
        ContainerError { block: self.block, offset: self.offset, problem }
    }

    /// The next byte; `None` at the end.
    pub(super) fn byte(&mut self) -> Result<Option<u8>, ContainerError> {
        let mut byte = [0];
        loop {
            match self.source.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    self.offset += 1;
                    return Ok(Some(byte[0]));
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(ContainerProblem::Io(error.to_string()))),
            }
        }
    }

    /// Exactly `length` bytes; memory grows with what arrives.
    pub(super) fn bytes(&mut self, length: usize, expected: &'static str) -> Result<Vec<u8>, ContainerError> {
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(length as u64).read_to_end(&mut bytes);
        read.map_err(|error| self.error(ContainerProblem::Io(error.to_string())))?;
        self.offset += bytes.len() as u64;
        if bytes.len() < length {
            return Err(self.error(ContainerProblem::UnexpectedEnd { expected }));
        }
        Ok(bytes)
    }

    /// A number; `None` if the source ends before it.
    pub(super) fn long(&mut self, expected: &'static str) -> Result<Option<i64>, ContainerError> {
        let mut bytes = [0; varint::BYTES_MAX];
        for (at, slot) in bytes.iter_mut().enumerate() {
            match self.byte()? {
                Some(byte) => *slot = byte,
                None if at == 0 => return Ok(None),
                None => return Err(self.error(ContainerProblem::UnexpectedEnd { expected })),
            }
            if *slot < 0x80 {
                break;
            }
        }
        varint::read(&bytes).map(|(value, _)| Some(value)).map_err(|_| {
            let found = "a number of more than 64 bits".to_owned();
            self.error(ContainerProblem::Unexpected { found, expected })
        })
    }

    /// A length or a count up to `limit`, which is of `what`.
    pub(super) fn size(
        &mut self,
        expected: &'static str,
        what: &'static str,
        limit: usize,
    ) -> Result<usize, ContainerError> {
        let Some(number) = self.long(expected)? else {
            return Err(self.error(ContainerProblem::UnexpectedEnd { expected }));
        };
        match usize::try_from(number) {
            Ok(size) if size <= limit => Ok(size),
            Ok(_) => Err(self.error(ContainerProblem::TooMuch { what, limit })),
            Err(_) => {
                Err(self.error(ContainerProblem::Unexpected { found: format!("number {number}"), expected }))
            }
        }
    }
}
