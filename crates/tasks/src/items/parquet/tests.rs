//! Parquet objects, made here by its own writer, whole and damaged.

use std::sync::Arc;

use asl::state::map::InputType;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::thrift::Thrift;
use crate::items::ItemSource;
use crate::items::tests::{World, form, shown, source};

/// `groups` row groups of `rows` rows `{"id": …, "text": …}` each.
fn plain(compression: Compression, groups: i64, rows: i64) -> Vec<u8> {
    let schema = parse_message_type("message m { REQUIRED INT64 id; OPTIONAL BYTE_ARRAY text (UTF8); }");
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema.expect("a schema")), Arc::new(properties))
            .expect("memory takes everything");
    for group in 0..groups {
        let mut writer = file.next_row_group().expect("a row group");
        let ids: Vec<i64> = (0..rows).map(|row| group * rows + row).collect();
        let mut column = writer.next_column().expect("it writes").expect("a column");
        column.typed::<Int64Type>().write_batch(&ids, None, None).expect("it writes");
        column.close().expect("it writes");
        let present: Vec<i64> = ids.iter().copied().filter(|id| id % 3 != 0).collect();
        let texts: Vec<ByteArray> =
            present.iter().map(|id| ByteArray::from(&*format!("text {id}"))).collect();
        let levels: Vec<i16> = ids.iter().map(|id| i16::from(id % 3 != 0)).collect();
        let mut column = writer.next_column().expect("it writes").expect("a column");
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).expect("it writes");
        column.close().expect("it writes");
        writer.close().expect("it writes");
    }
    file.into_inner().expect("it writes")
}

#[test]
fn rows_are_items_whatever_packs_them() {
    let world = World::new();
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        world.put("a.parquet", plain(compression, 2, 2));
        assert_eq!(
            world.read(form(InputType::Parquet), "a.parquet"),
            "{\"id\":0,\"text\":null}\n{\"id\":1,\"text\":\"text 1\"}\n{\"id\":2,\"text\":\"text 2\"}\n{\"id\":3,\"text\":null}\n",
            "{compression}"
        );
    }
}

