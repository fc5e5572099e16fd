//! `$contains`, `$match`, `$split`, `$replace`: by a string, a regular expression or a function.

use std::sync::Arc;

use super::matching::{Hit, Matcher, unit_of};
use super::string::array_of_texts;
use super::{Args, Entry, count_of};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};
use crate::value::{Flags, Value};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("contains", "<s-(sf):b>", 2, contains),
    ("match", "<s-f<s:o>n?:a<o>>", 3, matches),
    ("split", "<s-(sf)n?:a<s>>", 3, split),
    ("replace", "<s-(sf)(sf)n?:s>", 4, replace),
];

fn contains(evaluator: &mut Evaluator<'_, '_>, args: Args, site: Site<'_>) -> Outcome {
    let (Some(text), Some(token)) = (args.text(0), args.get(1)) else { return Ok(None) };
    let is_found = match (token, Matcher::of(token)) {
        (Value::String(token), _) => {
            evaluator.charge_steps(text.len() / 256)?;
            text.contains(&**token)
        }
        (_, Some(matcher)) => matcher.first(evaluator, &text, site)?.is_some(),
        (_, None) => false,
    };
    Ok(Some(Value::Bool(is_found)))
}

/// The limit at `index`: none, or a count; `code` if it is negative.
fn limit(args: &Args, index: usize, code: &'static str) -> Result<usize, Error> {
    match args.number(index) {
        None => Ok(usize::MAX),
        Some(limit) if limit < 0.0 => Err(Error::new(code).value(args.get(index))),
        Some(limit) => Ok(count_of(limit)),
    }
}

fn matches(evaluator: &mut Evaluator<'_, '_>, args: Args, site: Site<'_>) -> Outcome {
    let (Some(text), Some(matcher)) = (args.text(0), args.get(1).and_then(Matcher::of)) else {
        return Ok(None);
    };
    let limit = limit(&args, 2, "D3040")?;
    let mut found = Vec::new();
    if limit == 0 {
        return evaluator.array_of(found, Flags::SEQUENCE).map(Some);
    }
    let mut hit = matcher.first(evaluator, &text, site)?;
    let (mut unit, mut at) = (0, 0);
    while let Some(this) = hit {
        // Counting on from the last match keeps the whole linear.
        unit += unit_of(text.get(at..).unwrap_or_default(), this.start.saturating_sub(at));
        at = at.max(this.start);
        let groups = this.groups_value(evaluator)?;
        let object = Value::object([
            ("match", Value::String(Arc::clone(&this.text))),
            ("index", Value::count(unit)),
            ("groups", groups),
        ]);
        evaluator.push(&mut found, object)?;
        if found.len() >= limit {
            break;
        }
        hit = matcher.after(evaluator, &text, &this, site)?;
    }
    evaluator.array_of(found, Flags::SEQUENCE).map(Some)
}

fn split(evaluator: &mut Evaluator<'_, '_>, args: Args, site: Site<'_>) -> Outcome {
    let (Some(text), Some(separator)) = (args.text(0), args.get(1)) else { return Ok(None) };
    let limit = limit(&args, 2, "D3020")?;
    let mut parts = Vec::new();
    match (separator, Matcher::of(separator)) {
        (Value::String(separator), _) if separator.is_empty() => {
            for char in text.chars().take(limit) {
                evaluator.push(&mut parts, Value::string(char.to_string()))?;
            }
        }
        (Value::String(separator), _) => {
            evaluator.charge_text(text.len())?;
            for part in text.split(&**separator).take(limit) {
                evaluator.push(&mut parts, Value::string(part))?;
            }
        }
        (_, Some(matcher)) => split_by(evaluator, &text, &matcher, limit, site, &mut parts)?,
        (_, None) => {}
    }
    array_of_texts(evaluator, parts)
}

fn split_by(
    evaluator: &mut Evaluator<'_, '_>,
    text: &Arc<str>,
    matcher: &Matcher,
    limit: usize,
    site: Site<'_>,
    parts: &mut Vec<Value>,
) -> Result<(), Error> {
    let mut start = 0;
    let mut hit = matcher.first(evaluator, text, site)?;
    while let Some(this) = hit.filter(|_| parts.len() < limit) {
        let part = text.get(start..this.start).unwrap_or_default();
        evaluator.charge_text(part.len())?;
        evaluator.push(parts, Value::string(part))?;
        start = this.end;
        hit = matcher.after(evaluator, text, &this, site)?;
    }
    if parts.len() < limit {
        let part = text.get(start..).unwrap_or_default();
        evaluator.charge_text(part.len())?;
        evaluator.push(parts, Value::string(part))?;
    }
    Ok(())
}

