//! Avro's JSON encoding: every value of a union but null is wrapped in an object that names its branch.
//!
//! Spec (Avro 1.12): "JSON Encoding". Bytes and fixed are text whose code points 0 to 255 are the bytes; logical types
//! do not count. NaN and the infinities, which JSON does not have, are the texts `NaN`, `Infinity` and `-Infinity`, as
//! in Java. Stricter than Java: a record's fields must all be there and no others.

mod decode;
mod encode;

pub use decode::decode;
pub use encode::encode;
