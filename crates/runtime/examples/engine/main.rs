//! The engine, durable and in process, beside what the disk and the store could do at most.
//!
//! `cargo run --release -p baton-runtime --example engine [-- SECONDS [FOLDER [ROW]]]`; see `bench/README.md`.

mod disk;
mod machines;
mod measure;
mod stub;

use std::time::Duration;

use machines::Machine;
use measure::{Line, Measured};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The one that the binary uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().map_or(Ok(5.0), |text| text.parse())?;
    let parent = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent)?;
    let row = arguments.next().unwrap_or_default();
    let patience = Duration::from_secs_f64(seconds);
    let disk = disk::measure(folder.path(), patience.min(Duration::from_secs(2)))?;
    println!(
        "disk: {:.0} appends of 4 KiB with fdatasync per second (p50 {:.3} ms); overwriting: {:.0} (p50 {:.3} ms); \
         what one commit writes: {:.0} (p50 {:.3} ms)",
        disk.append.per_second,
        disk.append.p50_ms,
        disk.overwrite.per_second,
        disk.overwrite.p50_ms,
        disk.commit.per_second,
        disk.commit.p50_ms
    );
    println!("{}", Line::HEAD);
    let tokio = tokio::runtime::Runtime::new()?;
    for (machine, concurrency) in [
        (Machine::Passes, 1),
        (Machine::Passes, 16),
        (Machine::Passes, 128),
        (Machine::OrderPasses, 128),
        (Machine::CheckedPasses, 128),
        (Machine::JsonataHandOns, 1),
        (Machine::JsonataPasses, 1),
        (Machine::JsonataPasses, 128),
        (Machine::MapOfPasses, 1),
    ] {
        if !machine.name().contains(&*row) {
            continue;
        }
        let folder = tempfile::tempdir_in(folder.path())?;
        let measured = measure::measure(folder.path(), &tokio, machine, concurrency, patience)?;
        report(machine.name(), concurrency, &measured, &disk);
    }
    for batch in [1, 128] {
        let stub = stub::measure(folder.path(), batch, patience)?;
        report("stub: the store alone, nobody asks", batch, &stub, &disk);
    }
    Ok(())
}

fn report(name: &str, concurrency: usize, measured: &Measured, disk: &disk::Disk) {
    println!("{}", Line { name, concurrency, measured });
    println!(
        r#"{{"bench":"{name}","concurrency":{concurrency},"per_second":{:.1},"p50_ms":{:.4},"p99_ms":{:.4},"syncs_per_workflow":{:.4},"cpu_s_per_1000":{:.4},"disk_append_p50_ms":{:.4},"disk_overwrite_p50_ms":{:.4},"disk_commit_p50_ms":{:.4}}}"#,
        measured.per_second,
        measured.p50_ms,
        measured.p99_ms,
        measured.syncs_per_workflow,
        measured.cpu_s_per_1000,
        disk.append.p50_ms,
        disk.overwrite.p50_ms,
        disk.commit.p50_ms
    );
}