#[test]
fn rows_are_passed_over_with_their_groups() {
    let world = World::new();
    world.put("a.parquet", plain(Compression::SNAPPY, 4, 1_000));
    let it = source(form(InputType::Parquet), r#"{"Bucket": "b", "Key": "a.parquet"}"#);
    let all = world.items(it.clone(), 0).expect("they can be read");
    assert_eq!(all.len(), 4_000);
    for skip in [1, 999, 1_000, 2_500, 3_999, 4_000, 5_000] {
        let rest = world.items(it.clone(), skip).expect("they can be read");
        assert!(rest[..] == all[usize::try_from(skip).expect("few").min(4_000)..], "{skip}");
    }
    let bounded = ItemSource { max_items: Some(2_001), ..it };
    assert!(world.items(bounded, 1_999).expect("they can be read")[..] == all[1_999..2_001]);
}

#[test]
fn values_of_every_type_have_a_plain_form() {
    let schema = "message m {
        REQUIRED BOOLEAN b;
        REQUIRED INT32 day (DATE);
        REQUIRED INT32 price (DECIMAL(9, 2));
        REQUIRED INT64 at (TIMESTAMP_MICROS);
        REQUIRED INT64 clock (TIME_MICROS);
        REQUIRED INT64 big (UINT_64);
        REQUIRED DOUBLE number;
        REQUIRED BYTE_ARRAY raw;
        REQUIRED FIXED_LEN_BYTE_ARRAY (20) wide (DECIMAL(38, 3));
        REQUIRED GROUP inner { REPEATED INT32 list; }
    }";
    let schema = parse_message_type(schema).expect("a schema");
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).expect("it writes");
    let mut group = file.next_row_group().expect("a row group");
    let mut write = |index: usize| {
        let mut column = group.next_column().expect("it writes").expect("a column");
        let wide = |negative: bool| {
            let mut bytes = vec![if negative { 0xff } else { 0 }; 20];
            bytes[19] = if negative { 0x85 } else { 7 };
            FixedLenByteArray::from(bytes)
        };
        let written = match index {
            0 => column.typed::<BoolType>().write_batch(&[true, false], None, None),
            1 => column.typed::<Int32Type>().write_batch(&[19_000, -1], None, None),
            2 => column.typed::<Int32Type>().write_batch(&[-5, 12_345], None, None),
            3 => column.typed::<Int64Type>().write_batch(&[1_500_000, -1], None, None),
            4 => column.typed::<Int64Type>().write_batch(&[3_600_000_000, 1], None, None),
            5 => column.typed::<Int64Type>().write_batch(&[-1, 1], None, None),
            6 => column.typed::<DoubleType>().write_batch(&[0.5, f64::NAN], None, None),
            7 => column.typed::<ByteArrayType>().write_batch(
                &[ByteArray::from(vec![1, 2, 255]), ByteArray::from(vec![])],
                None,
                None,
            ),
            8 => column.typed::<FixedLenByteArrayType>().write_batch(&[wide(true), wide(false)], None, None),
            _ => column.typed::<Int32Type>().write_batch(&[7, 8], Some(&[1, 1, 0]), Some(&[0, 1, 0])),
        };
        written.expect("it writes");
        column.close().expect("it writes");
    };
    (0..10).for_each(&mut write);
    group.close().expect("it writes");
    let world = World::new();
    world.put("a.parquet", file.into_inner().expect("it writes"));
    expect_test::expect![[r#"
        {"b":true,"day":"2022-01-08","price":"-0.05","at":"1970-01-01T00:00:01.5Z","clock":"01:00:00","big":18446744073709551615,"number":0.5,"raw":"AQL/","wide":"-0.123","inner":{"list":[7,8]}}
        {"b":false,"day":"1969-12-31","price":"123.45","at":"1969-12-31T23:59:59.999999Z","clock":"00:00:00.000001","big":1,"number":null,"raw":"","wide":"0.007","inner":{"list":[]}}
    "#]]
    .assert_eq(&world.read(form(InputType::Parquet), "a.parquet"));
}

#[test]
fn a_file_that_is_cut_off_or_damaged_is_a_fault() {
    let world = World::new();
    let whole = plain(Compression::ZSTD(ZstdLevel::default()), 2, 5_000);
    world.put("cut.parquet", &whole[..whole.len() - 1]);
    assert_eq!(
        world.read(form(InputType::Parquet), "cut.parquet"),
        "fault: S3://b/cut.parquet: this is not a Parquet file: it does not end with `PAR1`\n"
    );
    world.put("text.parquet", "id\n");
    assert_eq!(
        world.read(form(InputType::Parquet), "text.parquet"),
        "fault: S3://b/text.parquet: this is not a Parquet file: it does not end with `PAR1`\n"
    );
    let mut damaged = whole.clone();
    damaged[4..24].fill(0x55);
    world.put("damaged.parquet", damaged);
    let found = world.read(form(InputType::Parquet), "damaged.parquet");
    assert!(found.starts_with("fault: S3://b/damaged.parquet: "), "{found}");
}

/// A page's header that announces a gigabyte, or a dictionary of two thousand million values.
#[test]
fn what_a_page_says_of_its_size_is_not_believed() {
    let world = World::new();
    let whole = plain(Compression::UNCOMPRESSED, 1, 10);
    // The first header stands behind the magic number: type, uncompressed size, compressed size.
    assert_eq!(&whole[4..6], [0x15, 0x04], "a dictionary page");
    let mut inflated = whole.clone();
    let size = inflated.iter().skip(6).position(|byte| *byte == 0x15).expect("a field") + 7;
    inflated[size] = 0xfe;
    inflated.splice(size + 1..size + 2, [0xff, 0xff, 0xff, 0x0f]);
    world.put("page.parquet", inflated);
    let found = world.read(form(InputType::Parquet), "page.parquet");
    assert!(found.starts_with("fault: S3://b/page.parquet: "), "{found}");
}

#[test]
fn a_schema_that_nests_without_end_is_refused_before_it_is_read() {
    // A list of 9,000 groups (field 5, one child each): list header, then each element.
    let mut metadata = vec![0x15, 0x02, 0x19, 0xfc];
    metadata.extend([0xa8, 0x46]);
    for _ in 0..9_000 {
        metadata.extend([0x55, 0x02, 0x00]);
    }
    metadata.push(0);
    let mut file = b"PAR1".to_vec();
    file.extend(&metadata);
    file.extend(u32::try_from(metadata.len()).expect("small").to_le_bytes());
    file.extend(b"PAR1");
    let world = World::new();
    world.put("a.parquet", file);
    assert_eq!(
        world.read(form(InputType::Parquet), "a.parquet"),
        "fault: S3://b/a.parquet: the footer: its schema is no tree of at most 10000 elements and 64 levels\n"
    );
}

#[test]
fn thrift_ends_where_its_bytes_do() {
    assert_eq!(Thrift::new(&[]).number(), None);
    assert_eq!(Thrift::new(&[0x80; 20]).number(), None);
    assert_eq!(Thrift::new(&[0x03]).number(), Some(-2));
    // A text of 2^40 bytes, and structures inside each other.
    let take_none = &mut |_: &mut Thrift<'_>, _: i64, _: u8| Some(false);
    assert_eq!(Thrift::new(&[0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]).fields(take_none), None);
    assert_eq!(Thrift::new(&[0x1c; 100]).fields(take_none), None);
    let row = Thrift::new(&[0x11, 0x13, 0x09, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0x01, b'x', 0x00])
        .fields(take_none);
    assert_eq!(row, Some(()));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Wherever bytes are changed: the reading ends, with items or a fault.
    #[test]
    fn nothing_makes_the_reader_panic(changes in proptest::collection::vec((0..100_000_usize, 0..=255_u8), 1..12)) {
        let mut file = plain(Compression::SNAPPY, 2, 40);
        for (at, byte) in changes {
            let at = at % file.len();
            file[at] = byte;
        }
        let world = World::new();
        world.put("a.parquet", file);
        let it = source(form(InputType::Parquet), r#"{"Bucket": "b", "Key": "a.parquet"}"#);
        let _ = shown(world.items(it, 0));
    }
}
