//! How fast items are read, and in how much memory: `items_speed [ROWS]`.
//!
//! Makes a folder of its own with the same rows (about 100 bytes each) as CSV, JSON Lines, JSON and Avro, and packed; reads
//! each in a process of its own, whose peak of resident memory is then known. On one core: `taskset -c 0`.

#![expect(clippy::print_stdout, reason = "a tool prints its figures")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use asl::state::map::{InputType, ReaderAction, ReaderConfig};
use asl::{Json, JsonLimits};
use contracts::Schema;
use contracts::avro::Value;
use contracts::avro::container::{Codec, ContainerWriter};
use tasks::items::{ItemSource, open};
use tasks::{BucketConfig, BucketPlace, Buckets};

const FILES: [(&str, InputType); 7] = [
    ("rows.csv", InputType::Csv),
    ("rows.csv.gz", InputType::Csv),
    ("rows.jsonl", InputType::JsonLines),
    ("rows.jsonl.zst", InputType::JsonLines),
    ("rows.json", InputType::Json),
    ("rows.avro", InputType::Avro),
    ("rows.deflate.avro", InputType::Avro),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder, key] = &arguments[..]
        && word == "read"
    {
        return read(Path::new(folder), key);
    }
    let rows: u32 = arguments.get(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("items-speed-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let measured = measure(&folder, rows, &arguments[0]);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path, rows: u32, program: &str) -> Result<(), Box<dyn Error>> {
    write_texts(folder, rows)?;
    write_avro(folder, rows, "rows.avro", Codec::Null)?;
    write_avro(folder, rows, "rows.deflate.avro", Codec::Deflate)?;
    let csv = std::fs::read(folder.join("rows.csv"))?;
    let mut gzip = flate2::write::GzEncoder::new(
        File::create(folder.join("rows.csv.gz"))?,
        flate2::Compression::default(),
    );
    gzip.write_all(&csv)?;
    gzip.finish()?;
    let lines = std::fs::read(folder.join("rows.jsonl"))?;
    let packed = ruzstd::encoding::compress_to_vec(&lines[..], ruzstd::encoding::CompressionLevel::Fastest);
    std::fs::write(folder.join("rows.jsonl.zst"), packed)?;
    for (key, _) in FILES {
        let status = Command::new(program).arg("read").arg(folder).arg(key).status()?;
        if !status.success() {
            return Err(format!("{key}: {status}").into());
        }
    }
    Ok(())
}

/// Reads one of the files, and says how long that took.
fn read(folder: &Path, key: &str) -> Result<(), Box<dyn Error>> {
    let (_, input_type) = FILES.into_iter().find(|(name, _)| *name == key).ok_or("no such file")?;
    let bytes = std::fs::metadata(folder.join(key))?.len();
    let bucket = BucketConfig { name: "b".into(), place: BucketPlace::Folder(folder.to_path_buf()) };
    let buckets = Buckets::open(vec![bucket])?;
    let source = ItemSource {
        action: ReaderAction::GetObject,
        config: ReaderConfig { input_type: Some(input_type), ..ReaderConfig::default() },
        arguments: asl::json::parse(&format!(r#"{{"Bucket": "b", "Key": "{key}"}}"#), JsonLimits::PAYLOAD)?,
        max_items: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let begun = Instant::now();
    let count = runtime.block_on(async {
        let mut items = open(&buckets, source).await?;
        let mut count = 0_usize;
        loop {
            let next = items.next(1_000).await?;
            if next.is_empty() {
                return Ok::<_, Box<dyn Error>>(count);
            }
            count += next.iter().filter(|item| item.value.get("id").is_some()).count();
        }
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let (rate, megabytes) = (count as f64 / seconds, bytes as f64 / 1e6);
    println!(
        "{key}: {count} items, {megabytes:.0} MB, {seconds:.2} s, {rate:.0} items/s, peak {} KiB",
        peak_kib()?
    );
    Ok(())
}

/// The peak of this process's resident memory.
fn peak_kib() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no peak is known")?;
    Ok(line.split_whitespace().nth(1).unwrap_or("?").to_owned())
}

struct Row {
    id: i64,
    name: String,
    city: &'static str,
    amount: i64,
    note: String,
}

fn row(number: u32) -> Row {
    const CITIES: [&str; 4] = ["Reykjavík", "Valparaíso", "Łódź", "Đà Nẵng"];
    let mixed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Row {
        id: i64::from(number),
        name: format!("customer {:08x}", mixed >> 32),
        city: CITIES[(mixed % 4) as usize],
        amount: i64::from(number % 100_000),
        note: format!("note on {:012x}, twice", mixed >> 16),
    }
}

fn write_texts(folder: &Path, rows: u32) -> Result<(), Box<dyn Error>> {
    let mut csv = BufWriter::new(File::create(folder.join("rows.csv"))?);
    let mut lines = BufWriter::new(File::create(folder.join("rows.jsonl"))?);
    let mut json = BufWriter::new(File::create(folder.join("rows.json"))?);
    writeln!(csv, "id,name,city,amount,note")?;
    for number in 0..rows {
        let Row { id, name, city, amount, note } = row(number);
        writeln!(csv, "{id},{name},{city},{amount},\"{note}\"")?;
        let object = Json::object([
            ("id", Json::from(id)),
            ("name", Json::from(name)),
            ("city", Json::from(city)),
            ("amount", Json::from(amount)),
            ("note", Json::from(note)),
        ]);
        writeln!(lines, "{}", object.to_text())?;
        write!(json, "{}{}", if number == 0 { "[" } else { ",\n" }, object.to_text())?;
    }
    writeln!(json, "]")?;
    csv.flush()?;
    lines.flush()?;
    Ok(json.flush()?)
}

fn write_avro(folder: &Path, rows: u32, key: &str, codec: Codec) -> Result<(), Box<dyn Error>> {
    let schema = r#"{"type": "record", "name": "Row", "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": "string"},
        {"name": "city", "type": "string"}, {"name": "amount", "type": "long"}, {"name": "note", "type": "string"}]}"#;
    let schema = Arc::new(Schema::parse(schema)?);
    let sink = BufWriter::new(File::create(folder.join(key))?);
    let mut writer = ContainerWriter::new(sink, schema, codec, [3; 16])?;
    for number in 0..rows {
        let Row { id, name, city, amount, note } = row(number);
        let text = |text: &str| Value::String(text.into());
        writer.push(&Value::Record(vec![
            Value::Long(id),
            text(&name),
            text(city),
            Value::Long(amount),
            text(&note),
        ]))?;
    }
    writer.finish()?.flush()?;
    Ok(())
}
