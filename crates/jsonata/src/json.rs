//! JSON text: read into values, written from them.

mod measure;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub(crate) use measure::{check_walk, measure};
pub use parse::JsonError;
pub(crate) use parse::parse;
pub(crate) use print::{Printer, Stop, Style};

use crate::error::Error;
use crate::value::Value;

impl Value {
    /// Reads JSON text (RFC 8259). Of a key that occurs twice the last value counts, in the place of the first.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        parse(text)
    }

    /// Writes JSON text without white space; a function becomes `""`, a number that is none becomes `null`.
    ///
    /// Fails with U1005 when the text would exceed `bytes_max`, with U1006 when a document is nested too deeply.
    pub fn to_json(&self, bytes_max: usize) -> Result<String, Error> {
        Printer::new(Style::RESULT, bytes_max).print(self).map_err(|it| it.error("U1005", bytes_max))
    }

    /// The first characters of the JSON text, for a message.
    pub(crate) fn preview(&self, chars_max: usize) -> String {
        let (text, is_whole) = Printer::new(Style::RESULT, chars_max * 4).print_some(self);
        if is_whole { text } else { text + "…" }
    }
}
