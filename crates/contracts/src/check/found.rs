//! What a violation shows of a value: its kind and the beginning of its text, never all of it.

use std::fmt::{self, Write};

use asl::Json;

use crate::limits::FOUND_CHARS_MAX;

/// `text`, cut to `chars_max` characters; `…` stands for the rest.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// For example `string "two"`.
pub(crate) fn describe(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("boolean {value}"),
        Json::Number(number) => {
            let mut text = Cut::new();
            // The error is how `Cut` stops the printer early.
            let _ = write!(text, "{number}");
            format!("number {}", text.finish())
        }
        Json::String(text) => string(text),
        Json::Array(items) if items.len() == 1 => "array of 1 item".to_owned(),
        Json::Array(items) => format!("array of {} items", items.len()),
        Json::Object(object) if object.len() == 1 => "object of 1 field".to_owned(),
        Json::Object(object) => format!("object of {} fields", object.len()),
    }
}

fn string(text: &str) -> String {
    let mut out = Cut::new();
    for character in text.chars() {
        let written = match character {
            '"' => out.write_str("\\\""),
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            control if control.is_control() => write!(out, "\\u{:04x}", u32::from(control)),
            other => out.write_char(other),
        };
        if written.is_err() {
            break;
        }
    }
    if out.full { format!("string \"{}", out.finish()) } else { format!("string \"{}\"", out.finish()) }
}

/// A writer that takes a limited number of characters and refuses the rest.
struct Cut {
    text: String,
    left: usize,
    full: bool,
}

impl Cut {
    fn new() -> Self {
        Self { text: String::new(), left: FOUND_CHARS_MAX, full: false }
    }

    fn finish(mut self) -> String {
        if self.full {
            self.text.push('…');
        }
        self.text
    }
}

impl Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.left == 0 {
                self.full = true;
                return Err(fmt::Error);
            }
            self.text.push(character);
            self.left -= 1;
        }
        Ok(())
    }
}
