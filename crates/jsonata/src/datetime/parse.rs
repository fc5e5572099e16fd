//! Reads a date or time that was written as a picture says.

use std::collections::BTreeMap;

use super::civil::{Civil, days_of};
use super::format::{DAYS, MONTHS, fragment};
use super::picture::{Marker, Part, Picture, Style};
use crate::error::Error;

/// The numbers of the components that were read.
type Found = BTreeMap<char, f64>;

/// Milliseconds since the epoch; `None` if the text does not fit. What the picture leaves out is taken from `now`
/// before what it has, and is the least there is after it; a gap is D3136.
pub(super) fn parse(text: &str, picture: &Picture, now: &Civil) -> Result<Option<f64>, Error> {
    let mut found = Found::new();
    let mut rest = text;
    for (at, part) in picture.parts.iter().enumerate() {
        let length = match part {
            Part::Literal(literal) => literal_length(rest, literal),
            Part::Marker(marker) => read_before(rest, marker, picture.parts.get(at + 1), &mut found)?,
        };
        let Some(length) = length else { return Ok(None) };
        rest = &rest[length..];
    }
    if !rest.is_empty() || found.is_empty() {
        return Ok(None);
    }
    combine(found, now).map(Some)
}

fn literal_length(text: &str, literal: &str) -> Option<usize> {
    let start = text.get(..literal.len())?;
    start.eq_ignore_ascii_case(literal).then_some(literal.len())
}

/// Reads one component, as much of the text as it can take and still leave what follows it in the picture.
fn read_before(
    text: &str,
    marker: &Marker,
    next: Option<&Part>,
    found: &mut Found,
) -> Result<Option<usize>, Error> {
    let length = read(text, marker, found)?;
    let (Some(whole), Some(Part::Literal(literal))) = (length, next) else { return Ok(length) };
    if literal_length(&text[whole..], literal).is_some() {
        return Ok(length);
    }
    match text[..whole].rfind(literal.as_str()) {
        Some(end) if read(&text[..end], marker, found)? == Some(end) => Ok(Some(end)),
        _ => Ok(None),
    }
}

/// Reads one component; how many bytes it took.
fn read(text: &str, marker: &Marker, found: &mut Found) -> Result<Option<usize>, Error> {
    let component = marker.component;
    let read = match (component, &marker.style) {
        ('P', _) => first_of(text, &["am", "pm"], 2),
        ('C' | 'E', _) => return Ok(literal_length(text, "ISO")),
        ('Z' | 'z', _) => zone(text, component == 'z'),
        ('M' | 'x', Style::Name(_)) => {
            first_of(text, &MONTHS, marker.width_max.unwrap_or(usize::MAX)).map(after_zero)
        }
        ('F', Style::Name(_)) => {
            first_of(text, &DAYS, marker.width_max.unwrap_or(usize::MAX)).map(after_zero)
        }
        (_, Style::Name(_)) => return Err(Error::new("D3133").with("value", format!("\"{component}\""))),
        (_, Style::Number(picture)) => {
            let length = picture.read_length(text);
            let value =
                if component == 'f' { fraction_ms(&text[..length]) } else { picture.read(&text[..length]) };
            value.filter(|_| length > 0).map(|it| (it, length))
        }
    };
    let Some((value, length)) = read else { return Ok(None) };
    found.insert(component, value);
    Ok(Some(length))
}

/// Whole milliseconds of the digits after a decimal point.
fn fraction_ms(digits: &str) -> Option<f64> {
    format!("{digits:0<3}").get(..3)?.parse().ok()
}

fn after_zero((value, length): (f64, usize)) -> (f64, usize) {
    (value + 1.0, length)
}

/// Which of the names `text` starts with, each cut to `width`, and how long it is.
fn first_of(text: &str, names: &[&str], width: usize) -> Option<(f64, usize)> {
    let cut = |it: &str| it[..it.len().min(width)].len();
    let place = names.iter().position(|it| literal_length(text, &it[..cut(it)]).is_some())?;
    Some((as_f64(i64::try_from(place).unwrap_or(0)), cut(names[place])))
}

/// The minutes of `+01:00`, `+0100`, `+01` or `Z`.
fn zone(text: &str, has_prefix: bool) -> Option<(f64, usize)> {
    let rest = if has_prefix { text.strip_prefix("GMT")? } else { text };
    let prefix = text.len() - rest.len();
    if rest.starts_with('Z') {
        return Some((0.0, prefix + 1));
    }
    let sign = match rest.chars().next()? {
        '+' => 1.0,
        '-' => -1.0,
        _ => return None,
    };
    let digits = |it: &str| it.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(&rest[1..]);
    let after = &rest[1 + first..];
    let second = after.strip_prefix(':').map_or(0, digits);
    let (hours, minutes, length) = if second > 0 {
        (&rest[1..=first], &after[1..=second], 2 + first + second)
    } else {
        let split = first.min(2);
        (&rest[1..=split], &rest[1 + split..=first], 1 + first)
    };
    let number = |it: &str| if it.is_empty() { Some(0.0) } else { it.parse::<f64>().ok() };
    let hours = number(hours).filter(|_| first > 0)?;
    Some((sign * (hours * 60.0 + number(minutes)?), prefix + length))
}

/// One instant from the components.
fn combine(mut found: Found, now: &Civil) -> Result<f64, Error> {
    let has = |found: &Found, parts: &str| parts.chars().any(|it| found.contains_key(&it));
    let is_day_of_year = has(&found, "d");
    if !is_day_of_year && !has(&found, "MD") && has(&found, "XxWw") {
        return Err(Error::new("D3136"));
    }
    let date = if is_day_of_year { "Yd" } else { "YMD" };
    let is_twelve = has(&found, "hP") && !has(&found, "H");
    let time = if is_twelve { "Phmsf" } else { "Hmsf" };
    fill(&mut found, &format!("{date}{time}"), now)?;
    let part = |name: char| found.get(&name).copied().unwrap_or(0.0);
    let days = if is_day_of_year {
        day_number(part('Y'), 1.0, 1.0) + part('d') - 1.0
    } else {
        day_number(part('Y'), part('M').max(1.0), part('D'))
    };
    let hour = if is_twelve { part('h') % 12.0 + 12.0 * part('P') } else { part('H') };
    let seconds = (hour * 60.0 + part('m')) * 60.0 + part('s');
    let zone_minutes = part('Z') + part('z');
    Ok(days * 86_400_000.0 + seconds * 1_000.0 + part('f') - zone_minutes * 60_000.0)
}

/// Fills in what was left out of `parts`, which go from years to milliseconds.
fn fill(found: &mut Found, parts: &str, now: &Civil) -> Result<(), Error> {
    let (mut has_started, mut has_ended) = (false, false);
    for part in parts.chars() {
        let is_found = found.contains_key(&part);
        if is_found && has_ended {
            return Err(Error::new("D3136"));
        }
        has_started |= is_found;
        has_ended |= has_started && !is_found;
        let default = || match (has_started, part) {
            (false, _) => as_f64(fragment(now, part)),
            (true, 'M' | 'D' | 'd') => 1.0,
            (true, _) => 0.0,
        };
        found.entry(part).or_insert_with(default);
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what the calendar can count")]
fn day_number(year: f64, month: f64, day: f64) -> f64 {
    let whole = |it: f64| it.clamp(-1e9, 1e9) as i64;
    as_f64(days_of(whole(year), whole(month), 1)) + day - 1.0
}

#[expect(clippy::cast_precision_loss, reason = "days and parts of dates are small")]
fn as_f64(value: i64) -> f64 {
    value as f64
}
