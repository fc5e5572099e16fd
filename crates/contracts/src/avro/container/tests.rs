use std::sync::Arc;

use expect_test::{Expect, expect};

use super::{Codec, ContainerError, ContainerReader, ContainerWriter};
use crate::Schema;
use crate::avro::Value;
use crate::avro::binary::varint::push;
use crate::limits::CONTAINER_BLOCK_BYTES_MAX;

const SYNC: [u8; 16] = *b"0123456789abcdef";

fn schema(text: &str) -> Arc<Schema> {
    Arc::new(Schema::parse(text).expect("a schema"))
}

fn file(codec: Codec, values: &[Value], of: &str) -> Vec<u8> {
    let mut writer = ContainerWriter::new(Vec::new(), schema(of), codec, SYNC).expect("a header");
    for value in values {
        writer.push(value).expect("a value");
    }
    writer.finish().expect("memory")
}

fn read(file: &[u8]) -> Result<Vec<Value>, ContainerError> {
    ContainerReader::new(file)?.collect()
}

#[track_caller]
fn refused(file: &[u8], expected: &Expect) {
    expected.assert_eq(&read(file).expect_err("a damaged file").to_string());
}

/// A header and one block of any content.
fn with_block(codec: Codec, of: &str, count: i64, data: &[u8]) -> Vec<u8> {
    let mut bytes = file(codec, &[], of);
    push(count, &mut bytes);
    push(i64::try_from(data.len()).expect("small"), &mut bytes);
    bytes.extend(data);
    bytes.extend(SYNC);
    bytes
}

#[test]
fn what_is_not_a_container_is_refused() {
    refused(
        b"",
        &expect!["byte 0: this is not an Avro container file: it does not start with `Obj` and the byte 1"],
    );
    refused(
        b"PAR1....",
        &expect!["byte 0: this is not an Avro container file: it does not start with `Obj` and the byte 1"],
    );
    refused(
        b"Obj\x01",
        &expect!["byte 4: the file ends where the count of the header's metadata was expected"],
    );
    refused(
        b"Obj\x01\x00",
        &expect!["byte 5: a header without a schema, expected a schema in `avro.schema`"],
    );
    let whole = file(Codec::Null, &[], "\"int\"");
    refused(
        &whole[..whole.len() - 3],
        &expect!["byte 53: the file ends where the sync marker of the header was expected"],
    );
    refused(
        b"Obj\x01\x04\x16avro.schema\x0a\"int\"\x14avro.codec\x06lz4\x00",
        &expect![
            "byte 39: codec `lz4` is not known; known are `null`, `deflate`, `snappy`, `zstandard`, `bzip2`, `xz`"
        ],
    );
}

#[test]
fn damage_is_named_with_block_and_byte() {
    let mut damaged = file(Codec::Null, &[Value::Int(1)], "\"int\"");
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    refused(
        &damaged,
        &expect![
            "block 1 (byte 56): the sync marker after the block is not the one of the header: the file is damaged"
        ],
    );
    refused(
        &with_block(Codec::Null, "\"int\"", 2, &[2]),
        &expect![
            "block 1 (byte 56): value 2 of the block: `$` (byte 0): the bytes end where an int was expected"
        ],
    );
    refused(
        &with_block(Codec::Null, "\"int\"", 1, &[2, 2]),
        &expect![
            "block 1 (byte 56): 1 bytes after the last value, expected as many values as the block announces, and nothing else"
        ],
    );
    refused(
        &with_block(Codec::Null, "\"null\"", 1 << 40, &[]),
        &expect![
            "block 1 (byte 57): a count of 1099511627776, expected a count of values that the block can hold"
        ],
    );
    refused(
        &with_block(Codec::Null, "\"int\"", -1, &[]),
        &expect!["block 1 (byte 56): a count of -1, expected a count of values that the block can hold"],
    );
    let mut huge = file(Codec::Null, &[], "\"int\"");
    push(1, &mut huge);
    push(1 << 40, &mut huge);
    refused(&huge, &expect!["block 1 (byte 63): more than 67108864 bytes in a block"]);
    let error =
        read(&with_block(Codec::Snappy, "\"int\"", 1, &[1, 0, 2, 0, 0, 0, 0])).expect_err("no checksum");
    assert!(
        error.to_string().starts_with("block 1 (byte 58): the block is not snappy data: the checksum"),
        "{error}"
    );
}

#[test]
fn a_block_cannot_become_much_larger_than_it_is() {
    let zeros = vec![0_u8; 3 * 1_048_576];
    for codec in Codec::ALL.into_iter().filter(|codec| *codec != Codec::Null) {
        let packed = codec.pack(&zeros).expect("memory");
        let ratio = zeros.len() / packed.len();
        let outcome = codec.unpack(packed);
        assert_eq!(outcome.is_err(), ratio > 100, "{codec} {ratio}");
        // What is small may be of any ratio.
        let packed = codec.pack(&zeros[..1_000_000]).expect("memory");
        assert_eq!(codec.unpack(packed).expect("small").len(), 1_000_000, "{codec}");
    }
    let claim = [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0];
    assert!(Codec::Snappy.unpack(claim.to_vec()).is_err(), "a claim of 4 GiB");
    assert!(CONTAINER_BLOCK_BYTES_MAX >= zeros.len());
}

#[test]
fn values_of_no_width_are_counted() {
    let values = vec![Value::Null; 100_000];
    assert_eq!(read(&file(Codec::Null, &values, "\"null\"")).expect("values").len(), 100_000);
}

#[test]
fn a_value_that_does_not_fit_leaves_the_file_whole() {
    let mut writer =
        ContainerWriter::new(Vec::new(), schema("\"int\""), Codec::Null, SYNC).expect("a header");
    writer.push(&Value::Int(1)).expect("a value");
    let error = writer.push(&Value::Null).expect_err("another type");
    expect!["block 1 (byte 56): value 2 of the block: `$`: a value of type null, expected int"]
        .assert_eq(&error.to_string());
    writer.push(&Value::Int(2)).expect("a value");
    assert_eq!(read(&writer.finish().expect("memory")), Ok(vec![Value::Int(1), Value::Int(2)]));
}

#[test]
fn a_schema_of_several_texts_has_no_container() {
    let referring = Schema::parse_with(r#"{"type":"array","items":"a.B"}"#, &mut |_| {
        let text = r#"{"type":"fixed","name":"a.B","size":1}"#.into();
        Ok(Some(crate::SchemaText {
            subject: "a.B".into(),
            version: 1,
            text,
            origin: "here".into(),
            commit: None,
        }))
    });
    let error = ContainerWriter::new(Vec::new(), Arc::new(referring.expect("a schema")), Codec::Null, SYNC);
    expect!["block 1 (byte 0): the schema refers to other subjects; a container file needs a schema that stands alone"]
        .assert_eq(&error.expect_err("two texts").to_string());
}
