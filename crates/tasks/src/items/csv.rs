//! CSV: one item on each row, its values strings under the names of a header.
//!
//! Our own reader, because AWS's rules for a backslash are those of no crate: it makes a backslash, a double quotation mark
//! and the delimiter ordinary, inside quotation marks and outside, and vanishes before everything else. Besides: `""` inside
//! quotation marks is one of them, values that a row has not are empty, values beyond the header are passed over, rows
//! without anything are none. Source: AWS, "`ItemReader`", the rules for text delimited files.

use std::io::Read;
use std::sync::Arc;

use asl::{Json, Object};

use super::fault::Problem;
use super::form::{Decode, Decoded};
use crate::limits::{CSV_FIELDS_MAX, CSV_HEADER_BYTES_MAX, ITEM_BYTES_MAX};

const BUFFER_BYTES: usize = 65_536;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How rows are written.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) delimiter: u8,
    /// The names of the values; those of the first row where there are none.
    pub(super) headers: Option<Vec<Arc<str>>>,
}

/// Reads an object row by row.
pub(super) struct Csv<R> {
    rows: Rows<R>,
    headers: Vec<Arc<str>>,
}

impl<R: Read> Csv<R> {
    pub(super) fn new(source: R, options: &Options) -> Result<Self, Problem> {
        let mut rows = Rows::new(source, options.delimiter);
        let headers = match &options.headers {
            Some(headers) => headers.clone(),
            None => first_row(&mut rows)?,
        };
        check_headers(&headers)?;
        Ok(Self { rows, headers })
    }
}

impl<R: Read> Decode for Csv<R> {
    fn next(&mut self) -> Result<Option<Decoded>, Problem> {
        if !self.rows.read()? {
            return Ok(None);
        }
        let text = self.rows.text()?;
        let mut values = self.rows.values(text);
        let entry = |name: &Arc<str>| (name.clone(), Json::from(values.next().unwrap_or_default()));
        let entries: Vec<(Arc<str>, Json)> = self.headers.iter().map(entry).collect();
        let value = Json::Object(Arc::new(Object::from(entries)));
        Ok(Some(Decoded { value, key: None, bytes: text.len() }))
    }

    fn pass(&mut self) -> Result<bool, Problem> {
        self.rows.read()
    }
}

fn first_row<R: Read>(rows: &mut Rows<R>) -> Result<Vec<Arc<str>>, Problem> {
    if !rows.read()? {
        return Ok(Vec::new());
    }
    let text = rows.text()?;
    Ok(rows.values(text).map(Arc::from).collect())
}

fn check_headers(headers: &[Arc<str>]) -> Result<(), Problem> {
    let bytes: usize = headers.iter().map(|name| name.len()).sum();
    if bytes > CSV_HEADER_BYTES_MAX {
        return Err(format!("the header has more than {CSV_HEADER_BYTES_MAX} bytes").into());
    }
    let mut names: Vec<&Arc<str>> = headers.iter().collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Problem::Whole("CSV headers cannot contain duplicates.".to_owned()));
    }
    Ok(())
}

/// Splits a source into rows and values. A row that is too long is refused before it is in memory.
struct Rows<R> {
    source: R,
    delimiter: u8,
    /// Which bytes mean something outside quotation marks.
    special: [bool; 256],
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    is_ended: bool,
    /// The row that was read last: its values one behind the other, and where each ends.
    row: Vec<u8>,
    ends: Vec<usize>,
    /// Of that row, from 1, the header being one; and of its first line.
    number: u64,
    line: u64,
    /// Whether nothing stands in that row, not even quotation marks around nothing.
    is_blank: bool,
    /// Newlines so far.
    newlines: u64,
}

impl<R: Read> Rows<R> {
    fn new(source: R, delimiter: u8) -> Self {
        let mut special = [false; 256];
        for byte in [delimiter, b'\n', b'\r', b'"', b'\\'] {
            special[usize::from(byte)] = true;
        }
        Self {
            source,
            delimiter,
            special,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            is_ended: false,
            row: Vec::new(),
            ends: Vec::new(),
            number: 0,
            line: 0,
            is_blank: true,
            newlines: 0,
        }
    }

    /// The text of the row.
    fn text(&self) -> Result<&str, Problem> {
        let text = std::str::from_utf8(&self.row);
        let text = text.ok().filter(|text| self.ends.iter().all(|end| text.is_char_boundary(*end)));
        text.ok_or_else(|| self.problem("the text is not UTF-8"))
    }

