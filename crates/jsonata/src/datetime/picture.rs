//! The picture string of a date or time: literal text and markers such as `[Y0001]` or `[MNn,3-3]`.

use crate::error::Error;
use crate::limits::PICTURE_CHARS_MAX;
use crate::picture::integer;

/// A picture, read.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    Marker(Marker),
}

/// One component and how it is written.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) component: char,
    pub(super) style: Style,
    /// `t`: a zone of zero is written `Z`.
    pub(super) has_zulu: bool,
    pub(super) width_max: Option<usize>,
    /// Digits of a year that are written; all if `None`.
    pub(super) year_digits: Option<u32>,
}

#[derive(Debug)]
pub(super) enum Style {
    Name(Case),
    Number(integer::Picture),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
    Title,
}

impl Picture {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        if text.chars().count() > PICTURE_CHARS_MAX {
            return Err(Error::new("U1009").with("limit", PICTURE_CHARS_MAX));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(symbol) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("[[").or_else(|| rest.strip_prefix("]]")) {
                literal.push(symbol);
                rest = after;
            } else if symbol == '[' {
                let (marker, after) = rest[1..].split_once(']').ok_or_else(|| Error::new("D3135"))?;
                push_literal(&mut parts, &mut literal);
                push_marker(&mut parts, Marker::parse(marker)?);
                rest = after;
            } else {
                literal.push(symbol);
                rest = &rest[symbol.len_utf8()..];
            }
        }
        push_literal(&mut parts, &mut literal);
        Ok(Self { parts })
    }
}

fn push_literal(parts: &mut Vec<Part>, literal: &mut String) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

/// Two numbers with nothing between them: the first one has exactly its digits, or nobody could read it back.
fn push_marker(parts: &mut Vec<Part>, marker: Marker) {
    if let (Some(Part::Marker(before)), Style::Number(_)) = (parts.last_mut(), &marker.style)
        && let Style::Number(picture) = &mut before.style
        && let Some(digits) = picture.digits_mut()
    {
        digits.read_width = Some(digits.mandatory);
    }
    parts.push(Part::Marker(marker));
}

impl Marker {
    fn parse(text: &str) -> Result<Self, Error> {
        let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
        let mut chars = text.chars();
        let component = chars.next().ok_or_else(|| Error::new("D3132").with("value", "\"\""))?;
        let (format, width) = match chars.as_str().rsplit_once(',') {
            Some((format, width)) => (format, Some(width)),
            None => (chars.as_str(), None),
        };
        let default = default_format(component);
        let default = default.ok_or_else(|| Error::new("D3132").with("value", format!("\"{component}\"")))?;
        let (format, modifier) = split_modifier(format);
        let format = if format.is_empty() { default } else { format };
        let (width_min, width_max) = width.map_or((None, None), widths);
        let mut marker = Self {
            component,
            style: style_of(component, format, modifier)?,
            has_zulu: modifier == Some('t'),
            width_max,
            year_digits: None,
        };
        marker.apply_widths(width_min);
        Ok(marker)
    }

    fn apply_widths(&mut self, width_min: Option<usize>) {
        let Style::Number(picture) = &mut self.style else { return };
        let Some(digits) = picture.digits_mut() else { return };
        if let Some(least) = width_min {
            digits.mandatory = digits.mandatory.max(least);
        }
        if self.component != 'Y' {
            return;
        }
        let width = match self.width_max {
            Some(most) => {
                digits.mandatory = most;
                Some(most)
            }
            None => Some(digits.mandatory + digits.optional).filter(|it| *it >= 2),
        };
        self.year_digits = width.and_then(|it| u32::try_from(it).ok());
    }
}

fn default_format(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

fn split_modifier(format: &str) -> (&str, Option<char>) {
    let last = format.chars().last().filter(|it| "atco".contains(*it) && format.len() > 1);
    match last {
        Some(modifier) => (&format[..format.len() - 1], Some(modifier)),
        None => (format, None),
    }
}

fn widths(text: &str) -> (Option<usize>, Option<usize>) {
    let width = |it: &str| it.parse().ok().map(|it: usize| it.min(64));
    match text.split_once('-') {
        Some((least, most)) => (width(least), width(most)),
        None => (width(text), None),
    }
}

fn style_of(component: char, format: &str, modifier: Option<char>) -> Result<Style, Error> {
    if let Some(rest) = format.strip_prefix('N') {
        return Ok(Style::Name(if rest.starts_with('n') { Case::Title } else { Case::Upper }));
    }
    if format.starts_with('n') {
        return Ok(Style::Name(Case::Lower));
    }
    let is_ordinal = modifier == Some('o') && !matches!(component, 'Z' | 'z');
    let text = if is_ordinal { format!("{format};o") } else { format.to_owned() };
    integer::Picture::parse(&text).map(Style::Number)
}
