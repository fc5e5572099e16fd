//! The words of JSON: strings, numbers, literals and punctuation, read from bytes in one pass.
//!
//! Spec: RFC 8259, strictly. Shared by the payload reader (`parse.rs`) and by the reader of definitions, which also
//! keeps the place of everything (`../source.rs`). Nothing here recurses.

use std::borrow::Cow;

use super::parse::{Fault, JsonError, JsonProblem};
use crate::limits::{JSON_DEPTH_LIMIT, JsonLimits};

/// Characters of an unexpected word that a message shows.
const FOUND_CHARS_MAX: usize = 24;

/// A reader of words, at some byte of a text.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    limits: JsonLimits,
}

/// What a value starts with. Of a scalar the whole value has been read; of a container its bracket.
#[derive(Debug)]
pub(crate) enum Start<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array,
    Object,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `text`, which is refused if it is too large or starts with a byte order mark.
    pub(crate) fn new(text: &'a str, limits: JsonLimits) -> Result<Self, Fault> {
        let limits = JsonLimits { depth_max: limits.depth_max.min(JSON_DEPTH_LIMIT), ..limits };
        let lexer = Self { text, at: 0, limits };
        if text.len() > limits.bytes_max {
            return Err(lexer.error(0, JsonProblem::TooLarge { found: text.len(), limit: limits.bytes_max }));
        }
        if text.starts_with('\u{feff}') {
            return Err(lexer.error(0, JsonProblem::ByteOrderMark));
        }
        Ok(lexer)
    }

    /// Bytes from the start of the text.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Skips white space and says which byte follows.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Skips white space and then `byte`, if that is what follows.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Reads the start of a value; `expected` is what to say if there is none.
    pub(crate) fn start(&mut self, expected: &'static str) -> Result<Start<'a>, Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(Start::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Start::Number),
            Some(b'{') => {
                self.at += 1;
                Ok(Start::Object)
            }
            Some(b'[') => {
                self.at += 1;
                Ok(Start::Array)
            }
            _ => self.literal(expected),
        }
    }

    /// Reads a string, if that is what follows and it holds no escapes; otherwise moves no further than white space.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let end = plain_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// Reads a key without escapes and its colon, if those are what follows; otherwise moves no further than white space.
    #[inline]
    pub(crate) fn plain_key(&mut self) -> Option<&'a str> {
        self.peek();
        let start = self.at;
        let key = self.plain_string()?;
        if self.take(b':') {
            return Some(key);
        }
        self.at = start;
        None
    }

    /// Reads a key and its colon.
    pub(crate) fn key(&mut self, expected: &'static str) -> Result<(Cow<'a, str>, usize, usize), Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(expected));
        }
        let start = self.at;
        let key = self.string()?;
        let end = self.at;
        if !self.take(b':') {
            return Err(self.unexpected("`:` after the key"));
        }
        Ok((key, start, end))
    }

    /// Whether another item follows, after the comma; `false` after `close`.
    #[inline]
    pub(crate) fn more(&mut self, close: u8) -> Result<bool, Fault> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.unexpected(if close == b']' { "`,` or `]`" } else { "`,` or `}`" })),
        }
    }

    /// Nothing but white space may be left.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        if self.peek().is_none() {
            return Ok(());
        }
        let found = self.found();
        Err(self.error(self.at, JsonProblem::Trailing { found }))
    }

    /// Fails if `depth` containers inside each other are too many.
    pub(crate) fn check_depth(&self, depth: usize) -> Result<(), Fault> {
        let limit = self.limits.depth_max;
        if depth > limit { Err(self.error(self.at - 1, JsonProblem::TooDeep { limit })) } else { Ok(()) }
    }

    /// Fails if an object that has `count` keys may have no further one.
    pub(crate) fn check_keys(&self, count: usize) -> Result<(), Fault> {
        let limit = self.limits.keys_max;
        if count >= limit { Err(self.error(self.at, JsonProblem::TooManyKeys { limit })) } else { Ok(()) }
    }

    fn literal(&mut self, expected: &'static str) -> Result<Start<'a>, Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let (start, length) = match rest {
            [b't', b'r', b'u', b'e', ..] => (Start::Bool(true), 4),
            [b'f', b'a', b'l', b's', b'e', ..] => (Start::Bool(false), 5),
            [b'n', b'u', b'l', b'l', ..] => (Start::Null, 4),
            _ => return Err(self.unexpected(expected)),
        };
        if rest.get(length).is_some_and(|&byte| is_word(byte)) {
            return Err(self.unexpected(expected));
        }
        self.at += length;
        Ok(start)
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += usize::from(bytes[start] == b'-');
        if bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
            if bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return Err(self.error(start, JsonProblem::LeadingZero));
            }
        } else {
            self.digits()?;
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        let limit = self.limits.number_chars_max;
        if self.at - start > limit {
            return Err(self.error(start, JsonProblem::NumberTooLong { found: self.at - start, limit }));
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("a digit of a number")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        self.at = plain_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        self.escaped_string(open, start).map(Cow::Owned)
    }

    /// The rest of a string that holds escapes: runs of plain text are copied whole.
    fn escaped_string(&mut self, open: usize, mut run: usize) -> Result<String, Fault> {
        let bytes = self.text.as_bytes();
        let mut out = String::with_capacity(self.at - run + 16);
        loop {
            out.push_str(&self.text[run..self.at]);
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape(open)?),
                Some(&code) => return Err(self.error(self.at, JsonProblem::ControlCharacter { code })),
                None => return Err(self.error(open, JsonProblem::OpenString)),
            }
            run = self.at;
            self.at = plain_end(bytes, run);
        }
    }

    fn escape(&mut self, open: usize) -> Result<char, Fault> {
        let start = self.at;
        self.at += 2;
        let Some(&letter) = self.text.as_bytes().get(start + 1) else {
            return Err(self.error(open, JsonProblem::OpenString));
        };
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(start),
            _ => {
                let found = self.text[start + 1..].chars().next().unwrap_or('\\');
                return Err(self.error(start, JsonProblem::BadEscape { found }));
            }
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Fault> {
        let first = self.hex(start)?;
        if let Some(char) = char::from_u32(first) {
            return Ok(char);
        }
        let lone = self.error(start, JsonProblem::LoneSurrogate { code: first });
        if first >= 0xDC00 || !self.text[self.at..].starts_with("\\u") {
            return Err(lone);
        }
        self.at += 2;
        let second = self.hex(self.at - 2)?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(lone)
    }

    fn hex(&mut self, escape: usize) -> Result<u32, Fault> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let mut code = 0;
        for &digit in digits {
            let value = char::from(digit).to_digit(16);
            code = code * 16 + value.ok_or_else(|| self.error(escape, JsonProblem::BadUnicodeEscape))?;
        }
        if digits.len() < 4 {
            return Err(self.error(escape, JsonProblem::BadUnicodeEscape));
        }
        self.at += 4;
        Ok(code)
    }

    /// What stands here is not what was expected.
    pub(crate) fn unexpected(&self, expected: &'static str) -> Fault {
        let problem = if self.at >= self.text.len() {
            JsonProblem::UnexpectedEnd { expected }
        } else {
            JsonProblem::Unexpected { found: self.found(), expected }
        };
        self.error(self.at, problem)
    }

    /// The word or the character that stands here, for a message.
    fn found(&self) -> String {
        let rest = &self.text[self.at.min(self.text.len())..];
        let word: String = rest
            .chars()
            .take_while(|&char| char.is_alphanumeric() || char == '_')
            .take(FOUND_CHARS_MAX)
            .collect();
        match rest.chars().next() {
            Some(_) if !word.is_empty() => format!("`{word}`"),
            Some(char) if char.is_control() => format!("the character U+{:04X}", u32::from(char)),
            Some(char) => format!("`{char}`"),
            None => "the end of the text".into(),
        }
    }

    fn error(&self, offset: usize, problem: JsonProblem) -> Fault {
        JsonError::at(self.text, offset, problem)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The first byte from `at` on that is not plain text of a string: a quote, a backslash or a control character.
///
/// Eight bytes at a time: a byte is special iff `x < 0x20`, `x == '"'` or `x == '\\'`, each the borrow of a subtraction.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * u64::from(b'"'));
        let slash = word ^ (ONES * u64::from(b'\\'));
        let special = (word.wrapping_sub(ONES * 0x20) & !word)
            | (quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash);
        let special = special & HIGHS;
        if special != 0 {
            // Borrows run upwards, so the lowest mark is always a true one.
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        at += 1;
    }
    at
}
