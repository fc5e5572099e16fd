//! Characters of a path, with their places.

use std::fmt::Write as _;

use super::PathError;

/// A reader of one path's text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Takes `expected` if it stands here.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let is_here = self.rest().starts_with(expected);
        self.at += if is_here { expected.len() } else { 0 };
        is_here
    }

    pub(super) fn expect(&mut self, expected: &str) -> Result<(), PathError> {
        if self.eat(expected) { Ok(()) } else { Err(self.error(format!("expected `{expected}`"))) }
    }

    pub(super) fn space(&mut self) {
        self.take_while(|char| char == ' ' || char == '\t');
    }

    /// Takes characters as long as they please.
    pub(super) fn take_while(&mut self, mut pleases: impl FnMut(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|char| !pleases(char)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A text in single or double quotes; a backslash makes the next character literal.
    pub(super) fn quoted(&mut self) -> Result<String, PathError> {
        let start = self.at;
        let Some(quote @ ('\'' | '"')) = self.peek() else {
            return Err(self.error("expected a text in quotes"));
        };
        self.at += 1;
        let mut out = String::new();
        while let Some(char) = self.peek() {
            self.at += char.len_utf8();
            match char {
                _ if char == quote => return Ok(out),
                '\\' => {
                    let Some(literal) = self.peek() else { break };
                    self.at += literal.len_utf8();
                    out.push(literal);
                }
                _ => out.push(char),
            }
        }
        Err(PathError {
            offset: start,
            message: format!("the text that starts here is not closed with `{quote}`"),
        })
    }

    /// A whole number.
    pub(super) fn integer(&mut self) -> Result<Option<i64>, PathError> {
        let start = self.at;
        let sign = self.eat("-");
        let digits = self.take_while(|char| char.is_ascii_digit());
        if digits.is_empty() && !sign {
            return Ok(None);
        }
        let number = self.text[start..self.at].parse();
        number
            .map(Some)
            .map_err(|_| PathError { offset: start, message: "expected a whole number".to_owned() })
    }

    pub(super) fn error(&self, message: impl Into<String>) -> PathError {
        let mut message = message.into();
        match self.peek() {
            Some(found) => write!(message, ", found `{found}`").expect("writing to a string cannot fail"),
            None => message.push_str(", found the end of the path"),
        }
        PathError { offset: self.at, message }
    }
}
