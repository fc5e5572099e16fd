//! The child that commits, the cut that ends it, and what is left.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use store::conformance::{Sample, revision};
use store::sqlite::{Durability, Options};
use store::{Commit, ExecutionKey, Lookup, RevisionKey, SqliteStore, Store, StoreError};

/// Executions of one batch, the last of which is done at once; the batch also ends the others of the batch before.
const MEMBERS: u64 = 5;
/// Batches after which the child gives up waiting for its end.
const BATCHES_MAX: u64 = 3_000;
const SECTOR_BYTES: usize = 512;

/// The preloaded library.
pub(crate) struct Disk {
    _folder: tempfile::TempDir,
    library: PathBuf,
}

impl Disk {
    /// Compiles it; `None`, with a message, if there is no C compiler.
    pub(crate) fn build() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("platter.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/powercut/platter.c");
        let compiler = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ldl")
            .status();
        match compiler {
            Ok(status) => {
                assert!(status.success(), "the disk's model does not compile");
                Some(Self { _folder: folder, library })
            }
            Err(error) => {
                eprintln!("SKIPPED: there is no C compiler (`cc`: {error}), so no power cut is modelled");
                None
            }
        }
    }
}

/// What a cut left.
pub(crate) struct Cut {
    folder: tempfile::TempDir,
    /// Batches that the child said were remembered.
    pub(crate) acknowledged: u32,
}

/// Whether the promises are kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything acknowledged is there, everything that is there is whole.
    Whole,
    /// Something is not.
    Lost {
        /// What.
        what: String,
    },
}

impl Cut {
    /// Lets a child commit on the modelled disk, and kills it after some acknowledgements and some microseconds.
    pub(crate) fn make(disk: &Disk, durability: Durability, number: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (live, platter) = (folder.path().join("live"), folder.path().join("platter"));
        std::fs::create_dir(&platter).expect("a folder");
        let mut child = child_command(&live, durability);
        if number % 2 == 1 {
            child.env("POWERCUT_LONG_LOG", "1");
        }
        child.env("LD_PRELOAD", &disk.library).env("PLATTER_LIVE", &live).env("PLATTER", &platter);
        let acknowledged = run_and_kill(child, number);
        Self { folder, acknowledged }
    }

    /// The same on the real disk: only the process dies.
    pub(crate) fn plain(number: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let acknowledged = run_and_kill(child_command(&folder.path().join("live"), Durability::Full), number);
        Self { folder, acknowledged }
    }

    /// Lets a child meet a sync that fails; see [`fail_a_sync`].
    pub(crate) fn of_failing_syncs(disk: &Disk) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (live, platter) = (folder.path().join("live"), folder.path().join("platter"));
        std::fs::create_dir(&platter).expect("a folder");
        let mut child = child_command(&live, Durability::Full);
        child.env("LD_PRELOAD", &disk.library).env("PLATTER_LIVE", &live).env("PLATTER", &platter);
        let output = child.env("POWERCUT_FAIL", "1").output().expect("the child runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder, acknowledged: 4 }
    }

    /// Opens what was synced; with a seed, together with some of the sectors that were not.
    pub(crate) fn examine(&self, seed: Option<u64>) -> Verdict {
        let image = self.folder.path().join(seed.map_or("synced".into(), |seed| format!("mixed-{seed}")));
        std::fs::create_dir(&image).expect("a folder");
        for name in ["baton.db", "baton.db-wal", "baton.db-journal"] {
            let synced = std::fs::read(self.folder.path().join("platter").join(name));
            let live = std::fs::read(self.folder.path().join("live").join(name)).unwrap_or_default();
            match (synced, seed) {
                (Ok(synced), Some(seed)) => std::fs::write(image.join(name), mix(&synced, &live, seed)),
                (Ok(synced), None) => std::fs::write(image.join(name), synced),
                (Err(_), _) => Ok(()),
            }
            .expect("an image is written");
        }
        examine(&image, self.acknowledged)
    }

    /// Opens what the process left.
    pub(crate) fn examine_live(&self) -> Verdict {
        examine(&self.folder.path().join("live"), self.acknowledged)
    }
}

/// Commits for ever, saying so after each batch. Does nothing unless a parent asked for it.
pub(crate) fn child() {
    let Ok(folder) = std::env::var("POWERCUT_FOLDER") else { return };
    let mut options = Options::default();
    // Short logs, so that cuts meet checkpoints, too; and some that grow, so that they meet what is reserved ahead.
    options.log_pages_max = std::env::var("POWERCUT_LONG_LOG").is_err().then_some(60);
    if std::env::var("POWERCUT_RELAXED").is_ok() {
        options.durability = Durability::Relaxed;
    }
    let mut store = SqliteStore::open_with(&folder, [9; 16], options).expect("the store opens");
    let shop = store.save_revision(&revision("shop")).expect("a revision is remembered");
    assert_eq!(shop, RevisionKey(1), "the parent counts on it");
    if std::env::var("POWERCUT_FAIL").is_ok() {
        return fail_a_sync(&mut store, &folder);
    }
    for number in 0..BATCHES_MAX {
        store.commit(&batch(number)).expect("a batch is remembered");
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {number}").and_then(|()| out.flush()).expect("the parent listens");
    }
}

