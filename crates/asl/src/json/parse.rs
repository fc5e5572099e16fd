//! Reading JSON: strict RFC 8259, bounded, with the place of the first fault.
//!
//! One pass over the bytes. Depth is bounded before the stack is, and a string without escapes is copied once.

#[cfg(test)]
mod tests;

use std::sync::Arc;

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
    /// Arrays and objects too deep inside each other.
    #[error("arrays and objects are nested deeper than {limit} levels")]
    TooDeep {
        /// Levels accepted.
        limit: usize,
    },
    /// An object with too many keys.
    #[error("an object has more than {limit} keys")]
    TooManyKeys {
        /// Keys accepted.
        limit: usize,
    },
    /// A number with too many characters.
    #[error("a number has {found} characters, at most {limit} are accepted")]
    NumberTooLong {
        /// Characters found.
        found: usize,
        /// Characters accepted.
        limit: usize,
    },
    /// The text ends in the middle of a value.
    #[error("the text ends here, expected {expected}")]
    UnexpectedEnd {
        /// What could have followed.
        expected: &'static str,
    },
    /// Something else stands here than may.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// What stands here.
        found: String,
        /// What could have stood here.
        expected: &'static str,
    },
    /// A second value, or anything else, after the first.
    #[error("found {found} after the end of the value, expected nothing more")]
    Trailing {
        /// What stands here.
        found: String,
    },
    /// A byte order mark.
    #[error("the text starts with a byte order mark; save it as UTF-8 without one")]
    ByteOrderMark,
    /// A control character in a string.
    #[error("a string holds the control character U+{code:04X}; write it as `\\u{code:04x}`")]
    ControlCharacter {
        /// Its code.
        code: u32,
    },
    /// A backslash with something after it that is no escape.
    #[error("`\\{found}` is not an escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")]
    UnknownEscape {
        /// What follows the backslash.
        found: char,
    },
    /// Half of a surrogate pair.
    #[error("`\\u{code:04x}` is half of a surrogate pair, and its other half is missing")]
    LoneSurrogate {
        /// The half.
        code: u32,
    },
}

/// Reads one JSON value; nothing but white space may follow it.
pub fn parse(text: &str, limits: JsonLimits) -> Result<Json, JsonError> {
    let mut reader = Reader::new(text, limits);
    let value = reader.document();
    value.map_err(|fault| fault.locate(text))
}

/// A fault and its place, before lines are counted.
#[derive(Debug)]
pub(crate) struct Fault {
    offset: usize,
    problem: JsonProblem,
}

impl Fault {
    fn locate(self, text: &str) -> JsonError {
        let (line, column) = line_and_column(text, u32::try_from(self.offset).unwrap_or(u32::MAX));
        JsonError { offset: self.offset, line, column, problem: self.problem }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    limits: JsonLimits,
}

type Read<T> = Result<T, Fault>;

impl<'a> Reader<'a> {
    fn new(text: &'a str, limits: JsonLimits) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, depth: 0, limits }
    }

