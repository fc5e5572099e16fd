//! Writes JSON text, and stops where a limit is reached.

use crate::error::Error;
use crate::limits::{JSON_DEPTH_MAX, VALUE_DEPTH_MAX};
use crate::stack::grow;
use crate::value::{Entries, Items, Number, Value, double_text, precise_15};

/// How values are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Lines and two blanks for each level.
    pub(crate) is_pretty: bool,
    /// Numbers with at most 15 significant digits, as `$string` has it; otherwise exactly.
    pub(crate) is_rounded: bool,
}

impl Style {
    pub(crate) const RESULT: Self = Self { is_pretty: false, is_rounded: false };
    pub(crate) const STRING: Self = Self { is_pretty: false, is_rounded: true };
    pub(crate) const PRETTY: Self = Self { is_pretty: true, is_rounded: true };
}

/// Why the writing stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    TooLong,
    TooDeep,
    NotFinite(f64),
}

impl Stop {
    /// As an error; `code` is for a text longer than `limit`.
    pub(crate) fn error(self, code: &'static str, limit: usize) -> Error {
        match self {
            Self::TooLong => Error::new(code).with("limit", limit),
            Self::TooDeep => Error::new("U1006").with("limit", JSON_DEPTH_MAX),
            Self::NotFinite(value) => Error::new("D1001").with("value", value),
        }
    }
}

/// A writer of one text.
#[derive(Debug)]
pub(crate) struct Printer {
    style: Style,
    bytes_max: usize,
    out: String,
    depth: usize,
}

impl Printer {
    pub(crate) fn new(style: Style, bytes_max: usize) -> Self {
        Self { style, bytes_max, out: String::new(), depth: 0 }
    }

    pub(crate) fn print(mut self, value: &Value) -> Result<String, Stop> {
        self.value(value)?;
        Ok(self.out)
    }

    /// As much of the text as fits, and whether that is all.
    pub(crate) fn print_some(mut self, value: &Value) -> (String, bool) {
        let is_whole = self.value(value).is_ok();
        (self.out, is_whole)
    }

    fn value(&mut self, value: &Value) -> Result<(), Stop> {
        match value {
            Value::Null => self.push("null"),
            Value::Bool(true) => self.push("true"),
            Value::Bool(false) => self.push("false"),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::Function(_) => self.push("\"\""),
            Value::Array(_) | Value::Object(_) | Value::Foreign(_) => self.container(value),
        }
    }

    fn push(&mut self, text: &str) -> Result<(), Stop> {
        if self.out.len() + text.len() > self.bytes_max {
            return Err(Stop::TooLong);
        }
        self.out.push_str(text);
        Ok(())
    }

    fn number(&mut self, number: &Number) -> Result<(), Stop> {
        let value = number.as_f64();
        if !self.style.is_rounded {
            return self.push(&number.to_string());
        }
        if !value.is_finite() {
            return Err(Stop::NotFinite(value));
        }
        self.push(&double_text(precise_15(value)))
    }

    fn string(&mut self, text: &str) -> Result<(), Stop> {
        if self.out.len() + text.len() + 2 > self.bytes_max {
            return Err(Stop::TooLong);
        }
        quote(text, &mut self.out);
        Ok(())
    }

    fn container(&mut self, value: &Value) -> Result<(), Stop> {
        if self.depth > JSON_DEPTH_MAX + VALUE_DEPTH_MAX as usize {
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        grow(|| match (value.items(), value.entries()) {
            (Some(items), _) => self.array(items),
            (None, Some(entries)) => self.object(entries),
            (None, None) => self.push("null"),
        })?;
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self, items: Items<'_>) -> Result<(), Stop> {
        self.push("[")?;
        for index in 0..items.len() {
            self.separate(index, self.depth)?;
            let item = items.get(index).unwrap_or(Value::Null);
            self.value(&item)?;
        }
        self.close(items.len(), "]")
    }

    fn object(&mut self, entries: Entries<'_>) -> Result<(), Stop> {
        self.push("{")?;
        for (index, (key, value)) in entries.iter().enumerate() {
            self.separate(index, self.depth)?;
            self.string(&key)?;
            self.push(if self.style.is_pretty { ": " } else { ":" })?;
            self.value(&value)?;
        }
        self.close(entries.len(), "}")
    }

    fn separate(&mut self, index: usize, depth: usize) -> Result<(), Stop> {
        if index > 0 {
            self.push(",")?;
        }
        if self.style.is_pretty { self.line(depth) } else { Ok(()) }
    }

    fn close(&mut self, count: usize, bracket: &str) -> Result<(), Stop> {
        if self.style.is_pretty && count > 0 {
            self.line(self.depth - 1)?;
        }
        self.push(bracket)
    }

    fn line(&mut self, depth: usize) -> Result<(), Stop> {
        self.push("\n")?;
        (0..depth).try_for_each(|_| self.push("  "))
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut run = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[run..at]);
        run = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            _ => out.extend([
                "\\u00",
                if byte < 16 { "0" } else { "1" },
                &"0123456789abcdef"[usize::from(byte & 15)..][..1],
            ]),
        }
    }
    out.push_str(&text[run..]);
    out.push('"');
}
