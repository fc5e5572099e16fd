//! From the text of a call to its parts.

use super::{Argument, Call, FUNCTIONS, Function};
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

impl Reader<'_> {
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
        let arguments = self.arguments(depth)?;
        if arguments.len() < least || arguments.len() > most {
            let takes = if least == most {
                format!("{least}")
            } else if most == usize::MAX {
                format!("at least {least}")
            } else {
                format!("{least} to {most}")
            };
            let message = format!(
                "`{}` takes {takes} arguments, found {}",
                &self.text[start..self.at],
                arguments.len()
            );
            return Err(PathError { offset: start, message });
        }
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

    fn arguments(&mut self, depth: usize) -> Result<Vec<Argument>, PathError> {
        let mut arguments = Vec::new();
        self.space();
        if self.eat(')') {
            return Ok(arguments);
        }
        loop {
            self.space();
            arguments.push(self.argument(depth)?);
            self.space();
            if self.eat(')') {
                return Ok(arguments);
            }
            if !self.eat(',') {
                return Err(self.error("expected `,` or `)`"));
            }
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, PathError> {
        let rest = &self.text[self.at..];
        if rest.starts_with('\'') {
            return self.string().map(|text| Argument::Literal(Json::from(text)));
        }
        if rest.starts_with('$') {
            return self.path();
        }
        if rest.starts_with("States.") {
            return self.call(depth + 1).map(Argument::Call);
        }
        let length = rest.find([',', ')', ' ']).unwrap_or(rest.len());
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

    /// Text in single quotes. `\'`, `\{`, `\}` and `\\` are literal; braces keep their backslash for `States.Format`.
    fn string(&mut self) -> Result<String, PathError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        while let Some(char) = self.peek() {
            self.at += char.len_utf8();
            match char {
                '\'' => return Ok(out),
                '\\' => {
                    let Some(next) = self.peek() else { break };
                    self.at += next.len_utf8();
                    match next {
                        '\'' => out.push('\''),
                        // Kept as two characters: `States.Format` tells them from braces that are placeholders.
                        other => out.extend(['\\', other]),
                    }
                }
                _ => out.push(char),
            }
        }
        Err(PathError {
            offset: start,
            message: "the text that starts here is not closed with `'`".to_owned(),
        })
    }

    /// A path ends at the first `,` or `)` that is not inside its own brackets or quotes.
    fn path(&mut self) -> Result<Argument, PathError> {
        let rest = &self.text[self.at..];
        let (mut brackets, mut quote, mut end) = (0_u32, None, rest.len());
        for (at, char) in rest.char_indices() {
            match (quote, char) {
                (Some(open), _) if char == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(char),
                (None, '[' | '(') => brackets += 1,
                (None, ']') => brackets = brackets.saturating_sub(1),
                (None, ')') if brackets > 0 => brackets -= 1,
                (None, ',' | ')' | ' ') if brackets == 0 => {
                    end = at;
                    break;
                }
                (None, _) => {}
            }
        }
        let start = self.at;
        self.at += end;
        Path::compile(&rest[..end])
            .map(Argument::Path)
            .map_err(|error| PathError { offset: start + error.offset, message: error.message })
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n')) {
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
            Some(found) => message.push_str(&format!(", found `{found}`")),
            None => message.push_str(", found the end of the expression"),
        }
        PathError { offset: self.at, message }
    }
}
