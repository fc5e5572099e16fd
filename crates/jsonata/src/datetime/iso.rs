//! ISO 8601 times, as `$toMillis` reads them without a picture.

use super::civil::days_of;

/// Milliseconds since the epoch; `None` if the text is no such time. Without a zone it is UTC.
pub(super) fn parse(text: &str) -> Option<f64> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let month = if reader.take('-') { reader.digits(2)? } else { 1 };
    let day = if month_was_read(text, &reader) && reader.take('-') { reader.digits(2)? } else { 1 };
    let mut ms = 0.0;
    if reader.take('T') {
        let hour = reader.digits(2)?;
        let minute = reader.take(':').then(|| reader.digits(2))??;
        let second = reader.take(':').then(|| reader.digits(2))??;
        if hour > 24 || minute > 59 || second > 59 {
            return None;
        }
        ms = as_f64(((hour * 60 + minute) * 60 + second) * 1_000) + reader.fraction_ms()?;
    }
    let offset_minutes = reader.zone()?;
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !reader.rest.is_empty() || !is_date {
        return None;
    }
    Some(as_f64(days_of(year, month, day) * 86_400_000 - offset_minutes * 60_000) + ms)
}

fn month_was_read(text: &str, reader: &Reader<'_>) -> bool {
    text.len() - reader.rest.len() > 4
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of four-digit years are exact in a double")]
fn as_f64(value: i64) -> f64 {
    value as f64
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self.rest.get(..count).filter(|it| it.bytes().all(|it| it.is_ascii_digit()))?;
        self.rest = &self.rest[count..];
        digits.parse().ok()
    }

    /// What follows a point, in whole milliseconds.
    fn fraction_ms(&mut self) -> Option<f64> {
        if !self.take('.') {
            return Some(0.0);
        }
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &self.rest[..length];
        self.rest = &self.rest[length..];
        let milliseconds = format!("{digits:0<3}");
        milliseconds.get(..3).filter(|_| length > 0)?.parse().ok()
    }

    /// Minutes east of Greenwich.
    fn zone(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.take('Z') {
            return Some(0);
        }
        let sign = if self.take('+') { 1 } else { self.take('-').then_some(-1)? };
        let hours = self.digits(2)?;
        self.take(':');
        let minutes = self.digits(2)?;
        Some(sign * (hours * 60 + minutes))
    }
}
