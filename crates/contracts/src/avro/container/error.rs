//! Why a container file cannot be read or written: in which block, at which byte, what.

use super::Codec;
use crate::avro::DatumError;
use crate::schema::SchemaError;

/// The first fault of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerError {
    /// The block, from 1; `None` in the header.
    pub block: Option<u64>,
    /// Bytes from the start of the file: the fault itself, or the start of the block that holds it.
    pub offset: u64,
    /// What is wrong there.
    pub problem: ContainerProblem,
}

/// What can be wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerProblem {
    /// The source or the sink failed.
    #[error("{0}")]
    Io(String),
    /// The first four bytes are others.
    #[error("this is not an Avro container file: it does not start with `Obj` and the byte 1")]
    NotAContainer,
    /// The file ends too early.
    #[error("the file ends where {expected} was expected")]
    UnexpectedEnd {
        /// What should have followed.
        expected: &'static str,
    },
    /// Something else than what must stand here.
    #[error("{found}, expected {expected}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// The header's schema.
    #[error("the schema of the file: {0}")]
    Schema(Box<SchemaError>),
    /// A schema that other subjects' texts belong to.
    #[error("the schema refers to other subjects; a container file needs a schema that stands alone")]
    SchemaRefers,
    /// A codec that we do not know.
    #[error("codec `{name}` is not known; known are {}", Codec::names())]
    UnknownCodec {
        /// Its name, cut to a readable length.
        name: String,
    },
    /// The bytes after a block are not those after the header.
    #[error("the sync marker after the block is not the one of the header: the file is damaged")]
    Sync,
    /// A limit of this room.
    #[error("more than {limit} {what}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The codec does not accept the bytes.
    #[error("the block is not {codec} data: {message}")]
    Compressed {
        /// The codec.
        codec: Codec,
        /// Its own words.
        message: String,
    },
    /// A value of a block.
    #[error("value {number} of the block: {error}")]
    Datum {
        /// From 1.
        number: u64,
        /// What is wrong; its offset counts from the start of the value.
        error: Box<DatumError>,
    },
}

impl std::fmt::Display for ContainerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.block {
            Some(block) => write!(f, "block {block} (byte {}): {}", self.offset, self.problem),
            None => write!(f, "byte {}: {}", self.offset, self.problem),
        }
    }
}

impl std::error::Error for ContainerError {}
