//! JSON Lines: one item on each line. Lines of white space are passed over.

use std::io::Read;

use asl::json::{KeyTable, parse, parse_with_keys};
use asl::{Json, JsonLimits};

use super::fault::Problem;
use super::form::{Decode, Decoded};
use crate::limits::ITEM_BYTES_MAX;

const BUFFER_BYTES: usize = 65_536;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads an object line by line.
pub(super) struct JsonLines<R> {
    lines: Lines<R>,
    /// The keys of the first item: the others have the same, mostly, and share them.
    keys: Option<KeyTable>,
}

impl<R: Read> JsonLines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { lines: Lines::new(source), keys: None }
    }
}

impl<R: Read> Decode for JsonLines<R> {
    fn next(&mut self) -> Result<Option<Decoded>, Problem> {
        let Some((number, line)) = self.lines.next()? else { return Ok(None) };
        let text = std::str::from_utf8(line).map_err(|error| {
            format!(
                "line {number}: the text is not UTF-8, from byte {} of the line on",
                error.valid_up_to() + 1
            )
        })?;
        let limits = JsonLimits::PAYLOAD.with_bytes_max(ITEM_BYTES_MAX);
        let value = match &self.keys {
            Some(known) => parse_with_keys(text, limits, known),
            None => parse(text, limits),
        };
        let value =
            value.map_err(|error| format!("line {number}, column {}: {}", error.column, error.problem))?;
        if self.keys.is_none() {
            self.keys = Some(keys_of(&value));
        }
        Ok(Some(Decoded { value, key: None, bytes: line.len() }))
    }

    fn pass(&mut self) -> Result<bool, Problem> {
        self.lines.next().map(|line| line.is_some())
    }
}

/// The keys of an object.
pub(super) fn keys_of(value: &Json) -> KeyTable {
    KeyTable::new(value.as_object().into_iter().flat_map(|object| object.iter().map(|(key, _)| key.clone())))
}

/// Splits a source at its newlines. A line that is too long is refused before it is in memory.
struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// What of the buffer has not been given out.
    start: usize,
    end: usize,
    /// Of the line given out last, from 1.
    number: u64,
    is_ended: bool,
}

impl<R: Read> Lines<R> {
    fn new(source: R) -> Self {
        Self { source, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, number: 0, is_ended: false }
    }

    /// The next line that is not blank, and its number.
    fn next(&mut self) -> Result<Option<(u64, &[u8])>, Problem> {
        loop {
            let Some((from, to)) = self.find()? else { return Ok(None) };
            self.number += 1;
            let from = if self.number == 1 && self.buffer[from..to].starts_with(BYTE_ORDER_MARK) {
                from + BYTE_ORDER_MARK.len()
            } else {
                from
            };
            if !self.buffer[from..to].trim_ascii().is_empty() {
                return Ok(Some((self.number, &self.buffer[from..to])));
            }
        }
    }

    /// Where the next line stands in the buffer.
    fn find(&mut self) -> Result<Option<(usize, usize)>, Problem> {
        let mut looked = self.start;
        loop {
            let newline = memchr::memchr(b'\n', &self.buffer[looked..self.end]).map(|at| looked + at);
            let end = newline.unwrap_or(self.end);
            if end - self.start > ITEM_BYTES_MAX {
                let number = self.number + 1;
                return Err(format!("line {number}: the line has more than {ITEM_BYTES_MAX} bytes").into());
            }
            if newline.is_some() || self.is_ended {
                let line = (self.start, end);
                self.start = newline.map_or(end, |newline| newline + 1);
                return Ok((newline.is_some() || line.0 < line.1).then_some(line));
            }
            looked = self.end - self.start;
            self.fill()?;
        }
    }

    /// Moves what is left to the front, and reads more behind it.
    fn fill(&mut self) -> Result<(), Problem> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.source.read(&mut self.buffer[self.end..]);
        let read = read.map_err(|error| Problem::io(format_args!("line {}", self.number + 1), &error))?;
        self.end += read;
        self.is_ended = read == 0;
        Ok(())
    }
}
