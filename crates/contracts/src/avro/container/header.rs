//! The header: magic, a map of bytes, the sync marker.

use std::collections::BTreeMap;
use std::io::Read;

use super::error::{ContainerError, ContainerProblem};
use super::input::Input;
use super::{CODEC_KEY, Codec, MAGIC, SCHEMA_KEY, SyncMarker};
use crate::Schema;
use crate::avro::binary::varint::push;
use crate::limits::CONTAINER_HEADER_BYTES_MAX;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) schema: Schema,
    pub(super) codec: Codec,
    pub(super) metadata: BTreeMap<String, Vec<u8>>,
    pub(super) sync: SyncMarker,
}

/// Reads the header of a file.
pub(super) fn read<R: Read>(input: &mut Input<R>) -> Result<Header, ContainerError> {
    match input.bytes(MAGIC.len(), "the header of a container file") {
        Ok(magic) if magic == MAGIC => {}
        Err(error @ ContainerError { problem: ContainerProblem::Io(_), .. }) => return Err(error),
        _ => return Err(ContainerError { block: None, offset: 0, problem: ContainerProblem::NotAContainer }),
    }
    let metadata = metadata(input)?;
    let codec = codec(input, metadata.get(CODEC_KEY))?;
    let schema = schema(input, metadata.get(SCHEMA_KEY))?;
    let sync = sync(input, "the sync marker of the header")?;
    Ok(Header { schema, codec, metadata, sync })
}

/// The sixteen bytes of a sync marker.
pub(super) fn sync<R: Read>(
    input: &mut Input<R>,
    expected: &'static str,
) -> Result<SyncMarker, ContainerError> {
    let bytes = input.bytes(size_of::<SyncMarker>(), expected)?;
    Ok(bytes.try_into().expect("exactly sixteen bytes were read"))
}

/// The bytes of a header.
pub(super) fn bytes(schema: &str, codec: Codec, sync: SyncMarker) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    push(2, &mut out);
    for (key, value) in [(SCHEMA_KEY, schema), (CODEC_KEY, codec.name())] {
        for text in [key, value] {
            push(i64::try_from(text.len()).expect("a text has fewer than 2^63 bytes"), &mut out);
            out.extend(text.as_bytes());
        }
    }
    out.push(0);
    out.extend(sync);
    out
}

fn metadata<R: Read>(input: &mut Input<R>) -> Result<BTreeMap<String, Vec<u8>>, ContainerError> {
    const WHAT: &str = "bytes of metadata in the header";
    let mut metadata = BTreeMap::new();
    let mut left = CONTAINER_HEADER_BYTES_MAX;
    loop {
        let expected = "the count of the header's metadata";
        let Some(count) = input.long(expected)? else {
            return Err(input.error(ContainerProblem::UnexpectedEnd { expected }));
        };
        if count == 0 {
            return Ok(metadata);
        }
        if count < 0 {
            input.size("the size of the header's metadata", WHAT, CONTAINER_HEADER_BYTES_MAX)?;
        }
        for _ in 0..count.unsigned_abs() {
            let key = piece(input, "a key of the header's metadata", &mut left)?;
            let value = piece(input, "a value of the header's metadata", &mut left)?;
            let key = String::from_utf8(key).map_err(|_| {
                let found = "bytes that are not UTF-8".to_owned();
                input
                    .error(ContainerProblem::Unexpected { found, expected: "a key of the header's metadata" })
            })?;
            metadata.insert(key, value);
        }
    }
}

/// One key or value; each costs at least as much as its length, so that many empty ones end as well.
fn piece<R: Read>(
    input: &mut Input<R>,
    expected: &'static str,
    left: &mut usize,
) -> Result<Vec<u8>, ContainerError> {
    const WHAT: &str = "bytes of metadata in the header";
    const OVERHEAD_BYTES: usize = 64;
    let length = input.size(expected, WHAT, CONTAINER_HEADER_BYTES_MAX)?;
    match left.checked_sub(length + OVERHEAD_BYTES) {
        Some(rest) => *left = rest,
        None => {
            let problem = ContainerProblem::TooMuch { what: WHAT, limit: CONTAINER_HEADER_BYTES_MAX };
            return Err(input.error(problem));
        }
    }
    input.bytes(length, expected)
}

fn codec<R: Read>(input: &Input<R>, name: Option<&Vec<u8>>) -> Result<Codec, ContainerError> {
    let Some(name) = name else { return Ok(Codec::Null) };
    let name = String::from_utf8_lossy(name);
    Codec::of_name(&name).ok_or_else(|| {
        let name = crate::check::found::cut(&name, crate::limits::FOUND_CHARS_MAX);
        input.error(ContainerProblem::UnknownCodec { name })
    })
}

fn schema<R: Read>(input: &Input<R>, text: Option<&Vec<u8>>) -> Result<Schema, ContainerError> {
    let unexpected = |found: &str| {
        let problem =
            ContainerProblem::Unexpected { found: found.to_owned(), expected: "a schema in `avro.schema`" };
        input.error(problem)
    };
    let text = text.ok_or_else(|| unexpected("a header without a schema"))?;
    let text = str::from_utf8(text).map_err(|_| unexpected("bytes that are not UTF-8"))?;
    Schema::parse(text).map_err(|error| input.error(ContainerProblem::Schema(error.into())))
}
