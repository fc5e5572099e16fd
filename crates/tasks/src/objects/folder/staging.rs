//! Where an object lies until it is whole: a file of its own in `staging#0`, locked by whoever writes it.
//!
//! The system lets go of a lock when its process ends, however it ends; a file there that nobody holds is left over and is
//! removed. So several processes may put into one folder, and none takes another's unfinished work away.

#[cfg(test)]
mod tests;

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A name that no key's segment has. Its files end like it: whoever lists the bucket passes over them.
const STAGING: &str = "staging#0";
/// Left-over files that one opening removes; the rest waits for the next. (Each kill leaves at most one for each task that ran.)
const REMOVED_MAX: usize = 10_000;
/// Tries at a file that is not taken away before it is locked.
const TRIES_MAX: u32 = 100;

/// The staging area of one bucket.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    bucket: PathBuf,
    /// Tells this opening's files from those of every other one, in other containers too.
    instance: String,
    number: AtomicU64,
}

impl Staging {
    /// The staging area of `bucket`, cleared of what nobody writes any more. Nothing is made before it is needed.
    pub(super) fn open(bucket: &Path) -> io::Result<Self> {
        let folder = bucket.join(STAGING);
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries.take(REMOVED_MAX) {
                    remove_if_left(&entry?.path());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let instance = format!("{}-{since}", std::process::id());
        Ok(Self { folder, bucket: bucket.to_path_buf(), instance, number: AtomicU64::new(0) })
    }

    /// Puts `bytes` at `path`, whole or not at all, on disk when this returns; `AlreadyExists` where `is_new` and
    /// something is there.
    pub(super) fn put(&self, path: &Path, bytes: &[u8], is_new: bool) -> io::Result<()> {
        let (mut file, staged) = self.create()?;
        let done = file
            .write_all(bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| self.make_parents(path))
            .and_then(|()| move_to(&staged, path, is_new));
        if done.is_err() || is_new {
            // A link leaves the first name behind. What cannot be removed now is left over, and removed at the next opening.
            let _ = std::fs::remove_file(&staged);
        }
        done?;
        path.parent().map_or(Ok(()), sync_folder)
    }

    /// A new file that is locked.
    fn create(&self) -> io::Result<(File, PathBuf)> {
        for _ in 0..TRIES_MAX {
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{}-{number}#0", self.instance));
            let file = match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    std::fs::create_dir_all(&self.folder)?;
                    continue;
                }
                // Somebody had the same process id at the same nanosecond.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    remove_if_left(&path);
                    continue;
                }
                Err(error) => return Err(error),
            };
            match file.try_lock() {
                // Somebody who clears away may have been quicker, and the file be gone.
                Ok(()) if path.exists() => return Ok((file, path)),
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                // Where nothing can be locked nobody clears away either.
                Err(TryLockError::Error(_)) => return Ok((file, path)),
            }
        }
        Err(io::Error::other("no file can be made in the staging area"))
    }

    /// The folders above an object; each is on disk before what lies in it.
    fn make_parents(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else { return Ok(()) };
        if parent.is_dir() {
            return Ok(());
        }
        std::fs::create_dir_all(parent)?;
        let made = parent.ancestors().take_while(|it| it.starts_with(&self.bucket));
        made.collect::<Vec<_>>().into_iter().try_for_each(sync_folder)
    }
}

impl Drop for Staging {
    /// Takes the folder away when nothing lies in it; whoever needs it makes it again.
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.folder);
    }
}

fn move_to(staged: &Path, path: &Path, is_new: bool) -> io::Result<()> {
    if is_new { std::fs::hard_link(staged, path) } else { std::fs::rename(staged, path) }
}

/// Removes a file that nobody holds. One that cannot be looked at stays.
fn remove_if_left(path: &Path) {
    let Ok(file) = File::options().write(true).open(path) else { return };
    if file.try_lock().is_ok() {
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
