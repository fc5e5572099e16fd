//! Numbers in English words, as letters and as Roman numerals.

const SMALL: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const SMALL_ORDINALS: [&str; 20] = [
    "Zeroth",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
];
const TENS: [&str; 8] = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
const LARGE: [&str; 4] = ["Thousand", "Million", "Billion", "Trillion"];
const ROMAN: [(u32, &str); 13] = [
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
];
/// The largest number that is written in Roman numerals; beyond it the text would only be a row of `m`.
pub(super) const ROMAN_MAX: f64 = 1_000_000.0;

/// A whole number from 0 in words, each with a capital.
pub(super) fn to_words(value: f64, is_ordinal: bool) -> String {
    let mut out = String::new();
    write_words(value, false, is_ordinal, &mut out);
    out
}

fn write_words(value: f64, follows: bool, is_ordinal: bool, out: &mut String) {
    if value < 100.0 {
        out.push_str(if follows { " and " } else { "" });
        write_below_hundred(index(value), is_ordinal, out);
        return;
    }
    out.push_str(if follows { ", " } else { "" });
    let factor = if value < 1_000.0 { 100.0 } else { magnitude(value) };
    let mantissa = (value / factor).floor();
    let rest = value - mantissa * factor;
    write_words(mantissa, false, false, out);
    out.push(' ');
    out.push_str(match LARGE.get(index(factor.log10().round()) / 3).filter(|_| factor >= 1e3) {
        None if factor < 1e3 => "Hundred",
        _ => LARGE[index(factor.log10().round()) / 3 - 1],
    });
    if rest > 0.0 {
        write_words(rest, true, is_ordinal, out);
    } else if is_ordinal {
        out.push_str("th");
    }
}

/// The largest of thousand, million, billion and trillion that is not above `value`.
fn magnitude(value: f64) -> f64 {
    [1e12, 1e9, 1e6].into_iter().find(|it| value >= *it).unwrap_or(1e3)
}

fn write_below_hundred(value: usize, is_ordinal: bool, out: &mut String) {
    let small = if is_ordinal { &SMALL_ORDINALS } else { &SMALL };
    if value < 20 {
        out.push_str(small[value]);
        return;
    }
    let tens = TENS[value / 10 - 2];
    match (value % 10, is_ordinal) {
        (0, false) => out.push_str(tens),
        (0, true) => {
            out.push_str(&tens[..tens.len() - 1]);
            out.push_str("ieth");
        }
        (rest, _) => {
            out.push_str(tens);
            out.push('-');
            out.push_str(small[rest]);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the callers pass small whole numbers"
)]
fn index(value: f64) -> usize {
    value as usize
}

/// A word of a number, in lower case: its value.
fn word_value(word: &str) -> Option<f64> {
    let place = |words: &[&str]| words.iter().position(|it| it.eq_ignore_ascii_case(word));
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let value = |it: usize| it as f64;
    if let Some(at) = place(&SMALL).or_else(|| place(&SMALL_ORDINALS)) {
        return Some(value(at));
    }
    let cardinal = word.strip_suffix("ieth").map(|it| format!("{it}y"));
    let tens = cardinal.as_deref().unwrap_or(word);
    if let Some(at) = TENS.iter().position(|it| it.eq_ignore_ascii_case(tens)) {
        return Some(value(at + 2) * 10.0);
    }
    let stem = word.strip_suffix("th").unwrap_or(word);
    if stem.eq_ignore_ascii_case("hundred") {
        return Some(100.0);
    }
    let large = LARGE.iter().position(|it| it.eq_ignore_ascii_case(stem))?;
    Some(1_000_f64.powi(i32::try_from(large).unwrap_or(0) + 1))
}

/// How much of the start of `text` is a number in words.
pub(crate) fn words_length(text: &str) -> usize {
    let mut end = 0;
    let mut at = 0;
    let is_letter = |it: &u8| it.is_ascii_alphabetic();
    let bytes = text.as_bytes();
    loop {
        let length = bytes[at..].iter().take_while(|it| is_letter(it)).count();
        let word = text[at..at + length].to_ascii_lowercase();
        if length == 0 || !(word == "and" || word_value(&word).is_some()) {
            return end;
        }
        at += length;
        if word != "and" {
            end = at;
        }
        let gap = bytes[at..].iter().take_while(|it| matches!(it, b' ' | b',' | b'-')).count();
        at += gap;
        if gap == 0 {
            return end;
        }
    }
}

/// The number that the words mean; `None` if they mean none.
pub(super) fn from_words(text: &str) -> Option<f64> {
    let mut sums: Vec<f64> = vec![0.0];
    let mut any = false;
    for word in text.split([' ', ',', '-']).filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("and")) {
        let value = word_value(&word.to_ascii_lowercase())?;
        any = true;
        let top = sums.pop().unwrap_or(0.0);
        if value >= 100.0 {
            sums.push(top * value);
        } else if top >= 1_000.0 {
            sums.extend([top, value]);
        } else {
            sums.push(top + value);
        }
    }
    any.then(|| sums.iter().sum())
}

/// 1 is `a`, 26 is `z`, 27 is `aa`.
pub(super) fn to_letters(value: f64, first: char) -> String {
    let mut letters = Vec::new();
    let mut rest = value;
    while rest > 0.0 {
        let digit = (rest - 1.0) % 26.0;
        let code = u32::from(first) + u32::try_from(index(digit)).unwrap_or(0);
        letters.push(char::from_u32(code).unwrap_or(first));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.iter().rev().collect()
}

pub(super) fn from_letters(text: &str) -> Option<f64> {
    let mut value = 0.0;
    for letter in text.chars() {
        let place = letter
            .to_ascii_lowercase()
            .is_ascii_lowercase()
            .then(|| u32::from(letter.to_ascii_lowercase()) - 96)?;
        value = value * 26.0 + f64::from(place);
    }
    (!text.is_empty()).then_some(value)
}

pub(super) fn to_roman(value: f64) -> String {
    let mut out = String::new();
    let mut rest = value;
    for (worth, letters) in ROMAN {
        while rest >= f64::from(worth) {
            out.push_str(letters);
            rest -= f64::from(worth);
        }
    }
    out
}

pub(super) fn from_roman(text: &str) -> Option<f64> {
    let worth = |it: char| {
        let letter = it.to_ascii_lowercase().to_string();
        ROMAN.iter().find(|(_, text)| *text == letter).map(|(worth, _)| f64::from(*worth))
    };
    let mut total = 0.0;
    let mut largest = 0.0;
    for letter in text.chars().rev() {
        let value = worth(letter)?;
        if value < largest {
            total -= value;
        } else {
            largest = value;
            total += value;
        }
    }
    Some(total)
}