fn replace(evaluator: &mut Evaluator<'_, '_>, args: Args, site: Site<'_>) -> Outcome {
    let (Some(text), Some(pattern), Some(replacement)) = (args.text(0), args.get(1), args.get(2)) else {
        return Ok(None);
    };
    if pattern.as_str() == Some("") {
        return Err(Error::new("D3010").value(Some(pattern)));
    }
    let limit = limit(&args, 3, "D3011")?;
    match Matcher::of(pattern) {
        Some(matcher) => replace_by(evaluator, &text, &matcher, replacement, limit, site),
        None => {
            replace_text(evaluator, &text, pattern.as_str().unwrap_or_default(), replacement, limit, site)
        }
    }
}

/// A text in the making, bounded as it grows.
struct Out(String);

impl Out {
    fn push(&mut self, evaluator: &mut Evaluator<'_, '_>, text: &str) -> Result<(), Error> {
        let limit = evaluator.bounds().string_bytes;
        if self.0.len() + text.len() > limit {
            return Err(Error::new("U1003").with("limit", limit));
        }
        evaluator.charge_steps(1 + text.len() / 64)?;
        self.0.push_str(text);
        Ok(())
    }
}

fn replace_text(
    evaluator: &mut Evaluator<'_, '_>,
    text: &Arc<str>,
    pattern: &str,
    replacement: &Value,
    limit: usize,
    site: Site<'_>,
) -> Outcome {
    let mut out = Out(String::new());
    let mut rest = 0;
    for (at, found) in text.match_indices(pattern).take(limit) {
        out.push(evaluator, &text[rest..at])?;
        rest = at + found.len();
        match replacement {
            Value::String(replacement) => out.push(evaluator, replacement)?,
            function => {
                let object = Value::object([
                    ("match", Value::string(found)),
                    ("start", Value::count(unit_of(text, at))),
                    ("end", Value::count(unit_of(text, rest))),
                    ("groups", Value::array([])),
                ]);
                let by = replaced_by(evaluator, function, object, site)?;
                out.push(evaluator, &by)?;
            }
        }
    }
    out.push(evaluator, &text[rest..])?;
    evaluator.text(out.0)
}

fn replace_by(
    evaluator: &mut Evaluator<'_, '_>,
    text: &Arc<str>,
    matcher: &Matcher,
    replacement: &Value,
    limit: usize,
    site: Site<'_>,
) -> Outcome {
    let mut out = Out(String::new());
    let mut rest = 0;
    let mut count = 0;
    let mut hit = matcher.first(evaluator, text, site)?;
    while let Some(this) = hit.filter(|_| count < limit) {
        count += 1;
        out.push(evaluator, text.get(rest..this.start).unwrap_or_default())?;
        rest = (this.start + this.text.len()).min(text.len());
        let by = match replacement {
            Value::String(replacement) => substitute(replacement, &this),
            function => {
                let groups = this.groups_value(evaluator)?;
                let object = Value::object([
                    ("match", Value::String(Arc::clone(&this.text))),
                    ("start", Value::count(unit_of(text, this.start))),
                    ("end", Value::count(unit_of(text, this.end))),
                    ("groups", groups),
                ]);
                evaluator.charge_steps(1 + this.start / 1_024)?;
                replaced_by(evaluator, function, object, site)?.to_string()
            }
        };
        out.push(evaluator, &by)?;
        hit = matcher.after(evaluator, text, &this, site)?;
    }
    out.push(evaluator, text.get(rest..).unwrap_or_default())?;
    evaluator.text(out.0)
}

fn replaced_by(
    evaluator: &mut Evaluator<'_, '_>,
    function: &Value,
    object: Value,
    site: Site<'_>,
) -> Result<Arc<str>, Error> {
    match evaluator.apply_value(function, vec![Some(object)], site)? {
        Some(Value::String(text)) => Ok(text),
        other => Err(Error::new("D3012").value(other.as_ref())),
    }
}

/// The replacement with `$0`, `$1` … filled in; `$$` is a dollar sign.
fn substitute(replacement: &str, hit: &Hit) -> String {
    let mut out = String::new();
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('0') {
            out.push_str(&hit.text);
            rest = after;
        } else {
            match group_number(rest, hit.groups.len()) {
                Some((number, length)) => {
                    let group = number.checked_sub(1).and_then(|it| hit.groups.get(it));
                    out.push_str(group.and_then(Option::as_ref).and_then(Value::as_str).unwrap_or_default());
                    rest = &rest[length..];
                }
                None => out.push('$'),
            }
        }
    }
    out.push_str(rest);
    out
}

/// The number after a `$`: as many digits as there are groups to name, one less if that names none.
fn group_number(text: &str, groups: usize) -> Option<(usize, usize)> {
    let most = groups.max(1).to_string().len();
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number: usize = text[..length].parse().ok()?;
    if length > 1 && number > groups {
        return text[..length - 1].parse().ok().map(|it| (it, length - 1));
    }
    Some((number, length))
}
