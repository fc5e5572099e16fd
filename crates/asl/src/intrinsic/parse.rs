//! From the text of a call to its parts.

use std::fmt::Write as _;

use super::{Argument, Call, FUNCTIONS, Function, format};
use crate::limits::{EXPRESSION_CHARS_MAX, INTRINSIC_DEPTH_MAX, JsonLimits};
use crate::path::{Path, PathError};
use crate::{Json, json};

pub(super) fn call(text: &str) -> Result<Call, PathError> {
    let mut reader = Reader { text, at: 0 };
    if text.len() > EXPRESSION_CHARS_MAX {
        return Err(reader.error(format!("an expression has at most {EXPRESSION_CHARS_MAX} characters")));
    }
    let call = reader.call(1)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.error("expected the end of the expression"));
    }
    Ok(call)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn call(&mut self, depth: usize) -> Result<Call, PathError> {
        if depth > INTRINSIC_DEPTH_MAX {
            return Err(self.error(format!(
                "at most {INTRINSIC_DEPTH_MAX} intrinsic functions stand inside each other"
            )));
        }
        let start = self.at;
        let (function, least, most) = self.function()?;
        self.space();
        self.expect('(')?;
        let arguments = self.arguments(function, depth)?;
        if arguments.len() < least || arguments.len() > most {
            let takes = match (least, most) {
                (least, usize::MAX) => format!("at least {least}"),
                (least, most) if least == most => format!("{least}"),
                (least, most) => format!("{least} to {most}"),
            };
            let call = &self.text[start..self.at];
            let message = format!("`{call}` takes {takes} arguments, found {}", arguments.len());
            return Err(PathError { offset: start, message });
        }
        literals_fit(function, &arguments, &self.text[start..self.at])
            .map_err(|message| PathError { offset: start, message })?;
        Ok(Call { function, arguments })
    }

    fn function(&mut self) -> Result<(Function, usize, usize), PathError> {
        let start = self.at;
        let rest = &self.text[start..];
        let length =
            rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '.').unwrap_or(rest.len());
        let name = &rest[..length];
        let known = FUNCTIONS.iter().find(|(known, ..)| name.strip_prefix("States.") == Some(known));
        let Some((_, function, least, most)) = known else {
            let message = format!("`{name}` is not an intrinsic function");
            return Err(PathError { offset: start, message });
        };
        self.at += length;
        Ok((*function, *least, *most))
    }

    fn arguments(&mut self, function: Function, depth: usize) -> Result<Vec<Argument>, PathError> {
        let mut arguments = Vec::new();
        self.space();
        if self.eat(')') {
            return Ok(arguments);
        }
        loop {
            self.space();
            let is_template = function == Function::Format && arguments.is_empty();
            arguments.push(self.argument(is_template, depth)?);
            self.space();
            if self.eat(')') {
                return Ok(arguments);
            }
            if !self.eat(',') {
                return Err(self.error("expected `,` or `)`"));
            }
        }
    }

    fn argument(&mut self, is_template: bool, depth: usize) -> Result<Argument, PathError> {
        let rest = &self.text[self.at..];
        if rest.starts_with('\'') {
            let written = self.string()?;
            return Ok(if is_template {
                Argument::Template(format::pieces(written).into())
            } else {
                Argument::Literal(Json::from(format::unescape(written)))
            });
        }
        if rest.starts_with('$') {
            return self.path();
        }
        if rest.starts_with("States.") {
            return self.call(depth + 1).map(Argument::Call);
        }
        let length = rest.find([',', ')', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        match json::parse(&rest[..length], JsonLimits::DEFINITION) {
            Ok(value @ (Json::Null | Json::Bool(_) | Json::Number(_))) => {
                self.at += length;
                Ok(Argument::Literal(value))
            }
            Ok(Json::String(_) | Json::Array(_) | Json::Object(_)) | Err(_) => Err(self.error(
                "expected a path, a text in single quotes, a number, `null`, `true`, `false` or a call",
            )),
        }
    }

    /// Text in single quotes, as it is written. Only `'`, `{`, `}` and `\` may stand behind a backslash; AWS refuses a
    /// definition with any other.
    fn string(&mut self) -> Result<&'a str, PathError> {
        let start = self.at;
        self.at += 1;
        while let Some(char) = self.peek() {
            self.at += char.len_utf8();
            match char {
                '\'' => return Ok(&self.text[start + 1..self.at - 1]),
                '\\' if matches!(self.peek(), Some('\'' | '{' | '}' | '\\')) => self.at += 1,
                '\\' => return Err(self.error("expected `'`, `{`, `}` or `\\` after a backslash")),
                _ => {}
            }
        }
        Err(PathError {
            offset: start,
            message: "the text that starts here is not closed with `'`".to_owned(),
        })
    }

    fn path(&mut self) -> Result<Argument, PathError> {
        let rest = &self.text[self.at..];
        let end = path_end(rest);
        let start = self.at;
        self.at += end;
        Path::compile(rest[..end].trim_end())
            .map(Argument::Path)
            .map_err(|error| PathError { offset: start + error.offset, message: error.message })
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, char: char) -> bool {
        let is_it = self.peek() == Some(char);
        self.at += if is_it { char.len_utf8() } else { 0 };
        is_it
    }

    fn expect(&mut self, char: char) -> Result<(), PathError> {
        if self.eat(char) { Ok(()) } else { Err(self.error(format!("expected `{char}`"))) }
    }

    fn error(&self, message: impl Into<String>) -> PathError {
        let mut message = message.into();
        match self.peek() {
            Some(found) => write!(message, ", found `{found}`").expect("writing to a string cannot fail"),
            None => message.push_str(", found the end of the expression"),
        }
        PathError { offset: self.at, message }
    }
}

