//! Object container files: a schema and blocks of its values.
//!
//! Spec (Avro 1.12): "Object Container Files". Read as a stream, one block in memory at a time; nothing that a file says
//! of its own sizes is believed. Written with the codec and the sync marker that the caller chooses: this room has no
//! randomness, and a marker must not be guessed by whoever supplies values.

mod codec;
mod error;
mod header;
mod input;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use codec::Codec;
pub use error::{ContainerError, ContainerProblem};
pub use reader::ContainerReader;
pub use writer::ContainerWriter;

/// What every file starts with.
const MAGIC: [u8; 4] = *b"Obj\x01";
/// The keys of the header that mean something.
const SCHEMA_KEY: &str = "avro.schema";
const CODEC_KEY: &str = "avro.codec";

/// Sixteen bytes after the header and after every block.
pub type SyncMarker = [u8; 16];
