//! Logical types: which there are, and on which types they mean something.
//!
//! Spec (Avro 1.12): "Logical Types". One that is unknown, or does not suit its type, is ignored, as it says there.

use asl::{Json, Object};

use super::node::Kind;

/// What a value means beyond its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Logical {
    /// `decimal` on bytes or fixed.
    Decimal { precision: u32, scale: u32 },
    /// `big-decimal` on bytes: a decimal that carries its own scale.
    BigDecimal,
    /// `date` on int: days since the Unix epoch.
    Date,
    /// `time-millis` on int, `time-micros` on long.
    Time(Unit),
    /// `timestamp-…` on long: an instant.
    Timestamp(Unit),
    /// `local-timestamp-…` on long: a date and a time without a zone.
    LocalTimestamp(Unit),
    /// `uuid` on string or fixed of 16 bytes.
    Uuid,
    /// `duration` on fixed of 12 bytes: months, days and milliseconds.
    Duration,
}

/// The unit of a time or a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Logical {
    /// The logical type that `attributes` give to `kind`, if any.
    pub(crate) fn read(attributes: &Object, kind: &Kind) -> Option<Self> {
        let name = attributes.get("logicalType")?.as_str()?;
        match (name, kind) {
            ("decimal", Kind::Bytes) => decimal(attributes, None),
            ("decimal", Kind::Fixed { size, .. }) => decimal(attributes, Some(*size)),
            ("big-decimal", Kind::Bytes) => Some(Self::BigDecimal),
            ("date", Kind::Int) => Some(Self::Date),
            ("time-millis", Kind::Int) => Some(Self::Time(Unit::Millis)),
            ("time-micros", Kind::Long) => Some(Self::Time(Unit::Micros)),
            ("timestamp-millis", Kind::Long) => Some(Self::Timestamp(Unit::Millis)),
            ("timestamp-micros", Kind::Long) => Some(Self::Timestamp(Unit::Micros)),
            ("timestamp-nanos", Kind::Long) => Some(Self::Timestamp(Unit::Nanos)),
            ("local-timestamp-millis", Kind::Long) => Some(Self::LocalTimestamp(Unit::Millis)),
            ("local-timestamp-micros", Kind::Long) => Some(Self::LocalTimestamp(Unit::Micros)),
            ("local-timestamp-nanos", Kind::Long) => Some(Self::LocalTimestamp(Unit::Nanos)),
            ("uuid", Kind::String | Kind::Fixed { size: 16, .. }) => Some(Self::Uuid),
            ("duration", Kind::Fixed { size: 12, .. }) => Some(Self::Duration),
            _ => None,
        }
    }

    /// Whether a JSON number can be such a value.
    pub(crate) fn takes_numbers(self) -> bool {
        match self {
            Self::Decimal { .. }
            | Self::BigDecimal
            | Self::Date
            | Self::Time(_)
            | Self::Timestamp(_)
            | Self::LocalTimestamp(_) => true,
            Self::Uuid | Self::Duration => false,
        }
    }
}

impl std::fmt::Display for Logical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decimal { precision, scale } => {
                write!(f, "decimal of precision {precision} and scale {scale}")
            }
            Self::BigDecimal => f.write_str("big-decimal"),
            Self::Date => f.write_str("date"),
            Self::Time(unit) => write!(f, "time-{}", unit.word()),
            Self::Timestamp(unit) => write!(f, "timestamp-{}", unit.word()),
            Self::LocalTimestamp(unit) => write!(f, "local-timestamp-{}", unit.word()),
            Self::Uuid => f.write_str("uuid"),
            Self::Duration => f.write_str("duration"),
        }
    }
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Millis => "millis",
            Self::Micros => "micros",
            Self::Nanos => "nanos",
        }
    }

    /// How many of it a day has.
    pub(crate) fn per_day(self) -> i64 {
        match self {
            Self::Millis => 86_400_000,
            Self::Micros => 86_400_000_000,
            Self::Nanos => 86_400_000_000_000,
        }
    }
}

/// A decimal, if its attributes make sense; `size` is that of a fixed, which bounds the precision.
fn decimal(attributes: &Object, size: Option<u64>) -> Option<Logical> {
    let precision = u32::try_from(attributes.get("precision").and_then(integer)?).ok()?;
    let scale = match attributes.get("scale") {
        Some(scale) => u32::try_from(integer(scale)?).ok()?,
        None => 0,
    };
    let room = size.is_none_or(|size| u64::from(precision) <= digits_of_bytes(size));
    (precision >= 1 && scale <= precision && room).then_some(Logical::Decimal { precision, scale })
}

fn integer(value: &Json) -> Option<i64> {
    value.as_number()?.as_i64()
}

/// How many decimal digits always fit into a two's complement number of `size` bytes: log10(2^(8·size-1)), rounded down.
fn digits_of_bytes(size: u64) -> u64 {
    // 0.30103 is log10(2), rounded up by less than 5e-9: right for every size below a million bytes.
    let bits = size.min(1_000_000).saturating_mul(8).saturating_sub(1);
    bits.saturating_mul(301_029_995) / 1_000_000_000
}