    fn document(&mut self) -> Read<Json> {
        if self.bytes.len() > self.limits.bytes_max {
            let problem = JsonProblem::TooLarge { found: self.bytes.len(), limit: self.limits.bytes_max };
            return Err(Fault { offset: 0, problem });
        }
        if self.text.starts_with('\u{feff}') {
            return Err(Fault { offset: 0, problem: JsonProblem::ByteOrderMark });
        }
        self.space();
        let value = self.value()?;
        self.space();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.fault(JsonProblem::Trailing { found: self.shown() })),
        }
    }

    fn value(&mut self) -> Read<Json> {
        match self.peek() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<Json>) -> Read<Json> {
        if self.depth == self.limits.depth_max {
            return Err(self.fault(JsonProblem::TooDeep { limit: self.limits.depth_max }));
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Read<Json> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Json::Array(Arc::from([])));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.eat(b']') {
                return Ok(Json::Array(items.into()));
            }
            self.expect(b',', "`,` or `]`")?;
            self.space();
        }
    }

    fn object(&mut self) -> Read<Json> {
        let mut entries = Vec::new();
        if self.eat(b'}') {
            return Ok(Json::empty_object());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            if entries.len() == self.limits.keys_max {
                return Err(self.fault(JsonProblem::TooManyKeys { limit: self.limits.keys_max }));
            }
            let key = self.string()?;
            self.space();
            self.expect(b':', "`:`")?;
            self.space();
            entries.push((key, self.value()?));
            self.space();
            if self.eat(b'}') {
                return Ok(Json::Object(Arc::new(Object::from(entries))));
            }
            self.expect(b',', "`,` or `}`")?;
            self.space();
        }
    }

    fn string(&mut self) -> Read<Arc<str>> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => return self.escaped_string(start),
                Some(&byte) if byte < 0x20 => return Err(self.control(byte)),
                Some(_) => self.at += 1,
                None => return Err(self.unexpected("`\"` at the end of the string")),
            }
        }
    }

    /// The rest of a string that has an escape at the present place.
    fn escaped_string(&mut self, start: usize) -> Read<Arc<str>> {
        let mut out = String::from(&self.text[start..self.at]);
        let mut plain = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    out.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    out.push_str(&self.text[plain..self.at]);
                    out.push(self.escape()?);
                    plain = self.at;
                }
                Some(&byte) if byte < 0x20 => return Err(self.control(byte)),
                Some(_) => self.at += 1,
                None => return Err(self.unexpected("`\"` at the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let backslash = self.at;
        self.at += 1;
        let Some(found) = self.text[self.at..].chars().next() else {
            return Err(self.unexpected("an escape"));
        };
        let plain = match found {
            '"' | '\\' | '/' => found,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode_escape(backslash),
            _ => return Err(Fault { offset: backslash, problem: JsonProblem::UnknownEscape { found } }),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self, backslash: usize) -> Read<char> {
        self.at += 1;
        let first = self.hex4()?;
        if let Some(char) = char::from_u32(first) {
            return Ok(char);
        }
        let lone = Fault { offset: backslash, problem: JsonProblem::LoneSurrogate { code: first } };
        if first >= 0xdc00 || !self.text[self.at..].starts_with("\\u") {
            return Err(lone);
        }
        self.at += 2;
        let second = self.hex4()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(lone)
    }

    fn hex4(&mut self) -> Read<u32> {
        let digits =
            self.bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else { return Err(self.unexpected("four hexadecimal digits")) };
        let value =
            digits.iter().fold(0, |value, &digit| value * 16 + char::from(digit).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(value)
    }

    fn number(&mut self) -> Read<Number> {
        let start = self.at;
        self.eat(b'-');
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("a digit")),
        }
        if self.eat(b'.') {
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        let text = &self.text[start..self.at];
        if text.len() > self.limits.number_chars_max {
            let problem =
                JsonProblem::NumberTooLong { found: text.len(), limit: self.limits.number_chars_max };
            return Err(Fault { offset: start, problem });
        }
        Ok(Number::from_valid_text(text))
    }

    fn some_digits(&mut self) -> Read<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        self.digits();
        Ok(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &'static str, value: Json) -> Read<Json> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self
            .unexpected("a value (`true`, `false`, `null`, a number, a string in double quotes, `[` or `{`)"))
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Read<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn control(&self, byte: u8) -> Fault {
        self.fault(JsonProblem::ControlCharacter { code: u32::from(byte) })
    }

    fn unexpected(&self, expected: &'static str) -> Fault {
        let problem = match self.peek() {
            None => JsonProblem::UnexpectedEnd { expected },
            Some(_) => JsonProblem::Unexpected { found: self.shown(), expected },
        };
        self.fault(problem)
    }

    fn fault(&self, problem: JsonProblem) -> Fault {
        Fault { offset: self.at, problem }
    }

    /// What stands at the present place, for a message.
    fn shown(&self) -> String {
        match self.text[self.at..].chars().next() {
            Some(char) if char.is_control() => format!("the character U+{:04X}", u32::from(char)),
            Some(char) => format!("`{char}`"),
            None => "the end of the text".to_owned(),
        }
    }
}
