//! Writing JSON: compact, keys in order, numbers with their exact text.
//!
//! Escapes as AWS (Jackson) writes them: short forms where there are any, `\u001F` for other control characters,
//! `/` and everything beyond ASCII as they are. Not recursive: a value may be deeper than any text that was read.

#[cfg(test)]
mod tests;

use std::slice;
use std::sync::Arc;

use super::{Json, Object};
use crate::measure::{Excess, needs_escape};

impl Json {
    /// The compact text.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    /// Appends the compact text.
    pub fn write_to(&self, out: &mut String) {
        // INVARIANT: without bounds there is nothing that could be broken.
        _ = self.write(out, usize::MAX, usize::MAX);
    }

    /// The compact text, or the bound that it breaks: bytes, or arrays and objects inside each other. Stops soon after one
    /// is broken.
    pub fn to_text_within(&self, bytes_max: usize, depth_max: usize) -> Result<String, Excess> {
        let mut out = String::new();
        self.write(&mut out, bytes_max, depth_max)?;
        Ok(out)
    }

    fn write(&self, out: &mut String, bytes_max: usize, depth_max: usize) -> Result<(), Excess> {
        let mut open = Vec::new();
        enter(self, &mut open, out);
        while let Some(level) = open.last_mut() {
            match level.next(out) {
                Some(value) => enter(value, &mut open, out),
                None => drop(open.pop()),
            }
            if out.len() > bytes_max {
                return Err(Excess::Bytes);
            }
            if open.len() > depth_max {
                return Err(Excess::Depth);
            }
        }
        // A scalar opens nothing.
        if out.len() > bytes_max { Err(Excess::Bytes) } else { Ok(()) }
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// Appends `text` as a JSON string, quotes and all.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    if !needs_escape(text) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut run = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[run..at]);
        write_escape(byte, out);
        run = at + 1;
    }
    out.push_str(&text[run..]);
    out.push('"');
}

/// An array or object of which some is still to be written.
enum Level<'a> {
    Array(bool, slice::Iter<'a, Json>),
    Object(bool, Entries<'a>),
}

type Entries<'a> = slice::Iter<'a, (Arc<str>, Json)>;

impl<'a> Level<'a> {
    /// Writes what stands before the next value, or the closing bracket.
    fn next(&mut self, out: &mut String) -> Option<&'a Json> {
        match self {
            Self::Array(started, items) => {
                let Some(value) = items.next() else {
                    out.push(']');
                    return None;
                };
                comma(started, out);
                Some(value)
            }
            Self::Object(started, entries) => {
                let Some((key, value)) = entries.next() else {
                    out.push('}');
                    return None;
                };
                comma(started, out);
                write_string(key, out);
                out.push(':');
                Some(value)
            }
        }
    }
}

fn enter<'a>(value: &'a Json, open: &mut Vec<Level<'a>>, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(number) => number.write_to(out),
        Json::String(text) => write_string(text, out),
        Json::Array(items) => {
            out.push('[');
            open.push(Level::Array(false, items.iter()));
        }
        Json::Object(object) => {
            out.push('{');
            open.push(Level::Object(false, Object::entries(object).iter()));
        }
    }
}

fn comma(started: &mut bool, out: &mut String) {
    if *started {
        out.push(',');
    }
    *started = true;
}

fn write_escape(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let short = match byte {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        0x08 => "\\b",
        0x09 => "\\t",
        0x0A => "\\n",
        0x0C => "\\f",
        0x0D => "\\r",
        _ => {
            out.push_str("\\u00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
            return;
        }
    };
    out.push_str(short);
}
