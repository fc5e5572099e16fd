//! What the disk alone can do, one block after the other, each synced. `SQLite`'s log overwrites more than it appends.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::measure::quantile_ms;

/// Blocks of an overwritten file, after which it starts over.
const BLOCKS: u64 = 256;
/// What `SQLite` writes into its log for one execution: two pages, each behind a header of its own.
const FRAMES: usize = 2;
const HEADER: [u8; 24] = [7; 24];
const PAGE: [u8; 4_096] = [7; 4_096];

pub(crate) struct Disk {
    pub(crate) append: Rate,
    pub(crate) overwrite: Rate,
    /// The writes and the sync of one commit, and nothing else.
    pub(crate) commit: Rate,
}

pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
}

pub(crate) fn measure(folder: &Path, patience: Duration) -> Result<Disk, Failure> {
    let mut file = File::create(folder.join("appends"))?;
    let append = rate(patience, |_| write(&mut file))?;
    let overwrite = rate(patience, |count| {
        if count % BLOCKS == 0 {
            file.rewind()?;
        }
        write(&mut file)
    })?;
    let mut log = File::create(folder.join("log"))?;
    (0..BLOCKS * 6).try_for_each(|_| log.write_all(&PAGE))?;
    log.sync_all()?;
    let commit = rate(patience, |count| {
        if count % BLOCKS == 0 {
            log.rewind()?;
        }
        for _ in 0..FRAMES {
            log.write_all(&HEADER)?;
            log.write_all(&PAGE)?;
        }
        Ok(log.sync_data()?)
    })?;
    Ok(Disk { append, overwrite, commit })
}

fn write(file: &mut File) -> Result<(), Failure> {
    file.write_all(&[7; 4_096])?;
    Ok(file.sync_data()?)
}

fn rate(patience: Duration, mut work: impl FnMut(u64) -> Result<(), Failure>) -> Result<Rate, Failure> {
    let (began, mut taken) = (Instant::now(), Vec::new());
    while began.elapsed() < patience {
        let at = Instant::now();
        work(taken.len() as u64)?;
        taken.push(at.elapsed());
    }
    taken.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let per_second = taken.len() as f64 / began.elapsed().as_secs_f64();
    Ok(Rate { per_second, p50_ms: quantile_ms(&taken, 50) })
}
