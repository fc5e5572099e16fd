//! The walk over a JSON tree beside its schema, which plain JSON (`plain.rs`) and Avro's JSON (`json.rs`) share. They differ
//! in a few scalars, in how a union shows its branch, and in what a record may leave out.

pub(crate) mod decode;
pub(crate) mod encode;
