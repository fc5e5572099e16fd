//! The part of a text that is in memory: one value at a time, or less of what is passed over.

use std::io::Read;

use super::scan::{Scan, Step};
use crate::items::fault::Problem;
use crate::limits::ITEM_BYTES_MAX;

const BUFFER_BYTES: usize = 65_536;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text, at some byte.
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the buffer begins in the text.
    base: u64,
    is_ended: bool,
}

impl<R: Read> Window<R> {
    pub(super) fn new(source: R) -> Result<Self, Problem> {
        let mut window =
            Self { source, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, base: 0, is_ended: false };
        while window.end < BYTE_ORDER_MARK.len() && window.fill()? {}
        if window.buffer[..window.end].starts_with(BYTE_ORDER_MARK) {
            window.start = BYTE_ORDER_MARK.len();
        }
        Ok(window)
    }

    /// Bytes from the beginning of the text.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// A problem with what comes next.
    pub(super) fn at(&self, problem: &str) -> Problem {
        Problem::At(format!("byte {}: {problem}", self.offset()))
    }

    /// Passes over white space and says which byte follows; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Problem> {
        loop {
            let rest = &self.buffer[self.start..self.end];
            let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            match rest.iter().position(|byte| !is_blank(byte)) {
                Some(at) => {
                    self.start += at;
                    return Ok(Some(self.buffer[self.start]));
                }
                None => self.start = self.end,
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Takes the byte that `peek` showed.
    pub(super) fn take(&mut self) {
        self.start += 1;
    }

    /// Takes the value that `peek` showed the first byte of, whole.
    pub(super) fn value(&mut self) -> Result<&[u8], Problem> {
        let mut scan = Scan::default();
        let mut length = 0;
        loop {
            let is_over = match scan.feed(&self.buffer[self.start + length..self.end]) {
                Step::End(more) => {
                    length += more;
                    true
                }
                Step::More => {
                    length = self.end - self.start;
                    false
                }
                Step::Wrong(more, problem) => {
                    self.start += length + more;
                    return Err(self.at(problem));
                }
            };
            if length > ITEM_BYTES_MAX {
                return Err(self.at(&format!("a value has more than {ITEM_BYTES_MAX} bytes")));
            }
            if is_over || (!self.fill()? && scan.may_end()) {
                let value = self.start..self.start + length;
                self.start = value.end;
                return Ok(&self.buffer[value]);
            }
            if self.is_ended {
                return Err(self.at("the text ends inside the value that begins here"));
            }
        }
    }

    /// Passes over a value, however long it is.
    pub(super) fn pass_over(&mut self) -> Result<(), Problem> {
        self.peek()?;
        let begin = self.offset();
        let mut scan = Scan::default();
        loop {
            match scan.feed(&self.buffer[self.start..self.end]) {
                Step::End(length) => {
                    self.start += length;
                    return Ok(());
                }
                Step::More => self.start = self.end,
                Step::Wrong(length, problem) => {
                    self.start += length;
                    return Err(self.at(problem));
                }
            }
            if !self.fill()? {
                return if scan.may_end() {
                    Ok(())
                } else {
                    Err(format!("byte {begin}: the text ends inside the value that begins here").into())
                };
            }
        }
    }

    /// Moves what is left to the front and reads more behind it; `false` at the end.
    fn fill(&mut self) -> Result<bool, Problem> {
        if self.is_ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.base += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.source.read(&mut self.buffer[self.end..]);
        let read = read.map_err(|error| self.at(&error.to_string()))?;
        self.end += read;
        self.is_ended = read == 0;
        Ok(read > 0)
    }
}
