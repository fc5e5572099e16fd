//! Items as a Map Run reads them, from real folders.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use asl::state::map::{CsvDelimiter, InputType, ManifestType, ReaderAction, ReaderConfig};
use asl::{Json, JsonLimits};
use contracts::Schema;
use contracts::avro::Value;
use contracts::avro::container::{Codec, ContainerWriter};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{Item, ItemSource, ItemsFault, open};
use crate::{BucketConfig, BucketPlace, Buckets};

/// A bucket `b` that is a folder.
pub(super) struct World {
    folder: TempDir,
    buckets: Buckets,
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config =
            BucketConfig { name: "b".into(), place: BucketPlace::Folder(folder.path().to_path_buf()) };
        let buckets = Buckets::open(vec![config]).expect("the folder is there");
        Self { folder, buckets }
    }

    pub(super) fn put(&self, key: &str, body: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(key);
        std::fs::create_dir_all(path.parent().expect("a key has a folder")).expect("a folder");
        std::fs::write(&path, body).expect("a file");
        path
    }

    pub(super) fn items(&self, source: ItemSource, skip: u64) -> Result<Vec<Item>, ItemsFault> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let mut items = open(&self.buckets, source).await?;
            items.skip(skip);
            let mut all = Vec::new();
            loop {
                let next = items.next(100).await?;
                if next.is_empty() {
                    return Ok(all);
                }
                assert!(next.len() <= 100);
                all.extend(next);
            }
        })
    }

    /// The items of an object in a form, one to a line, or the fault.
    pub(super) fn read(&self, config: ReaderConfig, key: &str) -> String {
        shown(self.items(source(config, &format!(r#"{{"Bucket": "b", "Key": "{key}"}}"#)), 0))
    }
}

/// An object where the arguments name a key, a listing where they do not.
pub(super) fn source(config: ReaderConfig, arguments: &str) -> ItemSource {
    let action = if arguments.contains("Key") { ReaderAction::GetObject } else { ReaderAction::ListObjects };
    let arguments = asl::json::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON");
    ItemSource { action, config, arguments, max_items: None }
}

pub(super) fn shown(items: Result<Vec<Item>, ItemsFault>) -> String {
    match items {
        Ok(items) => items.iter().map(|item| item.value.to_text() + "\n").collect(),
        Err(fault) => format!("fault: {fault}\n"),
    }
}

pub(super) fn form(input_type: InputType) -> ReaderConfig {
    ReaderConfig { input_type: Some(input_type), ..ReaderConfig::default() }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

pub(super) fn zstandard(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn lines_are_items_and_blank_ones_are_none() {
    let world = World::new();
    world.put("a.jsonl", "\u{feff}{\"a\": 1}\r\n\n  \n[2]\n\"three\"\nnull");
    assert_eq!(world.read(form(InputType::JsonLines), "a.jsonl"), "{\"a\":1}\n[2]\n\"three\"\nnull\n");
    world.put("none.jsonl", "");
    assert_eq!(world.read(form(InputType::JsonLines), "none.jsonl"), "");
}

#[test]
fn a_fault_in_a_line_has_its_place() {
    let world = World::new();
    world.put("a.jsonl", "{\"a\": 1}\n\n{\"a\": }\n");
    assert_eq!(
        world.read(form(InputType::JsonLines), "a.jsonl"),
        "fault: S3://b/a.jsonl: line 3, column 7: found `}`, expected a value after the colon\n"
    );
    world.put("b.jsonl", b"1\n\"\xff\"\n");
    assert_eq!(
        world.read(form(InputType::JsonLines), "b.jsonl"),
        "fault: S3://b/b.jsonl: line 2: the text is not UTF-8, from byte 2 of the line on\n"
    );
    world.put("c.jsonl", format!("1\n\"{}\"\n", "x".repeat(8 * 1_048_576)));
    assert_eq!(
        world.read(form(InputType::JsonLines), "c.jsonl"),
        "fault: S3://b/c.jsonl: line 2: the line has more than 8388608 bytes\n"
    );
}

#[test]
fn what_is_not_there_is_said_with_its_bucket_and_key() {
    let world = World::new();
    assert_eq!(
        world.read(form(InputType::JsonLines), "a.jsonl"),
        "fault: S3://b/a.jsonl: The specified key does not exist. (Service: S3, Status Code: 404)\n"
    );
    let elsewhere = source(form(InputType::Csv), r#"{"Bucket": "c", "Key": "k"}"#);
    assert_eq!(
        shown(world.items(elsewhere, 0)),
        "fault: S3://c/k: The specified bucket does not exist (Service: S3, Status Code: 404)\n"
    );
    let unknown = source(form(InputType::Csv), r#"{"Bucket": "b", "Key": "k", "Kay": 1}"#);
    assert_eq!(
        shown(world.items(unknown, 0)),
        "fault: the arguments of `ItemReader`: $.Kay: unknown field; known are `Bucket`, `Key`, `VersionId`, `ExpectedBucketOwner`\n"
    );
}

/// AWS's recorded answer to rows longer and shorter than the header.
#[test]
fn rows_have_the_values_of_the_header() {
    let world = World::new();
    world.put("a.csv", "H1,\nValue4,Value5,Value6\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n");
    assert_eq!(
        world.read(form(InputType::Csv), "a.csv"),
        "{\"H1\":\"Value4\",\"\":\"Value5\"}\n{\"H1\":\"\",\"\":\"\"}\n{\"H1\":\"true\",\"\":\"1\"}\n{\"H1\":\"Null\",\"\":\"None\"}\n{\"H1\":\"   \",\"\":\"\"}\n"
    );
    let given = ReaderConfig { csv_headers: Some(vec!["a".into()]), ..form(InputType::Csv) };
    world.put("b.csv", "1,2\n\n\"\"\n3");
    assert_eq!(world.read(given, "b.csv"), "{\"a\":\"1\"}\n{\"a\":\"\"}\n{\"a\":\"3\"}\n");
    let twice = ReaderConfig { csv_headers: Some(vec!["a".into(), "a".into()]), ..form(InputType::Csv) };
    assert_eq!(world.read(twice, "b.csv"), "fault: CSV headers cannot contain duplicates.\n");
}

#[test]
fn quotation_marks_and_backslashes_mean_what_they_mean_to_aws() {
    let world = World::new();
    world.put(
        "a.csv",
        "\u{feff}a,b\r\n\"x,\"\"y\"\"\nz\",C:\\\\Program Files\\\\App.exe\r\n\\\"q\\\",1\\,5\r\n\\n,\"\\\"in\\\"\"\r\n",
    );
    assert_eq!(
        world.read(form(InputType::Csv), "a.csv"),
        "{\"a\":\"x,\\\"y\\\"\\nz\",\"b\":\"C:\\\\Program Files\\\\App.exe\"}\n{\"a\":\"\\\"q\\\"\",\"b\":\"1,5\"}\n{\"a\":\"n\",\"b\":\"\\\"in\\\"\"}\n"
    );
    for (delimiter, text) in [
        (CsvDelimiter::Pipe, "a|b\n1|2,3\n"),
        (CsvDelimiter::Semicolon, "a;b\n1;2,3\n"),
        (CsvDelimiter::Space, "a b\n1 2,3\n"),
        (CsvDelimiter::Tab, "a\tb\n1\t2,3\n"),
    ] {
        world.put("d.csv", text);
        let config = ReaderConfig { csv_delimiter: Some(delimiter), ..form(InputType::Csv) };
        assert_eq!(world.read(config, "d.csv"), "{\"a\":\"1\",\"b\":\"2,3\"}\n");
    }
}

#[test]
fn a_fault_in_a_row_has_its_place() {
    let world = World::new();
    world.put("a.csv", "a,b\n1,\"2\n3\"\n4,\"5\n");
    assert_eq!(
        world.read(form(InputType::Csv), "a.csv"),
        "fault: S3://b/a.csv: row 3 (line 4): the quotation mark opened in line 4 is not closed\n"
    );
    world.put("b.csv", b"a,b\n1,\xc3\n");
    assert_eq!(
        world.read(form(InputType::Csv), "b.csv"),
        "fault: S3://b/b.csv: row 2 (line 2): the text is not UTF-8\n"
    );
    world.put("c.csv", format!("a\n\"{}", "x".repeat(8 * 1_048_576 + 1)));
    assert_eq!(
        world.read(form(InputType::Csv), "c.csv"),
        "fault: S3://b/c.csv: row 2 (line 2): the row has more than 8388608 bytes\n"
    );
    world.put("d.csv", "x".repeat(10_241));
    assert_eq!(
        world.read(form(InputType::Csv), "d.csv"),
        "fault: S3://b/d.csv: the header has more than 10240 bytes\n"
    );
    world.put("e.csv", ",".repeat(10_000));
    assert_eq!(
        world.read(form(InputType::Csv), "e.csv"),
        "fault: S3://b/e.csv: row 1 (line 1): the row has more than 10000 values\n"
    );
}

#[test]
fn items_are_bounded_and_passed_over() {
    let world = World::new();
    let rows: String = (0..1_000).map(|number| format!("{number}\n")).collect();
    world.put("a.csv", format!("n\n{rows}"));
    world.put("a.jsonl", &rows);
    for (input_type, key, first) in
        [(InputType::Csv, "a.csv", r#"{"n":"990"}"#), (InputType::JsonLines, "a.jsonl", "990")]
    {
        let source = source(form(input_type), &format!(r#"{{"Bucket": "b", "Key": "{key}"}}"#));
        let all = world.items(source.clone(), 0).expect("they can be read");
        assert_eq!(all.len(), 1_000);
        let rest = world.items(source.clone(), 990).expect("they can be read");
        assert_eq!((rest.len(), rest[0].value.to_text().as_str()), (10, first));
        assert_eq!(rest[..], all[990..]);
        // Items passed over count for `MaxItems`.
        let bounded = ItemSource { max_items: Some(995), ..source.clone() };
        assert_eq!(world.items(bounded.clone(), 990).expect("they can be read")[..], all[990..995]);
        assert_eq!(world.items(bounded, 2_000).expect("they can be read"), []);
        let unbounded = ItemSource { max_items: Some(0), ..source };
        assert_eq!(world.items(unbounded, 0).expect("they can be read").len(), 1_000);
    }
}

#[test]
fn packed_objects_are_unpacked_whatever_they_are_called() {
    let world = World::new();
    let text: String = (0..5_000).map(|number| format!("{{\"n\": {number}}}\n")).collect();
    world.put("plain.jsonl.gz", &text);
    world.put("one.jsonl.gz", gzip(text.as_bytes()));
    world.put("two.jsonl", [gzip(&text.as_bytes()[..4_000]), gzip(&text.as_bytes()[4_000..])].concat());
    world.put("one.jsonl.zst", zstandard(text.as_bytes()));
    world.put(
        "two.jsonl.zstd",
        [zstandard(&text.as_bytes()[..4_000]), zstandard(&text.as_bytes()[4_000..])].concat(),
    );
    let plain = world.read(form(InputType::JsonLines), "plain.jsonl.gz");
    assert_eq!(plain.lines().count(), 5_000);
    for key in ["one.jsonl.gz", "two.jsonl", "one.jsonl.zst", "two.jsonl.zstd"] {
        assert!(world.read(form(InputType::JsonLines), key) == plain, "{key}");
    }
}

#[test]
fn packed_objects_that_are_cut_off_or_damaged_are_faults() {
    let world = World::new();
    let text: String = (0..5_000).map(|number| format!("{{\"n\": {number}}}\n")).collect();
    for (name, packed) in [("gzip", gzip(text.as_bytes())), ("zstd", zstandard(text.as_bytes()))] {
        world.put("cut", &packed[..packed.len() - 9]);
        let found = world.read(form(InputType::JsonLines), "cut");
        assert!(found.starts_with("fault: S3://b/cut: line "), "{found}");
        assert!(found.contains(&format!("the {name} data")), "{found}");
        let mut damaged = packed.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        world.put("damaged", damaged);
        let found = world.read(form(InputType::JsonLines), "damaged");
        assert!(found.starts_with("fault: S3://b/damaged: line "), "{found}");
    }
}

#[test]
fn the_objects_of_a_bucket_are_items() {
    let world = World::new();
    for key in ["p/a.txt", "p/b/c.txt", "q/d.txt"] {
        world.put(key, key);
    }
    let source = source(ReaderConfig::default(), r#"{"Bucket": "b", "Prefix": "p/"}"#);
    let items = world.items(source, 0).expect("they can be listed");
    let keys: Vec<_> = items.iter().map(|item| item.value.get("Key").and_then(Json::as_str)).collect();
    assert_eq!(keys, [Some("p/a.txt"), Some("p/b/c.txt")]);
    assert!(items[0].value.get("Etag").and_then(Json::as_str).is_some_and(|tag| tag.starts_with('"')));
    assert!(items[0].value.get("LastModified").and_then(Json::as_number).is_some(), "{:?}", items[0]);
    assert_eq!(items[0].value.get("Size").expect("a size").to_text(), "7");
    assert_eq!(items[0].value.get("StorageClass").and_then(Json::as_str), Some("STANDARD"));
    assert_eq!(items[0].source.as_deref(), Some("S3://b"));
}

#[test]
fn listed_objects_are_loaded_one_after_the_other() {
    let world = World::new();
    world.put("p/1.jsonl", "1\n2\n");
    world.put("p/2.jsonl.gz", gzip(b"3\n4\n"));
    world.put("p/3.jsonl", "");
    world.put("p/4.jsonl", "5\n");
    let config = ReaderConfig { loads_and_flattens: true, ..form(InputType::JsonLines) };
    let source = source(config, r#"{"Bucket": "b", "Prefix": "p/"}"#);
    let all = world.items(source.clone(), 0).expect("they can be read");
    let seen: Vec<_> =
        all.iter().map(|item| (item.value.to_text(), item.source.as_deref().unwrap_or_default())).collect();
    let expected = [("1", 1), ("2", 1), ("3", 2), ("4", 2), ("5", 4)];
    let uri = |number| match number {
        2 => "S3://b/p/2.jsonl.gz".to_owned(),
        _ => format!("S3://b/p/{number}.jsonl"),
    };
    for (found, (value, number)) in seen.iter().zip(expected) {
        assert_eq!((found.0.as_str(), found.1), (value, uri(number).as_str()));
    }
    assert_eq!(seen.len(), expected.len());
    assert_eq!(world.items(source.clone(), 3).expect("they can be read")[..], all[3..]);
    let bounded = ItemSource { max_items: Some(4), ..source };
    assert_eq!(world.items(bounded, 1).expect("they can be read")[..], all[1..4]);
}

#[test]
fn the_elements_of_an_array_are_items() {
    let world = World::new();
    let config = form(InputType::Json);
    world.put("a.json", "\u{feff} [ {\"a\": [1, \"]}\\\"\"]} , 2,\"x\",[],null ]\n");
    assert_eq!(world.read(config.clone(), "a.json"), "{\"a\":[1,\"]}\\\"\"]}\n2\n\"x\"\n[]\nnull\n");
    world.put("b.json", "[]");
    assert_eq!(world.read(config.clone(), "b.json"), "");
    world.put("c.json.gz", gzip(b"[1]"));
    assert_eq!(world.read(config, "c.json.gz"), "1\n");
}

#[test]
fn the_members_of_an_object_are_items_with_a_key() {
    let world = World::new();
    world.put("a.json", r#"{"a": 1, "b\u0063": {"x": null}}"#);
    let it = source(form(InputType::Json), r#"{"Bucket": "b", "Key": "a.json"}"#);
    let items = world.items(it, 0).expect("they can be read");
    let seen: Vec<_> = items.iter().map(|it| (it.key.as_deref(), it.value.to_text())).collect();
    assert_eq!(seen, [(Some("a"), "1".to_owned()), (Some("bc"), "{\"x\":null}".to_owned())]);
}

#[test]
fn a_pointer_leads_to_the_items() {
    let world = World::new();
    let at = |pointer: &str| ReaderConfig { items_pointer: Some(pointer.into()), ..form(InputType::Json) };
    let long = "y".repeat(200_000);
    world.put(
        "a.json",
        format!(r#"{{"z": "{long}", "a/b": [0, {{"~": [7, 8]}}], "n": 5, "last": [{{}}, "]"]}}"#),
    );
    assert_eq!(world.read(at("/a~1b/1/~0"), "a.json"), "7\n8\n");
    assert_eq!(world.read(at("/last"), "a.json"), "{}\n\"]\"\n");
    assert_eq!(
        world.read(at("/a~1b/2"), "a.json"),
        "fault: S3://b/a.json: byte 200035: `ItemsPointer` `/a~1b/2` leads to nothing: there is no `2`\n"
    );
    assert_eq!(
        world.read(at("/n"), "a.json"),
        "fault: S3://b/a.json: byte 200042: the items are an array or an object, and here is neither\n"
    );
}

#[test]
fn a_fault_in_a_text_has_its_place() {
    let world = World::new();
    for (text, expected) in [
        ("", "byte 0: the text ends where the items were expected"),
        ("7", "byte 0: the items are an array or an object, and here is neither"),
        ("[1, 2", "byte 5: the text ends where `,` or `]` was expected"),
        ("[1, {\"a\": [", "byte 4: the text ends inside the value that begins here"),
        ("[1, {\"a\": 01}]", "byte 10: a number may not start with a zero followed by digits"),
        ("[1 2]", "byte 3: found `2`, expected `,` or `]`"),
        ("[1,]", "byte 3: a bracket closes nothing"),
        (
            "[1, \"\u{1}\"]",
            "byte 5: a string holds the control character U+0001; write it as an escape, for example `\\n`",
        ),
        ("[1] x", "byte 4: found `x`, expected the end of the text"),
        ("{\"a\" 1}", "byte 5: found `1`, expected `:`"),
        ("{a: 1}", "byte 1: found `a`, expected a name in double quotes"),
    ] {
        world.put("a.json", text);
        let found = world.read(form(InputType::Json), "a.json");
        assert_eq!(found, format!("fault: S3://b/a.json: {expected}\n"), "{text}");
    }
    world.put("deep.json", "[".repeat(100_000));
    assert_eq!(
        world.read(form(InputType::Json), "deep.json"),
        "fault: S3://b/deep.json: byte 129: too many arrays and objects inside each other\n"
    );
    world.put("long.json", format!("[\"{}", "x".repeat(9 * 1_048_576)));
    assert_eq!(
        world.read(form(InputType::Json), "long.json"),
        "fault: S3://b/long.json: byte 1: a value has more than 8388608 bytes\n"
    );
}

/// A container file of `{"id": long, "text": string}`.
pub(super) fn container(rows: &[(i64, &str)], codec: Codec) -> Vec<u8> {
    let schema = r#"{"type": "record", "name": "Row", "fields": [{"name": "id", "type": "long"}, {"name": "text", "type": "string"},
        {"name": "on", "type": {"type": "int", "logicalType": "date"}}]}"#;
    let schema = Arc::new(Schema::parse(schema).expect("a schema"));
    let mut writer =
        ContainerWriter::new(Vec::new(), schema, codec, [7; 16]).expect("memory takes everything");
    for (id, text) in rows {
        let value = Value::Record(vec![Value::Long(*id), Value::String((*text).into()), Value::Int(19_000)]);
        writer.push(&value).expect("it is of the schema");
    }
    writer.finish().expect("memory takes everything")
}

#[test]
fn the_data_of_a_container_file_are_items() {
    let world = World::new();
    for codec in Codec::ALL {
        world.put("a.avro", container(&[(1, "a"), (i64::MAX, "b")], codec));
        assert_eq!(
            world.read(form(InputType::Avro), "a.avro"),
            "{\"id\":1,\"text\":\"a\",\"on\":\"2022-01-08\"}\n{\"id\":9223372036854775807,\"text\":\"b\",\"on\":\"2022-01-08\"}\n"
        );
    }
}

#[test]
fn a_container_file_that_is_cut_off_or_damaged_is_a_fault() {
    let world = World::new();
    let rows: Vec<_> = (0..10_000).map(|id| (id, "some text of a row")).collect();
    let file = container(&rows, Codec::Null);
    world.put("cut.avro", &file[..file.len() - 20]);
    let found = world.read(form(InputType::Avro), "cut.avro");
    assert!(found.starts_with("fault: S3://b/cut.avro: block "), "{found}");
    let mut damaged = file.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    world.put("damaged.avro", damaged);
    let found = world.read(form(InputType::Avro), "damaged.avro");
    assert!(found.contains("the sync marker after the block is not the one of the header"), "{found}");
    world.put("text.avro", "id,text\n");
    assert_eq!(
        world.read(form(InputType::Avro), "text.avro"),
        "fault: S3://b/text.avro: byte 0: this is not an Avro container file: it does not start with `Obj` and the byte 1\n"
    );
    let it = source(form(InputType::Avro), r#"{"Bucket": "b", "Key": "whole.avro"}"#);
    world.put("whole.avro", file);
    let rest = world.items(it, 9_998).expect("they can be read");
    assert_eq!(
        rest.iter().filter_map(|it| Some(it.value.get("id")?.to_text())).collect::<Vec<_>>(),
        ["9998", "9999"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Rows that are written in some form are read back as they were.
    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec((any::<i64>(), "\\PC{0,40}|[\",\\\\\r\n a]{0,12}"), 0..60)) {
        let world = World::new();
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\"\"");
        let csv: String = rows.iter().map(|(id, text)| format!("{id},\"{}\"\n", quoted(text))).collect();
        world.put("a.csv", format!("id,text\n{csv}"));
        let expected: Vec<Json> =
            rows.iter().map(|(id, text)| Json::object([("id", Json::from(*id)), ("text", Json::from(text.as_str()))])).collect();
        world.put("a.jsonl", expected.iter().map(|row| row.to_text() + "\n").collect::<String>());
        world.put("a.json", Json::array(expected.clone()).to_text());
        let written: Vec<_> = rows.iter().map(|(id, text)| (*id, text.as_str())).collect();
        world.put("a.avro", container(&written, Codec::Deflate));
        for (input_type, key) in
            [(InputType::Csv, "a.csv"), (InputType::JsonLines, "a.jsonl"), (InputType::Json, "a.json"), (InputType::Avro, "a.avro")]
        {
            let it = source(form(input_type), &format!(r#"{{"Bucket": "b", "Key": "{key}"}}"#));
            let items = world.items(it, 0).expect("they can be read");
            prop_assert_eq!(items.len(), rows.len());
            for (item, row) in items.iter().zip(&expected) {
                prop_assert_eq!(item.value.get("text"), row.get("text"));
                let id = row.get("id").expect("every row has one").to_text();
                let found = item.value.get("id").expect("every row has one");
                prop_assert_eq!(found.as_str().map_or_else(|| found.to_text(), str::to_owned), id);
            }
        }
    }

    /// Whatever stands in an object: its reading ends, with items or a fault.
    #[test]
    fn nothing_makes_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[\\[\\]{}\",:\\\\0-9a-c \n]{0,200}") {
        let world = World::new();
        let mut avro = container(&[(1, "a")], Codec::Null);
        avro.extend_from_slice(&bytes);
        world.put("a.avro", avro);
        world.put("bytes", &bytes);
        world.put("text", &text);
        world.read(form(InputType::Avro), "a.avro");
        for input_type in [InputType::Csv, InputType::JsonLines, InputType::Json, InputType::Avro] {
            world.read(form(input_type), "bytes");
            world.read(form(input_type), "text");
        }
    }
}

#[test]
fn an_inventory_names_the_objects_of_its_rows() {
    let world = World::new();
    world.put("inv/1.csv.gz", gzip(b"\"src\",\"a%20b\",\"3\"\n\"src\",\"c\",\"0\"\n"));
    world.put("inv/2.csv", "\"src\",\"d\",\"7\"\n");
    let manifest = |format: &str, more: &str| {
        format!(
            r#"{{"sourceBucket": "src", "destinationBucket": "arn:aws:s3:::b", "version": "2016-11-30",
            "fileFormat": "{format}", "fileSchema": "Bucket, Key, Size", "files": [{{"key": "inv/1.csv.gz", "size": 9}}, {{"key": "inv/2.csv"}}{more}]}}"#
        )
    };
    world.put("manifest.json", manifest("CSV", ""));
    let rows = "{\"Bucket\":\"src\",\"Key\":\"a%20b\",\"Size\":\"3\"}\n{\"Bucket\":\"src\",\"Key\":\"c\",\"Size\":\"0\"}\n{\"Bucket\":\"src\",\"Key\":\"d\",\"Size\":\"7\"}\n";
    assert_eq!(world.read(form(InputType::Manifest), "manifest.json"), rows);
    let typed = ReaderConfig { manifest_type: Some(ManifestType::S3Inventory), ..ReaderConfig::default() };
    assert_eq!(world.read(typed.clone(), "manifest.json"), rows);
    let given = ReaderConfig { csv_headers: Some(vec!["x".into()]), ..typed };
    assert_eq!(world.read(given.clone(), "manifest.json"), "{\"x\":\"src\"}\n".repeat(3));
    world.put("orc.json", manifest("ORC", ""));
    assert_eq!(
        world.read(given.clone(), "orc.json"),
        "fault: S3://b/orc.json: the objects of an inventory are CSV here, found `ORC`\n"
    );
    world.put("gone.json", manifest("CSV", r#", {"key": "inv/3.csv"}"#));
    assert_eq!(
        world.read(given.clone(), "gone.json"),
        "fault: S3://b/inv/3.csv: The specified key does not exist. (Service: S3, Status Code: 404)\n"
    );
    world.put("none.json", "{}");
    assert_eq!(
        world.read(given.clone(), "none.json"),
        "fault: S3://b/none.json: the manifest has no `files`\n"
    );
    world.put("text.json", "Bucket,Key\n");
    assert_eq!(
        world.read(given, "text.json"),
        "fault: S3://b/text.json: this is no manifest of an inventory: line 1, column 1: found `Bucket`, expected a value\n"
    );
}

#[test]
fn the_manifest_of_athena_lists_objects() {
    let world = World::new();
    world.put("out/1.gz", gzip(b"{\"n\": 1}\n"));
    world.put("out/2", "{\"n\": 2}\n{\"n\": 3}\n");
    world.put("m.csv", "s3://b/out/1.gz\n\"S3://b/out/2\"\n");
    let config = ReaderConfig { manifest_type: Some(ManifestType::AthenaData), ..form(InputType::JsonLines) };
    assert_eq!(world.read(config.clone(), "m.csv"), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
    let it = source(config.clone(), r#"{"Bucket": "b", "Key": "m.csv"}"#);
    let rest = world.items(it, 2).expect("they can be read");
    assert_eq!(rest.iter().map(|it| it.source.as_deref()).collect::<Vec<_>>(), [Some("S3://b/out/2")]);
    world.put("bad.csv", "out/1.gz\n");
    assert_eq!(
        world.read(config, "bad.csv"),
        "fault: S3://b/bad.csv: a row of the manifest is `s3://BUCKET/KEY`, found `out/1.gz`\n"
    );
}

#[test]
fn what_stands_before_a_fault_is_read_and_the_fault_stays() {
    let world = World::new();
    world.put("a.jsonl", "1\n2\n{");
    let it = source(form(InputType::JsonLines), r#"{"Bucket": "b", "Key": "a.jsonl"}"#);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut items = open(&world.buckets, it).await.expect("the object is there");
        assert_eq!(items.next(1).await.expect("sound").len(), 1);
        assert_eq!(items.next(9).await.expect("sound").len(), 1);
        let fault = items.next(9).await.expect_err("line 3 breaks off");
        assert!(fault.to_string().contains("line 3"), "{fault}");
        assert_eq!(items.next(9).await, Err(fault.clone()));
        assert_eq!(fault.failure().error_str(), "States.ItemReaderFailed");
    });
}

/// The order of the keys is that of their bytes, whatever is a folder; links and what is not yet whole are passed over.
#[test]
fn a_folder_is_listed_in_the_order_of_its_keys() {
    let world = World::new();
    let keys = ["a-b/x", "a.b", "a/b/c", "a/b", "a0", "a/z", "b"];
    for key in keys.iter().filter(|key| **key != "a/b") {
        world.put(key, "x");
    }
    world.put("staging#0/1.tmp#1", "x");
    world.put("a/b/back\\slash", "x");
    std::os::unix::fs::symlink("/etc", world.folder.path().join("a/link")).expect("a link");
    let listed = |arguments: &str| -> Vec<String> {
        let items = world.items(source(ReaderConfig::default(), arguments), 0).expect("they can be listed");
        items.iter().filter_map(|it| it.value.get("Key")?.as_str().map(str::to_owned)).collect()
    };
    assert_eq!(listed(r#"{"Bucket": "b"}"#), ["a-b/x", "a.b", "a/b/c", "a/z", "a0", "b"]);
    assert_eq!(listed(r#"{"Bucket": "b", "Prefix": "a/"}"#), ["a/b/c", "a/z"]);
    assert_eq!(listed(r#"{"Bucket": "b", "Prefix": "a/b"}"#), ["a/b/c"]);
    assert_eq!(listed(r#"{"Bucket": "b", "Prefix": "a"}"#), ["a-b/x", "a.b", "a/b/c", "a/z", "a0"]);
    assert_eq!(listed(r#"{"Bucket": "b", "StartAfter": "a/b/c"}"#), ["a/z", "a0", "b"]);
    assert_eq!(listed(r#"{"Bucket": "b", "StartAfter": "a/b"}"#), ["a/b/c", "a/z", "a0", "b"]);
    for nothing in ["c/", "a/link/", "../", "a//", "staging#0/"] {
        assert_eq!(listed(&format!(r#"{{"Bucket": "b", "Prefix": "{nothing}"}}"#)), [""; 0], "{nothing}");
    }
}
