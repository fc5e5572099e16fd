//! Reading JSON: strict RFC 8259, bounded, with the place of the first fault.
//!
//! One pass over the bytes. Strings without escapes are copied once, keys that repeat are shared.
//! Not here: the words (`lex.rs`).

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::key::{KeyCache, KeyTable};
use super::lex::{Lexer, Start};
use super::{Json, Number, Object};
use crate::diagnostic::line_and_column;
use crate::limits::JsonLimits;

/// Why a text is not acceptable JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong there.
    pub problem: JsonProblem,
}

/// A fault on its way out: small, for it is part of every answer inside the reader.
#[derive(Debug)]
pub(crate) struct Fault(Box<JsonError>);

impl JsonError {
    pub(super) fn at(text: &str, offset: usize, problem: JsonProblem) -> Fault {
        let (line, column) = line_and_column(text, u32::try_from(offset).unwrap_or(u32::MAX));
        Fault(Box::new(Self { offset, line, column, problem }))
    }
}

impl From<Fault> for JsonError {
    fn from(fault: Fault) -> Self {
        *fault.0
    }
}

/// What can be wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// More bytes than the limit.
    #[error("the text has {found} bytes, at most {limit} are accepted")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// More arrays and objects inside each other than the limit.
    #[error("more than {limit} arrays and objects inside each other")]
    TooDeep {
        /// Levels accepted.
        limit: usize,
    },
    /// More keys in one object than the limit.
    #[error("an object with more than {limit} keys")]
    TooManyKeys {
        /// Keys accepted.
        limit: usize,
    },
    /// A number with more characters than the limit.
    #[error("a number of {found} characters, at most {limit} are accepted")]
    NumberTooLong {
        /// Characters found.
        found: usize,
        /// Characters accepted.
        limit: usize,
    },
    /// The text starts with U+FEFF.
    #[error("the text starts with a byte order mark; save it as UTF-8 without one")]
    ByteOrderMark,
    /// The text ends too early.
    #[error("the text ends where {expected} was expected")]
    UnexpectedEnd {
        /// What should have followed.
        expected: &'static str,
    },
    /// Something else than expected.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// The word or the character.
        found: String,
        /// What should have stood there.
        expected: &'static str,
    },
    /// Something follows the value.
    #[error("found {found} after the end of the value")]
    Trailing {
        /// The word or the character.
        found: String,
    },
    /// A string that never ends.
    #[error("a string that starts here has no closing quote")]
    OpenString,
    /// A control character inside a string.
    #[error("a string holds the control character U+{code:04X}; write it as an escape, for example `\\n`")]
    ControlCharacter {
        /// Its code.
        code: u8,
    },
    /// A backslash before a letter that means nothing.
    #[error("`\\{found}` is not an escape; a backslash itself is written `\\\\`")]
    BadEscape {
        /// The letter.
        found: char,
    },
    /// `\u` without four hexadecimal digits.
    #[error("`\\u` needs four hexadecimal digits")]
    BadUnicodeEscape,
    /// One half of a surrogate pair.
    #[error("`\\u{code:04X}` is one half of a surrogate pair, the other half is missing")]
    LoneSurrogate {
        /// Its code.
        code: u32,
    },
    /// `007`.
    #[error("a number may not start with a zero followed by digits")]
    LeadingZero,
}

/// Reads one JSON value; nothing but white space may follow it.
pub fn parse(text: &str, limits: JsonLimits) -> Result<Json, JsonError> {
    parse_with_keys(text, limits, &KeyTable::default())
}

/// The same, with keys that are known before: objects share them instead of having their own.
pub fn parse_with_keys(text: &str, limits: JsonLimits, known: &KeyTable) -> Result<Json, JsonError> {
    let lexer = Lexer::new(text, limits)?;
    let mut reader =
        Reader { lexer, known, seen: KeyCache::default(), entries: Vec::new(), values: Vec::new() };
    reader.value("a value", 0)?;
    reader.lexer.finish()?;
    Ok(reader.values.pop().expect("a value was read"))
}

/// What has been read and belongs to no object or array yet lies on two stacks: each value is built where it is going
/// to be taken from, and each object and array is allocated at its full size.
struct Reader<'a> {
    lexer: Lexer<'a>,
    known: &'a KeyTable,
    seen: KeyCache,
    /// Entries of the objects that are still open.
    entries: Vec<(Arc<str>, Json)>,
    /// Items of the arrays that are still open, and the value that was read last.
    values: Vec<Json>,
}

impl Reader<'_> {
    /// Pushes one value. Recursion is bounded by `JsonLimits::depth_max`, itself at most `JSON_DEPTH_LIMIT`.
    fn value(&mut self, expected: &'static str, depth: usize) -> Result<(), Fault> {
        if let Some(text) = self.lexer.plain_string() {
            self.values.push(Json::String(Arc::from(text)));
            return Ok(());
        }
        match self.lexer.start(expected)? {
            Start::Null => self.values.push(Json::Null),
            Start::Bool(value) => self.values.push(Json::Bool(value)),
            Start::Number(text) => self.values.push(Json::Number(Number::from_valid_text(text))),
            Start::String(text) => self.values.push(Json::String(Arc::from(&*text))),
            Start::Array => self.array(depth + 1)?,
            Start::Object => self.object(depth + 1)?,
        }
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        self.lexer.check_depth(depth)?;
        if self.lexer.take(b']') {
            self.values.push(Json::Array(Arc::default()));
            return Ok(());
        }
        let start = self.values.len();
        let mut expected = "a value or `]`";
        loop {
            self.value(expected, depth)?;
            if !self.lexer.more(b']')? {
                break;
            }
            expected = "a value after the comma";
        }
        let items = self.values.drain(start..).collect();
        self.values.push(Json::Array(items));
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.lexer.check_depth(depth)?;
        if self.lexer.take(b'}') {
            self.values.push(Json::empty_object());
            return Ok(());
        }
        let start = self.entries.len();
        let mut expected = "a key in double quotes or `}`";
        loop {
            let key = self.key(expected)?;
            self.value("a value after the colon", depth)?;
            let value = self.values.pop().expect("a value was read");
            self.entries.push((key, value));
            if !self.lexer.more(b'}')? {
                break;
            }
            self.lexer.check_keys(self.entries.len() - start)?;
            expected = "a key in double quotes after the comma";
        }
        let entries = split_exactly(&mut self.entries, start);
        self.values.push(Json::Object(Arc::new(Object::from(entries))));
        Ok(())
    }

    fn key(&mut self, expected: &'static str) -> Result<Arc<str>, Fault> {
        if let Some(key) = self.lexer.plain_key() {
            return Ok(self.shared(key));
        }
        let (key, _, _) = self.lexer.key(expected)?;
        Ok(self.shared(&key))
    }

    fn shared(&mut self, key: &str) -> Arc<str> {
        match self.known.get(key) {
            Some(known) => Arc::clone(known),
            None => self.seen.share(key),
        }
    }
}

/// What stands from `start` on, in a vector of just that capacity.
fn split_exactly<T>(stack: &mut Vec<T>, start: usize) -> Vec<T> {
    if start > 0 {
        return stack.split_off(start);
    }
    let mut all = Vec::with_capacity(stack.len());
    all.append(stack);
    all
}