/// Refuses a literal of a type that its function can never take: the call would fail whenever it is evaluated.
fn literals_fit(function: Function, arguments: &[Argument], call: &str) -> Result<(), String> {
    for (at, (argument, wanted)) in arguments.iter().zip(kinds(function)).enumerate() {
        let (Argument::Literal(literal), Some(wanted)) = (argument, wanted) else { continue };
        if literal.kind() != *wanted {
            let found = literal.kind();
            return Err(format!("`{call}`: argument {} must be of type {wanted}, found {found}", at + 1));
        }
    }
    Ok(())
}

/// The type of each argument, by position; `None` where any will do.
fn kinds(function: Function) -> &'static [Option<&'static str>] {
    const NUMBER: Option<&str> = Some("number");
    const STRING: Option<&str> = Some("string");
    const ARRAY: Option<&str> = Some("array");
    match function {
        Function::JsonToString | Function::Array | Function::Uuid => &[],
        Function::Format | Function::StringToJson | Function::Base64Encode | Function::Base64Decode => {
            &[STRING]
        }
        Function::ArrayPartition | Function::ArrayGetItem => &[ARRAY, NUMBER],
        Function::ArrayContains | Function::ArrayLength | Function::ArrayUnique => &[ARRAY],
        Function::ArrayRange | Function::MathRandom => &[NUMBER; 3],
        Function::Hash => &[None, STRING],
        Function::JsonMerge => &[Some("object"), Some("object"), Some("boolean")],
        Function::MathAdd => &[NUMBER; 2],
        Function::StringSplit => &[STRING; 2],
    }
}

/// Where a path ends: before the first `,` or `)` that is not inside its own brackets or quotes.
fn path_end(text: &str) -> usize {
    let (mut open, mut quote, mut escaped) = (0_u32, None, false);
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(close), _) if char == close => quote = None,
            (None, '\'' | '"') if open > 0 => quote = Some(char),
            (None, '[' | '(') => open += 1,
            (None, ',' | ')') if open == 0 => return at,
            (None, ']' | ')') => open = open.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
    }
    text.len()
}
