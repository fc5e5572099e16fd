//! ISO 8601 texts of dates, times, timestamps and durations, read in place.
//!
//! Extended format only (`2026-11-22T10:15:30.5Z`); years of four digits; `T` may be `t` or a space, `Z` may be `z`, as
//! RFC 3339 allows. Fractions of a second may be finer than the unit of the type: a check changes nothing.
//! A leap second (`:60`) is refused, since Avro's numbers have none.

/// Whether `text` is a date.
pub(crate) fn is_date(text: &str) -> bool {
    let mut rest = text.as_bytes();
    date(&mut rest).is_some() && rest.is_empty()
}

/// Whether `text` is a time of day.
pub(crate) fn is_time(text: &str) -> bool {
    let mut rest = text.as_bytes();
    time(&mut rest).is_some() && rest.is_empty()
}

/// Whether `text` is an instant: date, time and offset.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let mut rest = text.as_bytes();
    date_and_time(&mut rest).is_some() && offset(&mut rest).is_some() && rest.is_empty()
}

/// Whether `text` is a date and a time without a zone.
pub(crate) fn is_local_timestamp(text: &str) -> bool {
    let mut rest = text.as_bytes();
    date_and_time(&mut rest).is_some() && rest.is_empty()
}

/// Whether `text` is a duration whose months, days and milliseconds each fit 32 bits without sign.
pub(crate) fn is_duration(text: &str) -> bool {
    text.strip_prefix('P').is_some_and(|rest| duration(rest.as_bytes()).is_some())
}

/// Whether the year of a timestamp surely fits 64 bits of nanoseconds (1677-09-21 to 2262-04-11, whole years of it).
pub(crate) fn fits_nanos(text: &str) -> bool {
    digits(&mut text.as_bytes(), 4).is_some_and(|year| (1678..2262).contains(&year))
}

fn date_and_time(rest: &mut &[u8]) -> Option<()> {
    date(rest)?;
    one_of(rest, b"Tt ")?;
    time(rest)
}

fn date(rest: &mut &[u8]) -> Option<()> {
    let year = digits(rest, 4)?;
    one_of(rest, b"-")?;
    let month = digits(rest, 2)?;
    one_of(rest, b"-")?;
    let day = digits(rest, 2)?;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(())
}

fn time(rest: &mut &[u8]) -> Option<()> {
    let hour = digits(rest, 2)?;
    one_of(rest, b":")?;
    let minute = digits(rest, 2)?;
    let mut second = 0;
    if one_of(rest, b":").is_some() {
        second = digits(rest, 2)?;
        if one_of(rest, b".,").is_some() {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return None;
            }
            *rest = &rest[count..];
        }
    }
    (hour < 24 && minute < 60 && second < 60).then_some(())
}

fn offset(rest: &mut &[u8]) -> Option<()> {
    if one_of(rest, b"Zz").is_some() {
        return Some(());
    }
    one_of(rest, b"+-")?;
    let hour = digits(rest, 2)?;
    let minute = if rest.is_empty() {
        0
    } else {
        one_of(rest, b":")?;
        digits(rest, 2)?
    };
    (hour < 24 && minute < 60).then_some(())
}

/// The parts of a duration: the letter, what it counts towards, how many of that it is.
const PARTS: [(u8, bool, usize, u64); 7] = [
    (b'Y', false, 0, 12),
    (b'M', false, 0, 1),
    (b'W', false, 1, 7),
    (b'D', false, 1, 1),
    (b'H', true, 2, 3_600_000),
    (b'M', true, 2, 60_000),
    (b'S', true, 2, 1_000),
];

fn duration(mut rest: &[u8]) -> Option<()> {
    let mut sums = [0_u64; 3];
    let mut parts = &PARTS[..];
    let mut in_time = false;
    let mut pending = true;
    while !rest.is_empty() {
        if !in_time && one_of(&mut rest, b"T").is_some() {
            in_time = true;
            pending = true;
            continue;
        }
        let count = number(&mut rest)?;
        let millis =
            if one_of(&mut rest, b".,").is_some() { Some(fraction_millis(&mut rest)?) } else { None };
        let letter = *rest.first()?;
        rest = &rest[1..];
        let at = parts.iter().position(|part| part.0 == letter && part.1 == in_time)?;
        let (_, _, sum, unit) = parts[at];
        if millis.is_some() && letter != b'S' {
            return None;
        }
        sums[sum] = sums[sum].checked_add(count.checked_mul(unit)?)?.checked_add(millis.unwrap_or(0))?;
        parts = &parts[at + 1..];
        pending = false;
    }
    (!pending && sums.iter().all(|sum| u32::try_from(*sum).is_ok())).then_some(())
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=18).contains(&count) {
        return None;
    }
    digits(rest, count)
}

/// The milliseconds of a fraction of a second; finer ones have no place in a duration.
fn fraction_millis(rest: &mut &[u8]) -> Option<u64> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match count {
        1 => digits(rest, 1).map(|tenths| tenths * 100),
        2 => digits(rest, 2).map(|hundredths| hundredths * 10),
        3 => digits(rest, 3),
        _ => None,
    }
}

fn digits(rest: &mut &[u8], count: usize) -> Option<u64> {
    let (head, tail) = rest.split_at_checked(count)?;
    let value = head
        .iter()
        .try_fold(0_u64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0')))?;
    *rest = tail;
    Some(value)
}

fn one_of(rest: &mut &[u8], accepted: &[u8]) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    if !accepted.contains(first) {
        return None;
    }
    *rest = tail;
    Some(())
}
