//! Avro's binary encoding.
//!
//! Spec (Avro 1.12): "Binary Encoding". Written: each array and map as one block without its size. Read: any blocks.

mod decode;
mod encode;
pub(crate) mod varint;

pub use decode::{decode, decode_prefix};
pub use encode::encode;

pub(crate) use encode::encode_into;