/// Batches 0 to 2 are remembered, the sync of batch 2 fails, and the store believes nothing until it is opened again.
/// Dies without closing anything, so that what the parent finds had been synced.
fn fail_a_sync(store: &mut SqliteStore, folder: &str) {
    let marker = Path::new(folder).join("fail-sync");
    let is_unknown = |error: Result<(), StoreError>| matches!(error, Err(StoreError::Unknown { .. }));
    store.commit(&batch(0)).expect("a batch is remembered");
    store.commit(&batch(1)).expect("a batch is remembered");
    std::fs::write(&marker, "").expect("syncs fail from now on");
    assert!(is_unknown(store.commit(&batch(2)).map(|_| ())), "a failed sync is unknown");
    assert!(is_unknown(store.reopen()), "and stays so while the disk fails");
    std::fs::remove_file(&marker).expect("syncs work again");
    assert!(is_unknown(store.commit(&batch(2)).map(|_| ())), "which alone changes nothing");
    assert!(is_unknown(store.load(ExecutionKey::new(0, 1)).map(|_| ())), "not even for looking");
    store.reopen().expect("it opens again");
    if store.next_key() == ExecutionKey::new(0, 1 + 2 * MEMBERS) {
        store.commit(&batch(2)).expect("it was not remembered, so it is now");
    }
    store.commit(&batch(3)).expect("and it goes on");
    std::process::exit(0);
}

fn child_command(folder: &Path, durability: Durability) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env("POWERCUT_FOLDER", folder).stdout(Stdio::piped());
    if durability == Durability::Relaxed {
        command.env("POWERCUT_RELAXED", "1");
    }
    command
}

/// The batches that were acknowledged before the child was killed.
fn run_and_kill(mut command: Command, number: u32) -> u32 {
    let mut child = command.spawn().expect("the child starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut last = None;
    let mut listen = |lines: &mut dyn Iterator<Item = std::io::Result<String>>, until: u32| {
        for line in lines {
            let line = line.expect("its output is text");
            let Some(at) = line.rsplit_once("acknowledged ").and_then(|(_, at)| at.parse::<u32>().ok())
            else {
                continue;
            };
            last = Some(at);
            if at >= until {
                break;
            }
        }
    };
    listen(&mut lines, 5 + number * 3);
    std::thread::sleep(Duration::from_micros(u64::from(number * 137 % 1_000)));
    child.kill().expect("it is killed");
    // What it said before it died is acknowledged, too.
    listen(&mut lines, u32::MAX);
    child.wait().expect("it is gone");
    last.map_or(0, |last| last + 1)
}

fn samples(batch: u64) -> impl Iterator<Item = Sample> {
    (0..MEMBERS)
        .map(move |at| Sample::new(RevisionKey(1), "shop", ExecutionKey::new(0, 1 + batch * MEMBERS + at)))
}

fn batch(number: u64) -> Vec<Commit> {
    let before = number.checked_sub(1).into_iter().flat_map(samples).filter(|it| !is_done_at_once(it));
    let first = |it: Sample| if is_done_at_once(&it) { it.last(1) } else { it.commit(1) };
    samples(number).map(first).chain(before.map(|it| it.last(2))).collect()
}

fn is_done_at_once(sample: &Sample) -> bool {
    sample.key.0.cast_unsigned().is_multiple_of(MEMBERS)
}

fn examine(image: &Path, acknowledged: u32) -> Verdict {
    match missing(image, u64::from(acknowledged)) {
        Ok(None) => Verdict::Whole,
        Ok(Some(what)) => Verdict::Lost { what },
        Err(error) => Verdict::Lost { what: error.to_string() },
    }
}

fn missing(image: &Path, acknowledged: u64) -> Result<Option<String>, StoreError> {
    let mut store = SqliteStore::open(image, [0; 16])?;
    let mut there = 0;
    while store.find(&Lookup::Key(ExecutionKey::new(0, 1 + there * MEMBERS)))?.is_some() {
        there += 1;
    }
    if there < acknowledged {
        return Ok(Some(format!("{acknowledged} batches were acknowledged, {there} are there")));
    }
    for number in 0..there {
        for sample in samples(number) {
            let activations = if number + 1 < there && !is_done_at_once(&sample) { 2 } else { 1 };
            let loaded = store.load(sample.key)?;
            let expected: Vec<_> = (1..=activations).flat_map(|at| sample.commit(at).step.events).collect();
            if loaded.activations != activations || loaded.events != expected {
                return Ok(Some(format!("execution {:?} is not as it was remembered", sample.key)));
            }
        }
    }
    let stray = store.next_key() != ExecutionKey::new(0, 1 + there * MEMBERS);
    Ok(stray.then(|| "a part of a batch is there".to_owned()))
}

/// Each sector as it was synced or as it was written since, by a coin; the length by another.
fn mix(synced: &[u8], live: &[u8], seed: u64) -> Vec<u8> {
    let mut coin = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut toss = || {
        coin ^= coin << 13;
        coin ^= coin >> 7;
        coin ^= coin << 17;
        coin & 1 == 1
    };
    let length = if toss() { live.len().max(synced.len()) } else { synced.len() };
    let mut mixed = synced.to_vec();
    mixed.resize(length, 0);
    for at in (0..length.min(live.len())).step_by(SECTOR_BYTES) {
        let end = (at + SECTOR_BYTES).min(length).min(live.len());
        if toss() {
            mixed[at..end].copy_from_slice(&live[at..end]);
        }
    }
    mixed
}