    /// The values of the row, of which `text` is the text.
    fn values<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &text[std::mem::replace(&mut start, *end)..*end])
    }

    fn problem(&self, problem: &str) -> Problem {
        Problem::At(format!("row {} (line {}): {problem}", self.number, self.line))
    }

    /// Reads the next row that holds anything; `false` at the end.
    fn read(&mut self) -> Result<bool, Problem> {
        loop {
            self.row.clear();
            self.ends.clear();
            self.number += 1;
            self.line = self.newlines + 1;
            self.is_blank = true;
            let is_more = self.read_row()?;
            if self.ends.len() > 1 || !self.row.is_empty() || !self.is_blank {
                return Ok(true);
            }
            self.number -= 1;
            if !is_more {
                return Ok(false);
            }
        }
    }

    /// Reads one row; `false` where the source ended with it.
    fn read_row(&mut self) -> Result<bool, Problem> {
        loop {
            self.plain()?;
            match self.byte()? {
                None => {
                    self.value_ends()?;
                    return Ok(false);
                }
                Some(b'\n') => {
                    self.newlines += 1;
                    self.value_ends()?;
                    return Ok(true);
                }
                Some(b'\r') => {
                    // Alone it ends a line too.
                    if self.peek()? == Some(b'\n') {
                        self.start += 1;
                    }
                    self.newlines += 1;
                    self.value_ends()?;
                    return Ok(true);
                }
                Some(b'"') if self.is_at_value() => self.quoted()?,
                Some(b'\\') => self.escaped()?,
                Some(byte) if byte == self.delimiter => self.value_ends()?,
                Some(byte) => self.row.push(byte),
            }
        }
    }

    /// Whether a value begins here.
    fn is_at_value(&self) -> bool {
        self.row.len() == self.ends.last().copied().unwrap_or(0)
    }

    fn value_ends(&mut self) -> Result<(), Problem> {
        self.ends.push(self.row.len());
        if self.ends.len() > CSV_FIELDS_MAX {
            return Err(self.problem(&format!("the row has more than {CSV_FIELDS_MAX} values")));
        }
        Ok(())
    }

    /// Takes bytes that mean themselves.
    fn plain(&mut self) -> Result<(), Problem> {
        loop {
            let rest = &self.buffer[self.start..self.end];
            let length = rest.iter().position(|byte| self.special[usize::from(*byte)]).unwrap_or(rest.len());
            self.row.extend_from_slice(&rest[..length]);
            self.start += length;
            self.check_length()?;
            if self.start < self.end || !self.fill()? {
                return Ok(());
            }
        }
    }

    /// Takes what stands in quotation marks, up to and with the closing one. What follows it belongs to the value, as it is.
    fn quoted(&mut self) -> Result<(), Problem> {
        let opened = self.newlines + 1;
        self.is_blank = false;
        loop {
            let rest = &self.buffer[self.start..self.end];
            let length = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
            self.row.extend_from_slice(&rest[..length]);
            self.start += length;
            self.check_length()?;
            match self.byte()? {
                None => {
                    let problem = format!("the quotation mark opened in line {opened} is not closed");
                    return Err(self.problem(&problem));
                }
                Some(b'"') if self.peek()? == Some(b'"') => {
                    self.start += 1;
                    self.row.push(b'"');
                }
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escaped()?,
                Some(byte) => {
                    self.newlines += u64::from(byte == b'\n');
                    self.row.push(byte);
                }
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<(), Problem> {
        match self.peek()? {
            Some(byte) if byte == b'\\' || byte == b'"' || byte == self.delimiter => {
                self.start += 1;
                self.row.push(byte);
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn check_length(&self) -> Result<(), Problem> {
        if self.row.len() > ITEM_BYTES_MAX {
            return Err(self.problem(&format!("the row has more than {ITEM_BYTES_MAX} bytes")));
        }
        Ok(())
    }

    /// The byte that comes next; `None` at the end.
    fn peek(&mut self) -> Result<Option<u8>, Problem> {
        if self.start == self.end && !self.fill()? {
            return Ok(None);
        }
        Ok(Some(self.buffer[self.start]))
    }

    fn byte(&mut self) -> Result<Option<u8>, Problem> {
        let byte = self.peek()?;
        self.start += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Reads more, when everything has been taken; `false` at the end.
    fn fill(&mut self) -> Result<bool, Problem> {
        let is_first = self.number <= 1 && self.newlines == 0 && self.end == 0;
        (self.start, self.end) = (0, 0);
        while !self.is_ended && self.end < if is_first { BYTE_ORDER_MARK.len() } else { 1 } {
            let read = self.source.read(&mut self.buffer[self.end..]);
            let read = read.map_err(|error| self.problem(&error.to_string()))?;
            self.end += read;
            self.is_ended = read == 0;
        }
        if is_first && self.buffer[..self.end].starts_with(BYTE_ORDER_MARK) {
            self.start = BYTE_ORDER_MARK.len();
        }
        Ok(self.start < self.end)
    }
}
