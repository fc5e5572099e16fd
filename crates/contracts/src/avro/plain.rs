//! The mapping of payloads (`docs/reference/contracts.md`) between plain JSON and values.
//!
//! What a contract accepts can be turned into a value, and comes back as one fixed form: bytes as Base64 text, decimals
//! as numeric text with all digits of their scale, dates and times as ISO 8601 text where four digits hold the year
//! and as the underlying number elsewhere, durations as ISO 8601 text.

mod decimal;
mod decode;
mod duration;
mod encode;
mod iso;
mod logical;

pub use decode::decode;
pub use encode::encode;
