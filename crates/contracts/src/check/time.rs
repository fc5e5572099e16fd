//! ISO 8601 texts of dates, times, timestamps and durations, read in place.
//!
//! Extended format only (`2026-11-22T10:15:30.5Z`); years of four digits; `T` may be `t` or a space, `Z` may be `z`, as
//! RFC 3339 allows. Fractions of a second may be finer than the unit of the type: a check changes nothing.
//! A leap second (`:60`) is refused, since Avro's numbers have none.

/// A date and a time, counted from 1970-01-01T00:00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) seconds: i64,
    /// Of the second, below 10^9.
    pub(crate) nanos: i64,
}

/// The day, counted from 1970-01-01, that a text names.
pub(crate) fn date(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let day = read_date(&mut rest)?;
    rest.is_empty().then_some(day)
}

/// The nanosecond of the day that a text names.
pub(crate) fn time(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let (seconds, nanos) = read_time(&mut rest)?;
    rest.is_empty().then_some(seconds * 1_000_000_000 + nanos)
}

/// The instant that a text names: date, time and offset.
pub(crate) fn timestamp(text: &str) -> Option<Moment> {
    let mut rest = text.as_bytes();
    let moment = read_moment(&mut rest)?;
    let offset = read_offset(&mut rest)?;
    rest.is_empty().then_some(Moment { seconds: moment.seconds - offset, ..moment })
}

/// The date and time without a zone that a text names.
pub(crate) fn local_timestamp(text: &str) -> Option<Moment> {
    let mut rest = text.as_bytes();
    let moment = read_moment(&mut rest)?;
    rest.is_empty().then_some(moment)
}

/// The months, days and milliseconds of a duration, where each fits 32 bits without sign.
pub(crate) fn duration(text: &str) -> Option<[u32; 3]> {
    read_duration(text.strip_prefix('P')?.as_bytes())
}

/// Whether a moment fits 64 bits of nanoseconds (from 1677-09-21 to 2262-04-11).
pub(crate) fn fits_nanos(moment: Moment) -> bool {
    i64::try_from(i128::from(moment.seconds) * 1_000_000_000 + i128::from(moment.nanos)).is_ok()
}

fn read_moment(rest: &mut &[u8]) -> Option<Moment> {
    let day = read_date(rest)?;
    one_of(rest, b"Tt ")?;
    let (seconds, nanos) = read_time(rest)?;
    Some(Moment { seconds: day * 86_400 + seconds, nanos })
}

fn read_date(rest: &mut &[u8]) -> Option<i64> {
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
    (1..=days).contains(&day).then(|| day_number(year.cast_signed(), month.cast_signed(), day.cast_signed()))
}

/// Days since 1970-01-01. Years are counted from March here, so that leap days come last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Seconds since midnight, and nanoseconds of the second.
fn read_time(rest: &mut &[u8]) -> Option<(i64, i64)> {
    let hour = digits(rest, 2)?;
    one_of(rest, b":")?;
    let minute = digits(rest, 2)?;
    let (mut second, mut nanos) = (0, 0);
    if one_of(rest, b":").is_some() {
        second = digits(rest, 2)?;
        if one_of(rest, b".,").is_some() {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return None;
            }
            nanos = digits(rest, count)? * 10_u64.pow(9 - u32::try_from(count).ok()?);
        }
    }
    let seconds = (hour * 60 + minute) * 60 + second;
    (hour < 24 && minute < 60 && second < 60).then_some((seconds.cast_signed(), nanos.cast_signed()))
}

/// Seconds east of UTC.
fn read_offset(rest: &mut &[u8]) -> Option<i64> {
    if one_of(rest, b"Zz").is_some() {
        return Some(0);
    }
    let sign = if one_of(rest, b"-").is_some() { -1 } else { one_of(rest, b"+").map(|()| 1)? };
    let hour = digits(rest, 2)?;
    let minute = if rest.is_empty() {
        0
    } else {
        one_of(rest, b":")?;
        digits(rest, 2)?
    };
    (hour < 24 && minute < 60).then(|| sign * (hour * 60 + minute).cast_signed() * 60)
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

fn read_duration(mut rest: &[u8]) -> Option<[u32; 3]> {
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
    if pending {
        return None;
    }
    let [months, days, millis] = sums.map(|sum| u32::try_from(sum).ok());
    Some([months?, days?, millis?])
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
