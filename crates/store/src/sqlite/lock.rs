//! The lock of a data folder: one process at a time, and the others can say who it is.
//!
//! The operating system holds the lock on `baton.lock` and lets go when the process ends, however it ends. The file's
//! text is a courtesy for people; nothing is decided by it. It is therefore the one file that is written in place: a file
//! renamed over it would be another file, and two processes could each hold one.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::StoreError;

/// The lock's file in a data folder.
pub(super) const LOCK_FILE: &str = "baton.lock";
/// What is read of another's text.
const HOLDER_BYTES_MAX: u64 = 1_024;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock of `folder`, or says who has it.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(LOCK_FILE);
        let unusable = |error: &std::io::Error| StoreError::Unusable {
            message: format!("`{}`: {error}; check the rights of the data folder", path.display()),
        };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, &mut file)),
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        // Whoever meets the lock can do without the text, so a full disk does not keep us out.
        let _ = sign(&mut file);
        Ok(Self { _file: file })
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {}\ncommand {}\nsince {}", std::process::id(), command(), now_seconds())
}

fn in_use(folder: &Path, file: &mut File) -> StoreError {
    let mut text = String::new();
    let _ = file.take(HOLDER_BYTES_MAX).read_to_string(&mut text);
    let holder = holder(&text, now_seconds()).unwrap_or_else(|| "another process".to_owned());
    StoreError::InUse {
        message: format!(
            "the data folder `{}` is in use by {holder}; wait for it, stop it, or name another folder",
            folder.display()
        ),
    }
}

/// The holder in words, if its text is whole.
fn holder(text: &str, now_seconds: u64) -> Option<String> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let process: u32 = field("process")?.parse().ok()?;
    let since: u64 = field("since")?.parse().ok()?;
    let command = field("command")?;
    let elapsed = elapsed(now_seconds.saturating_sub(since));
    Some(format!("process {process} (`{command}`, for {elapsed})"))
}

fn elapsed(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

/// The program and its subcommand. No further argument: those may hold data that is nobody else's business.
fn command() -> String {
    let mut arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let program = arguments.next().map(PathBuf::from).unwrap_or_default();
    let program = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_word = |it: &String| it.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    match arguments.next().filter(|it| it.len() <= 20 && is_word(it)) {
        Some(subcommand) => format!("{program} {subcommand}"),
        None => program,
    }
}

fn now_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
