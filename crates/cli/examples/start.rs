//! From nothing to the first durable result, and the memory of a process that waits.
//!
//! `cargo build --release -p baton-cli && cargo run --release -p baton-cli --example start [-- PATH/TO/baton]`; see
//! `bench/README.md`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 20;
const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;

fn main() -> Result<(), Failure> {
    let baton = std::env::args().nth(1).map_or_else(beside, |path| Ok(PathBuf::from(path)))?;
    let nothing = median(|| timed(&mut Command::new("true")))?;
    let first = median(|| first_result(&baton))?;
    let idle_mib = idle_mib(&baton)?;
    println!("a process that does nothing, from start to end: {nothing:.2} ms");
    println!("`baton run` of one Pass state in an empty folder, from start to end: {first:.2} ms");
    println!("resident memory of `baton run` in a Wait state: {idle_mib:.1} MiB");
    println!(
        r#"{{"bench":"start","nothing_ms":{nothing:.3},"first_result_ms":{first:.3},"idle_mib":{idle_mib:.2}}}"#
    );
    Ok(())
}

/// The binary that was built with this example: one folder up.
fn beside() -> Result<PathBuf, Failure> {
    let example = std::env::current_exe()?;
    let folder = example.parent().and_then(Path::parent).ok_or("the example has no folder")?;
    Ok(folder.join("baton"))
}

fn median(mut measure: impl FnMut() -> Result<Duration, Failure>) -> Result<f64, Failure> {
    let mut taken = (0..ROUNDS).map(|_| measure()).collect::<Result<Vec<_>, _>>()?;
    taken.sort_unstable();
    Ok(taken[ROUNDS / 2].as_secs_f64() * 1_000.0)
}

fn timed(command: &mut Command) -> Result<Duration, Failure> {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let taken = began.elapsed();
    if output.status.success() { Ok(taken) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

fn first_result(baton: &Path) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("pass.asl.json"), PASS)?;
    timed(Command::new(baton).args(["run", "pass.asl.json"]).current_dir(folder.path()))
}

fn idle_mib(baton: &Path) -> Result<f64, Failure> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("wait.asl.json"), WAIT)?;
    let mut waiting = Command::new(baton)
        .args(["run", "wait.asl.json", "--quiet"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    std::thread::sleep(Duration::from_secs(2));
    let resident = resident_mib(&mut waiting);
    waiting.kill()?;
    waiting.wait()?;
    resident
}

/// From Linux's `/proc`.
fn resident_mib(process: &mut Child) -> Result<f64, Failure> {
    if let Some(status) = process.try_wait()? {
        return Err(format!("it ended: {status}").into());
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1_024.0)
}
