//! Matches of a pattern in a text: regular expressions, and functions that find matches themselves.
//!
//! A function that finds matches takes the text and gives `{ match, start, end, groups, next }`, or nothing; `next` is
//! a function that gives the next one. A regular expression is called the same way from an expression.

use std::sync::Arc;

use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site, function};
use crate::regex::Pattern;
use crate::value::{Flags, FunctionKind, Value};

/// Bytes of text that count as one step of searching.
const BYTES_PER_STEP: usize = 512;

/// One match. Places are bytes of the text.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: Arc<str>,
    pub(super) groups: Vec<Option<Value>>,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Pattern,
    Function(Option<Value>),
}

/// What finds matches.
#[derive(Debug)]
pub(super) enum Matcher {
    Pattern(Arc<Pattern>),
    Function(Value),
}

impl Matcher {
    /// The matcher that a function value is.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Function(function) => Some(match &function.kind {
                FunctionKind::Regex(pattern) => Self::Pattern(Arc::clone(pattern)),
                _ => Self::Function(value.clone()),
            }),
            _ => None,
        }
    }

    pub(super) fn first(
        &self,
        evaluator: &mut Evaluator<'_, '_>,
        text: &Arc<str>,
        site: Site<'_>,
    ) -> Result<Option<Hit>, Error> {
        match self {
            Self::Pattern(pattern) => hit(evaluator, pattern, text, 0),
            Self::Function(function) => {
                let found =
                    evaluator.apply_value(function, vec![Some(Value::String(Arc::clone(text)))], site)?;
                found_by_function(found, text)
            }
        }
    }

    pub(super) fn after(
        &self,
        evaluator: &mut Evaluator<'_, '_>,
        text: &Arc<str>,
        hit_before: &Hit,
        site: Site<'_>,
    ) -> Result<Option<Hit>, Error> {
        match (self, &hit_before.next) {
            (Self::Pattern(pattern), _) => hit(evaluator, pattern, text, hit_before.end),
            (_, Next::Function(Some(next))) => {
                evaluator.charge_steps(1)?;
                let found = evaluator.apply_value(next, Vec::new(), site)?;
                found_by_function(found, text)
            }
            _ => Ok(None),
        }
    }
}

/// The match of `pattern` at or after `from`. Looking through the text costs steps, so that searching it again and
/// again ends.
fn hit(
    evaluator: &mut Evaluator<'_, '_>,
    pattern: &Pattern,
    text: &Arc<str>,
    from: usize,
) -> Result<Option<Hit>, Error> {
    evaluator.charge_steps(1 + text.len().saturating_sub(from) / BYTES_PER_STEP)?;
    let Some(found) = pattern.find(text, from) else { return Ok(None) };
    if found.start == found.end {
        return Err(Error::new("D1004").about(pattern.source()));
    }
    let groups = found.groups.iter().map(|it| it.map(|(start, end)| Value::string(&text[start..end])));
    evaluator.charge_bytes(found.end - found.start)?;
    Ok(Some(Hit {
        start: found.start,
        end: found.end,
        text: text[found.start..found.end].into(),
        groups: groups.collect(),
        next: Next::Pattern,
    }))
}

fn found_by_function(found: Option<Value>, text: &str) -> Result<Option<Hit>, Error> {
    let Some(found) = found else { return Ok(None) };
    let (start, end) = (found.get("start"), found.get("end"));
    let next = found.get("next").filter(Value::is_function);
    let groups = found.get("groups").filter(Value::is_array);
    let (start, end) = (start.and_then(|it| it.as_f64()), end.and_then(|it| it.as_f64()));
    if start.is_none() && end.is_none() && next.is_none() && groups.is_none() {
        return Err(Error::new("T1010").value(Some(&found)));
    }
    let matched = match found.get("match") {
        Some(Value::String(text)) => text,
        _ => Arc::from(""),
    };
    let start = byte_of(text, start.unwrap_or(0.0));
    let groups = groups.as_ref().and_then(Value::items).map(|it| it.iter().map(Some).collect());
    Ok(Some(Hit {
        start,
        end: byte_of(text, end.unwrap_or(0.0)).max(start),
        text: matched,
        groups: groups.unwrap_or_default(),
        next: Next::Function(next),
    }))
}

/// The byte at which the UTF-16 unit `unit` of a text starts.
fn byte_of(text: &str, unit: f64) -> usize {
    let mut units = 0.0;
    for (at, char) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += if char.len_utf16() == 2 { 2.0 } else { 1.0 };
    }
    text.len()
}

/// The UTF-16 units before byte `at`, which is where JavaScript and Java count.
pub(super) fn unit_of(text: &str, at: usize) -> usize {
    let before = &text[..at];
    if before.is_ascii() { at } else { before.encode_utf16().count() }
}

impl Hit {
    /// The groups as an array; one that took no part is left out only at the end.
    pub(super) fn groups_value(&self, evaluator: &mut Evaluator<'_, '_>) -> Result<Value, Error> {
        let groups = self.groups.iter().map(|it| it.clone().unwrap_or_else(|| Value::string(""))).collect();
        evaluator.array_of(groups, Flags::PLAIN)
    }
}

impl Evaluator<'_, '_> {
    /// What a regular expression gives when it is called as a function.
    pub(crate) fn match_object(
        &mut self,
        pattern: &Arc<Pattern>,
        text: Option<Value>,
        from: usize,
    ) -> Outcome {
        let Some(Value::String(text)) = text else { return Ok(None) };
        let Some(hit) = hit(self, pattern, &text, from)? else { return Ok(None) };
        let groups = hit.groups_value(self)?;
        self.reserve(0, 5)?;
        let next =
            FunctionKind::NextMatch { pattern: Arc::clone(pattern), text: Arc::clone(&text), from: hit.end };
        let object = Value::object([
            ("match", Value::String(hit.text)),
            ("start", Value::count(unit_of(&text, hit.start))),
            ("end", Value::count(unit_of(&text, hit.end))),
            ("groups", groups),
            ("next", function(next)),
        ]);
        self.checked(object)
    }
}
