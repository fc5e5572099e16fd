//! Words of an expression: read one at a time, because `/` divides after an operand and starts a pattern elsewhere.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::error::Error;
use crate::value::Value;

/// One word and where it starts.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum TokenKind {
    /// An operator or bracket; also `and`, `or`, `in`.
    Operator(&'static str),
    Name(Arc<str>),
    /// Without its dollar sign.
    Variable(Arc<str>),
    Literal(Value),
    Regex {
        source: String,
        flags: String,
    },
    End,
}

impl TokenKind {
    /// The word, for a message.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Operator(text) => (*text).to_owned(),
            Self::Name(text) | Self::Variable(text) => text.to_string(),
            Self::Literal(Value::String(text)) => text.to_string(),
            Self::Literal(value) => value.preview(32),
            Self::Regex { source, .. } => format!("/{source}/"),
            Self::End => "(end)".to_owned(),
        }
    }
}

/// Operators of two characters come before their first characters.
const OPERATORS: [&str; 35] = [
    "..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#",
    ";", ":", "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&", "!", "~",
];
/// Words that are operators between operands and names elsewhere.
const WORDS: [&str; 3] = ["and", "or", "in"];

/// A reader of words.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next word. `after_operand`: a `/` here divides.
    pub(crate) fn next(&mut self, after_operand: bool) -> Result<Token, Error> {
        self.skip_blanks()?;
        let start = self.at;
        let kind = self.kind(after_operand).map_err(|error| error.at(start))?;
        Ok(Token { kind, start })
    }

    /// Text from `start` up to and with the `>` that closes the `<` there; what follows is read next.
    pub(crate) fn signature(&mut self, start: usize) -> Option<&'a str> {
        let mut depth = 0_usize;
        for (at, symbol) in self.text[start..].char_indices() {
            match symbol {
                '<' => depth += 1,
                '>' => depth -= 1,
                '{' | '\n' => return None,
                _ => {}
            }
            if depth == 0 {
                self.at = start + at + 1;
                return Some(&self.text[start..self.at]);
            }
        }
        None
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) -> Result<(), Error> {
        loop {
            let rest = self.rest();
            let blank = rest.find(|it| !is_blank(it)).unwrap_or(rest.len());
            self.at += blank;
            let Some(comment) = self.rest().strip_prefix("/*") else { return Ok(()) };
            let end = comment.find("*/").ok_or_else(|| Error::new("S0106").at(self.at))?;
            self.at += end + 4;
        }
    }

    fn kind(&mut self, after_operand: bool) -> Result<TokenKind, Error> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(TokenKind::End) };
        if first == '/' && !after_operand {
            return self.regex();
        }
        if let Some(operator) = OPERATORS.iter().find(|it| rest.starts_with(**it)) {
            self.at += operator.len();
            return Ok(TokenKind::Operator(operator));
        }
        match first {
            '"' | '\'' => self.string(first),
            '0'..='9' => self.number(),
            '`' => self.quoted_name(),
            _ => Ok(self.word()),
        }
    }

    fn regex(&mut self) -> Result<TokenKind, Error> {
        let body = &self.rest()[1..];
        let mut depth = 0_i32;
        let mut is_escaped = false;
        for (at, symbol) in body.char_indices() {
            match symbol {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '/' if depth <= 0 => return self.regex_flags(&body[..at]),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
        }
        Err(Error::new("S0302"))
    }

    fn regex_flags(&mut self, source: &str) -> Result<TokenKind, Error> {
        if source.is_empty() {
            return Err(Error::new("S0301"));
        }
        self.at += source.len() + 2;
        let flags: String = self.rest().chars().take_while(|it| matches!(it, 'i' | 'm')).collect();
        self.at += flags.len();
        Ok(TokenKind::Regex { source: source.to_owned(), flags })
    }

    fn string(&mut self, quote: char) -> Result<TokenKind, Error> {
        let mut out = String::new();
        let mut chars = self.rest()[1..].char_indices();
        let start = self.at + 1;
        while let Some((at, symbol)) = chars.next() {
            if symbol == quote {
                self.at = start + at + 1;
                return Ok(TokenKind::Literal(Value::string(out)));
            }
            if symbol != '\\' {
                out.push(symbol);
                continue;
            }
            let Some((_, letter)) = chars.next() else { break };
            match letter {
                'u' => {
                    let (char, length) = unicode(chars.as_str())?;
                    out.push(char);
                    (0..length).for_each(|_| {
                        chars.next();
                    });
                }
                _ => out.push(
                    simple_escape(letter)
                        .ok_or_else(|| Error::new("S0103").about(&letter.to_string()).at(start + at))?,
                ),
            }
        }
        Err(Error::new("S0101"))
    }

    fn number(&mut self) -> Result<TokenKind, Error> {
        let rest = self.rest();
        let length = number_length(rest.as_bytes());
        let value: f64 = rest[..length].parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            return Err(Error::new("S0102").about(&rest[..length]));
        }
        self.at += length;
        Ok(TokenKind::Literal(Value::number(value)))
    }

    fn quoted_name(&mut self) -> Result<TokenKind, Error> {
        let body = &self.rest()[1..];
        let end = body.find('`').ok_or_else(|| Error::new("S0105"))?;
        self.at += end + 2;
        Ok(TokenKind::Name(body[..end].into()))
    }

    fn word(&mut self) -> TokenKind {
        let rest = self.rest();
        let is_end = |it: char| is_blank(it) || OPERATORS.iter().any(|op| op.starts_with(it));
        let length =
            rest.find(is_end).unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
        let word = &rest[..length];
        self.at += length;
        if let Some(name) = word.strip_prefix('$') {
            return TokenKind::Variable(name.into());
        }
        if let Some(operator) = WORDS.iter().find(|it| **it == word) {
            return TokenKind::Operator(operator);
        }
        match word {
            "true" => TokenKind::Literal(Value::Bool(true)),
            "false" => TokenKind::Literal(Value::Bool(false)),
            "null" => TokenKind::Literal(Value::Null),
            _ => TokenKind::Name(word.into()),
        }
    }
}

fn is_blank(symbol: char) -> bool {
    matches!(symbol, ' ' | '\t' | '\n' | '\r' | '\u{b}')
}

fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|it| it.is_ascii_digit()).count();
    let mut end = if bytes[0] == b'0' { 1 } else { digits(0) };
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let count = bytes.get(end + 1 + sign..).map_or(0, |_| digits(end + 1 + sign));
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    end
}

fn simple_escape(letter: char) -> Option<char> {
    Some(match letter {
        '"' | '\'' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    })
}

/// The character of `XXXX` or of a surrogate pair `XXXX\uXXXX`, and how many characters were used.
fn unicode(text: &str) -> Result<(char, usize), Error> {
    let code = |text: &str| {
        let digits = text.get(..4).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        digits.and_then(|it| u32::from_str_radix(it, 16).ok())
    };
    let first = code(text).ok_or_else(|| Error::new("S0104"))?;
    if let Some(char) = char::from_u32(first) {
        return Ok((char, 4));
    }
    let second = text[4..].strip_prefix("\\u").and_then(code);
    let second = second.filter(|it| (0xDC00..0xE000).contains(it) && first < 0xDC00);
    let second =
        second.ok_or_else(|| Error::new("S0104").saying("Half of a surrogate pair is no character"))?;
    let char = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    char.map(|it| (it, 10)).ok_or_else(|| Error::new("S0104"))
}
