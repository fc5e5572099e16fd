//! Dates and times as text: ISO 8601, and picture strings.
//!
//! Spec: `fn:format-dateTime` of the W3C's functions and operators 3.1, in the subset of JSONata: English names, ISO weeks.
//! Units: milliseconds since the Unix epoch. Here: the two functions; the picture is read by `datetime/picture.rs`,
//! written by `format.rs`, read back by `parse.rs`; calendar arithmetic is in `civil.rs`.

mod civil;
mod format;
mod iso;
mod parse;
mod picture;
#[cfg(test)]
mod tests;

use crate::error::Error;
use civil::Civil;
use picture::Picture;

/// The picture of `$now` and `$fromMillis` without one.
const ISO_PICTURE: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
/// Milliseconds in either direction that a date can have, as in JavaScript.
const UNIX_MS_MAX: f64 = 8.64e15;

/// Writes a time. `zone` is an offset such as `+0100` or `-0530`.
pub(crate) fn format(unix_ms: f64, picture: Option<&str>, zone: Option<&str>) -> Result<String, Error> {
    if unix_ms.abs() > UNIX_MS_MAX {
        return Err(Error::new("D1001").with("value", unix_ms));
    }
    let offset_minutes = zone.map_or(0, offset_minutes);
    let picture = Picture::parse(picture.unwrap_or(ISO_PICTURE))?;
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let local = unix_ms.floor() as i64 + offset_minutes * 60_000;
    format::format(&Civil::from_unix_ms(local), offset_minutes, &picture)
}

/// Reads a time: ISO 8601, or as the picture says. `None`: the text does not fit the picture.
pub(crate) fn parse(text: &str, picture: Option<&str>, now_unix_ms: f64) -> Result<Option<f64>, Error> {
    let Some(picture) = picture else {
        return iso::parse(text)
            .map(Some)
            .ok_or_else(|| Error::new("D3110").with("value", crate::value::Value::string(text).preview(64)));
    };
    #[expect(clippy::cast_possible_truncation, reason = "a time of ours")]
    let now = Civil::from_unix_ms(now_unix_ms as i64);
    parse::parse(text, &Picture::parse(picture)?, &now)
}

/// The minutes of an offset: hours and minutes as one number.
fn offset_minutes(zone: &str) -> i64 {
    let digits: String =
        zone.chars().filter(|it| it.is_ascii_digit() || *it == '-' || *it == '+').take(6).collect();
    let number: i64 = digits.parse().unwrap_or(0);
    number / 100 * 60 + number % 100
}
