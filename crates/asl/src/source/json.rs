//! A definition from JSON text.

use std::sync::Arc;

use super::{Member, Node, Source, Unreadable, Value, without_duplicates};
use crate::diagnostic::Span;
use crate::json::lex::{Lexer, Start};
use crate::json::{JsonError, Number};
use crate::limits::JsonLimits;

/// Reads JSON within the limits of a definition.
pub(super) fn read(text: &str) -> Result<Source, Unreadable> {
    read_strictly(text).map_err(|error| {
        let end = text.get(error.offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Unreadable {
            code: if text.trim().is_empty() { "MISSING_DESCRIPTION" } else { "INVALID_JSON_DESCRIPTION" },
            span: span(error.offset, error.offset + end),
            message: error.problem.to_string(),
        }
    })
}

fn read_strictly(text: &str) -> Result<Source, JsonError> {
    let mut reader = Reader { lexer: Lexer::new(text, JsonLimits::DEFINITION)?, duplicates: Vec::new() };
    let root = reader.node("a value", 0)?;
    reader.lexer.finish()?;
    Ok(Source { root, duplicates: reader.duplicates })
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    duplicates: Vec<(Arc<str>, Span)>,
}

impl Reader<'_> {
    /// Recursion is bounded by the lexer's limit of depth.
    fn node(&mut self, expected: &'static str, depth: usize) -> Result<Node, JsonError> {
        self.lexer.peek();
        let start = self.lexer.offset();
        let value = match self.lexer.start(expected)? {
            Start::Null => Value::Null,
            Start::Bool(value) => Value::Bool(value),
            Start::Number(text) => Value::Number(Number::from_valid_text(text)),
            Start::String(text) => Value::String(Arc::from(&*text)),
            Start::Array => Value::Array(self.items(depth + 1)?),
            Start::Object => Value::Object(self.members(depth + 1)?),
        };
        Ok(Node { span: span(start, self.lexer.offset()), value })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, JsonError> {
        self.lexer.check_depth(depth)?;
        if self.lexer.take(b']') {
            return Ok(Vec::new());
        }
        let mut items = vec![self.node("a value or `]`", depth)?];
        while self.lexer.more(b']')? {
            items.push(self.node("a value after the comma", depth)?);
        }
        Ok(items)
    }

    fn members(&mut self, depth: usize) -> Result<Vec<Member>, JsonError> {
        self.lexer.check_depth(depth)?;
        if self.lexer.take(b'}') {
            return Ok(Vec::new());
        }
        let mut members = vec![self.member("a key in double quotes or `}`", depth)?];
        while self.lexer.more(b'}')? {
            self.lexer.check_keys(members.len())?;
            members.push(self.member("a key in double quotes after the comma", depth)?);
        }
        Ok(without_duplicates(members, &mut self.duplicates))
    }

    fn member(&mut self, expected: &'static str, depth: usize) -> Result<Member, JsonError> {
        let (key, start, end) = self.lexer.key(expected)?;
        let value = self.node("a value after the colon", depth)?;
        Ok(Member { key: Arc::from(&*key), key_span: span(start, end), value })
    }
}

fn span(start: usize, end: usize) -> Span {
    // INVARIANT: a definition's size is bounded far below 4 GiB; only the error for a larger one saturates.
    let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { start: narrow(start), end: narrow(end) }
}
