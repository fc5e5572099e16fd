//! How blocks are compressed.
//!
//! Spec (Avro 1.12): "Required Codecs", "Optional Codecs". Deflate is raw (RFC 1951); snappy is raw and is followed by
//! the CRC-32 of the uncompressed data, big-endian. All codecs are in Rust; what a block may become is bounded before
//! it becomes it.

use std::io::Read;

use crate::limits::{
    CONTAINER_BLOCK_BYTES_MAX, CONTAINER_RATIO_FREE_BYTES, CONTAINER_RATIO_MAX, CONTAINER_WINDOW_BYTES_MAX,
};

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// As it is.
    Null,
    /// Raw deflate.
    Deflate,
    /// Raw snappy and a CRC-32.
    Snappy,
    /// Zstandard frames.
    Zstandard,
    /// Bzip2 streams.
    Bzip2,
    /// Xz streams.
    Xz,
}

/// Why a block cannot be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UnpackError {
    /// The limit, in bytes.
    TooLarge(usize),
    /// The codec's own words.
    Damaged(String),
}

impl Codec {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Null, Self::Deflate, Self::Snappy, Self::Zstandard, Self::Bzip2, Self::Xz];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Deflate => "deflate",
            Self::Snappy => "snappy",
            Self::Zstandard => "zstandard",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }

    /// The codec of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    pub(super) fn names() -> String {
        Self::ALL.map(|codec| format!("`{}`", codec.name())).join(", ")
    }

    /// Compresses a block.
    pub(super) fn pack(self, block: &[u8]) -> Result<Vec<u8>, std::io::Error> {
        let mut out = Vec::new();
        match self {
            Self::Null => out.extend(block),
            Self::Deflate => {
                flate2::bufread::DeflateEncoder::new(block, flate2::Compression::default())
                    .read_to_end(&mut out)?;
            }
            Self::Snappy => {
                out = snap::raw::Encoder::new().compress_vec(block)?;
                out.extend(crc32fast::hash(block).to_be_bytes());
            }
            Self::Zstandard => {
                out = ruzstd::encoding::compress_to_vec(block, ruzstd::encoding::CompressionLevel::Fastest);
            }
            Self::Bzip2 => {
                bzip2::bufread::BzEncoder::new(block, bzip2::Compression::default()).read_to_end(&mut out)?;
            }
            Self::Xz => {
                use std::io::Write as _;
                let mut writer =
                    lzma_rust2::XzWriter::new(out, lzma_rust2::XzOptions::with_preset(XZ_PRESET))?;
                writer.write_all(block)?;
                out = writer.finish()?;
            }
        }
        Ok(out)
    }

    /// Uncompresses a block.
    pub(super) fn unpack(self, packed: Vec<u8>) -> Result<Vec<u8>, UnpackError> {
        let limit = unpacked_max(packed.len());
        let window_kib = u32::try_from(CONTAINER_WINDOW_BYTES_MAX / 1_024).unwrap_or(u32::MAX);
        let source = &packed[..];
        match self {
            Self::Null => Ok(packed),
            Self::Deflate => read(flate2::bufread::DeflateDecoder::new(source), limit),
            Self::Snappy => snappy(source, limit),
            Self::Zstandard => zstandard(source, limit),
            Self::Bzip2 => read(bzip2::bufread::MultiBzDecoder::new(source), limit),
            Self::Xz => read(lzma_rust2::XzReader::new_mem_limit(source, true, window_kib), limit),
        }
    }
}

impl std::fmt::Display for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Bytes that a block of so many compressed bytes may become.
pub(super) fn unpacked_max(packed_bytes: usize) -> usize {
    packed_bytes
        .saturating_mul(CONTAINER_RATIO_MAX)
        .clamp(CONTAINER_RATIO_FREE_BYTES, CONTAINER_BLOCK_BYTES_MAX)
}

/// Blocks are small: a larger dictionary would only take memory.
const XZ_PRESET: u32 = 2;

/// All that `source` gives, up to `limit` bytes.
fn read(source: impl Read, limit: usize) -> Result<Vec<u8>, UnpackError> {
    let mut out = Vec::new();
    append(source, limit, &mut out)?;
    Ok(out)
}

fn append(source: impl Read, limit: usize, out: &mut Vec<u8>) -> Result<(), UnpackError> {
    let left = limit.saturating_sub(out.len()) as u64;
    source.take(left + 1).read_to_end(out).map_err(damaged)?;
    if out.len() > limit { Err(UnpackError::TooLarge(limit)) } else { Ok(()) }
}

fn snappy(packed: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
    let Some((data, checksum)) = packed.split_last_chunk::<4>() else {
        return Err(UnpackError::Damaged("there is no checksum".to_owned()));
    };
    if snap::raw::decompress_len(data).map_err(damaged)? > limit {
        return Err(UnpackError::TooLarge(limit));
    }
    let block = snap::raw::Decoder::new().decompress_vec(data).map_err(damaged)?;
    if crc32fast::hash(&block) != u32::from_be_bytes(*checksum) {
        return Err(UnpackError::Damaged("the checksum of the uncompressed data is another".to_owned()));
    }
    Ok(block)
}

/// Frames, one after the other.
fn zstandard(mut packed: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
    let mut out = Vec::new();
    while !packed.is_empty() {
        let window = CONTAINER_WINDOW_BYTES_MAX as u64;
        let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(&mut packed, window);
        append(decoder.map_err(damaged)?, limit, &mut out)?;
    }
    Ok(out)
}

fn damaged(error: impl std::fmt::Display) -> UnpackError {
    UnpackError::Damaged(error.to_string())
}
