//! `$formatInteger` and `$parseInteger`: whole numbers as digits, words, letters and Roman numerals.

use super::regular_distance;
use super::words::{self, ROMAN_MAX};
use crate::error::Error;
use crate::limits::PICTURE_CHARS_MAX;
use crate::value::double_text;

/// First digits of the families of decimal digits in Unicode.
const ZEROS: [u32; 37] = [
    0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// A way to write whole numbers.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    form: Form,
    is_ordinal: bool,
}

#[derive(Clone, Debug)]
enum Form {
    Digits(Digits),
    Letters { is_upper: bool },
    Roman { is_upper: bool },
    Words(Case),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Lower,
    Upper,
    Title,
}

/// Decimal digits with separators.
#[derive(Clone, Debug)]
pub(crate) struct Digits {
    zero: u32,
    /// Digits that are always there.
    pub(crate) mandatory: usize,
    pub(crate) optional: usize,
    /// Separators with the digits to the right of each.
    separators: Vec<(usize, char)>,
    /// Exactly so many digits are read; otherwise all there are.
    pub(crate) read_width: Option<usize>,
}

impl Picture {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        if text.chars().count() > PICTURE_CHARS_MAX {
            return Err(Error::new("U1009").with("limit", PICTURE_CHARS_MAX));
        }
        let (primary, modifier) = text.rsplit_once(';').unwrap_or((text, ""));
        let form = match primary {
            "A" => Form::Letters { is_upper: true },
            "a" => Form::Letters { is_upper: false },
            "I" => Form::Roman { is_upper: true },
            "i" => Form::Roman { is_upper: false },
            "W" => Form::Words(Case::Upper),
            "w" => Form::Words(Case::Lower),
            "Ww" => Form::Words(Case::Title),
            _ => Form::Digits(Digits::parse(primary)?),
        };
        Ok(Self { form, is_ordinal: modifier.starts_with('o') })
    }

    /// The digits of the picture, if it writes digits.
    pub(crate) fn digits(&self) -> Option<&Digits> {
        match &self.form {
            Form::Digits(digits) => Some(digits),
            _ => None,
        }
    }

    pub(crate) fn digits_mut(&mut self) -> Option<&mut Digits> {
        match &mut self.form {
            Form::Digits(digits) => Some(digits),
            _ => None,
        }
    }

    /// Writes `value`, rounded down.
    pub(crate) fn format(&self, value: f64) -> Result<String, Error> {
        let whole = value.floor();
        let size = whole.abs();
        let text = match &self.form {
            Form::Digits(digits) => digits.format(size, self.is_ordinal),
            Form::Letters { is_upper } => words::to_letters(size, if *is_upper { 'A' } else { 'a' }),
            Form::Roman { .. } if size > ROMAN_MAX => {
                return Err(Error::new("D3130")
                    .with("value", "I")
                    .saying("The number is too large for Roman numerals"));
            }
            Form::Roman { is_upper } => {
                cased(words::to_roman(size), if *is_upper { Case::Upper } else { Case::Lower })
            }
            Form::Words(case) => cased(words::to_words(size, self.is_ordinal), *case),
        };
        Ok(if whole < 0.0 { format!("-{text}") } else { text })
    }

    /// Reads a number that was written so; `None` if the text is none.
    pub(crate) fn read(&self, text: &str) -> Option<f64> {
        match &self.form {
            Form::Digits(digits) => digits.read(text, self.is_ordinal),
            Form::Letters { .. } => words::from_letters(text),
            Form::Roman { .. } => words::from_roman(text),
            Form::Words(_) => words::from_words(text),
        }
    }

    /// How many bytes at the start of `text` are a number that was written so.
    pub(crate) fn read_length(&self, text: &str) -> usize {
        let run = |is_part: fn(char) -> bool| text.find(|it| !is_part(it)).unwrap_or(text.len());
        match &self.form {
            Form::Digits(digits) => digits.read_length(text, self.is_ordinal),
            Form::Letters { .. } => run(|it| it.is_ascii_alphabetic()),
            Form::Roman { .. } => run(|it| "mdclxviMDCLXVI".contains(it)),
            Form::Words(_) => words::words_length(text),
        }
    }
}

fn cased(text: String, case: Case) -> String {
    match case {
        Case::Lower => text.to_lowercase(),
        Case::Upper => text.to_uppercase(),
        Case::Title => text,
    }
}

