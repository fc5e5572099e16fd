//! What goes wrong with an expression: a code, a place, and a sentence.
//!
//! Codes and sentences are those of the JSONata documentation, because users search for them and AWS prints them:
//! `S` while reading the text, `T` for types, `D` while evaluating, `U` for the limits of this engine.

mod messages;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::limits::MESSAGE_VALUE_CHARS_MAX;
use crate::value::Value;

/// Why an expression could not be read or evaluated.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    code: &'static str,
    position: Option<usize>,
    token: Option<String>,
    message: Option<String>,
    /// Values for the placeholders of the sentence, as they are to be printed.
    values: Vec<(&'static str, String)>,
}

impl Error {
    /// An error of a known `code`; a host function may use one of its own.
    pub fn new(code: &'static str) -> Self {
        Self(Box::new(Details { code, position: None, token: None, message: None, values: Vec::new() }))
    }

    /// The code, for example `T2001`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Where in the expression's text: bytes from its start.
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// The operator, function or word that it is about.
    pub fn token(&self) -> Option<&str> {
        self.0.token.as_deref()
    }

    /// The sentence without the code.
    pub fn message(&self) -> String {
        match &self.0.message {
            Some(message) => message.clone(),
            None => self.render(messages::template(self.0.code)),
        }
    }

    /// With the place, unless it has one.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.0.position.get_or_insert(position);
        self
    }

    /// With the word that it is about, unless it has one.
    #[must_use]
    pub fn about(mut self, token: &str) -> Self {
        if self.0.token.is_none() {
            self.0.token = Some(shorten(token));
        }
        self
    }

    /// With a sentence of its own.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// With the value for a placeholder of the sentence.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.values.push((name, shorten(&value.to_string())));
        self
    }

    /// With the value that was wrong.
    #[must_use]
    pub(crate) fn value(self, value: Option<&Value>) -> Self {
        match value {
            Some(value) => self.with("value", value.preview(MESSAGE_VALUE_CHARS_MAX)),
            None => self,
        }
    }

    fn render(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(&self.placeholder(name));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn placeholder(&self, name: &str) -> String {
        if name == "token" {
            return self.0.token.clone().unwrap_or_default();
        }
        let found = self.0.values.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

impl fmt::Display for Error {
    /// `T1006: Attempted to invoke a non-function`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self}, position {:?}, token {:?})", self.position(), self.token())
    }
}

impl std::error::Error for Error {}

fn shorten(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(MESSAGE_VALUE_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
