//! Regular expressions as JavaScript writes them, matched in linear time.
//!
//! The text is translated for the crate `regex`, which has no look-around and no back-references: those are refused with
//! S0303, never matched wrongly. `\d`, `\w`, `\b` are ASCII and `.` stops at the line ends of JavaScript, as there.

#[cfg(test)]
mod tests;
mod translate;

use crate::error::Error;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: regex::Regex,
    source: String,
}

/// Where a pattern matched: bytes from the start of the text.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The groups from 1 on; `None` where one took no part.
    pub(crate) groups: Vec<Option<(usize, usize)>>,
}

impl Pattern {
    /// Compiles `source` with the flags `i` and `m`; at most `bytes_max` of compiled form.
    pub(crate) fn new(source: &str, flags: &str, bytes_max: usize) -> Result<Self, Error> {
        let refuse = |why: &str| Error::new("S0303").with("value", why);
        let translated = translate::translate(source).map_err(|why| refuse(&why))?;
        let regex = regex::RegexBuilder::new(&translated)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .size_limit(bytes_max)
            .dfa_size_limit(bytes_max)
            .nest_limit(100)
            .build()
            .map_err(|problem| refuse(&reason(&problem)))?;
        Ok(Self { regex, source: source.to_owned() })
    }

    /// The pattern as it was written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The first match at or after byte `from`.
    pub(crate) fn find(&self, text: &str, from: usize) -> Option<Found> {
        if from > text.len() {
            return None;
        }
        if self.regex.captures_len() == 1 {
            let whole = self.regex.find_at(text, from)?;
            return Some(Found { start: whole.start(), end: whole.end(), groups: Vec::new() });
        }
        let captures = self.regex.captures_at(text, from)?;
        let whole = captures.get(0)?;
        let groups = captures.iter().skip(1).map(|it| it.map(|it| (it.start(), it.end()))).collect();
        Some(Found { start: whole.start(), end: whole.end(), groups })
    }
}

fn reason(problem: &regex::Error) -> String {
    match problem {
        regex::Error::CompiledTooBig(limit) => format!("compiled it would be larger than {limit} bytes"),
        regex::Error::Syntax(text) => {
            let last = text.lines().last().unwrap_or("syntax error");
            last.trim_start_matches("error: ").to_owned()
        }
        _ => "syntax error".to_owned(),
    }
}
