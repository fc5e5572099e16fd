//! Dates and times between ISO 8601 text and numbers.

use asl::Json;

use super::logical::{number, per_second};
use crate::check::time;
use crate::schema::logical::{Logical, Unit};

const SECONDS_PER_DAY: i64 = 86_400;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// The number that a text stands for; fractions finer than the unit are cut off, towards the past.
pub(crate) fn read(logical: Logical, text: &str) -> Option<i64> {
    match logical {
        Logical::Date => time::date(text),
        Logical::Time(unit) => time::time(text).map(|nanos| nanos / (NANOS_PER_SECOND / per_second(unit))),
        Logical::Timestamp(unit) => in_unit(time::timestamp(text)?, unit),
        Logical::LocalTimestamp(unit) => in_unit(time::local_timestamp(text)?, unit),
        Logical::Decimal { .. } | Logical::BigDecimal | Logical::Uuid | Logical::Duration => None,
    }
}

/// The text that a number stands for; the number itself where the year does not have four digits.
pub(crate) fn json(logical: Logical, value: i64) -> Json {
    let text = match logical {
        Logical::Date => date_text(value),
        Logical::Time(unit) => Some(time_text(value, unit)),
        Logical::Timestamp(unit) => date_and_time(value, unit).map(|text| text + "Z"),
        Logical::LocalTimestamp(unit) => date_and_time(value, unit),
        Logical::Decimal { .. } | Logical::BigDecimal | Logical::Uuid | Logical::Duration => None,
    };
    text.map_or_else(|| number(value), Json::from)
}

fn in_unit(moment: time::Moment, unit: Unit) -> Option<i64> {
    let per_second = per_second(unit);
    let whole = i128::from(moment.seconds) * i128::from(per_second);
    let fraction = i128::from(moment.nanos / (NANOS_PER_SECOND / per_second));
    i64::try_from(whole + fraction).ok()
}

fn date_and_time(value: i64, unit: Unit) -> Option<String> {
    let per_day = unit.per_day();
    let date = date_text(value.div_euclid(per_day))?;
    Some(format!("{date}T{}", time_text(value.rem_euclid(per_day), unit)))
}

/// `of_day` counts from midnight; the fraction is written in threes of digits, and not at all where it is zero.
fn time_text(of_day: i64, unit: Unit) -> String {
    let per_second = per_second(unit);
    let (seconds, fraction) = (of_day / per_second % SECONDS_PER_DAY, of_day % per_second);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut out = format!("{hour:02}:{minute:02}:{second:02}");
    let nanos = fraction * (NANOS_PER_SECOND / per_second);
    if nanos == 0 {
        return out;
    }
    let digits = format!("{nanos:09}");
    let kept = digits.trim_end_matches('0').len().next_multiple_of(3);
    out.push('.');
    out.push_str(&digits[..kept]);
    out
}

/// The date of a day since the Unix epoch, where its year has four digits.
fn date_text(days: i64) -> Option<String> {
    // Years of 400 have as many days each time; counted from 1 March of the year 0, so that leap days come last.
    const DAYS_PER_ERA: i64 = 146_097;
    let shifted = days.checked_add(719_468)?;
    let (era, day) = (shifted.div_euclid(DAYS_PER_ERA), shifted.rem_euclid(DAYS_PER_ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    (0..=9_999).contains(&year).then(|| format!("{year:04}-{month:02}-{day_of_month:02}"))
}