impl Digits {
    fn parse(text: &str) -> Result<Self, Error> {
        let mut digits =
            Self { zero: 0, mandatory: 0, optional: 0, separators: Vec::new(), read_width: None };
        let mut zero = None;
        for char in text.chars().rev() {
            let place = digits.mandatory + digits.optional;
            if let Some(family) = family_of(char) {
                if *zero.get_or_insert(family) != family {
                    return Err(Error::new("D3131"));
                }
                digits.mandatory += 1;
            } else if char == '#' {
                digits.optional += 1;
            } else {
                digits.separators.push((place, char));
            }
        }
        let Some(zero) = zero else { return Err(Error::new("D3130").with("value", text)) };
        digits.zero = zero;
        Ok(digits)
    }

    /// The separator and its distance, if separators stand evenly and are all the same.
    pub(crate) fn regular(&self) -> Option<(usize, char)> {
        let (_, first) = self.separators.first()?;
        let is_same = self.separators.iter().all(|(_, it)| it == first);
        let places: Vec<usize> = self.separators.iter().map(|(place, _)| *place).collect();
        regular_distance(&places).filter(|_| is_same).map(|it| (it, *first))
    }

    fn format(&self, value: f64, is_ordinal: bool) -> String {
        let plain = if value < 1e21 { format!("{value:.0}") } else { double_text(value) };
        let padded = format!("{}{plain}", "0".repeat(self.mandatory.saturating_sub(plain.len())));
        let mut out = String::new();
        let count = padded.chars().count();
        let regular = self.regular();
        for (at, char) in padded.chars().enumerate() {
            let left = count - at;
            match regular {
                Some((distance, separator)) if at > 0 && left % distance == 0 => out.push(separator),
                Some(_) => {}
                None => {
                    let here = self.separators.iter().filter(|(place, _)| *place == left && at > 0);
                    out.extend(here.map(|(_, separator)| separator));
                }
            }
            out.push(self.digit(char));
        }
        if is_ordinal {
            out.push_str(ordinal_suffix(&padded));
        }
        out
    }

    fn digit(&self, char: char) -> char {
        let value = char.to_digit(10);
        value.and_then(|it| char::from_u32(self.zero + it)).unwrap_or(char)
    }

    fn read(&self, text: &str, is_ordinal: bool) -> Option<f64> {
        let is_separator = |it: char| self.separators.iter().any(|(_, separator)| *separator == it);
        let text = if is_ordinal { without_suffix(text) } else { text };
        let mut digits = String::new();
        for char in text.chars() {
            let value = u32::from(char).checked_sub(self.zero).filter(|it| *it < 10);
            match value.and_then(|it| char::from_digit(it, 10)) {
                Some(digit) => digits.push(digit),
                None if is_separator(char) => {}
                None if char == '-' && digits.is_empty() => digits.push('-'),
                None => break,
            }
        }
        digits.parse().ok()
    }

    fn read_length(&self, text: &str, is_ordinal: bool) -> usize {
        let is_digit = |it: char| u32::from(it).checked_sub(self.zero).is_some_and(|it| it < 10);
        let is_separator = |it: char| self.separators.iter().any(|(_, separator)| *separator == it);
        let is_part = |it: char| is_digit(it) || is_separator(it);
        let width = self.read_width.unwrap_or(usize::MAX);
        let end: usize = text.chars().take(width).take_while(|it| is_part(*it)).map(char::len_utf8).sum();
        let suffix = text.get(end..end + 2).filter(|_| is_ordinal && end > 0);
        let has_suffix =
            suffix.is_some_and(|it| ["st", "nd", "rd", "th"].contains(&it.to_ascii_lowercase().as_str()));
        if has_suffix { end + 2 } else { end }
    }
}

fn without_suffix(text: &str) -> &str {
    text.char_indices().rev().nth(1).map_or("", |(at, _)| &text[..at])
}

fn ordinal_suffix(digits: &str) -> &'static str {
    let mut last = digits.bytes().rev();
    let (ones, tens) = (last.next(), last.next());
    if tens == Some(b'1') {
        return "th";
    }
    match ones {
        Some(b'1') => "st",
        Some(b'2') => "nd",
        Some(b'3') => "rd",
        _ => "th",
    }
}

fn family_of(char: char) -> Option<u32> {
    let code = u32::from(char);
    ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))
}
