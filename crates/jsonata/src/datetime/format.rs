//! Writes a date or time as a picture says.

use super::civil::Civil;
use super::picture::{Case, Marker, Part, Picture, Style};
use crate::error::Error;
use crate::picture::integer;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn format(civil: &Civil, offset_minutes: i64, picture: &Picture) -> Result<String, Error> {
    let mut out = String::new();
    for part in &picture.parts {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Marker(marker) => out.push_str(&component(civil, offset_minutes, marker)?),
        }
    }
    Ok(out)
}

/// The value of a component that is a number.
pub(super) fn fragment(civil: &Civil, component: char) -> i64 {
    match component {
        'Y' => civil.year,
        'M' => civil.month,
        'D' => civil.day,
        'd' => civil.day_of_year(),
        'F' => civil.weekday(),
        'W' => civil.week().1,
        'w' => civil.week_of_month().1,
        'X' => civil.week().0,
        'x' => civil.week_of_month().0,
        'H' => civil.hour,
        'h' => (civil.hour + 11) % 12 + 1,
        'P' => i64::from(civil.hour >= 12),
        'm' => civil.minute,
        's' => civil.second,
        _ => civil.millisecond,
    }
}

fn component(civil: &Civil, offset_minutes: i64, marker: &Marker) -> Result<String, Error> {
    match (marker.component, &marker.style) {
        ('P', style) => {
            let text = if civil.hour >= 12 { "pm" } else { "am" };
            Ok(if matches!(style, Style::Name(Case::Upper)) { text.to_uppercase() } else { text.to_owned() })
        }
        ('C' | 'E', _) => Ok("ISO".to_owned()),
        ('Z' | 'z', Style::Number(picture)) => zone(offset_minutes, marker, picture),
        (component, Style::Name(case)) => name(civil, component, *case, marker.width_max),
        (component, Style::Number(picture)) => {
            let mut value = fragment(civil, component);
            if let Some(digits) = marker.year_digits.filter(|it| *it < 18) {
                value %= 10_i64.pow(digits);
            }
            picture.format(as_f64(value))
        }
    }
}

fn name(civil: &Civil, component: char, case: Case, width_max: Option<usize>) -> Result<String, Error> {
    let place = |it: i64| usize::try_from(it - 1).unwrap_or(0);
    let name = match component {
        'M' | 'x' => MONTHS[place(fragment(civil, component))],
        'F' => DAYS[place(civil.weekday())],
        _ => return Err(Error::new("D3133").with("value", format!("\"{component}\""))),
    };
    let name = match case {
        Case::Lower => name.to_lowercase(),
        Case::Upper => name.to_uppercase(),
        Case::Title => name.to_owned(),
    };
    Ok(name.chars().take(width_max.unwrap_or(usize::MAX)).collect())
}

fn zone(offset_minutes: i64, marker: &Marker, picture: &integer::Picture) -> Result<String, Error> {
    if offset_minutes == 0 && marker.has_zulu {
        return Ok("Z".to_owned());
    }
    let (hours, minutes) = (offset_minutes.abs() / 60, offset_minutes.abs() % 60);
    let whole = as_f64(hours * 100 + minutes);
    let digits = picture.digits();
    let text = match digits.map_or(0, |it| it.mandatory) {
        _ if digits.is_some_and(|it| it.regular().is_some()) => picture.format(whole)?,
        1 | 2 if minutes == 0 => picture.format(as_f64(hours))?,
        1 | 2 => format!("{}:{minutes:02}", picture.format(as_f64(hours))?),
        3 | 4 => picture.format(whole)?,
        _ => return Err(Error::new("D3134")),
    };
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let prefix = if marker.component == 'z' { "GMT" } else { "" };
    Ok(format!("{prefix}{sign}{text}"))
}

#[expect(clippy::cast_precision_loss, reason = "parts of dates are small")]
fn as_f64(value: i64) -> f64 {
    value as f64
}
