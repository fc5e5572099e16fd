//! A distributed Map of one Pass state over many rows of a file, durable; and the same, killed in the middle and taken up again.
//!
//! `cargo build --release -p baton-cli && cargo run --release -p baton-cli --example map_run [-- ROWS [FOLDER]]`; see
//! `bench/README.md`. Every row must have been processed, and stand in the files of results once: else this fails.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::Schema;
use contracts::avro::Value;
use contracts::avro::container::{Codec, ContainerWriter};

type Failure = Box<dyn std::error::Error>;

const FORMATS: [&str; 3] = ["CSV", "JSONL", "AVRO"];
const SCHEMA: &str = r#"{"type":"record","name":"Row","fields":[{"name":"id","type":"long"},{"name":"name","type":"string"},
    {"name":"amount","type":"double"},{"name":"city","type":"string"}]}"#;
/// How often it is looked at how much memory a process has, and whether it is time to kill it.
const LOOK: Duration = Duration::from_millis(20);

fn main() -> Result<(), Failure> {
    let rows = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let place = std::env::args().nth(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(place)?;
    println!("disk: {:.0} MB/s written in a row and synced", disk_mb_per_s(folder.path())?);
    for format in FORMATS {
        let world = World::new(folder.path(), format, rows)?;
        for kills in [0, 1] {
            world.measure(kills)?;
        }
        std::fs::remove_dir_all(&world.folder)?;
    }
    Ok(())
}

/// A folder with a file of rows and a machine over it.
struct World {
    folder: PathBuf,
    format: &'static str,
    rows: u64,
}

/// One process of Baton, from its start to its end.
#[derive(Default)]
struct Ran {
    seconds: f64,
    peak_kib: u64,
    written_bytes: u64,
}

impl World {
    fn new(folder: &Path, format: &'static str, rows: u64) -> Result<Self, Failure> {
        let world = Self { folder: folder.join(format), format, rows };
        std::fs::create_dir_all(world.folder.join("bucket"))?;
        std::fs::write(world.folder.join("baton.toml"), "[buckets.data]\nfolder = 'bucket'\n")?;
        let definition = format!(
            r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","Label":"rows",
              "ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{{"InputType":"{format}"}},"Parameters":{{"Bucket":"data","Key":"in"}}}},
              "ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},"StartAt":"P","States":{{"P":{{"Type":"Pass","End":true}}}}}},
              "ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject","Parameters":{{"Bucket":"data","Prefix":"out"}}}},"End":true}}}}}}"#
        );
        std::fs::write(world.folder.join("m.asl.json"), definition)?;
        let file = BufWriter::new(File::create(world.folder.join("bucket/in"))?);
        match format {
            "CSV" => write_csv(file, rows)?,
            "JSONL" => write_lines(file, rows)?,
            _ => write_avro(file, rows)?,
        }
        Ok(world)
    }

    fn measure(&self, kills: u32) -> Result<(), Failure> {
        for old in [".baton", "bucket/out"] {
            let old = self.folder.join(old);
            if old.exists() {
                std::fs::remove_dir_all(old)?;
            }
        }
        let mut all = Ran::default();
        for kill in 0..=kills {
            let is_last = kill == kills;
            let mut command = Command::new(beside()?);
            let words: &[&str] =
                if kill == 0 { &["run", "m.asl.json", "--name", "one"] } else { &["resume", "one"] };
            let child = command.args(words).arg("--quiet").current_dir(&self.folder);
            let ran = self.follow(child.stdout(Stdio::null()).spawn()?, is_last)?;
            all.seconds += ran.seconds;
            all.peak_kib = all.peak_kib.max(ran.peak_kib);
            all.written_bytes += ran.written_bytes;
        }
        self.check()?;
        let rate = float(self.rows) / all.seconds;
        let written = float(all.written_bytes) / 1e6 / all.seconds;
        println!(
            "{}, killed {kills} times: {} items in {:.1} s, {rate:.0} items/s, peak of resident memory {:.0} MiB, {written:.0} MB/s written; every row once",
            self.format,
            self.rows,
            all.seconds,
            float(all.peak_kib) / 1_024.0
        );
        println!(
            r#"{{"bench":"map_run","format":"{}","kills":{kills},"items":{},"seconds":{:.2},"items_per_s":{rate:.0},"peak_mib":{:.1},"written_mb_per_s":{written:.1}}}"#,
            self.format,
            self.rows,
            all.seconds,
            float(all.peak_kib) / 1_024.0
        );
        Ok(())
    }

    /// Waits for the end, or kills the process once half of the results are there.
    fn follow(&self, mut child: Child, is_last: bool) -> Result<Ran, Failure> {
        let began = Instant::now();
        let mut ran = Ran::default();
        loop {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            ran.peak_kib = ran.peak_kib.max(field(&status, "VmHWM:"));
            let io = std::fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap_or_default();
            ran.written_bytes = ran.written_bytes.max(field(&io, "write_bytes:"));
            if !is_last && self.result_bytes() > self.rows * 320 {
                child.kill()?;
                child.wait()?;
                break;
            }
            if let Some(status) = child.try_wait()? {
                if !status.success() || !is_last {
                    return Err(format!("`baton` ended with {status}").into());
                }
                break;
            }
            std::thread::sleep(LOOK);
        }
        ran.seconds = began.elapsed().as_secs_f64();
        Ok(ran)
    }

    fn result_bytes(&self) -> u64 {
        files(&self.folder.join("bucket/out"))
            .iter()
            .filter_map(|file| Some(file.metadata().ok()?.len()))
            .sum()
    }

    /// Every row stands in one file that the manifest names, once.
    fn check(&self) -> Result<(), Failure> {
        let found = files(&self.folder.join("bucket/out"));
        let manifest = found.iter().find(|file| file.ends_with("manifest.json")).ok_or("no manifest")?;
        let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest)?)?;
        let listed = manifest["ResultFiles"]["SUCCEEDED"].as_array().ok_or("no list of files")?;
        let mut seen = vec![false; usize::try_from(self.rows)?];
        for file in listed {
            let path = self.folder.join("bucket").join(file["Key"].as_str().ok_or("a file without a key")?);
            let results: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path)?)?;
            for result in results {
                let row: serde_json::Value =
                    serde_json::from_str(result["Output"].as_str().ok_or("no output")?)?;
                let id = row["id"].as_str().map_or_else(
                    || row["id"].as_u64().ok_or("no id".into()),
                    |text| text.parse().map_err(Failure::from),
                )?;
                if std::mem::replace(&mut seen[usize::try_from(id)?], true) {
                    return Err(format!("row {id} was written twice").into());
                }
            }
        }
        match seen.iter().position(|seen| !seen) {
            Some(missing) => Err(format!("row {missing} is missing").into()),
            None => Ok(()),
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn float(count: u64) -> f64 {
    count as f64
}

/// The binary that was built with this example: one folder up.
fn beside() -> Result<PathBuf, Failure> {
    let example = std::env::current_exe()?;
    let folder = example.parent().and_then(Path::parent).ok_or("the example has no folder")?;
    Ok(folder.join("baton"))
}

fn disk_mb_per_s(folder: &Path) -> Result<f64, Failure> {
    let (piece, pieces) = (vec![7_u8; 1_048_576], 512_u32);
    let path = folder.join("disk");
    let mut file = File::create(&path)?;
    let began = Instant::now();
    for _ in 0..pieces {
        file.write_all(&piece)?;
    }
    file.sync_data()?;
    let rate = f64::from(pieces) * 1.048_576 / began.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

fn write_csv(mut file: impl std::io::Write, rows: u64) -> Result<(), Failure> {
    writeln!(file, "id,name,amount,city")?;
    for id in 0..rows {
        writeln!(file, "{id},customer {id},{}.50,Bern", id % 97)?;
    }
    Ok(file.flush()?)
}

fn write_lines(mut file: impl std::io::Write, rows: u64) -> Result<(), Failure> {
    for id in 0..rows {
        writeln!(file, r#"{{"id":{id},"name":"customer {id}","amount":{}.50,"city":"Bern"}}"#, id % 97)?;
    }
    Ok(file.flush()?)
}

fn write_avro(file: impl std::io::Write, rows: u64) -> Result<(), Failure> {
    let mut writer = ContainerWriter::new(file, Arc::new(Schema::parse(SCHEMA)?), Codec::Null, [7; 16])?;
    for (id, amount) in (0..i64::try_from(rows)?).zip((0..97).cycle()) {
        let name = Value::String(format!("customer {id}").as_str().into());
        let row =
            vec![Value::Long(id), name, Value::Double(f64::from(amount) + 0.5), Value::String("Bern".into())];
        writer.push(&Value::Record(row))?;
    }
    writer.finish()?.flush()?;
    Ok(())
}
