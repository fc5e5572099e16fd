//! Decimals: whether the text of a number fits a precision and a scale, read in one pass and without arithmetic on it.

use std::fmt::Write;

use asl::Number;

/// Whether a JSON number fits.
pub(crate) fn number_fits(number: &Number, precision: u32, scale: u32) -> bool {
    let mut reader = Reader::default();
    // The reader takes the text as the number prints it; nothing is allocated.
    write!(reader, "{number}").is_ok() && reader.fits(precision, scale)
}

/// Whether a text is a JSON number that fits.
pub(crate) fn text_fits(text: &str, precision: u32, scale: u32) -> bool {
    if plain_fits(text.as_bytes(), precision, scale) {
        return true;
    }
    let mut reader = Reader::default();
    reader.write_str(text).is_ok() && reader.fits(precision, scale)
}

/// The common case, looked at quickly: a short text without exponent that fits with all of its digits counted.
fn plain_fits(text: &[u8], precision: u32, scale: u32) -> bool {
    const DIGITS_MAX: usize = 32;
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.len() > DIGITS_MAX {
        return false;
    }
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fraction = match &digits[whole..] {
        [] => 0,
        [b'.', fraction @ ..] if fraction.iter().all(u8::is_ascii_digit) => {
            if fraction.is_empty() {
                return false;
            }
            fraction.len()
        }
        _ => return false,
    };
    let leading_zero = whole > 1 && digits[0] == b'0';
    // Both are at most 32, and so is their sum.
    whole > 0
        && !leading_zero
        && fraction as u64 <= u64::from(scale)
        && whole as u64 + u64::from(scale) <= u64::from(precision)
}

/// Whether a text is a JSON number at all.
pub(crate) fn is_number(text: &str) -> bool {
    let mut reader = Reader::default();
    reader.write_str(text).is_ok() && reader.is_complete()
}

/// Reads the grammar of JSON numbers and remembers the place of the first and the last digit that is not zero.
#[derive(Debug, Default)]
struct Reader {
    at: At,
    /// Digits before the point, and after it.
    whole: i64,
    fraction: i64,
    /// How many digits stood before the first digit that is not zero, and up to the last such digit.
    first: Option<i64>,
    last: i64,
    exponent: i64,
    exponent_negative: bool,
}

/// Where in a number the reader stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Start,
    Minus,
    /// After a single leading zero, which nothing but a point or an exponent may follow.
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
}

/// Beyond this an exponent is as good as infinite: no precision reaches it.
const EXPONENT_MAX: i64 = 1 << 40;

impl Write for Reader {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().all(|byte| self.take(byte)).then_some(()).ok_or(std::fmt::Error)
    }
}

impl Reader {
    fn take(&mut self, byte: u8) -> bool {
        let next = match (self.at, byte) {
            (At::Start, b'-') => At::Minus,
            (At::Start | At::Minus, b'0') => At::Zero,
            (At::Start | At::Minus, b'1'..=b'9') | (At::Whole, b'0'..=b'9') => At::Whole,
            (At::Zero | At::Whole, b'.') => At::Point,
            (At::Point | At::Fraction, b'0'..=b'9') => At::Fraction,
            (At::Zero | At::Whole | At::Fraction, b'e' | b'E') => At::Exponent,
            (At::Exponent, b'+' | b'-') => At::ExponentSign,
            (At::Exponent | At::ExponentSign | At::ExponentDigits, b'0'..=b'9') => At::ExponentDigits,
            _ => return false,
        };
        match next {
            At::Zero | At::Whole => {
                self.whole += 1;
                self.digit(byte);
            }
            At::Fraction => {
                self.fraction += 1;
                self.digit(byte);
            }
            At::ExponentSign => self.exponent_negative = byte == b'-',
            At::ExponentDigits => {
                self.exponent = (self.exponent * 10 + i64::from(byte - b'0')).min(EXPONENT_MAX);
            }
            At::Start | At::Minus | At::Point | At::Exponent => {}
        }
        self.at = next;
        true
    }

    fn digit(&mut self, byte: u8) {
        if byte != b'0' {
            let count = self.whole + self.fraction;
            self.first.get_or_insert(count - 1);
            self.last = count;
        }
    }

    fn is_complete(&self) -> bool {
        matches!(self.at, At::Zero | At::Whole | At::Fraction | At::ExponentDigits)
    }

    fn fits(&self, precision: u32, scale: u32) -> bool {
        if !self.is_complete() {
            return false;
        }
        let Some(first) = self.first else { return true };
        let exponent = if self.exponent_negative { -self.exponent } else { self.exponent };
        // Powers of ten: of the place before the first digit that counts, and of the last one.
        let above = self.whole - first + exponent;
        let lowest = self.whole - self.last + exponent;
        lowest >= -i64::from(scale) && above + i64::from(scale) <= i64::from(precision)
    }
}
