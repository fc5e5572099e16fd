//! gzip and Zstandard around an object: told by its first bytes, whatever it is called, and bounded.

use std::io::{self, BufRead as _, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::limits::{UNPACKED_BYTES_MAX, UNPACKED_WINDOW_BYTES_MAX};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTANDARD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const BUFFER_BYTES: usize = 65_536;

/// An object whose first bytes have been looked at.
type Whole<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// What `source` is when it is unpacked; itself, if it is not packed.
pub(super) fn unpack<R: Read + Send + 'static>(mut source: R) -> io::Result<Box<dyn Read + Send>> {
    let mut first = Vec::new();
    source.by_ref().take(ZSTANDARD.len() as u64).read_to_end(&mut first)?;
    let (is_gzip, is_zstandard) = (first.starts_with(&GZIP), first == ZSTANDARD);
    let whole = Cursor::new(first).chain(source);
    let buffered = |whole| BufReader::with_capacity(BUFFER_BYTES, whole);
    Ok(if is_gzip {
        Box::new(Bounded::new("gzip", MultiGzDecoder::new(buffered(whole))))
    } else if is_zstandard {
        Box::new(Bounded::new("zstd", Frames { state: State::Between(buffered(whole)) }))
    } else {
        Box::new(whole)
    })
}

/// What a decoder gives, up to [`UNPACKED_BYTES_MAX`], with the decoder's name before its faults.
struct Bounded<R> {
    name: &'static str,
    source: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(name: &'static str, source: R) -> Self {
        Self { name, source, left: UNPACKED_BYTES_MAX }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::other(format!("the {} data ends too early", self.name))
            }
            _ => io::Error::other(format!("the {} data: {error}", self.name)),
        })?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(format!("the {} data becomes more than {UNPACKED_BYTES_MAX} bytes", self.name))
        })?;
        Ok(read)
    }
}

/// Zstandard frames, one after the other. RFC 8878, 3.1.
struct Frames<R: Read> {
    state: State<R>,
}

enum State<R: Read> {
    Between(Whole<R>),
    Inside(Box<StreamingDecoder<Whole<R>, FrameDecoder>>),
    Ended,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(mut source) => {
                    if source.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let window = UNPACKED_WINDOW_BYTES_MAX;
                    let decoder = StreamingDecoder::new_with_max_window_size(source, window);
                    self.state = State::Inside(Box::new(decoder.map_err(io::Error::other)?));
                }
                State::Inside(mut decoder) => {
                    let read = decoder.read(buffer)?;
                    if read > 0 || buffer.is_empty() {
                        self.state = State::Inside(decoder);
                        return Ok(read);
                    }
                    let (source, frame) = decoder.into_parts();
                    let announced = frame.get_checksum_from_data();
                    if announced.is_some() && announced != frame.get_calculated_checksum() {
                        return Err(io::Error::other("the checksum of a frame is another"));
                    }
                    self.state = State::Between(source);
                }
            }
        }
    }
}
