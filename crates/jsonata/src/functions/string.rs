//! Functions of strings that need no pattern.

use super::{Args, Entry, count_of};
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::{Flags, Value};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("substring", "<s-nn?:s>", 3, substring),
    ("substringBefore", "<s-s:s>", 2, substring_before),
    ("substringAfter", "<s-s:s>", 2, substring_after),
    ("lowercase", "<s-:s>", 1, lowercase),
    ("uppercase", "<s-:s>", 1, uppercase),
    ("length", "<s-:n>", 1, length),
    ("trim", "<s-:s>", 1, trim),
    ("pad", "<s-ns?:s>", 3, pad),
    ("join", "<a<s>s?:s>", 2, join),
];

fn substring(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(text), Some(start)) = (args.text(0), args.number(1)) else { return Ok(None) };
    evaluator.charge_steps(text.len() / 64)?;
    let length = text.chars().count();
    let start = if start < 0.0 { length.saturating_sub(count_of(-start.floor())) } else { count_of(start) };
    let count = match args.number(2) {
        Some(count) if count <= 0.0 => return evaluator.text(""),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Some(count) => count.ceil() as usize,
        None => length,
    };
    let from = text.char_indices().nth(start).map_or(text.len(), |(at, _)| at);
    let part = &text[from..];
    let end = part.char_indices().nth(count).map_or(part.len(), |(at, _)| at);
    evaluator.text(&part[..end])
}

fn substring_before(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(text), Some(word)) = (args.text(0), args.text(1)) else { return Ok(None) };
    evaluator.charge_steps(text.len() / 256)?;
    match text.find(&*word) {
        Some(at) => evaluator.text(&text[..at]),
        None => Ok(Some(Value::String(text))),
    }
}

fn substring_after(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(text), Some(word)) = (args.text(0), args.text(1)) else { return Ok(None) };
    evaluator.charge_steps(text.len() / 256)?;
    match text.find(&*word) {
        Some(at) => evaluator.text(&text[at + word.len()..]),
        None => Ok(Some(Value::String(text))),
    }
}

fn lowercase(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    args.text(0).map_or(Ok(None), |it| evaluator.text(it.to_lowercase()))
}

fn uppercase(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    args.text(0).map_or(Ok(None), |it| evaluator.text(it.to_uppercase()))
}

fn length(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    evaluator.charge_steps(text.len() / 256)?;
    Ok(Some(Value::count(text.chars().count())))
}

/// White space within becomes one blank, around it goes.
fn trim(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    let mut out = String::with_capacity(text.len());
    for word in text.split([' ', '\t', '\n', '\r']).filter(|it| !it.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    evaluator.text(out)
}

fn pad(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let (Some(text), Some(width)) = (args.text(0), args.number(1)) else { return Ok(None) };
    let fill = args.text(2).filter(|it| !it.is_empty()).unwrap_or_else(|| " ".into());
    let missing = count_of(width.abs()).saturating_sub(text.chars().count());
    evaluator.charge_text(missing.saturating_mul(fill.chars().map(char::len_utf8).max().unwrap_or(1)))?;
    let padding: String = fill.chars().cycle().take(missing).collect();
    let text = if width < 0.0 { [&*padding, &*text].concat() } else { [&*text, &*padding].concat() };
    evaluator.text(text)
}

fn join(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(items) = args.get(0).and_then(Value::items) else { return Ok(None) };
    let separator = args.text(1).unwrap_or_default();
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let Value::String(part) = &item else { continue };
        let more = part.len() + if index > 0 { separator.len() } else { 0 };
        evaluator.charge_text(more)?;
        if out.len() + more > evaluator.bounds().string_bytes {
            return evaluator.text(out + part + &separator);
        }
        if index > 0 {
            out.push_str(&separator);
        }
        out.push_str(part);
    }
    evaluator.text(out)
}

/// Strings as one array.
pub(super) fn array_of_texts(evaluator: &mut Evaluator<'_, '_>, parts: Vec<Value>) -> Outcome {
    evaluator.array_of(parts, Flags::PLAIN).map(Some)
}
