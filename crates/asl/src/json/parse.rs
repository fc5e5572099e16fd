//! Reading JSON: strict RFC 8259, bounded, with the place of the first fault.
//!
//! One pass over the bytes. Strings without escapes are copied once, keys that repeat are shared.
//! Not here: the words (`lex.rs`).

#[cfg(test)]
mod tests;

use std::sync::Arc;

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

impl JsonError {
    pub(super) fn at(text: &str, offset: usize, problem: JsonProblem) -> Self {
        let (line, column) = line_and_column(text, u32::try_from(offset).unwrap_or(u32::MAX));
        Self { offset, line, column, problem }
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
    let mut reader = Reader { lexer: Lexer::new(text, limits)?, keys: KeyCache::default() };
    let value = reader.value("a value", 0)?;
    reader.lexer.finish()?;
    Ok(value)
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    keys: KeyCache,
}

impl Reader<'_> {
    /// Recursion is bounded by `JsonLimits::depth_max`, itself at most `JSON_DEPTH_LIMIT`.
    fn value(&mut self, expected: &'static str, depth: usize) -> Result<Json, JsonError> {
        Ok(match self.lexer.start(expected)? {
            Start::Null => Json::Null,
            Start::Bool(value) => Json::Bool(value),
            Start::Number(text) => Json::Number(Number::from_valid_text(text)),
            Start::String(text) => Json::String(Arc::from(&*text)),
            Start::Array => self.array(depth + 1)?,
            Start::Object => self.object(depth + 1)?,
        })
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.lexer.check_depth(depth)?;
        let mut items = Vec::new();
        if self.lexer.take(b']') {
            return Ok(Json::Array(items.into()));
        }
        items.push(self.value("a value or `]`", depth)?);
        while self.lexer.more(b']')? {
            items.push(self.value("a value after the comma", depth)?);
        }
        Ok(Json::Array(items.into()))
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.lexer.check_depth(depth)?;
        if self.lexer.take(b'}') {
            return Ok(Json::empty_object());
        }
        let mut entries = vec![self.entry("a key in double quotes or `}`", depth)?];
        while self.lexer.more(b'}')? {
            self.lexer.check_keys(entries.len())?;
            entries.push(self.entry("a key in double quotes after the comma", depth)?);
        }
        Ok(Json::Object(Arc::new(Object::from(entries))))
    }

    fn entry(&mut self, expected: &'static str, depth: usize) -> Result<(Arc<str>, Json), JsonError> {
        let (key, _, _) = self.lexer.key(expected)?;
        let key = self.keys.share(&key);
        Ok((key, self.value("a value after the colon", depth)?))
    }
}

/// Keys seen lately: in an array of like objects every key is allocated once.
struct KeyCache {
    slots: [Option<Arc<str>>; Self::SLOTS],
}

impl KeyCache {
    const SLOTS: usize = 32;
    const KEY_BYTES_MAX: usize = 40;

    fn share(&mut self, key: &str) -> Arc<str> {
        let [first, .., last] = key.as_bytes() else { return key.into() };
        if key.len() > Self::KEY_BYTES_MAX {
            return key.into();
        }
        // A poor mix costs an allocation, never more: one slot is looked at.
        let mixed = usize::from(*first) * 7 + usize::from(*last) * 31 + key.len() * 3;
        let slot = &mut self.slots[mixed % Self::SLOTS];
        match slot {
            Some(known) if **known == *key => Arc::clone(known),
            _ => Arc::clone(slot.insert(key.into())),
        }
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self { slots: [const { None }; Self::SLOTS] }
    }
}
